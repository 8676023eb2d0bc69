#include "gateway/care/care_event.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "fhir/tree/resource_builder.hpp"
#include "gateway/identity/identifiers.hpp"

namespace gateway::care {

using fhir::tree::Node;

namespace {

struct EventRow {
  std::string_view code;
  std::string_view focus;
};
constexpr std::array<EventRow, kCareEventCount> kEvents = {{{"letter", "DocumentReference"},
                                                            {"appointment", "Appointment"},
                                                            {"attendance", "Encounter"},
                                                            {"patient-update", "Patient"},
                                                            {"patient-merge", "Patient"}}};

tl::unexpected<bars::Refusal> invariant(std::string place, std::string text) {
  return tl::unexpected(
      bars::refusal(bars::Rec::kBadRequest, fhir::IssueType::kInvariant, std::move(place), std::move(text)));
}

void add_name(std::vector<Name>& names, Node identifier) {
  Name name{identity::canonical_system(identifier.child("system").text()),
            std::string(identifier.child("value").text())};
  if (!name.value.empty() && !name.system.empty() && std::ranges::find(names, name) == names.end())
    names.push_back(std::move(name));
}

bool restricts(Node coding) noexcept {
  const std::string_view code = coding.child("code").text();
  return code == "R" || code == "V" || code == "S";
}

}  // namespace

std::string_view to_code(CareEvent event) noexcept {
  return kEvents[static_cast<std::size_t>(event)].code;
}

std::string_view focus_type(CareEvent event) noexcept {
  return kEvents[static_cast<std::size_t>(event)].focus;
}

tl::expected<CareEvent, bars::Refusal> read_event(const bars::BarsMessage& message) {
  const auto row = std::ranges::find(kEvents, std::string_view(message.event), &EventRow::code);
  if (row == kEvents.end())
    return invariant("Bundle.entry[0].resource.event", "this event is not in the code system");
  const auto event = static_cast<CareEvent>(row - kEvents.begin());
  const bool right_type =
      std::ranges::all_of(message.foci, [&](Node focus) { return focus.type() == row->focus; });
  if (!right_type) {
    return invariant("Bundle.entry[0].resource.focus",
                     "the focus of this event must be a " + std::string(row->focus));
  }
  const bool of_records = event == CareEvent::kPatientUpdate || event == CareEvent::kPatientMerge;
  if (message.foci.size() > (of_records ? kMostRecords : 1)) {
    return invariant("Bundle.entry[0].resource.focus",
                     of_records ? "more records than one message may tell of" : "this event has one focus");
  }
  if (!message.patient) return invariant("Bundle.entry", "the message holds no Patient");
  return event;
}

std::vector<Name> names_of(Node resource) {
  std::vector<Name> names;
  for (const Node identifier : resource.children("identifier"))
    add_name(names, identifier);
  return names;
}

std::optional<fhir::Instant> source_time(const bars::BarsMessage& message) {
  return source_time(message, message.focus);
}

std::optional<fhir::Instant> source_time(const bars::BarsMessage& message, Node focus) {
  for (const Node stamp : {focus.at("meta", "lastUpdated"), message.tree->root().child("timestamp")}) {
    if (const auto at = fhir::parse_instant(stamp.text())) return at;
  }
  return std::nullopt;
}

std::vector<Name> referral_names(const bars::BarsMessage& message) {
  const bool letter = message.focus.type() == "DocumentReference";
  const Node from = letter ? message.focus.child("context") : message.focus;
  std::vector<Name> names;
  for (const Node reference : from.children(letter ? "related" : "basedOn")) {
    if (const Node identifier = reference.child("identifier")) add_name(names, identifier);
    const Node request = message.index.resolve(reference);
    if (request.type() != "ServiceRequest") continue;
    for (const Node identifier : request.children("identifier"))
      add_name(names, identifier);
  }
  return names;
}

bool is_restricted(Node resource) noexcept {
  for (const Node coding : resource.child("meta").children("security")) {
    if (restricts(coding)) return true;
  }
  for (const Node label : resource.children("securityLabel")) {
    for (const Node coding : label.children("coding")) {
      if (restricts(coding)) return true;
    }
  }
  return false;
}

bool is_restricted(const bars::BarsMessage& message) noexcept {
  return is_restricted(message.tree->root()) || is_restricted(message.patient) ||
         is_restricted(message.focus);
}

fhir::tree::TreePtr without_whereabouts(Node patient) {
  fhir::tree::ResourceBuilder builder(patient.tree()->table(), "Patient");
  builder.copy_children(patient, {"address", "telecom", "contact", "generalPractitioner",
                                  "managingOrganization", "text", "contained", "extension"});
  return builder.finish();
}

}  // namespace gateway::care
