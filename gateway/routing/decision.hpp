// Where a referral goes, why, and by which rule.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/services/service.hpp"

namespace gateway::routing {

using services::Outcome;
using services::RuleId;

struct RefusedDestination {
  std::string destination;  ///< Partner name, else ODS code.
  std::string reason;       ///< Code: `contract-not-live`, `not-chosen`, `no-such-partner`.
};

/// How long a stretch of the wait may take, by priority. Empty: as the installation is configured.
struct Limit {
  config::Term routine;
  config::Term urgent;
};

/// What the message is, beside a referral.
enum class Purpose : std::uint8_t {
  kReferral,
  kAdvice,             ///< A question that never becomes a referral by itself.
  kConvertibleAdvice,  ///< A question whose sender allows it to become one.
};
[[nodiscard]] std::string_view to_code(Purpose purpose) noexcept;

/// Texts are ours or of the service's data; none is of the message. Immutable value.
struct Decision {
  Outcome outcome = Outcome::kHold;
  std::string service;      ///< Service id; empty when none matched.
  std::string specialty;    ///< Specialty id; empty when the request names none and triage decides.
  std::string destination;  ///< Partner name for a route; name of the other place for urgent and redirect;
                            ///< else empty.
  std::string destination_ods;  ///< ODS code for a route.
  /// ODS code of who decides on it once it goes on: the hub in force, or the provider of a route without one.
  /// Empty when nobody is known yet.
  std::string hub_ods;
  Purpose purpose = Purpose::kReferral;
  services::ReferrerKind referrer = services::ReferrerKind::kClinician;
  std::string practice_ods;       ///< The patient's registered practice as the message says it.
  std::string contract;           ///< Rule id of the contract that allows the route.
  std::optional<RuleId> pathway;  ///< The template it is on, with its version.
  bool out_of_network = false;  ///< The chosen provider has no contract here and may be chosen all the same.
  Limit triage;                 ///< From receipt to the decision of the triage.
  services::Week week;          ///< When the service works: for limits in working days.
  Limit offer;                  ///< From that decision to the offer of the next step.
  std::string contact;          ///< How the GP reaches the other place.
  std::string reason;           ///< Code: `accepted`, `red-flag`, `cancer`, `paediatric`, `age-unknown`, ...
  std::string text;             ///< For people: what was decided, and what the GP does now.
  std::string chosen_provider_ods;  ///< The provider the patient chose; travels on, whatever the route.
  /// With a choice: ODS codes of the hub and of contracted providers that do not operate. Going to one of
  /// them leaves the choice as it is; going anywhere else would not.
  std::vector<std::string> beside_choice;
  std::optional<std::chrono::minutes> time_limit;  ///< Of an urgent route.
  std::vector<RuleId> rules;                       ///< Fired, in order of evaluation.
  std::vector<RefusedDestination> refused;
  std::string place;      ///< FHIRPath of the element that caused a hold, redirect or refusal; may be empty.
  std::string catalogue;  ///< Digest of the services it was decided by.
};

/// One line of JSON: the members of DESIGN.md 6 in that order, then ours (`reason`, `text`, `contact`, ...).
/// Members that do not apply are null.
/// `triage` is by when the triage is due, when that was asked.
[[nodiscard]] std::string to_json(const Decision& decision, const services::Due* triage = nullptr);

}  // namespace gateway::routing
