// What a message says, found out without a store, a clock or a network: the pure part of intake.
//
//   const Reading reading = read_message(source, surroundings);
//   if (reading.refusal) ...   // and reading.gate still holds the red flags of whatever could be read
//
// Order: headers, format, red-flag gate, structure, decision table, environment, identity, routing. The first
// fault decides the refusal, but the gate has always run, on the tree or on the bare bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fhir/base/instant.hpp"
#include "fhir/tree/tree.hpp"
#include "gateway/bars/decision.hpp"
#include "gateway/bars/message.hpp"
#include "gateway/bars/message_headers.hpp"
#include "gateway/bars/rec_error.hpp"
#include "gateway/config/config.hpp"
#include "gateway/gate/gate.hpp"
#include "gateway/http/message.hpp"
#include "gateway/identity/patient_identity.hpp"
#include "gateway/routing/decision.hpp"
#include "gateway/services/catalogue.hpp"
#include "gateway/store/caller.hpp"

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
  bars::MessageHeaders headers;
  fhir::tree::TreePtr tree;  ///< Null when the body could not be read.
  gate::GateResult gate;
  std::optional<bars::Refusal> refusal;
  int refused_status = 0;  ///< Of the refusal: 415 has no code of its own in the national list.
  bars::BarsMessage message;
  std::optional<bars::Action> action;
  identity::PatientIdentity patient;
  std::optional<routing::Decision> decision;  ///< Of a message that may become a referral.
};

[[nodiscard]] Reading read_message(const http::Request& request, const store::Caller& caller,
                                   const ReadingSurroundings& surroundings);

/// Both conversation ids as sent, if they are UUIDs; also before anything else is read.
struct ConversationIds {
  std::string request_id;
  std::string correlation_id;
};
[[nodiscard]] ConversationIds conversation_ids(const http::Request& request);

/// True for an action that makes a referral here, be it one that is only held.
[[nodiscard]] bool opens_referral(const Reading& reading) noexcept;

}  // namespace gateway::intake
