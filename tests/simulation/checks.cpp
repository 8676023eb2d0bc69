#include "tests/simulation/checks.hpp"

#include <algorithm>
#include <set>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "gateway/referral/state.hpp"

namespace tests::simulation {

namespace store = gateway::store;
using store::OutboxState;
using store::Transaction;

namespace {

const store::Caller kChecker{"checker", "", "operator"};

/// All rows of a check, read in one transaction, and the complaints about them.
class Check {
 public:
  Check(Transaction& tx, const Records& records, std::vector<std::string>& faults)
      : tx_(tx), records_(records), faults_(faults) {}

  fhir::Status audit() {
    LIGAMENT_TRY(const store::AuditVerdict verdict, tx_.audit().verify({}));
    if (verdict.broken_at) fault("the audit chain breaks: " + verdict.reason);
    return {};
  }

  /// Whatever was acknowledged is in the log, once.
  fhir::Status acknowledged_messages() {
    for (const Sent& sent : records_.sent) {
      if (!sent.acknowledged || sent.act == Act::kRepeat || sent.act == Act::kOtherBody) continue;
      LIGAMENT_TRY(const auto found, sent.v2 ? by_control_id(sent) : by_ids(sent));
      if (!found) {
        fault(name(sent) + " was acknowledged and is lost");
        continue;
      }
      LIGAMENT_TRY(const std::string bytes, tx_.messages().read_bytes(found->seq));
      if (bytes != sent.body) fault(name(sent) + " is kept with other bytes");
    }
    return {};
  }

