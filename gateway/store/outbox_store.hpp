// The outbox: deliveries that were promised in the transaction that caused them.
//
// States: pending -> awaiting answer -> delivered, with pending <- awaiting answer when no answer came in
// time, dead when retries are used up, parked when a person holds it, abandoned when a person gives it up.
//
// Order. A lane is a sequence of deliveries that must arrive in the order they were enqueued, normally one
// referral at one destination. Only the head of a lane can be due: the earliest delivery that is neither
// delivered nor abandoned. So a pending, awaiting, dead or parked delivery blocks what comes after it in its
// lane, and nothing else. A person unblocks a dead or parked head with release() or abandon().
//
// The body and the request ids are written once and never change: every attempt sends the same bytes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/instant.hpp"
#include "fhir/base/result.hpp"
#include "gateway/store/body_insert.hpp"
#include "gateway/store/ids.hpp"

namespace gateway::store {

enum class OutboxState : std::uint8_t {
  kPending = 1,
  kAwaitingAnswer = 2,
  kDelivered = 3,
  kDead = 4,
  kParked = 5,
  kAbandoned = 6
};

[[nodiscard]] std::string_view to_text(OutboxState state) noexcept;
[[nodiscard]] std::optional<OutboxState> outbox_state_from_text(std::string_view text) noexcept;

/// Priorities: 3 before 2 before 1.
inline constexpr int kRoutine = 1;
inline constexpr int kUrgent = 2;
inline constexpr int kEmergency = 3;

struct NewDelivery {
  std::optional<ReferralSeq> referral;
  std::string lane;         ///< See the file comment.
  std::string destination;  ///< Partner name.
  std::string kind;         ///< `referral`, `receipt`, `decision`, `escalation`, ...
  std::string media_type;
  std::string body;
  BodyInserts inserts = {};
  std::string request_id;
  std::string correlation_id;
  std::string business_id;  ///< What the business answer will name; unique with the destination among
                            ///< unfinished ones.
  int priority = kRoutine;  ///< 1 to 3.
  fhir::Instant created_at{};
  fhir::Instant not_before{};
  std::optional<fhir::Instant> answer_deadline;
};

/// A delivery without its body.
struct DeliveryRow {
  OutboxSeq seq;
  std::optional<ReferralSeq> referral;
  std::string lane;
  std::string destination;
  std::string kind;
  std::string media_type;
  std::string request_id;
  std::string correlation_id;
  std::string business_id;
  int priority = kRoutine;
  OutboxState state = OutboxState::kPending;
  int attempts = 0;  ///< Finished attempts, failed or sent.
  fhir::Instant created_at{};
  fhir::Instant next_attempt_at{};
  std::optional<fhir::Instant> answer_deadline;  ///< Of the business answer, once sent.
  std::optional<fhir::Instant> finished_at;      ///< Delivered, dead or abandoned.
  std::string last_error;                        ///< A code, never a body.
};

/// What is being sent already.
struct UnderWay {
  std::vector<OutboxSeq> deliveries;  ///< Ascending. Not given again.
  /// Places that are taken, by destination.
  std::map<std::string, std::size_t, std::less<>> places;

  /// How many more may go to `destination` when `per_destination` may in all.
  [[nodiscard]] std::size_t room(std::string_view destination, std::size_t per_destination) const {
    const auto taken = places.find(destination);
    if (taken == places.end()) return per_destination;
    return per_destination - std::min(per_destination, taken->second);
  }
};

struct OutboxFilter {
  std::optional<OutboxState> state;
  std::optional<std::string> destination;
  std::optional<ReferralSeq> referral;
};

struct OutboxCount {
  std::string destination;
  OutboxState state = OutboxState::kPending;
  std::int64_t count = 0;
};

/// Valid inside its transaction only. A function naming a delivery fails with kNotFound when it is unknown
/// and with kConflict when its state does not allow the step.
class OutboxStore {
 public:
  OutboxStore() = default;
  OutboxStore(const OutboxStore&) = delete;
  OutboxStore& operator=(const OutboxStore&) = delete;
  virtual ~OutboxStore() = default;

