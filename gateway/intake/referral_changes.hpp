// The one place where a referral changes: reads its row, its Task and what belongs to it, runs
// referral::transition, and writes everything that follows in the same transaction.
//
//   Change change;
//   change.event.kind = referral::EventKind::kDeadlinePassed;
//   change.scope = sequence.next();
//   change.at = clock.now();
//   LIGAMENT_TRY(const Changed changed, changes.apply(tx, referral, change));
//
// Written: the new Task version, the referral row, the timeline event, Communications to the GP with their
// outbox rows, messages to hub and provider, work items, the audit entry. Nothing outside this class writes a
// referral row once it exists.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "fhir/base/instant.hpp"
#include "fhir/base/result.hpp"
#include "fhir/tree/tree.hpp"
#include "gateway/config/config.hpp"
#include "gateway/intake/intake_sink.hpp"
#include "gateway/intake/keyed_hash.hpp"
#include "gateway/intake/rules.hpp"
#include "gateway/referral/event.hpp"
#include "gateway/referral/transition.hpp"
#include "gateway/store/transaction.hpp"

namespace gateway::bars {
struct BarsMessage;
}

namespace gateway::intake {

/// What happened, said by whom. A value; may be applied again when a transaction runs again.
struct Change {
  referral::Event event;
  referral::TransitionCaller caller;         ///< kSystem by default: the gateway itself.
  store::MessageSeq scope;                   ///< A number of MessageSequence: new ids are made from it.
  std::uint32_t first_id = 0;                ///< Where its ids begin within the scope (resource_ids.hpp).
  std::optional<store::MessageSeq> message;  ///< The logged message that said so.
  fhir::Instant at{};                        ///< Now.
  std::optional<std::int64_t> if_version;    ///< kConflict unless the Task still has this version.
  fhir::tree::TreePtr task;                  ///< Keeps `task_node` alive.
  fhir::tree::Node task_node;  ///< The Task as the caller sent it; its notes and outputs are taken over.
  const bars::BarsMessage* author_message = nullptr;  ///< Update, cancel: with our ids; goes on to the hub.
  std::string author_version;               ///< Update: ServiceRequest.meta.versionId as its author sent it.
  std::vector<fhir::tree::Node> documents;  ///< Stored by the caller of apply; go along with what is told.
};

/// What an end of a delivery that did not arrive leaves behind.
enum class EndOfDelivery : std::uint8_t { kDead, kParked };

/// What became of it.
struct Changed {
  store::ReferralSeq referral;
  std::string task_id;
  std::int64_t task_version = 0;
  std::string state;                         ///< After it.
  std::string ignored_because;               ///< Not empty: recorded, and without effect on the state.
  std::optional<referral::Refused> refused;  ///< The rules say no. Nothing was written but the audit entry.
  fhir::tree::TreePtr task;                  ///< As it is stored now; null when it was not read.
  std::vector<Alert> alerts;                 ///< For IntakeSink, after the commit.
};

/// Any thread. What it takes outlives it.
class ReferralChanges {
 public:
  /// `hash` outlives this.
  ReferralChanges(RulesPtr rules, const KeyedHash& hash, std::string software_version);

  /// What it goes by from now on. A change that is being applied ends by what it began with.
  void use(RulesPtr rules) noexcept { rules_.store(std::move(rules)); }
  [[nodiscard]] RulesPtr rules() const noexcept { return rules_.load(); }

  /// Errors: kNotFound (no such referral), kConflict (if_version; Change::message may still be kept by the
  /// caller), those of the store. A refused transition is a value, not an error.
  [[nodiscard]] fhir::Result<Changed> apply(store::Transaction& tx, store::ReferralSeq referral,
                                            const Change& change) const;

  /// The pathway of `from` is one of `to` from now on, whatever its state: clocks and deadline stay. The
  /// practice and `to` are told, what was not sent to `from` yet is given up. `change` gives scope and time.
  /// kNotFound.
  [[nodiscard]] fhir::Status move(store::Transaction& tx, store::ReferralSeq referral, std::string_view from,
                                  const referral::Organisation& to, Change change) const;

  /// What apply() would say no to; empty when it would go on. `row` is as this transaction reads it. Writes
  /// nothing.
  [[nodiscard]] fhir::Result<std::optional<referral::Refused>> refusal(store::Transaction& tx,
                                                                       const store::ReferralRow& row,
                                                                       const Change& change) const;

  /// A delivery was answered: closes it and, when it was the referral to the hub, the referral is at the hub;
  /// when it told the GP the end, the referral waits no more. kNotFound, kConflict as mark_delivered.
  [[nodiscard]] fhir::Result<std::optional<Changed>> delivered(store::Transaction& tx,
                                                               const store::DeliveryRow& delivery,
                                                               store::MessageSeq scope,
                                                               fhir::Instant at) const;
  /// A delivery cannot arrive: dead letter, or parked until a person lets it go; work item, timeline event.
  [[nodiscard]] fhir::Result<std::vector<Alert>> undeliverable(
      store::Transaction& tx, store::OutboxSeq seq, std::string_view error_code, fhir::Instant at,
      EndOfDelivery end = EndOfDelivery::kDead) const;

  /// The next step of a red-flag rota: told to its partner, and the work item moved on. Nothing happens to an
  /// item that is confirmed or was not due at `at`.
  [[nodiscard]] fhir::Result<std::vector<Alert>> next_rota_step(store::Transaction& tx, store::WorkSeq work,
                                                                store::MessageSeq scope,
                                                                fhir::Instant at) const;

 private:
  [[nodiscard]] fhir::Result<Changed> apply_to(store::Transaction& tx, const store::ReferralRow& row,
                                               const Change& change) const;
  [[nodiscard]] fhir::Result<Changed> apply_to_row(store::Transaction& tx, const store::ReferralRow& row,
                                                   const Change& change) const;
  [[nodiscard]] fhir::Status call_rota(store::Transaction& tx, const store::ReferralRow& row,
                                       fhir::Instant at, std::vector<Alert>& alerts) const;
  std::atomic<RulesPtr> rules_;
  const KeyedHash* hash_;
  std::string software_version_;
};

/// In what capacity an authenticated partner speaks: gp, hub, provider, rota, operator; anything else is the
/// gateway.
[[nodiscard]] referral::TransitionCaller transition_caller(const store::Caller& caller);

}  // namespace gateway::intake
