#include "gateway/intake/intake.hpp"

#include <utility>

#include "fhir/json/writer.hpp"
#include "gateway/intake/answers.hpp"
#include "gateway/intake/care_word.hpp"
#include "gateway/intake/in_flight.hpp"
#include "gateway/intake/later_word.hpp"
#include "gateway/intake/new_referral.hpp"
#include "gateway/intake/settlement.hpp"
#include "gateway/intake/task_word.hpp"
#include "gateway/store/audit_chain.hpp"

namespace gateway::intake {

/// A message made ready: the unit of work, what it will say, and what it is of.
struct Prepared {
  std::shared_ptr<MessageCase> message;
  std::shared_ptr<Settlement> settled = std::make_shared<Settlement>();
  std::string decision;
  store::Unit unit;
  services::CataloguePtr catalogue;  ///< It was read by; kept as long as it is worked on.
};

namespace {

constexpr std::size_t kUnitOverhead = 4096;

fhir::Status settle_new(store::Transaction& tx, const MessageCase& message, PlannedReferral& plan,
                        Settlement& settled) {
  fhir::Status written = write_new_referral(tx, plan);
  if (!written.has_value()) {
    if (written.error().code != fhir::ErrorCode::kDuplicate) return written;
    LIGAMENT_TRY(const bool repeated, settle_repetition(tx, message, settled));
    if (repeated) return {};
    return written;
  }
  settled = Settlement();
  settled.kind = Outcome::Kind::kAccepted;
  settled.status = 200;
  settled.verdict = store::to_text(plan.message.verdict);
  settled.alerts = plan.alerts;
  return {};
}

fhir::Status settle_refused(store::Transaction& tx, const MessageCase& message, Settlement& settled) {
  LIGAMENT_TRY(const bool repeated, settle_repetition(tx, message, settled));
  if (repeated) return {};
  return record_refused(tx, message, *message.reading.refusal, message.reading.refused_status, settled);
}

bool is_answer(bars::Action action) noexcept {
  using enum bars::Action;
  return action == kInterimResponse || action == kFinalResponse || action == kRejectedResponse ||
         action == kReferralResponse || action == kNoShow;
}

/// A repetition uses its control id rightly.
fhir::Status finish(store::Transaction& tx, const MessageCase& message, const Settlement& settled,
                    bool reused) {
  if (!reused || settled.kind == Outcome::Kind::kDuplicate) return {};
  return record_reuse(tx, message.incoming);
}

void prepare_new(Prepared& prepared, const PlanSurroundings& around) {
  auto plan = std::make_shared<PlannedReferral>(
      plan_new_referral(prepared.message->incoming, prepared.message->reading, around));
  prepared.settled->answer_type = plan->answer_type;
  prepared.unit.bytes = plan->bytes;
  prepared.unit.work = [message = prepared.message, plan,
                        settled = prepared.settled](store::Transaction& tx) -> fhir::Status {
    LIGAMENT_TRY(const bool reused, control_id_reused(tx, message->incoming));
    LIGAMENT_CHECK(settle_new(tx, *message, *plan, *settled));
    if (settled->status == 200) {
      settled->answer = plan->answer;
      settled->answer_type = plan->answer_type;
    }
    return finish(tx, *message, *settled, reused);
  };
}

using Settle = fhir::Status (*)(store::Transaction&, const MessageCase&, Settlement&);

void prepare_later(Prepared& prepared, Settle settle) {
  prepared.unit.work = [message = prepared.message, settled = prepared.settled,
                        settle](store::Transaction& tx) -> fhir::Status {
    LIGAMENT_TRY(const bool reused, control_id_reused(tx, message->incoming));
    LIGAMENT_CHECK(settle(tx, *message, *settled));
    return finish(tx, *message, *settled, reused);
  };
}

}  // namespace

/// Turns an arrival into a unit of work; the pure part of process.
class MessagePreparation {
 public:
  MessagePreparation(const IntakePorts& ports, const IntakeSettings& settings, const ReferralChanges& changes,
                     services::CataloguePtr catalogue)
      : ports_(ports),
        settings_(settings),
        changes_(changes),
        rules_(changes.rules()),
        catalogue_(std::move(catalogue)) {}