  /// kInvalidRequest for a priority outside 1 to 3 or an empty lane or destination; kConflict for a business
  /// id already unfinished at the destination (an empty one is not compared); kNotFound for an unknown
  /// referral.
  [[nodiscard]] virtual fhir::Result<OutboxSeq> enqueue(const NewDelivery& delivery) = 0;

  /// Heads of lanes that are pending with their time come and not under way: by priority (3 first), then next
  /// attempt, then seq; at most `limit`, of which at most `per_destination` to one destination, those under
  /// way counted. Cost: per destination with pending deliveries and per delivery under way, not per delivery
  /// of a healthy backlog.
  [[nodiscard]] virtual fhir::Result<std::vector<DeliveryRow>> due(fhir::Instant now, std::size_t limit,
                                                                   std::size_t per_destination,
                                                                   const UnderWay& under_way) = 0;
  /// Awaiting answer with the deadline at or before `now`, earliest first.
  [[nodiscard]] virtual fhir::Result<std::vector<DeliveryRow>> overdue_answers(fhir::Instant now,
                                                                               std::size_t limit) = 0;

  /// An attempt failed, or the answer to one did not come: pending, due at `next`. From pending, counting one
  /// more attempt, or from awaiting answer, whose attempt was counted when it was sent.
  [[nodiscard]] virtual fhir::Status retry(OutboxSeq seq, fhir::Instant next,
                                           std::string_view error_code) = 0;
  /// The transport took it: awaiting the business answer until `answer_deadline`, one more attempt. From
  /// pending.
  [[nodiscard]] virtual fhir::Status mark_sent(OutboxSeq seq,
                                               std::optional<fhir::Instant> answer_deadline) = 0;
  /// The business answer came. From any state but delivered and abandoned (an answer may overtake a retry).
  [[nodiscard]] virtual fhir::Status mark_delivered(OutboxSeq seq, fhir::Instant at) = 0;
  /// The same by what the answer names. kNotFound when nothing unfinished at the destination has the id.
  [[nodiscard]] virtual fhir::Result<OutboxSeq> mark_delivered(std::string_view destination,
                                                               std::string_view business_id,
                                                               fhir::Instant at) = 0;
  /// Retries are used up, or the partner refused for good. From pending or awaiting answer.
  [[nodiscard]] virtual fhir::Status mark_dead(OutboxSeq seq, fhir::Instant at,
                                               std::string_view error_code) = 0;
  /// A person holds it. From pending, awaiting answer or dead.
  [[nodiscard]] virtual fhir::Status park(OutboxSeq seq) = 0;
  /// A person lets it go again: pending, due at `at`; attempts start anew at 0. From dead or parked.
  [[nodiscard]] virtual fhir::Status release(OutboxSeq seq, fhir::Instant at) = 0;
  /// A person gives it up; the lane goes on. From dead or parked.
  [[nodiscard]] virtual fhir::Status abandon(OutboxSeq seq, fhir::Instant at,
                                             std::string_view reason_code) = 0;

  [[nodiscard]] virtual fhir::Result<std::optional<DeliveryRow>> find(OutboxSeq seq) = 0;
  /// The unfinished delivery (neither delivered nor abandoned) the id names.
  [[nodiscard]] virtual fhir::Result<std::optional<DeliveryRow>> find_unfinished(
      std::string_view destination, std::string_view business_id) = 0;
  [[nodiscard]] virtual fhir::Result<std::string> read_body(OutboxSeq seq) = 0;
  /// At most `limit` rows after `after`, in order of seq.
  [[nodiscard]] virtual fhir::Result<std::vector<DeliveryRow>> list(const OutboxFilter& filter,
                                                                    std::optional<OutboxSeq> after,
                                                                    std::size_t limit) = 0;
  /// By destination and state, in order of both.
  [[nodiscard]] virtual fhir::Result<std::vector<OutboxCount>> counts() = 0;
};

}  // namespace gateway::store
