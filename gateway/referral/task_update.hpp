// Reads an incoming Task (PUT) against the stored one: which event it means, or why it may not.
#pragma once

#include <optional>
#include <variant>
#include <vector>

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
/// identifiers is refused with its place. New notes, inputs and outputs alone are kNoted; any other element
/// that differs without a decision beside it is refused, so that nothing is dropped in silence. `incoming`
/// and `stored` are Tasks of the same table. Who may do it is transition()'s business.
[[nodiscard]] TaskChange derive_event(fhir::tree::Node incoming, fhir::tree::Node stored,
                                      const ReferralState& referral);

/// The elements in words that `incoming` has and `stored` has not: notes, inputs, outputs, the reason, in the
/// order of the Task. What the red-flag gate has not read yet.
[[nodiscard]] std::vector<fhir::tree::Node> new_words(fhir::tree::Node incoming, fhir::tree::Node stored);

/// What the holder says to an abort Task (code abort): agreed, refused, or nothing yet.
[[nodiscard]] std::optional<EventKind> abort_answer(fhir::tree::Node incoming, fhir::tree::Node stored);

}  // namespace gateway::referral
