// Where a referral goes, why, and by which rule.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "gateway/services/service.hpp"

namespace gateway::routing {

using services::Outcome;
using services::RuleId;

struct RefusedDestination {
  std::string destination;  ///< Partner name, else ODS code.
  std::string reason;       ///< Code: `contract-not-live`, `not-chosen`, `no-such-partner`.
};

/// Texts are ours or of the service's data; none is of the message. Immutable value.
struct Decision {
  Outcome outcome = Outcome::kHold;
  std::string service;      ///< Service id; empty when none matched.
  std::string specialty;    ///< Specialty id; empty when the request names none and triage decides.
  std::string destination;  ///< Partner name for a route; name of the other place for urgent and redirect;
                            ///< else empty.
  std::string destination_ods;  ///< ODS code for a route.
  std::string contact;          ///< How the GP reaches the other place.
  std::string reason;           ///< Code: `accepted`, `red-flag`, `cancer`, `paediatric`, `age-unknown`, ...
  std::string text;             ///< For people: what was decided, and what the GP does now.
  std::string chosen_provider_ods;  ///< The provider the patient chose; travels on, whatever the route.
  std::optional<std::chrono::minutes> time_limit;  ///< Of an urgent route.
  std::vector<RuleId> rules;                       ///< Fired, in order of evaluation.
  std::vector<RefusedDestination> refused;
  std::string place;      ///< FHIRPath of the element that caused a hold, redirect or refusal; may be empty.
  std::string catalogue;  ///< Digest of the services it was decided by.
};

/// One line of JSON: the members of DESIGN.md 6 in that order, then ours (`reason`, `text`, `contact`, ...).
/// Members that do not apply are null.
[[nodiscard]] std::string to_json(const Decision& decision);

}  // namespace gateway::routing
