// The words of a Communication. Kept apart from its FHIR form, because text-only forms say the same.
#include <array>

#include "gateway/identity/identifiers.hpp"
#include "gateway/identity/nhs_number.hpp"
#include "gateway/referral/communication.hpp"

namespace gateway::referral {
namespace {

/// Decision and next step of each kind, in the order of CommunicationKind. `{taker}` is who decides on the
/// referral: a hub, or where there is none the provider it was sent to.
struct Wording {
  std::string_view decision;
  std::string_view next_step;
};
constexpr std::array<Wording, kCommunicationKindCount> kWordings = {{
    {"Referral received. It has not been triaged yet.", "{taker} triages the referral."},
    {"Referral received and held: a person must review it before it goes on.",
     "A reviewer looks at the referral."},
    {"Red flag seen: the referral was escalated to the clinician on duty.",
     "A person on the rota confirms it. If the patient needs emergency care now, do not wait for this."},
    {"Referral accepted by {taker}.", "The patient is offered the next step."},
    {"Referral rejected.", "Nothing more happens with this referral."},
    {"Referral redirected: this service cannot take the patient.",
     "Refer by the route named in the reason. Nothing was booked here."},
    {"Referral returned with advice.", "Care continues with the practice, with the advice given."},
    {"More information is needed to go on. The waiting time of the patient runs on.",
     "Work goes on when the answer arrives."},
    {"Priority of the referral changed.", "The referral goes on with the new priority."},
    {"Referral offered to another provider.", "That provider answers the offer."},
    {"Referral accepted by the provider it was offered to.", "The provider offers the next step."},
    {"The provider declined the referral; it is routed anew.", "{taker} decides the new route."},
    {"Appointment booked.", "The patient is seen."},
    {"Appointment moved.", "The patient is seen at the new time."},
    {"Appointment cancelled.", "A new appointment or another decision follows."},
    {"The patient did not attend the appointment.", "The provider decides how to go on."},
    {"Referral withdrawn as asked.", "Nothing more happens with this referral."},
    {"Withdrawal asked for. Care has begun, so the provider decides.",
     "The provider accepts or refuses to stop."},
    {"Withdrawal refused by the provider: care goes on.", "Care goes on as before."},
    {"Patient discharged.", "Care continues with the practice. A letter follows."},
    {"The referral could not be completed.", "{taker} decides how the patient is cared for."},
    {"A letter about the patient is sent with this message.", "See the letter."},
    {"Another provider takes over the referral as it stands. The waiting time of the patient runs on.",
     "The new provider goes on where the former one was."},
}};
/// The receipt of a referral whose red flag a person of the rota has confirmed.
constexpr Wording kConfirmed = {"The red flag was confirmed by a person. The referral goes on as urgent.",
                                "{taker} was sent the referral as urgent. The rota stays with it until "
                                "{taker} has taken it. If the patient "
                                "needs emergency care now, do not wait for this."};

const Wording& wording_of(CommunicationKind kind, const ReferralState& referral) noexcept {
  if (kind == CommunicationKind::kReceipt && referral.red_flag) return kConfirmed;
  return kWordings[static_cast<std::size_t>(kind)];
}

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

/// The words with the organisation in its place. Nobody may be known yet.
std::string filled(std::string_view words, const ReferralState& referral) {
  constexpr std::string_view kTaker = "{taker}";
  const std::string known = organisation_text(referral.hub);
  std::string text;
  for (std::size_t at = words.find(kTaker); at != std::string_view::npos; at = words.find(kTaker)) {
    text.append(words.substr(0, at));
    if (known.empty()) {
      text.append(text.empty() ? "Whoever takes it on" : "whoever takes it on");
    } else {
      text.append(known);
    }
    words.remove_prefix(at + kTaker.size());
  }
  return text.append(words);
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

void add_actions(std::vector<std::string>& lines, const std::vector<GpAction>& actions,
                 const ReferralState& referral) {
  bool any = false;
  for (const GpAction& action : actions) {
    if (action.text.empty()) continue;
    any = true;
    const std::string text = filled(action.text, referral);
    add(lines, "Action for the GP", action.by.empty() ? text : text + " (by " + action.by + ")");
  }
  if (!any) add(lines, "Action for the GP", "no action");
}

}  // namespace

std::vector<std::string> communication_lines(const CommunicationFacts& facts, const ReferralState& referral) {
  const Wording& wording = wording_of(facts.kind, referral);
  std::vector<std::string> lines;
  add(lines, "Decision", filled(wording.decision, referral));
  add(lines, "Reason", reason_text(facts.reason));
  add(lines, advice_label(facts.kind), facts.advice);
  if (facts.answer_by) add(lines, "Answer by", fhir::to_text(*facts.answer_by));
  add(lines, "Decided by", decider_text(facts.decided_by));
  if (facts.appointment_start) add(lines, "Appointment", fhir::to_text(*facts.appointment_start));
  add(lines, "Next step",
      filled(facts.next_step.empty() ? wording.next_step : std::string_view(facts.next_step), referral));
  add(lines, "Responsible now", holder_text(referral));
  add_actions(lines, facts.actions, referral);
  add(lines, "Contact", facts.contact);
  add(lines, "Patient", patient_text(facts));
  for (const Identifier& identifier : facts.referral_identifiers)
    add(lines, "Referral", identifier_text(identifier));
  return lines;
}

}  // namespace gateway::referral
