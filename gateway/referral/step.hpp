// Carries out one allowed row: the new state, and the effects that follow from the difference. Part of
// transition().
#pragma once

#include "gateway/referral/transition.hpp"
#include "gateway/referral/transition_table.hpp"

namespace gateway::referral {

/// `row` was found for this event and caller, and every rule was checked.
[[nodiscard]] Accepted take_step(const ReferralState& referral, const TransitionRow& row, const Event& event,
                                 const TransitionCaller& caller, const Deadlines& deadlines,
                                 fhir::Instant now);

/// Who must act in a state; while information is awaited, and once closed, the owner stays.
[[nodiscard]] PartyRole owner_in(const ReferralState& referral) noexcept;

}  // namespace gateway::referral
