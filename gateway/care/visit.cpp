#include "gateway/care/visit.hpp"

#include <algorithm>
#include <utility>

#include "fhir/tree/expression.hpp"

namespace gateway::care {

using fhir::tree::Node;

namespace {

constexpr std::string_view kAttendedCodes = "0234567";

Node extension_value(Node element, std::string_view url) {
  for (const Node one : element.children("extension")) {
    if (one.child("url").text() == url) return one.child("value");
  }
  return {};
}

std::string_view attended_code(Node resource) {
  return extension_value(resource, kAttendedExtension).child("code").text();
}

std::string_view outcome_code(Node resource) {
  const Node concept_node = extension_value(resource, kOutcomeExtension);
  for (const Node coding : concept_node.children("coding")) {
    const std::string_view code = coding.child("code").text();
    if (code == "1" || code == "2" || code == "3") return code;
  }
  return {};
}

bars::Refusal invariant(std::string place, std::string text) {
  return bars::refusal(bars::Rec::kUnprocessableEntity, fhir::IssueType::kNotSupported, std::move(place),
                       std::move(text));
}

bool known_attended(std::string_view code) noexcept {
  return code.empty() || (code.size() == 1 && kAttendedCodes.find(code) != std::string_view::npos);
}

/// A cancelled appointment says why in its own element; one that was missed or deleted can only in its
/// comment.
VisitReason reason_of(std::string_view attended, Node appointment) {
  const Node cancelation = appointment.child("cancelationReason");
  const std::string_view status = appointment.child("status").text();
  VisitReason reason;
  if (attended == "2") reason.code = "cancelled-by-patient";
  if (attended == "4") reason.code = "cancelled-by-provider";
  if (attended == "7") reason.code = "came-too-late";
  reason.text = cancelation.child("text").text();
  if (reason.text.empty()) reason.text = cancelation.at("coding", "display").text();
  if (reason.text.empty() && (status == "noshow" || status == "entered-in-error"))
    reason.text = appointment.child("comment").text();
  return reason;
}

void add_names(std::vector<Name>& names, std::vector<Name> more) {
  for (Name& name : more) {
    if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
  }
}

Happening of_status(std::string_view status) noexcept {
  if (status == "booked" || status == "waitlist")
    return status == "booked" ? Happening::kBooked : Happening::kNothing;
  if (status == "cancelled" || status == "entered-in-error") return Happening::kCancelled;
  if (status == "noshow") return Happening::kNotAttended;
  for (const std::string_view seen :
       {"arrived", "checked-in", "fulfilled", "triaged", "in-progress", "onleave", "finished"}) {
    if (status == seen) return Happening::kAttended;
  }
  return Happening::kNothing;
}

}  // namespace

Happening happening_of(std::string_view attended, std::string_view status,
                       std::string_view outcome) noexcept {
  Happening what = of_status(status);
  if (attended == "2" || attended == "4") what = Happening::kCancelled;
  if (attended == "3") what = Happening::kNotAttended;
  if (attended == "5" || attended == "6") what = Happening::kAttended;
  if (attended == "7") what = Happening::kTooLate;
  if (what == Happening::kAttended && outcome == "1") return Happening::kDischarged;
  return what;
}

tl::expected<Visit, bars::Refusal> read_appointment(const bars::BarsMessage& message) {
  const Node appointment = message.focus;
  const std::string_view attended = attended_code(appointment);
  if (!known_attended(attended)) {
    return tl::unexpected(invariant(expression(appointment, "extension"),
                                    "this code of attended or did not attend is not known"));
  }
  Visit visit;
  visit.what = happening_of(attended, appointment.child("status").text(), outcome_code(appointment));
  visit.names = names_of(appointment);
  visit.start = fhir::parse_instant(appointment.child("start").text());
  visit.end = fhir::parse_instant(appointment.child("end").text());
  visit.reason = reason_of(attended, appointment);
  visit.occurred = source_time(message);
  if (visit.what == Happening::kBooked && !visit.start)
    return tl::unexpected(invariant(expression(appointment, "start"), "a booked appointment has a start"));
  return visit;
}

tl::expected<Visit, bars::Refusal> read_attendance(const bars::BarsMessage& message) {
  const Node encounter = message.focus;
  const std::string_view attended = attended_code(encounter);
  if (!known_attended(attended)) {
    return tl::unexpected(invariant(expression(encounter, "extension"),
                                    "this code of attended or did not attend is not known"));
  }
  const std::string_view status = encounter.child("status").text();
  const std::string_view outcome = outcome_code(encounter);
  Visit visit;
  // The status of an Encounter that was called off says nothing of the appointment behind it.
  const bool called_off = status == "cancelled" || status == "entered-in-error";
  visit.what = happening_of(attended, called_off ? std::string_view() : status, outcome);
  const bool left = encounter.at("hospitalization", "dischargeDisposition") ? status == "finished" : false;
  if (visit.what == Happening::kAttended && outcome.empty() && left) visit.what = Happening::kDischarged;
  visit.names = names_of(encounter);
  for (const Node reference : encounter.children("appointment")) {
    const Node identifier = reference.child("identifier");
    const std::string_view value = identifier.child("value").text();
    const std::string_view system = identifier.child("system").text();
    if (!value.empty() && !system.empty()) visit.names.push_back({std::string(system), std::string(value)});
    add_names(visit.names, names_of(message.index.resolve(reference)));
  }
  visit.start = fhir::parse_instant(encounter.at("period", "start").text());
  visit.end = fhir::parse_instant(encounter.at("period", "end").text());
  visit.reason = reason_of(attended, Node());
  visit.occurred = source_time(message);
  return visit;
}

}  // namespace gateway::care
