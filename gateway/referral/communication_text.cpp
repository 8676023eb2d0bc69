// The words of a Communication. Kept apart from its FHIR form, because text-only forms say the same.
#include <array>

#include "gateway/identity/identifiers.hpp"
#include "gateway/identity/nhs_number.hpp"
#include "gateway/referral/communication.hpp"

namespace gateway::referral {
namespace {

/// Decision and next step of each kind, in the order of CommunicationKind.
struct Wording {
  std::string_view decision;
  std::string_view next_step;
};
constexpr std::array<Wording, kCommunicationKindCount> kWordings = {{
    {"Referral received. It has not been triaged yet.", "The hub triages the referral."},
    {"Referral received and held: a person must review it before it goes on.",
     "A reviewer looks at the referral."},
    {"Red flag seen: the referral was escalated to the clinician on duty.",
     "A person on the rota confirms it. If the patient needs emergency care now, do not wait for this."},
    {"Referral accepted by the hub.", "The patient is offered the next step."},
    {"Referral rejected.", "Nothing more happens with this referral."},
    {"Referral redirected: this service cannot take the patient.",
     "Refer by the route named in the reason. Nothing was booked here."},
    {"Referral returned with advice.", "Care continues with the practice, with the advice given."},
    {"More information is needed to go on. The waiting time of the patient runs on.",
     "Work goes on when the answer arrives."},
    {"Priority of the referral changed.", "The referral goes on with the new priority."},
    {"Referral offered to another provider.", "That provider answers the offer."},
    {"Referral accepted by the provider it was offered to.", "The provider offers the next step."},
    {"The provider declined the referral; it is routed anew.", "The hub decides the new route."},
    {"Appointment booked.", "The patient is seen."},
    {"Appointment moved.", "The patient is seen at the new time."},
    {"Appointment cancelled.", "A new appointment or another decision follows."},
    {"The patient did not attend the appointment.", "The provider decides how to go on."},
    {"Referral withdrawn as asked.", "Nothing more happens with this referral."},
    {"Withdrawal asked for. Care has begun, so the provider decides.",
     "The provider accepts or refuses to stop."},
    {"Withdrawal refused by the provider: care goes on.", "Care goes on as before."},
    {"Patient discharged.", "Care continues with the practice. A letter follows."},
    {"The referral could not be completed.", "The hub decides how the patient is cared for."},
    {"A letter about the patient is sent with this message.", "See the letter."},
    {"Another provider takes over the referral as it stands. The waiting time of the patient runs on.",
     "The new provider goes on where the former one was."},
}};

void add(std::vector<std::string>& lines, std::string_view label, std::string_view text) {
  if (!text.empty()) lines.push_back(std::string(label).append(": ").append(text));
}

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) {
    if (!part.empty()) text.append(text.empty() ? "" : ", ").append(part);
  }
  return text;
}

std::string organisation_text(const Organisation& organisation) {
  if (organisation.name.empty()) return organisation.ods;
  return organisation.ods.empty() ? organisation.name : organisation.name + " (" + organisation.ods + ")";
}

std::string holder_text(const ReferralState& referral) {
  const Organisation* holder = organisation(referral, referral.holder);
  if (holder == nullptr) return "nobody: the referral is closed.";
  std::string text = organisation_text(*holder);
  if (referral.holder != PartyRole::kReferrer) return text + " is responsible for the patient.";
  // From receipt until acceptance, and again after a rejection, the practice must read that it is
  // responsible.
  return text + (is_open(referral) ? ", the referrer, still holds responsibility for the patient."
                                   : ", the referrer, is responsible for the patient.");
}

std::string reason_text(const Reason& reason) {
  std::string text = reason.display.empty() ? reason.code : reason.display;
  if (!reason.text.empty() && reason.text != text) text.append(text.empty() ? "" : ". ").append(reason.text);
  return text;
}

std::string decider_text(const Decider& decider) {
  if (decider.name.empty()) return "no person; made by rule";
  return joined({decider.name, decider.role, organisation_text(decider.organisation)});
}

std::string identifier_text(const Identifier& identifier) {
  if (identifier.system == identity::kNhsNumberSystem)
    return "NHS number " + identity::grouped_nhs_number(identifier.value);
  if (identifier.system == identity::kUbrnSystem) return "UBRN " + identifier.value;
  if (identifier.system == kReferralIdSystem) return "referral " + identifier.value;
  return identifier.value + " (" + identifier.system + ")";
}

std::string patient_text(const CommunicationFacts& facts) {
  std::string text = facts.patient_name;
  if (!facts.patient_birth_date.empty())
    text.append(text.empty() ? "" : ", ").append("born ").append(facts.patient_birth_date);
  for (const Identifier& identifier : facts.patient_identifiers)
    text.append(text.empty() ? "" : ", ").append(identifier_text(identifier));
  return text;
}

std::string_view advice_label(CommunicationKind kind) noexcept {
  if (kind == CommunicationKind::kInformationAsked) return "Question";
  return kind == CommunicationKind::kReceipt ? "Understood as" : "Advice";
}

void add_actions(std::vector<std::string>& lines, const std::vector<GpAction>& actions) {
  bool any = false;
  for (const GpAction& action : actions) {
    if (action.text.empty()) continue;
    any = true;
    add(lines, "Action for the GP",
        action.by.empty() ? action.text : action.text + " (by " + action.by + ")");
  }
  if (!any) add(lines, "Action for the GP", "no action");
}

}  // namespace

std::vector<std::string> communication_lines(const CommunicationFacts& facts, const ReferralState& referral) {
  const Wording& wording = kWordings[static_cast<std::size_t>(facts.kind)];
  std::vector<std::string> lines;
  add(lines, "Decision", wording.decision);
  add(lines, "Reason", reason_text(facts.reason));
  add(lines, advice_label(facts.kind), facts.advice);
  if (facts.answer_by) add(lines, "Answer by", fhir::to_text(*facts.answer_by));
  add(lines, "Decided by", decider_text(facts.decided_by));
  if (facts.appointment_start) add(lines, "Appointment", fhir::to_text(*facts.appointment_start));
  add(lines, "Next step", facts.next_step.empty() ? wording.next_step : std::string_view(facts.next_step));
  add(lines, "Responsible now", holder_text(referral));
  add_actions(lines, facts.actions);
  add(lines, "Contact", facts.contact);
  add(lines, "Patient", patient_text(facts));
  for (const Identifier& identifier : facts.referral_identifiers)
    add(lines, "Referral", identifier_text(identifier));
  return lines;
}

}  // namespace gateway::referral
