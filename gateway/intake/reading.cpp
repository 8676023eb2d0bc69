#include "gateway/intake/reading.hpp"

#include <algorithm>
#include <utility>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/tree/expression.hpp"
#include "fhir/validate/validate.hpp"
#include "fhir/xml/reader.hpp"
#include "gateway/bars/document_check.hpp"
#include "gateway/routing/routing.hpp"

namespace gateway::intake {

namespace {

using bars::Action;

/// Keeps the first refusal.
void refuse(Reading& reading, bars::Refusal refusal, int status = 0) {
  if (reading.refusal) return;
  reading.refused_status = status != 0 ? status : refusal.http_status();
  reading.refusal = std::move(refusal);
}

void read_fhir(Reading& reading, const Arrival& arrival, const ReadingSurroundings& around) {
  const fhir::tree::TypeTable& table = fhir::definitions::r4();
  const fhir::ReadLimits& limits = around.config.limits.message;
  fhir::tree::ReadOutcome outcome = arrival.content == Content::kXml
                                        ? fhir::xml::read(arrival.bytes, table, limits)
                                        : fhir::json::read(arrival.bytes, table, limits);
  reading.tree = std::move(outcome.tree);
  if (reading.tree) reading.gate = gate::inspect(around.catalogue.red_flags(), reading.tree->root());
  if (!outcome.issues.has_error()) return;
  // Some of it could not be read, so the bytes are looked at too.
  gate::GateResult bytes = gate::inspect_bytes(around.catalogue.red_flags(), arrival.bytes);
  reading.gate = reading.tree ? gate::merge(std::move(reading.gate), bytes) : std::move(bytes);
  refuse(reading, bars::refusal(bars::Rec::kBadRequest, outcome.issues));
}

/// The original is read as well as what was made of it: no rule of a map may keep a red flag from the gate.
void read_converted(Reading& reading, const Arrival& arrival, const ReadingSurroundings& around) {
  const gate::RedFlagSet& flags = around.catalogue.red_flags();
  const Converted& converted = *arrival.converted;
  reading.tree = converted.bundle;
  if (converted.source) reading.gate = gate::inspect(flags, converted.source->root());
  if (reading.tree)
    reading.gate = gate::merge(std::move(reading.gate), gate::inspect(flags, reading.tree->root()));
  if (!converted.source || !reading.tree)
    reading.gate = gate::merge(std::move(reading.gate), gate::inspect_bytes(flags, arrival.bytes));
  for (const Loss& loss : converted.losses)
    reading.mandatory_lost = reading.mandatory_lost || loss.mandatory;
}

void read_body(Reading& reading, const Arrival& arrival, const ReadingSurroundings& around) {
  if (arrival.converted) return read_converted(reading, arrival, around);
  if (arrival.content == Content::kJson || arrival.content == Content::kXml)
    return read_fhir(reading, arrival, around);
  reading.gate = gate::inspect_bytes(around.catalogue.red_flags(), arrival.bytes);
}

/// Whether the door brought the verdict on this very tree.
bool was_validated(const Reading& reading, const Arrival& arrival) {
  return arrival.converted && arrival.converted->verdict &&
         arrival.converted->verdict->tree() == reading.tree;
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
  if (reading.message.care) {
    auto care = care::read(reading.message);
    if (!care.has_value()) return refuse(reading, std::move(care.error()));
    reading.care = std::move(*care);
    return;
  }
  auto action = bars::decide(reading.message, use_cases(around));
  if (!action.has_value()) return refuse(reading, std::move(action.error()));
  reading.action = *action;
}

/// In a live place no part may be marked as test. In a test place the message must be marked, on the Bundle
/// or its header; development takes what is not, since only the machine itself can send it.
void check_marker(const Reading& reading, identity::Environment environment, Mode mode,
                  fhir::IssueList& issues) {
  if (environment == identity::Environment::kLive) {
    for (const fhir::tree::Node node : {reading.tree->root(), reading.message.header})
      identity::check_environment(node, environment, issues);
    for (const fhir::tree::Node patient : reading.message.patients)
      identity::check_environment(patient, environment, issues);
    return;
  }
  fhir::IssueList missing;
  const bool marked = identity::check_environment(reading.tree->root(), environment, missing) ||
                      identity::check_environment(reading.message.header, environment, missing);
  if (!marked && mode == Mode::kStrict) issues.append(missing);
}

/// Of a feed most messages are about patients who have no pathway here: a number that fails only makes such a
/// record one that software cannot match.
fhir::IssueList& faults(const Reading& reading, fhir::IssueList& issues, fhir::IssueList& ignored) {
  return reading.care && !reading.care->letter ? ignored : issues;
}

void identify(Reading& reading, const ReadingSurroundings& around) {
  const auto environment = around.config.installation.environment == config::Environment::kLive
                               ? identity::Environment::kLive
                               : identity::Environment::kTest;
  fhir::IssueList issues;
  fhir::IssueList ignored;
  check_marker(reading, environment, around.mode, issues);
  if (reading.message.patient) {
    reading.patient = identity::read_identity(reading.message.patient, environment, around.received,
                                              faults(reading, issues, ignored));
  }
  if (issues.has_error()) refuse(reading, bars::refusal(issues));
}

config::PartnerRole role_of(const store::Caller& caller) {
  if (caller.role == config::to_code(config::PartnerRole::kPas)) return config::PartnerRole::kProvider;
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
                              .use_cases = around.config.use_case_codes,
                              .gateway = around.config.installation.service_id};
  routing::Decision decision = routing::decide(input);
  if (reading.action != Action::kNewReferral && decision.outcome == routing::Outcome::kRoute) {
    decision.outcome = routing::Outcome::kHold;
    decision.reason = "use-case-not-served";
    decision.text = "This use case is not served here. A person decides where the referral goes.";
  }
  // What came with it cannot be what it says: the referral stays, and a person looks at the document.
  const auto wrong = decision.outcome == routing::Outcome::kRoute
                         ? bars::find_wrong(reading.message.documents)
                         : std::nullopt;
  if (wrong) {
    decision.outcome = routing::Outcome::kHold;
    decision.place = fhir::tree::expression(wrong->place);
    decision.text =
        "A document that came with the referral cannot be used. A person asks the practice for it.";
    if (wrong->fault == bars::DocumentFault::kTooLarge) {
      decision.reason = "document-too-large";
    } else {
      decision.reason = "document-not-what-it-says";
    }
  }
  if (reading.mandatory_lost && decision.outcome != routing::Outcome::kUrgent) {
    decision.outcome = routing::Outcome::kHold;
    decision.reason = kMandatoryFieldLost;
    decision.text = "A field that every referral must have could not be taken over. A person looks at it.";
  }
  reading.decision = std::move(decision);
}

bool is_booking(Action action) noexcept {
  return action == Action::kNewBooking || action == Action::kUpdateBooking ||
         action == Action::kCancelBooking;
}

}  // namespace