  /// Any thread; `seq` and `received` are taken on the I/O thread before.
  [[nodiscard]] Prepared prepare(Arrival arrival, store::MessageSeq seq, fhir::Instant received) const {
    Incoming incoming;
    incoming.seq = seq;
    incoming.received = received;
    Reading reading =
        read_message(arrival, {*rules_->config, *catalogue_, settings_.mode, incoming.received});
    take(incoming, std::move(arrival));
    const PlanSurroundings around{*rules_->config, ports_.keyed_hash, rules_->deadlines,
                                  settings_.software_version, rules_->forms.get()};
    Prepared prepared;
    prepared.catalogue = catalogue_;
    prepared.message = std::make_shared<MessageCase>(
        MessageCase{std::move(incoming), std::move(reading), {}, &changes_, around, rules_});
    MessageCase& message = *prepared.message;
    prepared.unit.caller = message.incoming.caller;
    prepared.unit.bytes = message.incoming.body->size() + kUnitOverhead;
    if (message.reading.decision) prepared.decision = services::to_code(message.reading.decision->outcome);
    message.escalation = plan_escalation(message.incoming, message.reading, around);
    choose(prepared, around);
    return prepared;
  }

 private:
  static void take(Incoming& incoming, Arrival arrival) {
    incoming.caller = std::move(arrival.caller);
    incoming.ids = std::move(arrival.ids);
    incoming.derived_ids = arrival.repetition.has_value();
    incoming.control_id = std::move(arrival.control_id);
    incoming.event = std::move(arrival.event);
    incoming.answer = arrival.answer;
    incoming.door = std::move(arrival.door);
    incoming.media_type = std::move(arrival.media_type);
    incoming.digest = store::sha256(arrival.bytes);
    incoming.body = std::make_shared<const std::string>(std::move(arrival.bytes));
    if (!arrival.converted) return;
    const Converted& converted = *arrival.converted;
    incoming.conversion = std::make_shared<const store::Conversion>(store::Conversion{
        converted.bundle ? fhir::json::write(converted.bundle->root()) : "", converted.receipt});
  }

  static void choose(Prepared& prepared, const PlanSurroundings& around) {
    const Reading& reading = prepared.message->reading;
    if (reading.refusal) return prepare_later(prepared, settle_refused);
    if (reading.care) return prepare_later(prepared, settle_care_word);
    if (opens_referral(reading)) return prepare_new(prepared, around);
    prepare_later(prepared, is_answer(*reading.action) ? settle_answer : settle_author_word);
  }

