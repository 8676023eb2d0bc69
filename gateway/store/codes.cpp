// Texts of the small enumerations of the ports.
#include "gateway/store/message_log.hpp"
#include "gateway/store/outbox_store.hpp"
#include "gateway/store/work_store.hpp"

namespace gateway::store {

std::string_view to_text(Direction direction) noexcept {
  return direction == Direction::kIn ? "in" : "out";
}

std::string_view to_text(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::kAccepted: return "accepted";
    case Verdict::kQuarantined: return "quarantined";
    case Verdict::kRefused: return "refused";
    case Verdict::kDuplicate: return "duplicate";
  }
  return "unknown";
}

std::optional<Verdict> verdict_from_text(std::string_view text) noexcept {
  for (const Verdict verdict :
       {Verdict::kAccepted, Verdict::kQuarantined, Verdict::kRefused, Verdict::kDuplicate}) {
    if (to_text(verdict) == text) return verdict;
  }
  return std::nullopt;
}

std::string_view to_text(OutboxState state) noexcept {
  switch (state) {
    case OutboxState::kPending: return "pending";
    case OutboxState::kAwaitingAnswer: return "awaiting-answer";
    case OutboxState::kDelivered: return "delivered";
    case OutboxState::kDead: return "dead";
    case OutboxState::kParked: return "parked";
    case OutboxState::kAbandoned: return "abandoned";
  }
  return "unknown";
}

std::optional<OutboxState> outbox_state_from_text(std::string_view text) noexcept {
  for (const OutboxState state :
       {OutboxState::kPending, OutboxState::kAwaitingAnswer, OutboxState::kDelivered, OutboxState::kDead,
        OutboxState::kParked, OutboxState::kAbandoned}) {
    if (to_text(state) == text) return state;
  }
  return std::nullopt;
}

std::string_view to_text(WorkState state) noexcept {
  switch (state) {
    case WorkState::kOpen: return "open";
    case WorkState::kConfirmed: return "confirmed";
    case WorkState::kClosed: return "closed";
  }
  return "unknown";
}

}  // namespace gateway::store
