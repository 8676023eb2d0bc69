// Intake: a message comes in, and either everything it means is durable before the answer leaves, or the
// answer says that it is not.
//
//   Intake intake(ports, settings, catalogue);
//   ProcessMessageHandler handler(intake, authenticate);          // POST /fhir/$process-message
//   Outcome outcome = co_await intake.process(arrival);           // a door of its own: arrival.hpp,
//   outcome.hpp
//
// Order of work: in-flight check, parse, red-flag gate, structure, decision table, identity, routing
// (all pure, reading.hpp), then one unit of work, then the answer, which only a commit can make. A refused
// message is recorded too, and its red flags are escalated in the same transaction.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "fhir/base/instant.hpp"
#include "fhir/tree/tree.hpp"
#include "gateway/async/asio.hpp"
#include "gateway/async/blocking_pool.hpp"
#include "gateway/bars/rec_error.hpp"
#include "gateway/commit/committer.hpp"
#include "gateway/config/config.hpp"
#include "gateway/intake/arrival.hpp"
#include "gateway/intake/intake_sink.hpp"
#include "gateway/intake/keyed_hash.hpp"
#include "gateway/intake/message_sequence.hpp"
#include "gateway/intake/outcome.hpp"
#include "gateway/intake/outward_forms.hpp"
#include "gateway/intake/reading.hpp"
#include "gateway/intake/referral_changes.hpp"
#include "gateway/services/catalogue.hpp"

namespace gateway::intake {

class InFlight;
struct Prepared;

/// What intake stands on. All of it outlives intake.
struct IntakePorts {
  commit::Committer& committer;
  const fhir::Clock& clock;
  KeyedHash keyed_hash;
  MessageSequence& sequence;
  IntakeSink& sink;
  /// Where large messages are read, so that they do not hold the I/O thread; null: where all others are.
  async::BlockingPool* pool = nullptr;
};

/// From this many bytes on a message is large.
inline constexpr std::size_t kLargeMessage = 256u << 10;

struct IntakeSettings {
  RulesPtr rules;
  Mode mode = Mode::kStrict;
  std::size_t max_in_flight = 4096;  ///< Messages between their first byte read and their answer; more: 503.
  std::string software_version = "0.1.0";
};

/// A Task as a partner sent it to `PUT /fhir/Task/{id}`.
struct TaskUpdate {
  std::string task_id;
  std::int64_t if_match = 0;     ///< Version of the If-Match header.
  fhir::tree::TreePtr incoming;  ///< Root is a Task that passed structural validation.
  std::string body;              ///< The bytes, for the message log.
  std::string media_type;
};

struct UpdatedTask {
  fhir::tree::TreePtr task;  ///< As stored now.
  std::int64_t version = 0;
  fhir::Instant at{};
};

/// 403, 404, 409, 412 or 422 with what goes into the OperationOutcome: the rule, who owns the Task now, what
/// this caller may do. 503 when nothing could be written.
struct TaskRefusal {
  int http_status = 0;
  bars::Refusal refusal;
};

/// One I/O thread.
class Intake {
 public:
  Intake(IntakePorts ports, IntakeSettings settings, services::CataloguePtr catalogue);
  Intake(const Intake&) = delete;
  Intake& operator=(const Intake&) = delete;
  ~Intake();

  /// What messages are read, routed and sent by from now on. Those under way end by what they began with.
  void use(RulesPtr rules, services::CataloguePtr catalogue);

  /// One message of an authenticated partner, from any door.
  [[nodiscard]] async::awaitable<Outcome> process(Arrival arrival);

  /// One Task update. The caller sees only Tasks of referrals that concern it: others are 404.
  [[nodiscard]] async::awaitable<tl::expected<UpdatedTask, TaskRefusal>> apply_task_update(
      store::Caller caller, TaskUpdate update);

  /// An event the gateway or a person of it raises. kNotFound, kConflict (refused by the rules; the detail
  /// names the rule), and the errors of the commit.
  [[nodiscard]] async::awaitable<fhir::Result<Changed>> apply_event(store::Caller caller,
                                                                    store::ReferralSeq referral,
                                                                    referral::Event event);

  /// For units of work of other rooms.
  [[nodiscard]] const ReferralChanges& changes() const noexcept { return changes_; }
  [[nodiscard]] std::size_t in_flight() const noexcept;
  [[nodiscard]] Mode mode() const noexcept { return settings_.mode; }

 private:
  [[nodiscard]] async::awaitable<fhir::Result<Prepared>> prepare(Arrival arrival);

  IntakePorts ports_;
  IntakeSettings settings_;
  services::CataloguePtr catalogue_;
  ReferralChanges changes_;
  std::shared_ptr<InFlight> in_flight_;
};

}  // namespace gateway::intake