  const IntakePorts& ports_;
  const IntakeSettings& settings_;
  const ReferralChanges& changes_;
  RulesPtr rules_;
  services::CataloguePtr catalogue_;
};

Intake::Intake(IntakePorts ports, IntakeSettings settings, services::CataloguePtr catalogue)
    : ports_(std::move(ports)),
      settings_(std::move(settings)),
      catalogue_(std::move(catalogue)),
      changes_(settings_.rules, ports_.keyed_hash, settings_.software_version),
      in_flight_(std::make_shared<InFlight>(settings_.max_in_flight)) {}

Intake::~Intake() = default;

void Intake::use(RulesPtr rules, services::CataloguePtr catalogue) {
  changes_.use(std::move(rules));
  catalogue_ = std::move(catalogue);
}

std::size_t Intake::in_flight() const noexcept {
  return in_flight_->size();
}

namespace {

MessageSummary summary_of(const Prepared& prepared, const Outcome& outcome, std::chrono::nanoseconds took) {
  const MessageCase& message = *prepared.message;
  MessageSummary summary;
  summary.message = message.incoming.seq;
  summary.partner = message.incoming.caller.partner;
  if (message.reading.action) summary.action = bars::to_text(*message.reading.action);
  if (message.reading.care) summary.action = care::to_code(message.reading.care->event);
  summary.verdict = prepared.settled->verdict.empty() ? "failed" : prepared.settled->verdict;
  summary.decision = prepared.decision;
  if (outcome.refusal) summary.error_code = bars::traits(outcome.refusal->rec).code;
  summary.http_status = outcome.http_status;
  summary.bytes = message.incoming.body->size();
  summary.red_flags = message.reading.gate.flags.size();
  summary.took = took;
  return summary;
}

Outcome failed(const fhir::Error& error) {
  Outcome outcome;
  outcome.kind = error.code == fhir::ErrorCode::kBusy ? Outcome::Kind::kBusy : Outcome::Kind::kUnknown;
  outcome.http_status = http_status(error);
  outcome.error = error;
  return outcome;
}

Outcome outcome_of(const fhir::Result<commit::Committed>& committed, Prepared& prepared) {
  Settlement& settled = *prepared.settled;
  if (!committed.has_value()) {
    settled = Settlement();  // whatever the unit left, it did not happen
    return failed(committed.error());
  }
  Outcome outcome;
  outcome.kind = settled.kind;
  outcome.message = prepared.message->incoming.seq;
  outcome.original = settled.original;
  outcome.committed = *committed;
  outcome.held = settled.verdict == store::to_text(store::Verdict::kQuarantined);
  outcome.refusal = settled.refusal;
  outcome.http_status = settled.status;
  outcome.answer = std::move(settled.answer);
  outcome.answer_type = settled.answer_type;
  return outcome;
}

store::Unit task_unit(std::shared_ptr<const TaskCase> task, std::shared_ptr<TaskSettlement> settled) {
  store::Unit unit;
  unit.caller = task->incoming.caller;
  unit.bytes = task->incoming.body->size() * 4 + kUnitOverhead;
  unit.work = [task = std::move(task), settled = std::move(settled)](store::Transaction& tx) {
    return settle_task(tx, *task, *settled);
  };
  return unit;
}

/// Before the unit: it may run again, and most updates raise nothing.
void read_red_flags(TaskCase& task, const PlanSurroundings& around) {
  Reading reading;
  reading.gate = gate::inspect(task.catalogue->red_flags(), task.update.incoming->root());
  task.suspicious = reading.gate.raised();
  if (task.suspicious) task.escalation = plan_escalation(task.incoming, reading, around);
}

store::Unit event_unit(store::Caller caller, store::ReferralSeq referral, Change change,
                       const ReferralChanges& changes, std::shared_ptr<Changed> changed) {
  store::Unit unit;
  unit.caller = std::move(caller);
  unit.bytes = kUnitOverhead;
  unit.work = [referral, change = std::move(change), changes = &changes,
               changed = std::move(changed)](store::Transaction& tx) -> fhir::Status {
    LIGAMENT_TRY(*changed, changes->apply(tx, referral, change));
    return {};
  };
  return unit;
}

Outcome turned_away(InFlight::Entry entry) {
  if (entry == InFlight::Entry::kFull)
    return failed(fhir::Error{fhir::ErrorCode::kBusy, "too many messages at a time"});
  Outcome outcome;
  outcome.kind = Outcome::Kind::kTooEarly;
  outcome.refusal = bars::refusal(bars::Rec::kTooEarly, fhir::IssueType::kDuplicate, "",
                                  "the first attempt with these ids is still being processed");
  outcome.http_status = outcome.refusal->http_status();
  return outcome;
}

}  // namespace

async::awaitable<fhir::Result<Prepared>> Intake::prepare(Arrival arrival) {
  const store::MessageSeq seq = ports_.sequence.next();
  const fhir::Instant received = ports_.clock.now();
  const MessagePreparation preparation(ports_, settings_, changes_, catalogue_);
  if (ports_.pool == nullptr || arrival.bytes.size() < kLargeMessage) {
    fhir::Result<Prepared> made(preparation.prepare(std::move(arrival), seq, received));
    co_return made;
  }
  auto held = std::make_shared<Arrival>(std::move(arrival));
  auto work = [preparation, held, seq, received]() -> fhir::Result<Prepared> {
    return preparation.prepare(std::move(*held), seq, received);
  };
  async::awaitable<fhir::Result<Prepared>> reading = ports_.pool->run(std::move(work));
  fhir::Result<Prepared> made = co_await std::move(reading);
  co_return made;
}

async::awaitable<Outcome> Intake::process(Arrival arrival) {
  const fhir::Monotonic started = ports_.clock.monotonic();
  if (arrival.repetition)
    arrival.ids = derived_ids(ports_.keyed_hash, arrival.caller.partner, *arrival.repetition);
  const InFlight::Stay stay = in_flight_->enter(arrival.caller.partner, arrival.ids);
  if (stay.entry() != InFlight::Entry::kEntered) {
    Outcome refused = turned_away(stay.entry());
    co_return refused;
  }
  async::awaitable<fhir::Result<Prepared>> preparation = prepare(std::move(arrival));
  fhir::Result<Prepared> made = co_await std::move(preparation);
  if (!made.has_value()) {
    Outcome refused = failed(made.error());
    co_return refused;
  }
  Prepared& prepared = *made;
  async::awaitable<fhir::Result<commit::Committed>> commit =
      ports_.committer.commit(std::move(prepared.unit));
  const fhir::Result<commit::Committed> committed = co_await std::move(commit);
  Outcome outcome = outcome_of(committed, prepared);
  if (committed.has_value()) ports_.sink.committed();
  for (const Alert& alert : prepared.settled->alerts)
    ports_.sink.alert(alert);
  ports_.sink.message(summary_of(prepared, outcome, ports_.clock.monotonic() - started));
  co_return outcome;
}

async::awaitable<tl::expected<UpdatedTask, TaskRefusal>> Intake::apply_task_update(store::Caller caller,
                                                                                   TaskUpdate update) {
  auto task = std::make_shared<TaskCase>();
  task->incoming.caller = std::move(caller);
  task->incoming.seq = ports_.sequence.next();
  task->incoming.received = ports_.clock.now();
  task->incoming.door = "rest";
  task->incoming.media_type = update.media_type;
  task->incoming.digest = store::sha256(update.body);
  task->incoming.body = std::make_shared<const std::string>(std::move(update.body));
  task->update = std::move(update);
  task->changes = &changes_;
  task->catalogue = catalogue_;
  auto look = [task, rules = changes_.rules(), &ports = ports_, &settings = settings_]() -> fhir::Status {
    read_red_flags(*task, {*rules->config, ports.keyed_hash, rules->deadlines, settings.software_version,
                           rules->forms.get()});
    return {};
  };
  if (ports_.pool == nullptr || task->incoming.body->size() < kLargeMessage) {
    static_cast<void>(look());
  } else {
    async::awaitable<fhir::Status> looking = ports_.pool->run(std::move(look));
    const fhir::Status looked = co_await std::move(looking);
    if (!looked.has_value()) {
      const bars::Refusal refusal = bars::refusal(looked.error());
      co_return tl::unexpected<TaskRefusal>(TaskRefusal(refusal.http_status(), refusal));
    }
  }
  auto settled = std::make_shared<TaskSettlement>();
  store::Unit unit = task_unit(task, settled);
  async::awaitable<fhir::Result<commit::Committed>> commit = ports_.committer.commit(std::move(unit));
  const fhir::Result<commit::Committed> committed = co_await std::move(commit);
  if (!committed.has_value()) {
    const bars::Refusal refusal = bars::refusal(committed.error());
    co_return tl::unexpected<TaskRefusal>(TaskRefusal(refusal.http_status(), refusal));
  }
  ports_.sink.committed();
  for (const Alert& alert : settled->alerts)
    ports_.sink.alert(alert);
  if (settled->refused) co_return tl::unexpected<TaskRefusal>(std::move(*settled->refused));
  co_return std::move(*settled->updated);
}

async::awaitable<fhir::Result<Changed>> Intake::apply_event(store::Caller caller, store::ReferralSeq referral,
                                                            referral::Event event) {
  Change change;
  change.event = std::move(event);
  change.caller = transition_caller(caller);
  change.scope = ports_.sequence.next();
  change.at = ports_.clock.now();
  auto changed = std::make_shared<Changed>();
  store::Unit unit = event_unit(std::move(caller), referral, std::move(change), changes_, changed);
  async::awaitable<fhir::Result<commit::Committed>> commit = ports_.committer.commit(std::move(unit));
  const fhir::Result<commit::Committed> committed = co_await std::move(commit);
  if (!committed.has_value()) co_return fhir::fail(committed.error());
  ports_.sink.committed();
  for (const Alert& alert : changed->alerts)
    ports_.sink.alert(alert);
  if (changed->refused) {
    const referral::RuleTraits& rule = referral::traits(changed->refused->rule);
    co_return fhir::fail(fhir::ErrorCode::kConflict, std::string(rule.name));
  }
  co_return std::move(*changed);
}

}  // namespace gateway::intake
