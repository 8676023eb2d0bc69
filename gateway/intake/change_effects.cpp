// Effects that reach other organisations: messages to hub and provider, abort Tasks, onward legs.
#include <utility>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/tree/resource_builder.hpp"
#include "gateway/intake/applied_change.hpp"
#include "gateway/intake/incoming.hpp"
#include "gateway/intake/stored_message.hpp"
#include "gateway/referral/task_tree.hpp"

namespace gateway::intake {

using fhir::tree::Node;
using fhir::tree::TreePtr;
using referral::EventKind;

namespace {

/// Events after which the hub gets the request for the first time.
bool sends_request(EventKind about) noexcept {
  return about == EventKind::kNewReferral || about == EventKind::kReleased ||
         about == EventKind::kEscalationConfirmed;
}

/// The Task with another status, nothing else changed but its version.
TreePtr with_status(Node task, std::string_view status, std::int64_t version, fhir::Instant at) {
  fhir::tree::ResourceBuilder changed(fhir::definitions::r4(), "Task");
  changed.copy_children(task, {"status", "meta", "lastModified"});
  changed.open("meta").set("versionId", std::to_string(version)).set("lastUpdated", fhir::to_text(at));
  changed.copy_children(task.child("meta"), {"versionId", "lastUpdated"}).close();
  changed.set("status", status).set("lastModified", fhir::to_text(at));
  return changed.finish();
}

}  // namespace

fhir::Status AppliedChange::notify(const referral::NotifyPartner& notice) {
  const bool request = sends_request(notice.about) && !memory_.request_sent;
  // A hub that was never sent the request gets it whole when it is let go, in its latest version.
  if (!request && !memory_.request_sent && notice.to == referral::PartyRole::kHub) return {};
  const referral::Organisation* party = referral::organisation(memory_.state, notice.to);
  const config::Partner* to = nullptr;
  if (party != nullptr) {
    to = notice.to == referral::PartyRole::kReferrer
             ? gp_destination(around_.config, party->ods, row_.sender_partner)
             : care_destination(around_.config, party->ods);
  }
  if (to == nullptr) {
    store::NewWork work;
    work.kind = "no-route";
    work.message = change_.message;
    work.owner_role = referral::to_text(referral::PartyRole::kReviewer);
    work.reason = referral::to_text(notice.about);
    work.created_at = change_.at;
    return add_work(std::move(work));
  }
  if (request) {
    memory_.request_sent = true;
    row_.destination = to->name;
    return notify_with_request(*to, bars::RequestReason::kNew);
  }
  if (change_.author_message == nullptr || memory_.state.abort_pending) return notify_with_answer(*to);
  return notify_with_request(*to, notice.about == EventKind::kCancel ? bars::RequestReason::kCancelled
                                                                     : bars::RequestReason::kUpdate);
}

fhir::Status AppliedChange::notify_with_request(const config::Partner& to, bars::RequestReason reason) {
  LIGAMENT_CHECK(load_subject());
  const std::vector<bars::Part> ours = {{notices_.full_url(task_->root()), task_->root()},
                                        {notices_.full_url(request_->root()), request_->root()}};
  const Subject subject = about().subject;
  if (change_.author_message != nullptr)
    return enqueue(dispatch_.request(to, subject, *change_.author_message, reason, ours));
  LIGAMENT_TRY(const LocalMessage message,
               read_again(tx_, memory_.author_message, around_.hash, resource_base(around_.config),
                          row_.service_request_id));
  return enqueue(dispatch_.request(to, subject, message.message, reason, ours));
}

/// The Task as it is now, with what belongs to it.
fhir::Status AppliedChange::notify_with_answer(const config::Partner& to,
                                               std::optional<fhir::Instant> not_before) {
  LIGAMENT_CHECK(load_subject());
  std::vector<bars::Part> parts;
  for (const Node resource : {task_->root(), request_->root(), patient_ ? patient_->root() : Node()}) {
    if (resource) parts.push_back({notices_.full_url(resource), resource});
  }
  for (const Node document : change_.documents)
    parts.push_back({notices_.full_url(document), document});
  TreePtr abort;
  if (!memory_.abort_task.empty()) {
    LIGAMENT_TRY(abort, read("Task", memory_.abort_task));
    parts.push_back({notices_.full_url(abort->root()), abort->root()});
  }
  const std::string focus =
      notices_.full_url(abort && memory_.state.abort_pending ? abort->root() : task_->root());
  Dispatch::Answer answer;
  answer.kind = kUpdateKind;
  answer.parts = parts;
  answer.focus = focus;
  answer.reason = bars::RequestReason::kUpdate;
  store::NewDelivery delivery = dispatch_.response(to, about().subject, answer);
  if (not_before) delivery.not_before = *not_before;
  return enqueue(std::move(delivery));
}

fhir::Status AppliedChange::create_abort_task() {
  memory_.abort_task = ids_.next();
  const std::string patient =
      memory_.patient_id.empty() ? std::string() : reference("Patient", memory_.patient_id);
  const TreePtr abort = referral::build_abort_task(fhir::definitions::r4(), memory_.abort_task, row_.task_id,
                                                   patient, memory_.state, change_.event.reason, change_.at);
  LIGAMENT_CHECK(put(abort->root(), store::WriteRule::kCreate));
  return event("abort-asked", "", {reference("Task", memory_.abort_task)});
}

fhir::Status AppliedChange::close_abort_task(std::string_view status) {
  if (memory_.abort_task.empty()) return {};
  LIGAMENT_TRY(const TreePtr abort, read("Task", memory_.abort_task));
  LIGAMENT_TRY(const std::optional<std::int64_t> version,
               tx_.resources().current_version("Task", memory_.abort_task));
  const TreePtr closed = with_status(abort->root(), status, version.value_or(0) + 1, change_.at);
  LIGAMENT_CHECK(put(closed->root(), store::WriteRule::kAny));
  return event("abort-answered", std::string(status),
               {reference("Task", std::exchange(memory_.abort_task, {}))});
}

/// A leg of its own: request based on this one, Task part of this one, row below this one.
fhir::Status AppliedChange::create_child(const referral::CreateChild& child) {
  LIGAMENT_CHECK(load_subject());
  LIGAMENT_CHECK(count_hop(child.destination));
  const std::string request_id = ids_.next();
  const TreePtr request = referral::build_child_request(request_->root(), request_id, row_.service_request_id,
                                                        child.destination, change_.at);
  ReferralMemory memory = memory_;
  referral::NewReferral fresh;
  if (const auto* holder = referral::organisation(memory_.state, memory_.state.holder))
    fresh.referrer = *holder;
  fresh.hub = child.destination;
  fresh.priority = memory_.state.priority;
  memory.state = referral::begin(fresh, around_.deadlines, change_.at).state;
  memory.state.red_flag = memory_.state.red_flag;
  memory.child_task.clear();
  memory.abort_task.clear();
  referral::TaskFacts facts;
  facts.id = memory_.child_task = ids_.next();
  facts.identifiers = identifiers_of(task_->root());
  facts.focus = reference("ServiceRequest", request_id);
  if (!memory_.patient_id.empty()) facts.patient = reference("Patient", memory_.patient_id);
  facts.part_of = reference("Task", row_.task_id);
  facts.group = row_.correlation_id;
  facts.authored = change_.at;
  facts.description = task_->root().child("description").text();
  const TreePtr task = referral::build_task(fhir::definitions::r4(), facts, memory.state, change_.at);
  LIGAMENT_CHECK(put(request->root(), store::WriteRule::kCreate));
  LIGAMENT_CHECK(put(task->root(), store::WriteRule::kCreate));

  store::ReferralRow row = row_;
  row.parent = row_.seq;
  row.service_request_id = request_id;
  row.task_id = facts.id;
  row.service = child.service;
  row.patient_key.reset();  // the parent is found by it
  row.flags = 0;
  const config::Partner* to = care_destination(around_.config, child.destination.ods);
  row.destination = to == nullptr ? child.destination.ods : to->name;
  memory.request_sent = to != nullptr;
  fill_row(row, memory);
  LIGAMENT_TRY(const store::ReferralSeq seq, tx_.referrals().insert(row, {}));
  LIGAMENT_CHECK(
      tx_.referrals().append_event(seq, {change_.at,
                                         "offered",
                                         actor(),
                                         child.destination.ods,
                                         change_.message,
                                         {reference("Task", facts.id), reference("Task", row_.task_id)}}));
  LIGAMENT_CHECK(event("offered", child.destination.ods, {reference("Task", facts.id)}));
  return send_child(to, *task, *request, seq);
}

fhir::Status AppliedChange::send_child(const config::Partner* to, const fhir::tree::Tree& task,
                                       const fhir::tree::Tree& request, store::ReferralSeq child) {
  if (to == nullptr) {
    store::NewWork work;
    work.kind = "no-route";
    work.message = change_.message;
    work.owner_role = referral::to_text(memory_.state.holder);
    work.reason = referral::to_text(EventKind::kOnwardLeg);
    work.created_at = change_.at;
    return add_work(std::move(work));
  }
  LIGAMENT_TRY(const LocalMessage message,
               read_again(tx_, memory_.author_message, around_.hash, resource_base(around_.config),
                          row_.service_request_id));
  std::vector<bars::Part> ours = {{notices_.full_url(task.root()), task.root()},
                                  {notices_.full_url(request.root()), request.root()}};
  LIGAMENT_TRY(const std::vector<TreePtr> documents, attached());
  for (const TreePtr& document : documents)
    ours.push_back({notices_.full_url(document->root()), document->root()});
  const std::string digest = content_digest(message);
  LIGAMENT_CHECK(event("content", digest));
  LIGAMENT_CHECK(
      tx_.referrals().append_event(child, {change_.at, "content", actor(), digest, change_.message, {}}));
  Subject subject = about().subject;
  subject.task_id = task.root().child("id").text();
  store::NewDelivery delivery =
      dispatch_.request(*to, subject, message.message, bars::RequestReason::kNew, ours);
  delivery.referral = child;
  LIGAMENT_CHECK(tx_.outbox().enqueue(delivery));
  return event("queued", delivery.kind + ' ' + delivery.destination);
}

/// The leg is over for this referral: from here on its own Task says how things go.
fhir::Status AppliedChange::close_child(std::string_view status) {
  if (memory_.child_task.empty()) return {};
  const std::string id = std::exchange(memory_.child_task, {});
  LIGAMENT_TRY(std::optional<store::ReferralRow> row, tx_.referrals().find_by_task(id));
  if (!row) return fhir::fail(fhir::ErrorCode::kCorrupt, "an onward leg is missing");
  LIGAMENT_TRY(ReferralMemory memory, parse_memory(row->memory));
  using referral::State;
  memory.state.state = status == "accepted"   ? State::kAccepted
                       : status == "rejected" ? State::kRejected
                                              : State::kCancelled;
  memory.state.holder = status == "accepted" ? referral::PartyRole::kHub : referral::PartyRole::kReferrer;
  memory.state.deadline_kind = referral::DeadlineKind::kNone;
  ++memory.state.version;
  LIGAMENT_TRY(const TreePtr stored, read("Task", id));
  const TreePtr task = referral::rebuild_task(stored->root(), memory.state, change_.event.reason, change_.at);
  LIGAMENT_CHECK(put(task->root(), store::WriteRule::kMatch, row->task_version));
  fill_row(*row, memory);
  row->open = false;
  LIGAMENT_CHECK(tx_.referrals().update(*row));
  return tx_.referrals().append_event(
      row->seq, {change_.at, std::string(status), actor(), change_.event.reason.code, change_.message, {}});
}

}  // namespace gateway::intake
