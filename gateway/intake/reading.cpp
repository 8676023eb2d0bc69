#include "gateway/intake/reading.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "fhir/base/uuid.hpp"
#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/validate/validate.hpp"
#include "fhir/xml/reader.hpp"
#include "gateway/http/media_type.hpp"
#include "gateway/routing/routing.hpp"

namespace gateway::intake {

namespace {

using bars::Action;

std::vector<bars::HeaderField> fields_of(const http::Request& request) {
  std::vector<bars::HeaderField> fields;
  fields.reserve(request.headers.size());
  for (std::size_t at = 0; at < request.headers.size(); ++at) {
    const http::Field field = request.headers.at(at);
    fields.push_back({field.name, field.value});
  }
  return fields;
}

/// Keeps the first refusal.
void refuse(Reading& reading, bars::Refusal refusal, int status = 0) {
  if (reading.refusal) return;
  reading.refused_status = status != 0 ? status : refusal.http_status();
  reading.refusal = std::move(refusal);
}

void read_headers(Reading& reading, const http::Request& request, Mode mode) {
  bars::HeaderPolicy policy;
  policy.claims_required = mode == Mode::kStrict;
  const std::vector<bars::HeaderField> fields = fields_of(request);
  auto headers = bars::parse_headers(fields, policy);
  if (headers.has_value()) {
    reading.headers = std::move(*headers);
  } else {
    refuse(reading, std::move(headers.error()));
  }
}

void read_body(Reading& reading, const http::Request& request, const ReadingSurroundings& around) {
  const fhir::Result<http::BodyType> type = http::body_type(request);
  if (!type.has_value()) {
    refuse(reading,
           bars::refusal(bars::Rec::kBadRequest, fhir::IssueType::kNotSupported, "",
                         "Content-Type must be application/fhir+json or application/fhir+xml"),
           415);
    reading.gate = gate::inspect_bytes(around.catalogue.red_flags(), request.body);
    return;
  }
  const fhir::tree::TypeTable& table = fhir::definitions::r4();
  const fhir::ReadLimits& limits = around.config.limits.message;
  fhir::tree::ReadOutcome outcome = type->format == http::Format::kXml
                                        ? fhir::xml::read(request.body, table, limits)
                                        : fhir::json::read(request.body, table, limits);
  reading.tree = std::move(outcome.tree);
  if (reading.tree) reading.gate = gate::inspect(around.catalogue.red_flags(), reading.tree->root());
  if (!outcome.issues.has_error()) return;
  // Some of it could not be read, so the bytes are looked at too.
  gate::GateResult bytes = gate::inspect_bytes(around.catalogue.red_flags(), request.body);
  reading.gate = reading.tree ? gate::merge(std::move(reading.gate), bytes) : std::move(bytes);
  refuse(reading, bars::refusal(bars::Rec::kBadRequest, outcome.issues));
}

void check_structure(Reading& reading, std::string_view source) {
  fhir::validate::ValidateOptions options;
  options.source = source;
  options.report_unchecked_codes = false;
  const fhir::IssueList issues = fhir::validate::check(reading.tree->root(), options);
  if (issues.has_error()) refuse(reading, bars::refusal(issues));
}

bars::UseCases use_cases(const ReadingSurroundings& around) {
  bars::UseCases cases{around.config.use_case_codes};
  for (const services::Service& service : around.catalogue.services())
    cases.ours.insert(cases.ours.end(), service.use_cases.begin(), service.use_cases.end());
  return cases;
}

void understand(Reading& reading, const ReadingSurroundings& around) {
  auto message = bars::decode(reading.tree, bars::DecodeLimits());
  if (!message.has_value()) return refuse(reading, std::move(message.error()));
  reading.message = std::move(*message);
  auto action = bars::decide(reading.message, use_cases(around));
  if (!action.has_value()) return refuse(reading, std::move(action.error()));
  reading.action = *action;
}

/// In a live place no part may be marked as test. In a test place the message must be marked, on the Bundle
/// or its header; development takes what is not, since only the machine itself can send it.
void check_marker(const Reading& reading, identity::Environment environment, Mode mode,
                  fhir::IssueList& issues) {
  if (environment == identity::Environment::kLive) {
    for (const fhir::tree::Node node :
         {reading.tree->root(), reading.message.header, reading.message.patient}) {
      if (node) identity::check_environment(node, environment, issues);
    }
    return;
  }
  fhir::IssueList missing;
  const bool marked = identity::check_environment(reading.tree->root(), environment, missing) ||
                      identity::check_environment(reading.message.header, environment, missing);
  if (!marked && mode == Mode::kStrict) issues.append(missing);
}

void identify(Reading& reading, const ReadingSurroundings& around) {
  const auto environment = around.config.installation.environment == config::Environment::kLive
                               ? identity::Environment::kLive
                               : identity::Environment::kTest;
  fhir::IssueList issues;
  check_marker(reading, environment, around.mode, issues);
  if (reading.message.patient)
    reading.patient = identity::read_identity(reading.message.patient, environment, around.received, issues);
  if (issues.has_error()) refuse(reading, bars::refusal(issues));
}

config::PartnerRole role_of(const store::Caller& caller) {
  for (const auto role :
       {config::PartnerRole::kHub, config::PartnerRole::kProvider, config::PartnerRole::kRota}) {
    if (config::to_code(role) == caller.role) return role;
  }
  return config::PartnerRole::kGp;
}

void route(Reading& reading, const store::Caller& caller, const ReadingSurroundings& around) {
  routing::RoutingInput input{.bundle = reading.tree->root(),
                              .received = around.received,
                              .catalogue = around.catalogue,
                              .gate = reading.gate,
                              .sender = {caller.partner, caller.ods, role_of(caller)},
                              .destination = around.mode == Mode::kDev
                                                 ? routing::DestinationCheck::kAny
                                                 : routing::DestinationCheck::kMustMatch,
                              .use_cases = around.config.use_case_codes};
  routing::Decision decision = routing::decide(input);
  if (reading.action != Action::kNewReferral && decision.outcome == routing::Outcome::kRoute) {
    decision.outcome = routing::Outcome::kHold;
    decision.reason = "use-case-not-served";
    decision.text = "This use case is not served here. A person decides where the referral goes.";
  }
  reading.decision = std::move(decision);
}

bool is_booking(Action action) noexcept {
  return action == Action::kNewBooking || action == Action::kUpdateBooking ||
         action == Action::kCancelBooking;
}

}  // namespace

Reading read_message(const http::Request& request, const store::Caller& caller,
                     const ReadingSurroundings& around) {
  Reading reading;
  read_headers(reading, request, around.mode);
  read_body(reading, request, around);
  if (reading.refusal || !reading.tree) return reading;
  check_structure(reading, request.body);
  if (reading.refusal) return reading;
  understand(reading, around);
  if (reading.refusal) return reading;
  if (is_booking(*reading.action)) {
    refuse(reading, bars::refusal(bars::Rec::kUnprocessableEntity, fhir::IssueType::kNotSupported,
                                  "Bundle.entry[0].resource.event", "appointments are not booked here"));
    return reading;
  }
  identify(reading, around);
  if (!reading.refusal && opens_referral(reading)) route(reading, caller, around);
  return reading;
}

ConversationIds conversation_ids(const http::Request& request) {
  ConversationIds ids;
  for (const auto& [name, into] :
       {std::pair{"X-Request-Id", &ids.request_id}, std::pair{"X-Correlation-Id", &ids.correlation_id}}) {
    const auto value = request.headers.find(name);
    if (value && fhir::is_uuid(*value)) *into = *value;
  }
  return ids;
}

bool opens_referral(const Reading& reading) noexcept {
  if (!reading.action) return false;
  return *reading.action == Action::kNewReferral || *reading.action == Action::kNewValidation ||
         (*reading.action == Action::kOtherUseCase && reading.message.reason == "new");
}

}  // namespace gateway::intake
