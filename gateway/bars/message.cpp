#include "gateway/bars/message.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "fhir/tree/expression.hpp"
#include "gateway/bars/bundle_rules.hpp"
#include "gateway/identity/identifiers.hpp"

namespace gateway::bars {
namespace {

using fhir::IssueType;
using fhir::tree::Node;
using Refused = std::optional<Refusal>;

Refused bad(IssueType type, Node parent, std::string_view child, std::string_view text) {
  return refusal(Rec::kBadRequest, type, child.empty() ? expression(parent) : expression(parent, child),
                 std::string(text));
}

Refused check_bundle(Node bundle, const DecodeLimits& limits) {
  if (bundle.type() != "Bundle") {
    return refusal(Rec::kBadRequest, IssueType::kInvalid, std::string(bundle.type()),
                   "a Bundle of type message is required");
  }
  if (bundle.child("type").text() != "message")
    return bad(IssueType::kInvalid, bundle, "type", "a Bundle of type message is required");
  if (bundle.children("entry").size() > limits.max_entries) {
    return refusal(Rec::kUnprocessableEntity, IssueType::kTooCostly, "Bundle.entry",
                   "the message has too many entries");
  }
  return std::nullopt;
}

Refused check_version(Node bundle, const DecodeLimits& limits) {
  const std::string_view version = bundle.at("meta", "versionId").text();
  if (version.empty()) {
    return bad(IssueType::kInvariant, bundle.child("meta") ? bundle.child("meta") : bundle, "versionId",
               "Bundle.meta.versionId names the version of the standard and is required");
  }
  const auto fits = [&](const std::string& known) {
    return version.starts_with(known) &&
           (version.size() == known.size() || version[known.size()] == '.' || version[known.size()] == '-');
  };
  if (std::none_of(limits.versions.begin(), limits.versions.end(), fits)) {
    return refusal(Rec::kUnprocessableEntity, IssueType::kNotSupported, "Bundle.meta.versionId",
                   "this version of the standard is not supported");
  }
  return std::nullopt;
}

/// The code of `system` in an element with system and code, or with coding; a code without system is none.
std::string_view code_in(Node concept_or_coding, std::string_view system) {
  if (concept_or_coding.child("system").text() == system) return concept_or_coding.child("code").text();
  for (const Node coding : concept_or_coding.children("coding")) {
    if (coding.child("system").text() == system) return coding.child("code").text();
  }
  return {};
}

void keep_first(Node& place, Node resource) {
  if (!place) place = resource;
}

/// Puts a resource where its type belongs.
void sort_in(BarsMessage& message, Node resource) {
  const std::string_view type = resource.type();
  if (type == "ServiceRequest") keep_first(message.service_request, resource);
  if (type == "Appointment") keep_first(message.appointment, resource);
  if (type == "Patient") message.patients.push_back(resource);
  if (type == "CarePlan") keep_first(message.care_plan, resource);
  if (type == "HealthcareService") keep_first(message.healthcare_service, resource);
  if (type == "Slot") keep_first(message.slot, resource);
  if (type == "Encounter") message.encounters.push_back(resource);
  if (type == "Organization") message.organisations.push_back(resource);
  if (type == "Practitioner") message.practitioners.push_back(resource);
  if (type == "PractitionerRole") message.practitioner_roles.push_back(resource);
  if (type == "Task") message.tasks.push_back(resource);
  if (type == "Communication") message.communications.push_back(resource);
  if (type == "DocumentReference" || type == "Binary") message.documents.push_back(resource);
}

void read_entries(BarsMessage& message, Node bundle, fhir::IssueList& issues) {
  for (const Node entry : bundle.children("entry")) {
    const Node resource = entry.child("resource");
    message.index.add(entry, issues);
    if (resource) sort_in(message, resource);
  }
  if (!message.patients.empty()) message.patient = message.patients.front();
}

EndpointId endpoint_of(Node node) {
  EndpointId endpoint = parse_endpoint(node.child("endpoint").text());
  endpoint.system = identity::canonical_system(endpoint.system);
  return endpoint;
}

Refused read_foci(BarsMessage& message) {
  for (const Node focus : message.header.children("focus")) {
    if (!message.foci.empty() && !message.care) break;
    message.foci.push_back(message.index.resolve(focus));
    if (!message.foci.back()) break;
  }
  if (message.foci.empty() || !message.foci.back()) {
    return bad(IssueType::kInvariant, message.header, "focus",
               "the focus of the message must be one of its entries");
  }
  message.focus = message.foci.front();
  return std::nullopt;
}

/// One patient, or each of them a focus of its own.
void check_patients(const BarsMessage& message, fhir::IssueList& issues) {
  if (message.patients.size() < 2) return;
  const auto is_focus = [&](Node patient) {
    return std::ranges::find(message.foci, patient) != message.foci.end();
  };
  if (std::ranges::all_of(message.patients, is_focus)) return;
  for (const Node patient : std::span(message.patients).subspan(1)) {
    issues.add(fhir::Severity::kError, IssueType::kInvariant, expression(patient),
               "a message is about one patient");
  }
}

Refused read_header(BarsMessage& message) {
  const Node header = message.header;
  message.event = code_in(header.child("event"), kEventSystem);
  message.reason = code_in(header.child("reason"), kReasonSystem);
  message.definition = header.child("definition").text();
  message.has_response = static_cast<bool>(header.child("response"));
  message.response_identifier = header.at("response", "identifier").text();
  if (message.care) message.event = code_in(header.child("event"), kCareEventSystem);
  if (message.event.empty()) {
    return bad(IssueType::kInvariant, header, "eventCoding",
               "an event of the national code system or of ours is required");
  }
  message.source = endpoint_of(header.child("source"));
  if (message.source.value.empty()) {
    return bad(IssueType::kRequired, header, "source", "source.endpoint is required: answers go there");
  }
  for (const Node destination : header.children("destination"))
    message.destinations.push_back(endpoint_of(destination));
  if (!message.care && (message.destinations.empty() || message.destinations.front().value.empty())) {
    return bad(IssueType::kRequired, header, "destination", "destination.endpoint is required");
  }
  message.sender = message.index.resolve(header.child("sender"));
  message.receiver = message.index.resolve(header.at("destination", "receiver"));
  return read_foci(message);
}

/// What the focus is decides over what merely comes first.
void prefer_focus(BarsMessage& message) {
  const std::string_view type = message.focus.type();
  if (type == "ServiceRequest") message.service_request = message.focus;
  if (type == "Appointment") message.appointment = message.focus;
  if (type == "Task") {
    const Node request = message.index.resolve(message.focus.child("focus"));
    if (request.type() == "ServiceRequest") message.service_request = request;
  }
  if (type == "Encounter") {
    message.encounter = message.focus;
  } else if (const Node named = message.index.resolve(message.service_request.child("encounter"))) {
    message.encounter = named;
  } else if (!message.encounters.empty()) {
    message.encounter = message.encounters.front();
  }
}

void read_categories(BarsMessage& message) {
  const auto read = [&](Node concept_node) {
    for (const Node coding : concept_node.children("coding")) {
      const std::string_view code = coding.child("code").text();
      if (coding.child("system").text() != kCategorySystem) {
        if (!code.empty()) message.use_cases.emplace_back(code);
      } else if (message.category.empty()) {
        message.category = code;
      }
    }
  };
  for (const Node category : message.service_request.children("category"))
    read(category);
  for (const Node category : message.appointment.children("serviceCategory"))
    read(category);
}

}  // namespace

tl::expected<BarsMessage, Refusal> decode(fhir::tree::TreePtr bundle, const DecodeLimits& limits) {
  const Node root = bundle->root();
  if (Refused refused = check_bundle(root, limits)) return tl::unexpected(*std::move(refused));
  BarsMessage message;
  message.tree = std::move(bundle);
  message.bundle_id = root.child("id").text();
  message.version = root.at("meta", "versionId").text();
  message.header = root.at("entry", "resource");
  if (message.header.type() != "MessageHeader") {
    return tl::unexpected(refusal(Rec::kBadRequest, IssueType::kInvariant, "Bundle.entry[0].resource",
                                  "the first entry must be the MessageHeader"));
  }
  message.care = !code_in(message.header.child("event"), kCareEventSystem).empty();
  if (!message.care) {
    if (Refused refused = check_version(root, limits)) return tl::unexpected(*std::move(refused));
  }
  fhir::IssueList issues;
  read_entries(message, root, issues);
  if (Refused refused = read_header(message)) return tl::unexpected(*std::move(refused));
  check_patients(message, issues);
  prefer_focus(message);
  read_categories(message);
  check_one_patient(message, issues);
  check_no_circle(message, issues);
  if (issues.has_error()) return tl::unexpected(Refusal{Rec::kUnprocessableEntity, std::move(issues)});
  return message;
}

}  // namespace gateway::bars