  fhir::Status read_all() {
    LIGAMENT_TRY(referrals_, tx_.referrals().list(std::nullopt, 10'000));
    LIGAMENT_TRY(deliveries_, tx_.outbox().list({}, std::nullopt, 10'000));
    LIGAMENT_TRY(work_, tx_.work().list({}, std::nullopt, 10'000));
    LIGAMENT_TRY(const store::MessagePage page, tx_.messages().list({}, std::nullopt, 10'000));
    messages_ = page.rows;
    return {};
  }

  /// One referral for each new one that was acknowledged, none for anything else.
  fhir::Status referrals() {
    std::size_t expected = 0;
    for (const Sent& sent : records_.sent) {
      if (!sent.done) fault(name(sent) + " never got an answer that settles it");
      if (sent.act != Act::kReferral && sent.act != Act::kInvalidReferral) continue;
      LIGAMENT_TRY(const auto rows,
                   tx_.referrals().find_by_identifier({"https://fhir.nhs.uk/Id/UBRN", sent.ubrn}));
      const std::size_t wanted = sent.act == Act::kReferral && sent.acknowledged ? 1 : 0;
      expected += wanted;
      if (rows.size() != wanted) fault(name(sent) + " is there " + std::to_string(rows.size()) + " times");
      if (rows.size() == 1) LIGAMENT_CHECK(referral_of(sent, rows.front()));
      if (wanted == 0 && sent.red_flag) refused_red_flag(sent);
    }
    if (referrals_.size() != expected) {
      fault(std::to_string(referrals_.size()) + " referrals for " + std::to_string(expected) +
            " acknowledged");
    }
    for (const store::MessageRow& row : messages_) {
      const auto same = std::ranges::count_if(messages_, [&](const store::MessageRow& other) {
        return takes_effect(other) && takes_effect(row) && !row.business_id.empty() &&
               other.business_id == row.business_id && other.partner == row.partner;
      });
      if (same > 1) fault("message " + row.business_id + " took effect " + std::to_string(same) + " times");
    }
    return {};
  }

  fhir::Status states(fhir::Instant now) {
    for (const store::ReferralRow& row : referrals_) {
      const std::string who = "referral " + row.task_id + " (" + row.state + ")";
      const auto state = gateway::referral::parse_state(row.state);
      if (!state) {
        fault(who + " has no known state");
        continue;
      }
      const auto& traits = gateway::referral::traits(*state);
      if (row.open != traits.open) fault(who + " is open or closed against its state");
      if (row.open && row.holder_ods.empty()) fault(who + " has no holder");
      if (row.open && !row.deadline) fault(who + " has no deadline");
      if (row.open && row.deadline && row.deadline->at < now - std::chrono::seconds(5))
        fault(who + " is silent past its deadline and nobody was told");
      LIGAMENT_TRY(const auto task, tx_.resources().get("Task", row.task_id));
      if (!task || task->version != row.task_version) {
        fault(who + " and its Task differ in version");
        continue;
      }
      const auto tree = fhir::json::read(task->json, fhir::definitions::r4()).tree;
      const std::string status(tree->root().child("status").text());
      if (*state != gateway::referral::State::kAwaitingInformation && status != traits.task_status)
        fault(std::string(who).append(" has a Task that says ").append(status));
    }
    return {};
  }

  /// Each row of the outbox is delivered, once in the partner's eyes, or waits where a person sees it.
  fhir::Status outbox() {
    std::set<std::string> stopped;
    for (const store::DeliveryRow& row : deliveries_) {
      const std::string who =
          "delivery " + std::to_string(row.seq.value()) + " " + row.kind + " to " + row.destination;
      const Receipt* receipt = receipt_of(row);
      if (receipt != nullptr && receipt->business_id != row.business_id)
        fault(who + " arrived under another id");
      if (row.state == OutboxState::kDelivered) {
        if (receipt == nullptr || !receipt->effect) fault(who + " is called delivered and never arrived");
      } else if (row.state == OutboxState::kDead) {
        stopped.insert(row.lane);
        if (!has_work("dead-delivery", row.referral)) fault(who + " is dead and no person was told");
      } else if (!stopped.contains(row.lane)) {
        fault(who + " is left " + std::string(store::to_text(row.state)));
      }
    }
    for (const auto& [key, receipt] : records_.receipts) {
      const bool known = std::ranges::any_of(deliveries_, [&](const store::DeliveryRow& row) {
        return row.destination == receipt.partner && row.request_id == receipt.request_id;
      });
      if (!known)
        fault(receipt.partner + " was sent " + receipt.business_id + ", which nothing here promised");
    }
    return {};
  }

  void order() {
    std::map<std::string, std::pair<store::OutboxSeq, int>> last;
    for (const store::DeliveryRow& row : deliveries_) {
      const Receipt* receipt = receipt_of(row);
      if (receipt == nullptr) continue;
      const auto [entry, fresh] = last.try_emplace(row.lane + '|' + row.destination, row.seq, receipt->order);
      if (!fresh && receipt->order < entry->second.second)
        fault("lane " + row.lane + " arrived out of order at " + row.destination);
      entry->second = {row.seq, receipt->order};
    }
  }

  /// The hub's words that were taken are in the timeline, and the practice was told of each.
  fhir::Status decisions() {
    for (const auto& [number, decision] : records_.decisions) {
      if (!decision.done)
        fault(decision.partner + " word " + std::to_string(number) + " never got an answer");
      if (!decision.took_effect || decision.word == Word::kAcknowledge) continue;
      LIGAMENT_TRY(const auto row, tx_.referrals().find_by_task(decision.task_id));
      if (!row) {
        fault("the hub decided on a referral that is lost");
        continue;
      }
      LIGAMENT_TRY(const auto events, tx_.referrals().events(row->seq));
      constexpr const char* kEvents[] = {
          "", "accept", "reject", "information_asked", "information_given", "escalation_confirmed"};
      constexpr const char* kTold[] = {"", "accepted", "rejected", "information-asked", "", "receipt"};
      const auto word = static_cast<std::size_t>(decision.word);
      const bool there = std::ranges::any_of(events, [&](const auto& event) {
        return event.kind == kEvents[word] ||
               // An answer to a question that was settled meanwhile is kept as a note.
               (decision.word == Word::kGive && event.kind == "noted") ||
               (event.kind == "ignored" && event.detail.starts_with(kEvents[word]));
      });
      if (!there) {
        fault(decision.partner + " word " + std::to_string(number) + " " + kEvents[word] +
              " was taken and left no trace");
      }
      const bool applied =
          std::ranges::any_of(events, [&](const auto& event) { return event.kind == kEvents[word]; });
      if (applied && *kTold[word] != '\0') told(*row, kTold[word]);
    }
    return {};
  }

  /// Everybody the rota names was told in time, until a person confirmed; after that nobody waits.
  void red_flags(Duration slack) {
    for (const store::WorkRow& work : work_) {
      if (work.kind != "red-flag") continue;
      for (const char* const who : {kDutyClinician, kClinicalLead}) {
        const bool second = who == std::string_view(kClinicalLead);
        const bool taken = work.state != store::WorkState::kOpen;
        if (second && taken && work.step == 0) continue;
        const auto row = std::ranges::find_if(deliveries_, [&](const store::DeliveryRow& delivery) {
          return delivery.destination == who && delivery.kind == "escalation" &&
                 delivery.referral == work.referral && delivery.created_at >= work.created_at;
        });
        const std::string name = "red flag " + std::to_string(work.seq.value());
        if (row == deliveries_.end()) {
          fault(name + " never went to " + who);
          continue;
        }
        const auto due = work.created_at + (second ? std::chrono::seconds(60) : std::chrono::seconds(0));
        if (row->created_at >
            due + std::chrono::duration_cast<fhir::Instant::duration>(slack) + std::chrono::seconds(3))
          fault(name + " went late to " + who);
      }
    }
  }

 private:
  static bool takes_effect(const store::MessageRow& row) {
    return row.direction == store::Direction::kIn &&
           (row.verdict == store::Verdict::kAccepted || row.verdict == store::Verdict::kQuarantined);
  }

  using Found = fhir::Result<std::optional<store::MessageRow>>;
  Found by_ids(const Sent& sent) {
    return tx_.messages().find_by_request(sent.partner, sent.request_id, sent.correlation_id);
  }
  /// The one that took effect.
  Found by_control_id(const Sent& sent) {
    LIGAMENT_TRY(const store::MessagePage page, tx_.messages().list({}, std::nullopt, 10'000));
    const auto found = std::ranges::find_if(page.rows, [&](const store::MessageRow& row) {
      return row.business_id == sent.bundle_id && row.partner == sent.partner && takes_effect(row);
    });
    if (found == page.rows.end()) return std::optional<store::MessageRow>();
    return std::optional(*found);
  }

  static std::string name(const Sent& sent) { return "message " + std::to_string(sent.number); }

  fhir::Status referral_of(const Sent& sent, const store::ReferralRow& row) {
    const bool flagged = (row.flags & store::kRedFlag) != 0;
    if (flagged != sent.red_flag) fault(name(sent) + " has its red flag wrong");
    if (sent.red_flag && !has_work("red-flag", row.seq))
      fault(name(sent) + " has a red flag that nobody watches");
    if (row.sender_partner != sent.partner) fault(name(sent) + " belongs to another sender");
    told(row, sent.red_flag ? "escalated" : sent.turned_away ? "redirected" : "receipt");
    return {};
  }

  void refused_red_flag(const Sent& sent) {
    // Sent again after an answer that did not come, it is there twice, and the rota was called once.
    const bool watched = std::ranges::any_of(messages_, [&](const store::MessageRow& row) {
      const bool this_one =
          row.business_id == sent.bundle_id || (!sent.v2 && row.request_id == sent.request_id);
      return this_one && std::ranges::any_of(work_, [&](const store::WorkRow& work) {
               return work.kind == "red-flag" && work.message == row.seq;
             });
    });
    if (!watched) fault(name(sent) + " was refused and its red flag is lost");
  }

  /// A Communication of the kind is at the sender's door, or visibly stuck on its way.
  void told(const store::ReferralRow& row, std::string_view kind) {
    const bool arrived = std::ranges::any_of(records_.receipts, [&](const auto& entry) {
      const Receipt& receipt = entry.second;
      return receipt.partner == row.sender_partner && receipt.effect && receipt.task_id == row.task_id &&
             std::ranges::find(receipt.communications, kind) != receipt.communications.end();
    });
    if (!arrived && !has_work("dead-delivery", row.seq))
      fault("the practice was never told " + std::string(kind) + " of " + row.task_id);
  }

  [[nodiscard]] bool has_work(std::string_view kind, std::optional<store::ReferralSeq> referral) const {
    return std::ranges::any_of(
        work_, [&](const store::WorkRow& work) { return work.kind == kind && work.referral == referral; });
  }

  [[nodiscard]] const Receipt* receipt_of(const store::DeliveryRow& row) const {
    const auto found = records_.receipts.find({row.destination, row.request_id});
    return found == records_.receipts.end() ? nullptr : &found->second;
  }

  void fault(std::string text) { faults_.push_back(std::move(text)); }

  Transaction& tx_;
  const Records& records_;
  std::vector<std::string>& faults_;
  std::vector<store::ReferralRow> referrals_;
  std::vector<store::DeliveryRow> deliveries_;
  std::vector<store::WorkRow> work_;
  std::vector<store::MessageRow> messages_;
};

void read(store::Store& store, std::vector<std::string>& faults, const store::Work& work) {
  const fhir::Status done = store.transact(store::Kind::kRead, kChecker, work);
  if (!done.has_value()) faults.push_back("a check could not read: " + fhir::to_text(done.error()));
}

}  // namespace

void check_start(store::Store& store, const Records& records, std::vector<std::string>& faults) {
  read(store, faults, [&](Transaction& tx) -> fhir::Status {
    Check check(tx, records, faults);
    LIGAMENT_CHECK(check.audit());
    return check.acknowledged_messages();
  });
}

void check_end(store::Store& store, const Records& records, fhir::Instant now, Duration slack,
               std::vector<std::string>& faults) {
  read(store, faults, [&](Transaction& tx) -> fhir::Status {
    Check check(tx, records, faults);
    LIGAMENT_CHECK(check.audit());
    LIGAMENT_CHECK(check.acknowledged_messages());
    LIGAMENT_CHECK(check.read_all());
    LIGAMENT_CHECK(check.referrals());
    LIGAMENT_CHECK(check.states(now));
    LIGAMENT_CHECK(check.outbox());
    check.order();
    LIGAMENT_CHECK(check.decisions());
    check.red_flags(slack);
    return {};
  });
}

bool is_quiet(store::Store& store) {
  bool quiet = true;
  const fhir::Status done =
      store.transact(store::Kind::kRead, kChecker, [&](Transaction& tx) -> fhir::Status {
        LIGAMENT_TRY(const auto rows, tx.outbox().list({}, std::nullopt, 10'000));
        std::set<std::string> stopped;
        quiet = true;
        for (const store::DeliveryRow& row : rows) {
          if (row.state == OutboxState::kDead) stopped.insert(row.lane);
          const bool moves = row.state == OutboxState::kPending || row.state == OutboxState::kAwaitingAnswer;
          if (moves && !stopped.contains(row.lane)) quiet = false;
        }
        return {};
      });
  return done.has_value() && quiet;
}

}  // namespace tests::simulation
