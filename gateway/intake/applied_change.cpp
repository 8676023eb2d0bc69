#include "gateway/intake/applied_change.hpp"

#include <utility>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/tree/resource_builder.hpp"
#include "gateway/intake/incoming.hpp"
#include "gateway/intake/stored_message.hpp"
#include "gateway/intake/visibility.hpp"
#include "gateway/referral/task_tree.hpp"
#include "gateway/referral/task_update.hpp"

namespace gateway::intake {

using fhir::tree::Node;
using fhir::tree::TreePtr;
using referral::EventKind;

namespace {

/// The Task with what its sender wrote into it. Outputs and inputs are as sent; a note, once written, stays.
TreePtr with_words_of(Node rebuilt, Node incoming) {
  fhir::tree::ResourceBuilder task(fhir::definitions::r4(), "Task");
  task.copy_children(rebuilt, {"output", "input"});
  for (const char* const name : {"output", "input"}) {
    for (const Node child : incoming.children(name))
      task.copy(name, child);
  }
  for (const Node word : referral::new_words(incoming, rebuilt)) {
    if (word.name() == "note") task.copy("note", word);
  }
  return task.finish();
}

template <class EffectType>
bool has(const std::vector<referral::Effect>& effects) {
  return referral::find_effect<EffectType>(effects) != nullptr;
}

}  // namespace

AppliedChange::AppliedChange(store::Transaction& tx, store::ReferralRow row, ReferralMemory memory,
                             const Change& change, const ChangeSurroundings& around)
    : tx_(tx),
      row_(std::move(row)),
      memory_(std::move(memory)),
      change_(change),
      around_(around),
      ids_(around.hash, change.scope, change.first_id),
      dispatch_(around.config, around.software_version, ids_, change.at, around.forms, &stored_),
      notices_(around.config, dispatch_, ids_, resource_base(around.config), change.at) {}

fhir::Status AppliedChange::accept(const referral::Accepted& accepted) {
  LIGAMENT_CHECK(load());
  const std::int64_t before = row_.task_version;
  const std::vector<std::string> saw = visible_to(row_, memory_, around_.config);
  const bool was_advice = memory_.state.advice;
  const referral::ReferralState was = std::exchange(memory_.state, accepted.state);
  task_ = referral::rebuild_task(task_->root(), memory_.state, change_.event.reason, change_.at);
  if (change_.task_node) task_ = with_words_of(task_->root(), change_.task_node);
  is_stored(task_);
  LIGAMENT_CHECK(write_request(accepted.effects));
  LIGAMENT_CHECK(event(std::string(referral::to_text(change_.event.kind)), change_.event.reason.code,
                       {reference("Task", row_.task_id)}));
  if (was_advice && !memory_.state.advice) LIGAMENT_CHECK(event("converted", "advice-to-referral"));
  LIGAMENT_CHECK(sent_elsewhere(was));
  // Communications first: an escalation carries the one that was just made.
  for (const referral::Effect& effect : accepted.effects) {
    if (const auto* gp = std::get_if<referral::TellGp>(&effect)) LIGAMENT_CHECK(tell_gp(gp->kind));
  }
  for (const referral::Effect& effect : accepted.effects)
    LIGAMENT_CHECK(carry_out(effect));
  LIGAMENT_CHECK(tell_pas(was));
  LIGAMENT_CHECK(end_rota(was));
  fill_row(row_, memory_);
  // Last, because the effects decide who sees it from now on.
  LIGAMENT_CHECK(put(task_->root(), store::WriteRule::kMatch, before));
  LIGAMENT_CHECK(write_deliveries());
  LIGAMENT_CHECK(show_from(saw));
  LIGAMENT_CHECK(tx_.referrals().update(row_));
  return audit(store::AuditOutcome::kSuccess);
}

/// Who is newly concerned sees what the Task is about, though nothing of it is written again.
fhir::Status AppliedChange::show_from(const std::vector<std::string>& saw) {
  const std::vector<std::string> sees = visible_to(row_, memory_, around_.config);
  if (sees == saw) return {};
  LIGAMENT_CHECK(
      tx_.resources().show("ServiceRequest", row_.service_request_id, sees, store::Sight::kReplace));
  if (memory_.patient_id.empty()) return {};
  return tx_.resources().show("Patient", memory_.patient_id, sees, store::Sight::kWiden);
}

fhir::Status AppliedChange::ignore(const referral::Ignored& ignored) {
  std::string detail(referral::to_text(change_.event.kind));
  LIGAMENT_CHECK(event("ignored", detail.append(": ").append(ignored.because)));
  if (!ignored.effects.empty()) LIGAMENT_CHECK(load());  // for the notice to a rota
  for (const referral::Effect& effect : ignored.effects) {
    if (const auto* open = std::get_if<referral::OpenWorkItem>(&effect)) LIGAMENT_CHECK(open_work(*open));
  }
  LIGAMENT_CHECK(write_deliveries());
  return audit(store::AuditOutcome::kSuccess);
}

fhir::Result<TreePtr> AppliedChange::read(std::string_view type, std::string_view id) {
  LIGAMENT_TRY(const std::optional<store::ResourceRow> row, tx_.resources().get(type, id));
  if (!row) return fhir::fail(fhir::ErrorCode::kCorrupt, std::string(type) + " of a referral is missing");
  fhir::tree::ReadOutcome outcome = fhir::json::read(row->json, fhir::definitions::r4());
  if (!outcome.tree)
    return fhir::fail(fhir::ErrorCode::kCorrupt, std::string(type) + " of a referral cannot be read");
  return std::move(outcome.tree);
}

fhir::Status AppliedChange::load() {
  LIGAMENT_TRY(task_, read("Task", row_.task_id));
  is_stored(task_);
  return {};
}

/// Whom and what it is about: before anything is told to anybody.
fhir::Status AppliedChange::load_subject() {
  if (request_) return {};
  LIGAMENT_TRY(request_, read("ServiceRequest", row_.service_request_id));
  is_stored(request_);
  if (memory_.patient_id.empty()) return {};
  LIGAMENT_TRY(TreePtr patient, read("Patient", memory_.patient_id));
  patient_ = std::move(patient);
  is_stored(patient_);
  return {};
}

fhir::Status AppliedChange::put(Node resource, store::WriteRule rule, std::int64_t expected) {
  store::ResourceWrite write = write_of(resource, rule, change_.message, change_.at);
  write.expected_version = expected;
  write.audience = visible_to(row_, memory_, around_.config);
  LIGAMENT_CHECK(tx_.resources().put(write));
  return {};
}

/// The author's word makes a new version of the request: an update its content, a withdrawal its status.
fhir::Status AppliedChange::write_request(const std::vector<referral::Effect>& effects) {
  const auto* status = referral::find_effect<referral::SetRequestStatus>(effects);
  if (status == nullptr && !has<referral::BumpRequestVersion>(effects)) return {};
  LIGAMENT_CHECK(load_subject());
  const bool content = status == nullptr && change_.author_message != nullptr;
  const Node from = content ? change_.author_message->service_request : request_->root();
  const std::uint32_t version = memory_.state.request_version;
  request_ = referral::rebuild_request(from, row_.service_request_id, status ? status->status : "", version,
                                       change_.at);
  if (change_.author_message != nullptr) {
    memory_.author_version = change_.author_version;
    if (content && change_.message) memory_.author_message = *change_.message;
  }
  is_stored(request_);
  return put(request_->root(), store::WriteRule::kMatch, version - 1);
}

fhir::Status AppliedChange::carry_out(const referral::Effect& effect) {
  if (const auto* notice = std::get_if<referral::NotifyPartner>(&effect)) return notify(*notice);
  if (const auto* open = std::get_if<referral::OpenWorkItem>(&effect)) return open_work(*open);
  if (std::holds_alternative<referral::CreateAbortTask>(effect)) return create_abort_task();
  if (const auto* abort = std::get_if<referral::CloseAbortTask>(&effect))
    return close_abort_task(abort->status);
  if (const auto* child = std::get_if<referral::CreateChild>(&effect)) return create_child(*child);
  if (const auto* child = std::get_if<referral::CloseChild>(&effect)) return close_child(child->status);
  if (const auto* moved = std::get_if<referral::MoveHolder>(&effect)) {
    const referral::Organisation* to = referral::organisation(memory_.state, moved->to);
    return event("holder", to == nullptr ? std::string(referral::to_text(moved->to)) : to->ods);
  }
  if (std::holds_alternative<referral::AttachDocument>(effect) && !change_.documents.empty()) {
    std::vector<std::string> references;
    references.reserve(change_.documents.size());
    for (const Node document : change_.documents)
      references.push_back(reference(document.type(), document.child("id").text()));
    return event("document", "", std::move(references));
  }
  if (std::holds_alternative<referral::RepointPatient>(effect) ||
      std::holds_alternative<referral::StopBooking>(effect))
    return event("effect", referral::to_text(effect));
  return {};  // the others are in the Task and the row already
}

About AppliedChange::about() const {
  Subject subject{row_.task_id, row_.correlation_id, memory_.state.priority, memory_.state.red_flag};
  return {memory_,        std::move(subject), row_.sender_partner,
          task_->root(),  request_->root(),   patient_ ? patient_->root() : Node(),
          change_.message};
}

Words AppliedChange::words() const {
  Words words;
  words.reason = change_.event.reason;
  words.decided_by = change_.event.decided_by;
  // A named person speaks for the organisation that sent the word.
  const config::Partner* speaker = around_.config.partner(tx_.caller().partner);
  if (!words.decided_by.name.empty() && words.decided_by.organisation.ods.empty() && speaker != nullptr)
    words.decided_by.organisation = {speaker->ods, speaker->organisation};
  words.advice = change_.event.advice;
  words.sender_ods = change_.caller.ods;
  words.documents = change_.documents;
  words.appointment_start = change_.event.appointment_start;
  if (memory_.state.state == referral::State::kReceived &&
      care_destination(around_.config, memory_.state.hub.ods) == nullptr)
    words.next_step = "A person sends it to {taker}, which cannot be reached otherwise.";
  if (memory_.state.state == referral::State::kAwaitingInformation) words.answer_by = memory_.state.deadline;
  return words;
}

fhir::Status AppliedChange::tell_gp(referral::CommunicationKind kind) {
  LIGAMENT_CHECK(load_subject());
  const Words said = words();
  communication_ = notices_.compose(about(), kind, said);
  is_stored(communication_);
  Notice notice = notices_.tell_gp(about(), kind, said, communication_);
  LIGAMENT_CHECK(put(communication_->root(), store::WriteRule::kCreate));
  LIGAMENT_CHECK(event("told-gp", std::string(referral::to_code(kind)),
                       {reference("Communication", communication_->root().child("id").text())}));
  return take(std::move(notice));
}

fhir::Status AppliedChange::take(Notice notice) {
  for (store::NewDelivery& delivery : notice.deliveries)
    LIGAMENT_CHECK(enqueue(std::move(delivery)));
  for (store::NewWork& work : notice.work)
    LIGAMENT_CHECK(add_work(std::move(work)));
  return {};
}

fhir::Status AppliedChange::enqueue(store::NewDelivery delivery) {
  delivery.referral = row_.seq;
  deliveries_.push_back(std::move(delivery));
  return event("queued", deliveries_.back().kind + ' ' + deliveries_.back().destination);
}

/// After all they refer to.
fhir::Status AppliedChange::write_deliveries() {
  for (const store::NewDelivery& delivery : deliveries_)
    LIGAMENT_CHECK(tx_.outbox().enqueue(delivery));
  deliveries_.clear();
  return {};
}

/// When the deliveries are written, the store has `resource` as it is.
void AppliedChange::is_stored(const TreePtr& resource) {
  stored_.push_back(resource->root());
  keep_alive_.push_back(resource);
}

fhir::Status AppliedChange::add_work(store::NewWork work) {
  work.referral = row_.seq;
  alerts_.push_back({work.kind, reference("Task", row_.task_id), work.owner_role, work.reason});
  LIGAMENT_CHECK(tx_.work().open(work));
  return {};
}

fhir::Result<std::vector<store::WorkRow>> AppliedChange::open_red_flags() {
  constexpr std::size_t kMost = 100;
  store::WorkFilter filter;
  filter.state = store::WorkState::kOpen;
  filter.kind = referral::to_code(referral::WorkKind::kRedFlag);
  filter.referral = row_.seq;
  return tx_.work().list(filter, std::nullopt, kMost);
}

/// Raised because the place it was sent to did not answer, not by a flag that was seen.
bool AppliedChange::nobody_took_it(const store::WorkRow& flag) const {
  return flag.reason == kNotTaken;
}

/// The steps of the rota end when a person has the red flag: redirected, or confirmed and sent to somebody.
/// Those that began because nobody took it end when somebody does.
fhir::Status AppliedChange::end_rota(const referral::ReferralState& was) {
  using referral::State;
  if (!was.red_flag) return {};
  const EventKind kind = change_.event.kind;
  const bool decided =
      was.state == State::kEscalated &&
      ((kind == EventKind::kEscalationConfirmed && memory_.request_sent) || kind == EventKind::kRedirect);
  const bool taken = was.state == State::kReceived && memory_.state.state != State::kReceived;
  if (!decided && !taken) return {};
  LIGAMENT_TRY(const std::vector<store::WorkRow> flags, open_red_flags());
  const std::string& person = change_.event.decided_by.name;
  for (const store::WorkRow& flag : flags) {
    if (!decided && !nobody_took_it(flag)) continue;
    LIGAMENT_CHECK(tx_.work().confirm(flag.seq, person.empty() ? actor() : person, change_.at));
  }
  return {};
}

/// Another place was named before the first had taken it: that one gets no more of it, and the new one all.
fhir::Status AppliedChange::sent_elsewhere(const referral::ReferralState& was) {
  if (!memory_.request_sent || was.hub.ods == memory_.state.hub.ods) return {};
  memory_.request_sent = false;
  return recall(was.hub.ods);
}

fhir::Status AppliedChange::open_work(const referral::OpenWorkItem& open) {
  LIGAMENT_CHECK(load_subject());
  const std::string reason(change_.event.kind == EventKind::kDeadlinePassed
                               ? referral::to_text(change_.event.deadline)
                               : referral::to_text(change_.event.kind));
  if (open.kind == referral::WorkKind::kRedFlag && change_.event.kind == EventKind::kDeadlinePassed) {
    LIGAMENT_TRY(const std::vector<store::WorkRow> flags, open_red_flags());
    if (!flags.empty()) return {};  // the rota is being called already
    return take(notices_.escalate(about(), 0, Node(), kNotTaken));
  }
  if (open.kind == referral::WorkKind::kRedFlag && task_) {
    return take(notices_.escalate(about(), 0, communication_ ? communication_->root() : Node(), reason));
  }
  store::NewWork work;
  work.kind = referral::to_code(open.kind);
  work.message = change_.message;
  work.owner_role = referral::to_text(open.for_role);
  work.reason = reason;
  work.created_at = change_.at;
  return add_work(std::move(work));
}

std::string AppliedChange::actor() const {
  return change_.caller.role == referral::CallerRole::kSystem ? std::string("ligament")
                                                              : tx_.caller().partner;
}

fhir::Status AppliedChange::event(std::string kind, std::string detail, std::vector<std::string> references) {
  return tx_.referrals().append_event(row_.seq, {change_.at, std::move(kind), actor(), std::move(detail),
                                                 change_.message, std::move(references)});
}

fhir::Status AppliedChange::audit(store::AuditOutcome outcome) {
  store::NewAudit entry{change_.at,
                        store::AuditAction::kUpdate,
                        "referral-" + std::string(referral::to_text(change_.event.kind)),
                        reference("Task", row_.task_id),
                        row_.seq,
                        change_.message,
                        outcome};
  LIGAMENT_CHECK(tx_.audit().append(entry));
  return {};
}

}  // namespace gateway::intake