Reading read_message(const Arrival& arrival, const ReadingSurroundings& around) {
  Reading reading;
  if (arrival.refusal) refuse(reading, *arrival.refusal, arrival.refused_status);
  read_body(reading, arrival, around);
  if (!reading.tree && !reading.refusal) {
    refuse(reading, bars::refusal(bars::Rec::kBadRequest, fhir::IssueType::kNotSupported, "",
                                  "no message could be read"));
  }
  if (reading.refusal) return reading;
  if (!was_validated(reading, arrival))
    check_structure(reading, arrival.converted ? std::string_view() : std::string_view(arrival.bytes));
  if (reading.refusal) return reading;
  understand(reading, around);
  if (reading.refusal) return reading;
  if (reading.action && is_booking(*reading.action)) {
    refuse(reading, bars::refusal(bars::Rec::kUnprocessableEntity, fhir::IssueType::kNotSupported,
                                  "Bundle.entry[0].resource.event", "appointments are not booked here"));
    return reading;
  }
  identify(reading, around);
  if (!reading.refusal && opens_referral(reading)) route(reading, arrival.caller, around);
  return reading;
}

bool opens_referral(const Reading& reading) noexcept {
  if (!reading.action) return false;
  return *reading.action == Action::kNewReferral || *reading.action == Action::kNewValidation ||
         (*reading.action == Action::kOtherUseCase && reading.message.reason == "new");
}

}  // namespace gateway::intake
