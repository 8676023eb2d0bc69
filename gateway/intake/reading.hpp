// What a message says, found out without a store, a clock or a network: the pure part of intake.
//
//   const Reading reading = read_message(arrival, surroundings);
//   if (reading.refusal) ...   // and reading.gate still holds the red flags of whatever could be read
//
// Order: what the door refused, format, red-flag gate, structure, decision table, environment, identity,
// routing. The first fault decides the refusal, but the gate has always run: on the tree, on the tree of the
// original of a converted message, or on the bare bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fhir/base/instant.hpp"
#include "fhir/tree/tree.hpp"
#include "gateway/bars/decision.hpp"
#include "gateway/bars/message.hpp"
#include "gateway/bars/rec_error.hpp"
#include "gateway/care/care_message.hpp"
#include "gateway/config/config.hpp"
#include "gateway/gate/gate.hpp"
#include "gateway/identity/patient_identity.hpp"
#include "gateway/intake/arrival.hpp"
#include "gateway/routing/decision.hpp"
#include "gateway/services/catalogue.hpp"

namespace gateway::intake {

/// Strict wants the national headers of every message and a destination that is ours; dev takes a message
/// without the former and for any destination.
enum class Mode : std::uint8_t { kStrict, kDev };

struct ReadingSurroundings {
  const config::Config& config;
  const services::ServiceCatalogue& catalogue;
  Mode mode = Mode::kStrict;
  fhir::Instant received;
};

/// Nodes live as long as `tree`. What comes after the first fault is empty.
struct Reading {
  fhir::tree::TreePtr tree;  ///< The FHIR message; null when there is none.
  gate::GateResult gate;
  std::optional<bars::Refusal> refusal;
  int refused_status = 0;  ///< Of the refusal, as HTTP.
  bars::BarsMessage message;
  std::optional<bars::Action> action;
  std::optional<care::CareMessage> care;  ///< Of a message of our own events; then there is no action.
  identity::PatientIdentity patient;
  std::optional<routing::Decision> decision;  ///< Of a message that may become a referral.
  bool mandatory_lost = false;                ///< The conversion left out what every referral must have.
};

[[nodiscard]] Reading read_message(const Arrival& arrival, const ReadingSurroundings& surroundings);

/// Why a referral is held whose conversion left out a mandatory field.
inline constexpr std::string_view kMandatoryFieldLost = "mandatory-field-lost";

/// True for an action that makes a referral here, be it one that is only held.
[[nodiscard]] bool opens_referral(const Reading& reading) noexcept;

}  // namespace gateway::intake
