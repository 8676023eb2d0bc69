// How a stand-in partner answers HL7 v2 messages: the part `mllp` of its script.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fhir/path/plan.hpp"
#include "gateway/config/yaml.hpp"
#include "mappings/hl7v2/acknowledgement.hpp"

namespace gateway::partner {

/// What an acknowledgement is besides its code.
enum class Decision : std::uint8_t {
  kNone,      ///< An ACK.
  kAccepted,  ///< An RRI^I12 with RF1-1 accepted.
  kRejected,  ///< An RRI^I12 with RF1-1 rejected.
};

/// How one kind of message is answered.
struct MllpRule {
  std::string name;
  std::string event;                   ///< `REF^I12`, or `REF` for any of them; empty: any message.
  fhir::path::PlanPtr when;            ///< FHIRPath on the tree of the message; null: whatever is in it.
  std::optional<std::uint32_t> times;  ///< How often it applies; empty: always.
  std::chrono::milliseconds delay{0};
  mappings::hl7v2::AckCode code = mappings::hl7v2::AckCode::kAA;
  std::optional<mappings::hl7v2::AckError> error;
  Decision decision = Decision::kNone;
  bool twice = false;             ///< The same frame a second time, right after.
  bool silent = false;            ///< Nothing is said, and the connection stays.
  bool drop = false;              ///< Nothing is said, and the connection closes.
  bool wrong_control_id = false;  ///< MSA-2 names another message.
};

/// Rules of `mllp.replies`, first match wins. Mistakes are reported at their place.
[[nodiscard]] std::vector<MllpRule> read_mllp_rules(const config::YamlValue& mllp);

}  // namespace gateway::partner
