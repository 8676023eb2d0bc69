// `message`, `audit`, `ledger` and `backup`: work on a store whether the gateway runs or not. One JSON object
// a line.
#include <charconv>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "fhir/path/render.hpp"
#include "gateway/app/commands.hpp"
#include "gateway/intake/referral_memory.hpp"
#include "gateway/store_sqlite/sqlite_store.hpp"

namespace gateway::app {
namespace {

store::Caller operator_caller() {
  return {"operator", "", "operator"};
}

/// One JSON object, member by member.
class Line {
 public:
  Line& text(std::string_view name, std::string_view value) {
    key(name);
    fhir::path::append_json_string(line_, value);
    return *this;
  }
  Line& number(std::string_view name, std::int64_t value) {
    key(name);
    line_.append(std::to_string(value));
    return *this;
  }
  Line& flag(std::string_view name, bool value) {
    key(name);
    line_.append(value ? "true" : "false");
    return *this;
  }
  Line& instant(std::string_view name, fhir::Instant value) { return text(name, fhir::to_text(value)); }
  /// Leaves the member out when there is nothing to say.
  Line& text_if(std::string_view name, std::string_view value) {
    return value.empty() ? *this : text(name, value);
  }
  void print() { std::cout << line_ << "}\n"; }

 private:
  void key(std::string_view name) {
    line_.append(line_.empty() ? "{" : ",");
    fhir::path::append_json_string(line_, name);
    line_.push_back(':');
  }
  std::string line_;
};

fhir::Result<std::unique_ptr<store_sqlite::SqliteStore>> open(const StoreOptions& options,
                                                              store_sqlite::OpenMode mode) {
  store_sqlite::Options sqlite;
  sqlite.folder = options.data;
  sqlite.mode = mode;
  sqlite.readers = 1;
  return store_sqlite::SqliteStore::open(sqlite);
}

int complain(const fhir::Error& error) {
  std::cerr << "ligament: " << fhir::to_text(error) << '\n';
  switch (error.code) {
    case fhir::ErrorCode::kConflict:
    case fhir::ErrorCode::kCorrupt: return kNegative;
    case fhir::ErrorCode::kInternal: return kFault;
    default: return kUsage;
  }
}

/// Runs `work` on the store and turns a failure into an exit code.
template <class Fn>
int with_store(const StoreOptions& options, store::Kind kind, Fn work) {
  const auto mode =
      kind == store::Kind::kRead ? store_sqlite::OpenMode::kReadOnly : store_sqlite::OpenMode::kTool;
  auto store = open(options, mode);
  if (!store.has_value()) return complain(store.error());
  const fhir::Status done = (*store)->transact(kind, operator_caller(), work);
  return done.has_value() ? static_cast<int>(kSuccess) : complain(done.error());
}

void print(const store::MessageRow& row) {
  Line line;
  line.number("message", row.seq.value()).instant("received", row.received_at).text("partner", row.partner);
  line.text("direction", store::to_text(row.direction))
      .text("door", row.door)
      .text("verdict", store::to_text(row.verdict));
  line.text_if("event", row.event)
      .text_if("request_id", row.request_id)
      .text_if("correlation_id", row.correlation_id);
  line.text_if("business_id", row.business_id)
      .text("media_type", row.media_type)
      .number("bytes", row.byte_count);
  if (row.reply) line.number("status", row.reply->http_status);
  line.print();
}

void print(const store::DeliveryRow& row) {
  Line line;
  line.number("delivery", row.seq.value()).text("destination", row.destination).text("kind", row.kind);
  line.text("state", store::to_text(row.state))
      .number("attempts", row.attempts)
      .instant("created", row.created_at);
  line.instant("next_attempt", row.next_attempt_at).text_if("last_error", row.last_error);
  line.text("request_id", row.request_id)
      .text("correlation_id", row.correlation_id)
      .text("business_id", row.business_id);
  if (row.referral) line.number("referral", row.referral->value());
  line.print();
}

void print(const store::WorkRow& row) {
  Line line;
  line.number("work", row.seq.value()).text("kind", row.kind).text("state", store::to_text(row.state));
  line.text("owner", row.owner_role).text_if("reason", row.reason).instant("created", row.created_at);
  line.number("step", row.step);
  if (row.next_step_at) line.instant("next_step", *row.next_step_at);
  if (row.message) line.number("message", row.message->value());
  if (row.referral) line.number("referral", row.referral->value());
  line.text_if("confirmed_by", row.confirmed_by).print();
}

fhir::Status list_deliveries(store::Transaction& tx, const MessageListOptions& options) {
  store::OutboxFilter filter;
  filter.state = store::outbox_state_from_text(options.outbox);
  if (!options.partner.empty()) filter.destination = options.partner;
  LIGAMENT_TRY(const auto rows, tx.outbox().list(filter, std::nullopt, options.limit));
  for (const store::DeliveryRow& row : rows)
    print(row);
  return {};
}

fhir::Status list_messages(store::Transaction& tx, const MessageListOptions& options) {
  store::MessageFilter filter;
  if (!options.verdict.empty()) filter.verdict = store::verdict_from_text(options.verdict);
  if (!options.partner.empty()) filter.partner = options.partner;
  LIGAMENT_TRY(const store::MessagePage page, tx.messages().list(filter, std::nullopt, options.limit));
  for (const store::MessageRow& row : page.rows)
    print(row);
  return {};
}

void print_referral(const store::ReferralRow& row) {
  Line line;
  line.text("referral", "Task/" + row.task_id).text("request", "ServiceRequest/" + row.service_request_id);
  line.text("state", row.state)
      .flag("open", row.open)
      .text("holder", row.holder_ods)
      .text("owner", row.owner_ods);
  line.text("owner_role", row.owner_role).text("priority", row.priority).text_if("service", row.service);
  line.text_if("destination", row.destination).text("correlation_id", row.correlation_id);
  line.instant("received", row.received_at).flag("red_flag", (row.flags & store::kRedFlag) != 0);
  if (row.deadline) line.instant("deadline", row.deadline->at).text("waiting_for", row.deadline->what);
  const auto memory = intake::parse_memory(row.memory);
  if (memory.has_value()) line.text_if("reckoned", memory->state.deadline_rule);
  line.print();
}

fhir::Status show_timeline(store::Transaction& tx, const store::ReferralRow& row) {
  print_referral(row);
  LIGAMENT_TRY(const auto events, tx.referrals().events(row.seq));
  for (const store::ReferralEvent& event : events) {
    Line line;
    line.instant("at", event.at)
        .text("event", event.kind)
        .text("actor", event.actor)
        .text_if("detail", event.detail);
    if (event.message) line.number("message", event.message->value());
    std::string references;
    for (const std::string& reference : event.references)
      references.append(references.empty() ? "" : " ").append(reference);
    line.text_if("references", references).print();
  }
  store::OutboxFilter filter;
  filter.referral = row.seq;
  LIGAMENT_TRY(const auto deliveries, tx.outbox().list(filter, std::nullopt, 1000));
  for (const store::DeliveryRow& delivery : deliveries)
    print(delivery);
  return {};
}

fhir::Status show(store::Transaction& tx, const MessageShowOptions& options) {
  if (options.id.starts_with("Task/")) {
    LIGAMENT_TRY(const auto row, tx.referrals().find_by_task(std::string_view(options.id).substr(5)));
    if (!row) return fhir::fail(fhir::ErrorCode::kNotFound, "no referral with this Task");
    return show_timeline(tx, *row);
  }
  if (options.id.starts_with("ServiceRequest/")) {
    LIGAMENT_TRY(const auto rows,
                 tx.referrals().find_by_service_request(std::string_view(options.id).substr(15)));
    if (rows.empty()) return fhir::fail(fhir::ErrorCode::kNotFound, "no referral with this ServiceRequest");
    for (const store::ReferralRow& row : rows)
      LIGAMENT_CHECK(show_timeline(tx, row));
    return {};
  }
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(options.id.data(), options.id.data() + options.id.size(), number);
  if (error != std::errc() || end != options.id.data() + options.id.size()) {
    return fhir::fail(fhir::ErrorCode::kInvalidRequest,
                      "name a message by its number, or a referral as Task/ID");
  }
  const store::MessageSeq seq(number);
  LIGAMENT_TRY(const auto row, tx.messages().find(seq));
  if (!row) return fhir::fail(fhir::ErrorCode::kNotFound, "no message with this number");
  if (!options.body) {
    print(*row);
    return {};
  }
  LIGAMENT_TRY(const std::string bytes, tx.messages().read_bytes(seq));
  std::cout.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return {};
}

std::string_view audit_event(DeliveryStep step) {
  switch (step) {
    case DeliveryStep::kReplay: return "delivery-replayed";
    case DeliveryStep::kPark: return "delivery-parked";
    case DeliveryStep::kRelease: return "delivery-released";
    case DeliveryStep::kAbandon: return "delivery-abandoned";
  }
  return "delivery-released";
}

/// Somebody answers for it: the timeline of the referral names who and why. Later deliveries of its lane go
/// on.
fhir::Status abandon(store::Transaction& tx, const DeliveryStepOptions& options, fhir::Instant now) {
  const store::OutboxSeq seq(options.delivery);
  LIGAMENT_TRY(const std::optional<store::DeliveryRow> row, tx.outbox().find(seq));
  if (!row) return fhir::fail(fhir::ErrorCode::kNotFound, "no such delivery");
  LIGAMENT_CHECK(tx.outbox().abandon(seq, now, options.reason));
  if (!row->referral) return {};
  return tx.referrals().append_event(*row->referral,
                                     {now,
                                      "abandoned",
                                      options.by,
                                      row->kind + ' ' + row->destination + ": " + options.reason,
                                      std::nullopt,
                                      {}});
}

/// Every open referral has one holder, an owner and a deadline.
fhir::Status check_ledger(store::Transaction& tx, std::int64_t& faults) {
  LIGAMENT_TRY(const auto counts, tx.referrals().counts());
  for (const store::StateCount& count : counts) {
    Line line;
    line.text("state", count.state).flag("open", count.open).number("referrals", count.count).print();
  }
  LIGAMENT_TRY(const auto deliveries, tx.outbox().counts());
  for (const store::OutboxCount& count : deliveries) {
    Line line;
    line.text("destination", count.destination)
        .text("state", store::to_text(count.state))
        .number("deliveries", count.count);
    line.print();
  }
  std::optional<store::ReferralSeq> after;
  std::int64_t total = 0;
  while (true) {
    LIGAMENT_TRY(const auto rows, tx.referrals().list(after, 1000));
    if (rows.empty()) break;
    for (const store::ReferralRow& row : rows) {
      after = row.seq;
      ++total;
      const bool held = !row.open || (!row.holder_ods.empty() && row.deadline.has_value());
      if (held) continue;
      ++faults;
      Line line;
      line.text("fault", row.holder_ods.empty() ? "no holder" : "no deadline")
          .text("referral", "Task/" + row.task_id)
          .print();
    }
  }
  Line line;
  line.number("referrals", total).number("faults", faults).print();
  return {};
}

}  // namespace

int run_message_list(const MessageListOptions& options) {
  return with_store(options.store, store::Kind::kRead, [&](store::Transaction& tx) {
    return options.outbox.empty() ? list_messages(tx, options) : list_deliveries(tx, options);
  });
}

int run_message_show(const MessageShowOptions& options) {
  return with_store(options.store, store::Kind::kRead,
                    [&](store::Transaction& tx) { return show(tx, options); });
}

int run_delivery_step(const DeliveryStepOptions& options) {
  const fhir::SystemClock clock;
  const fhir::Instant now = clock.now();
  const store::OutboxSeq seq(options.delivery);
  const auto step = [&](store::Transaction& tx) -> fhir::Status {
    if (options.step == DeliveryStep::kAbandon) {
      LIGAMENT_CHECK(abandon(tx, options, now));
    } else if (options.step == DeliveryStep::kPark) {
      LIGAMENT_CHECK(tx.outbox().park(seq));
    } else {
      LIGAMENT_CHECK(tx.outbox().release(seq, now));
    }
    store::NewAudit entry;
    entry.at = now;
    entry.action = store::AuditAction::kUpdate;
    entry.event = audit_event(options.step);
    entry.subject = "delivery/" + std::to_string(options.delivery);
    LIGAMENT_TRY(const store::AuditSeq audited, tx.audit().append(entry));
    static_cast<void>(audited);
    LIGAMENT_TRY(const auto row, tx.outbox().find(seq));
    if (row) print(*row);
    return {};
  };
  return with_store(options.store, store::Kind::kWrite, step);
}

/// The steps of a red flag end when its referral is sent on, which is said on its Task.
fhir::Status check_sent_on(store::Transaction& tx, store::WorkSeq seq) {
  LIGAMENT_TRY(const auto work, tx.work().find(seq));
  if (!work || work->kind != "red-flag" || !work->referral) return {};
  LIGAMENT_TRY(const auto referral, tx.referrals().find(*work->referral));
  if (!referral || referral->state != "escalated") return {};
  return fhir::fail(fhir::ErrorCode::kConflict,
                    "the referral has not been sent on: confirm the red flag by an update of its Task");
}

int run_work(const WorkOptions& options) {
  const fhir::SystemClock clock;
  const fhir::Instant now = clock.now();
  if (options.work == 0) {
    return with_store(options.store, store::Kind::kRead, [](store::Transaction& tx) -> fhir::Status {
      store::WorkFilter filter;
      filter.state = store::WorkState::kOpen;
      LIGAMENT_TRY(const auto rows, tx.work().list(filter, std::nullopt, 1000));
      for (const store::WorkRow& row : rows)
        print(row);
      return {};
    });
  }
  const store::WorkSeq seq(options.work);
  return with_store(options.store, store::Kind::kWrite, [&](store::Transaction& tx) -> fhir::Status {
    LIGAMENT_CHECK(check_sent_on(tx, seq));
    LIGAMENT_CHECK(tx.work().confirm(seq, options.by, now));
    store::NewAudit entry;
    entry.at = now;
    entry.action = store::AuditAction::kUpdate;
    entry.event = "work-confirmed";
    entry.subject = "work/" + std::to_string(options.work);
    LIGAMENT_TRY(const store::AuditSeq audited, tx.audit().append(entry));
    static_cast<void>(audited);
    LIGAMENT_TRY(const auto row, tx.work().find(seq));
    if (row) print(*row);
    return {};
  });
}

int run_audit_verify(const StoreOptions& options) {
  bool broken = false;
  const int exit_code = with_store(options, store::Kind::kRead, [&](store::Transaction& tx) -> fhir::Status {
    LIGAMENT_TRY(const store::AuditVerdict verdict, tx.audit().verify({}));
    Line line;
    line.number("checked", verdict.checked).flag("intact", !verdict.broken_at.has_value());
    if (verdict.broken_at)
      line.number("broken_at", verdict.broken_at->value()).text("reason", verdict.reason);
    line.print();
    broken = verdict.broken_at.has_value();
    return {};
  });
  return exit_code == kSuccess && broken ? static_cast<int>(kNegative) : exit_code;
}

int run_ledger_check(const StoreOptions& options) {
  std::int64_t faults = 0;
  const int exit_code = with_store(options, store::Kind::kRead,
                                   [&](store::Transaction& tx) { return check_ledger(tx, faults); });
  return exit_code == kSuccess && faults > 0 ? static_cast<int>(kNegative) : exit_code;
}

int run_backup(const BackupOptions& options) {
  auto store = open(options.store, store_sqlite::OpenMode::kReadOnly);
  if (!store.has_value()) return complain(store.error());
  const fhir::Status done = (*store)->backup(options.destination);
  return done.has_value() ? static_cast<int>(kSuccess) : complain(done.error());
}

}  // namespace gateway::app
