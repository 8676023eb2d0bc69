#include "gateway/intake/notices.hpp"

#include <utility>

#include "fhir/definitions/definitions.hpp"
#include "gateway/config/rota.hpp"
#include "gateway/identity/identifiers.hpp"
#include "gateway/intake/incoming.hpp"

namespace gateway::intake {

namespace {

using fhir::tree::Node;
using referral::CommunicationKind;

std::string patient_name(Node patient) {
  const Node name = patient.child("name");
  if (const std::string_view text = name.child("text").text(); !text.empty()) return std::string(text);
  std::string full;
  for (const Node given : name.children("given"))
    full.append(full.empty() ? "" : " ").append(given.text());
  if (!name.child("family").text().empty())
    full.append(full.empty() ? "" : " ").append(name.child("family").text());
  return full;
}

std::vector<referral::Identifier> patient_identifiers(Node patient) {
  std::vector<referral::Identifier> all = identifiers_of(patient);
  for (std::size_t at = 1; at < all.size(); ++at) {
    if (all[at].system == identity::kNhsNumberSystem) std::swap(all[at], all.front());
  }
  return all;
}

/// What the GP is asked to do when whoever decided said nothing of it.
std::string_view usual_action(CommunicationKind kind) noexcept {
  switch (kind) {
    case CommunicationKind::kEscalated: return "Act on the red flag now, by the urgent route named.";
    case CommunicationKind::kRejected: return "Decide on other care for the patient.";
    case CommunicationKind::kRedirected: return "Refer by the route named.";
    case CommunicationKind::kInformationAsked: return "Answer the question.";
    case CommunicationKind::kFailed: return "Speak with {taker} about other care for the patient.";
    default: return {};
  }
}

/// Who is called. Empty without a rota: the words of the kind stand.
std::string called(const std::vector<config::RotaStep>& rota) {
  if (rota.empty()) return {};
  return rota.front().role +
         " is called now, and after them the others of the rota until a person confirms it. If the patient "
         "needs emergency care now, do not wait for this.";
}

referral::CommunicationFacts facts_of(const About& about, CommunicationKind kind, const Words& words,
                                      const std::vector<config::RotaStep>& rota) {
  referral::CommunicationFacts facts;
  facts.kind = kind;
  facts.referral_identifiers = identifiers_of(about.task);
  facts.patient_identifiers = patient_identifiers(about.patient);
  facts.patient_name = patient_name(about.patient);
  facts.patient_birth_date = about.patient.child("birthDate").text();
  if (about.patient && about.task) facts.patient = reference("Patient", about.patient.child("id").text());
  if (about.service_request)
    facts.service_request = reference("ServiceRequest", about.service_request.child("id").text());
  if (about.task) facts.task = reference("Task", about.task.child("id").text());
  if (!words.documents.empty())
    facts.letter = reference(words.documents.front().type(), words.documents.front().child("id").text());
  facts.reason = words.reason;
  facts.decided_by = words.decided_by;
  facts.advice = words.advice;
  facts.next_step = words.next_step;
  if (kind == CommunicationKind::kEscalated && facts.next_step.empty()) facts.next_step = called(rota);
  facts.actions = words.actions;
  if (const std::string_view action = usual_action(kind); facts.actions.empty() && !action.empty())
    facts.actions.push_back({std::string(action), ""});
  facts.contact = words.contact.empty() ? about.memory.contact : words.contact;
  facts.sender_ods = words.sender_ods;
  facts.appointment_start = words.appointment_start;
  facts.answer_by = words.answer_by;
  return facts;
}

std::string_view delivery_kind(CommunicationKind kind) noexcept {
  switch (kind) {
    case CommunicationKind::kReceipt:
    case CommunicationKind::kHeld:
    case CommunicationKind::kEscalated: return kReceiptKind;
    case CommunicationKind::kLetter: return kLetterKind;
    default: return kDecisionKind;
  }
}

}  // namespace

std::string Notices::full_url(Node resource) const {
  return std::string(base_url_).append("/").append(reference(resource.type(), resource.child("id").text()));
}

std::vector<bars::Part> Notices::parts_of(const About& about, Node communication) const {
  std::vector<bars::Part> parts;
  // Of what was refused nothing is passed on as a resource.
  const Node patient = about.task ? about.patient : Node();
  for (const Node resource : {about.task, communication, about.service_request, patient}) {
    if (resource) parts.push_back({full_url(resource), resource});
  }
  return parts;
}

fhir::tree::TreePtr Notices::compose(const About& about, CommunicationKind kind, const Words& words) {
  referral::CommunicationFacts facts = facts_of(about, kind, words, config_->rota);
  facts.id = ids_->next();
  return referral::build_communication(fhir::definitions::r4(), facts, about.memory.state, at_);
}

Notice Notices::tell_gp(const About& about, CommunicationKind kind, const Words& words) {
  return tell_gp(about, kind, words, compose(about, kind, words));
}

Notice Notices::tell_gp(const About& about, CommunicationKind kind, const Words& words,
                        fhir::tree::TreePtr communication) {
  Notice notice;
  notice.communication = std::move(communication);
  const config::Partner* to = gp_destination(*config_, about.memory.state.referrer.ods, about.sender_partner);
  const config::Partner* practice = own_practice(about);
  if (to == nullptr && practice == nullptr) {
    notice.work.push_back(nobody_reached("no-route-to-gp", about, kind));
    return notice;
  }
  std::vector<bars::Part> parts = parts_of(about, notice.communication->root());
  for (const Node document : words.documents)
    parts.push_back({full_url(document), document});
  Dispatch::Answer answer;
  const std::string focus = full_url(about.task);
  answer.kind = delivery_kind(kind);
  answer.parts = parts;
  answer.focus = focus;
  answer.answers = about.memory.request_bundle;
  answer.reason = answer.kind == kReceiptKind ? bars::RequestReason::kNew : bars::RequestReason::kUpdate;
  answer.destination = bars::parse_endpoint(about.memory.source_endpoint);
  answer.version = about.memory.version;
  if (to != nullptr) notice.deliveries.push_back(dispatch_->response(*to, about.subject, answer));
  if (practice == nullptr && !about.memory.practice_ods.empty() && answer.kind == kReceiptKind)
    notice.work.push_back(nobody_reached("practice-not-told", about, kind));
  if (practice == nullptr || practice == to) return notice;
  // The practice asked for nothing: it is told under its own address, in answer to no message of its own.
  answer.answers = {};
  answer.destination = {};
  answer.version.clear();
  notice.deliveries.push_back(dispatch_->response(*practice, about.subject, answer));
  return notice;
}

/// A person tells whom software cannot reach.
store::NewWork Notices::nobody_reached(std::string_view work_kind, const About& about,
                                       CommunicationKind kind) const {
  store::NewWork work;
  work.kind = work_kind;
  work.message = about.message;
  work.owner_role = referral::to_text(referral::PartyRole::kReviewer);
  work.reason = referral::to_code(kind);
  work.created_at = at_;
  return work;
}

/// The patient's practice, when somebody else refers and it can be reached.
const config::Partner* Notices::own_practice(const About& about) const {
  if (about.memory.practice_ods.empty()) return nullptr;
  const config::Partner* practice =
      config_->partner_by_ods(about.memory.practice_ods, config::PartnerRole::kGp);
  return takes_communications(practice) ? practice : nullptr;
}

store::NewDelivery Notices::escalate_to(const config::Partner& to, const About& about, Node communication) {
  const std::vector<bars::Part> parts = parts_of(about, communication);
  const std::string focus = full_url(about.task ? about.task : communication);
  Dispatch::Answer answer;
  answer.kind = kEscalationKind;
  answer.parts = parts;
  answer.focus = focus;
  answer.answers = about.memory.request_bundle;
  Subject subject = about.subject;
  subject.red_flag = true;
  return dispatch_->response(to, subject, answer);
}

Notice Notices::escalate(const About& about, std::size_t step, Node communication, std::string_view reason) {
  Notice notice;
  if (step == 0) {
    store::NewWork work;
    work.kind = referral::to_code(referral::WorkKind::kRedFlag);
    work.message = about.message;
    work.owner_role = config_->rota.empty() ? "rota" : config_->rota.front().role;
    work.reason = reason;
    if (!config_->rota.empty()) work.next_step_at = config::next_step(config_->rota, -1, at_, at_).next_at;
    work.created_at = at_;
    notice.work.push_back(std::move(work));
  }
  if (step >= config_->rota.size()) return notice;
  const config::Partner* to = config_->partner(config_->rota[step].partner);
  if (takes_escalations(to)) notice.deliveries.push_back(escalate_to(*to, about, communication));
  return notice;
}

}  // namespace gateway::intake
