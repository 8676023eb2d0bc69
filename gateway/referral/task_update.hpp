// Reads an incoming Task (PUT) against the stored one: which event it means, or why it may not.
#pragma once

#include <optional>
#include <variant>

#include "fhir/base/issue.hpp"
#include "fhir/tree/tree.hpp"
#include "gateway/referral/transition.hpp"

namespace gateway::referral {

/// The Task says nothing new.
struct Unchanged {};
/// Refused before any transition: `rule` and the places that broke it.
struct TaskRefused {
  Rule rule;
  fhir::IssueList issues;
};
using TaskChange = std::variant<Event, Unchanged, TaskRefused>;

/// What `incoming` asks for. Only status, businessStatus, statusReason, owner, priority, note, output, input,
/// restriction and executionPeriod may differ; a change of for, focus, requester, basedOn, partOf or
/// identifiers is refused with its place. `incoming` and `stored` are Tasks of the same table. Who may do it
/// is transition()'s business.
[[nodiscard]] TaskChange derive_event(fhir::tree::Node incoming, fhir::tree::Node stored,
                                      const ReferralState& referral);

/// What the holder says to an abort Task (code abort): agreed, refused, or nothing yet.
[[nodiscard]] std::optional<EventKind> abort_answer(fhir::tree::Node incoming, fhir::tree::Node stored);

}  // namespace gateway::referral
