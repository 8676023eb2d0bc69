// The HTTP door: a request into an Arrival, and an Outcome into the response that the national message asks
// for.
#pragma once

#include "gateway/http/message.hpp"
#include "gateway/intake/arrival.hpp"
#include "gateway/intake/intake.hpp"

namespace gateway::intake {

/// Both conversation ids as sent, if they are UUIDs.
[[nodiscard]] ConversationIds conversation_ids(const http::Request& request);

/// Malformed headers and a type that is not FHIR are refusals inside; strict mode wants the national headers.
[[nodiscard]] Arrival arrival_of(http::Request request, store::Caller caller, Mode mode);

/// One message of an authenticated partner. Every outcome is a Response with both ids mirrored: 200 with the
/// answer Bundle, else an OperationOutcome (409 for a duplicate, 425 for one that is under way).
[[nodiscard]] async::awaitable<http::Response> process_message(Intake& intake, http::Request request,
                                                               store::Caller caller);

}  // namespace gateway::intake
