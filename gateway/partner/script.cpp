#include "gateway/partner/script.hpp"

#include <array>

namespace gateway::partner {
namespace {

constexpr std::array<std::string_view, 3> kRoles = {"hub", "gp", "pas"};
constexpr std::array<std::string_view, 7> kBodies = {"ok",    "none",    "wrong-identifier", "transient",
                                                     "fatal", "outcome", "garbage"};
constexpr std::array<std::string_view, kWordCount> kWords = {
    "received",        "accept",           "reject", "redirect", "advice",
    "ask-information", "give-information", "offer",  "book",     "attended",
    "not-attended",    "discharge",        "fail",   "priority", "confirm"};

}  // namespace

std::string_view to_text(Role role) noexcept {
  return kRoles[static_cast<std::size_t>(role)];
}

std::optional<Role> parse_role(std::string_view text) noexcept {
  for (std::size_t at = 0; at < kRoles.size(); ++at) {
    if (kRoles[at] == text) return static_cast<Role>(at);
  }
  return std::nullopt;
}

std::string_view to_text(Body body) noexcept {
  return kBodies[static_cast<std::size_t>(body)];
}

std::string_view to_text(Word word) noexcept {
  return kWords[static_cast<std::size_t>(word)];
}

Script default_script(Role role, const std::string& gateway_url) {
  Script script;
  script.gateway = gateway_url;
  script.target = "https://fhir.nhs.uk/Id/dos-service-id|2000099000";
  // The partners of the example configuration.
  switch (role) {
    case Role::kHub:
      script.identity = {"sussex-hub", "", "99S10", "https://fhir.nhs.uk/Id/dos-service-id|2000099001"};
      break;
    case Role::kGp:
      script.identity = {"downland-practice", "", "99S01",
                         "https://fhir.nhs.uk/Id/dos-service-id|2000099101"};
      break;
    case Role::kPas:
      script.identity = {"downs-trust", "", "99S20", "https://fhir.nhs.uk/Id/dos-service-id|2000099020"};
      break;
  }
  ReplyRule rule;
  rule.name = "default";
  if (role == Role::kHub && !gateway_url.empty()) {
    Action accept;
    accept.after = Milliseconds(200);
    accept.word = Word::kAccept;
    accept.decided_by = {"A. Triage", "stand-in clinician"};
    rule.then.push_back(std::move(accept));
  }
  script.replies.push_back(std::move(rule));
  return script;
}

}  // namespace gateway::partner
