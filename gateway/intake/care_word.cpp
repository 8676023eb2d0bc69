#include "gateway/intake/care_word.hpp"

#include <utility>

#include "gateway/intake/dispatch.hpp"
#include "gateway/intake/incoming.hpp"

namespace gateway::intake {

namespace {

/// A practice may say that its patient died; everything else is for those who treat.
bool may_say(const store::Caller& caller, care::CareEvent event) noexcept {
  if (caller.role == "hub" || caller.role == "provider" || caller.role == "pas") return true;
  return caller.role == "gp" && event == care::CareEvent::kPatientUpdate;
}

/// A practice that answers a letter in the event it came by.
fhir::Status settle_letter_answer(store::Transaction& tx, const MessageCase& message, Settlement& settled) {
  const bars::BarsMessage& answer = message.reading.message;
  LIGAMENT_TRY(const std::optional<store::DeliveryRow> delivery,
               tx.outbox().find_unfinished(message.incoming.caller.partner, answer.response_identifier));
  LIGAMENT_CHECK(log_care(tx, message));
  settled = Settlement();
  if (!delivery) return answer_care(tx, message, "ignored", true, settled);
  const std::string_view code = answer.header.at("response", "code").text();
  if (code == "fatal-error") {
    LIGAMENT_TRY(settled.alerts,
                 message.changes->undeliverable(tx, delivery->seq, code, message.incoming.received));
  } else if (code == "ok") {
    LIGAMENT_TRY(std::optional<Changed> changed,
                 message.changes->delivered(tx, *delivery, message.incoming.seq, message.incoming.received));
    if (changed) take_alerts(settled, *changed);
  }
  return answer_care(tx, message, "accepted", true, settled);
}

}  // namespace

fhir::Status settle_care_word(store::Transaction& tx, const MessageCase& message, Settlement& settled) {
  LIGAMENT_TRY(const bool repeated, settle_repetition(tx, message, settled));
  if (repeated) return {};
  if (message.reading.message.has_response) return settle_letter_answer(tx, message, settled);
  const care::CareEvent event = message.reading.care->event;
  if (!may_say(message.incoming.caller, event)) {
    return record_refused(tx, message,
                          bars::refusal(bars::Rec::kForbidden, fhir::IssueType::kForbidden,
                                        "Bundle.entry[0].resource.event", "this caller may not say this"),
                          403, settled);
  }
  settled = Settlement();
  switch (event) {
    case care::CareEvent::kLetter: return settle_letter(tx, message, settled);
    case care::CareEvent::kAppointment:
    case care::CareEvent::kAttendance: return settle_visit(tx, message, settled);
    case care::CareEvent::kPatientUpdate:
    case care::CareEvent::kPatientMerge: break;
  }
  return settle_record(tx, message, settled);
}

fhir::Status answer_care(store::Transaction& tx, const MessageCase& message, std::string_view verdict,
                         bool kept, Settlement& settled) {
  ResourceIds ids(message.around.hash, message.incoming.seq, kAnswerIds);
  settled.kind = Outcome::Kind::kAccepted;
  settled.status = 200;
  settled.verdict = verdict;
  settled.answer = acknowledgement(message, message.reading.message, {}, ids);
  if (message.incoming.answer) settled.answer_type = media_type(*message.incoming.answer);
  if (!kept) return {};
  return tx.messages().set_reply(message.incoming.seq, {200, settled.answer});
}

fhir::Status pass_over(store::Transaction& tx, const MessageCase& message, Settlement& settled) {
  return answer_care(tx, message, "not-here", false, settled);
}

fhir::Status log_care(store::Transaction& tx, const MessageCase& message) {
  LIGAMENT_CHECK(
      tx.messages().append(log_entry(message.incoming, message.reading, store::Verdict::kAccepted)));
  return audit_care(tx, message);
}

fhir::Status audit_care(store::Transaction& tx, const MessageCase& message) {
  store::NewAudit entry;
  entry.at = message.incoming.received;
  entry.event = "care-" + message.reading.message.event;
  entry.message = message.incoming.seq;
  LIGAMENT_CHECK(tx.audit().append(entry));
  return {};
}

fhir::Status note_ignored(store::Transaction& tx, const MessageCase& message,
                          std::span<const store::ReferralRow> about, std::string_view because) {
  for (const store::ReferralRow& row : about) {
    std::string detail = message.reading.message.event;
    detail.append(": ").append(because);
    LIGAMENT_CHECK(tx.referrals().append_event(row.seq, {message.incoming.received,
                                                         "ignored",
                                                         message.incoming.caller.partner,
                                                         std::move(detail),
                                                         message.incoming.seq,
                                                         {}}));
  }
  return {};
}

fhir::Status ignore_care(store::Transaction& tx, const MessageCase& message,
                         std::span<const store::ReferralRow> about, std::string_view because,
                         Settlement& settled) {
  LIGAMENT_CHECK(note_ignored(tx, message, about, because));
  return answer_care(tx, message, "ignored", true, settled);
}

fhir::Status open_care_work(store::Transaction& tx, const MessageCase& message, std::string kind,
                            std::string reason, const store::ReferralRow* about, Settlement& settled) {
  store::NewWork work;
  work.kind = std::move(kind);
  if (about != nullptr) work.referral = about->seq;
  work.message = message.incoming.seq;
  work.owner_role = referral::to_text(referral::PartyRole::kReviewer);
  work.reason = std::move(reason);
  work.created_at = message.incoming.received;
  LIGAMENT_CHECK(tx.work().open(work));
  settled.alerts.push_back({work.kind, about == nullptr ? std::string() : reference("Task", about->task_id),
                            work.owner_role, work.reason});
  return {};
}

fhir::Result<Changed> apply_care(store::Transaction& tx, const MessageCase& message,
                                 const store::ReferralRow& row, const Change& change, Settlement& settled) {
  LIGAMENT_TRY(Changed changed, message.changes->apply(tx, row.seq, change));
  take_alerts(settled, changed);
  if (!changed.refused) return changed;
  changed.ignored_because = referral::traits(changed.refused->rule).name;
  std::string detail(referral::to_text(change.event.kind));
  detail.append(": ").append(changed.ignored_because);
  LIGAMENT_CHECK(tx.referrals().append_event(
      row.seq,
      {change.at, "ignored", message.incoming.caller.partner, std::move(detail), change.message, {}}));
  return changed;
}

std::vector<std::string> site_audience(const MessageCase& message) {
  std::vector<std::string> names;
  for (const config::Partner& partner : message.around.config.partners) {
    if (partner.ods == message.incoming.caller.ods) names.push_back(partner.name);
  }
  return names;
}

std::string own_id(const MessageCase& message, std::string_view type, const care::Name& name) {
  return business_id(message.around.hash, "organisation:" + message.incoming.caller.ods, type, name.system,
                     name.value);
}

}  // namespace gateway::intake
