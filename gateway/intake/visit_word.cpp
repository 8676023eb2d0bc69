// Appointments and attendances: what happened to a visit moves its referral.
#include <utility>

#include "gateway/intake/care_word.hpp"
#include "gateway/intake/referral_memory.hpp"
#include "gateway/intake/stored_message.hpp"
#include "gateway/intake/visibility.hpp"

namespace gateway::intake {

using care::Happening;
using care::Visit;
using fhir::tree::Node;
using referral::EventKind;

namespace {

/// The last word about the same appointment or visit, as its message said it.
fhir::Result<std::optional<Visit>> find_last(store::Transaction& tx, const MessageCase& message,
                                             std::string_view id) {
  const std::string_view type = message.reading.message.focus.type();
  LIGAMENT_TRY(const std::optional<store::ResourceRow> row, tx.resources().get(type, id));
  if (!row || !row->message) return std::optional<Visit>();
  LIGAMENT_TRY(const bars::BarsMessage sent, decode_logged(tx, *row->message));
  const auto care = sent.care ? care::read(sent) : tl::unexpected(bars::Refusal());
  if (!care.has_value() || !care->visit) return std::optional<Visit>();
  return care->visit;
}

EventKind kind_of(const Visit& visit, const std::optional<Visit>& last, care::CareEvent event,
                  const store::ReferralRow& row) {
  switch (visit.what) {
    case Happening::kBooked:
      return last && last->what == Happening::kBooked ? EventKind::kAppointmentMoved : EventKind::kBooked;
    case Happening::kCancelled:
    case Happening::kTooLate: return EventKind::kAppointmentCancelled;
    case Happening::kNotAttended: return EventKind::kNotAttended;
    case Happening::kDischarged: {
      // Seen for the first time and discharged at once is an attendance with that outcome.
      const bool under_way = row.state == referral::to_text(referral::State::kBooked) ||
                             row.state == referral::to_text(referral::State::kInTreatment) ||
                             row.state == referral::to_text(referral::State::kNotAttended);
      return event == care::CareEvent::kAttendance && under_way ? EventKind::kDischarge
                                                                : EventKind::kAttended;
    }
    default: return EventKind::kAttended;
  }
}

std::string display_of(const std::string& code) {
  if (code == "cancelled-by-patient") return "Cancelled by the patient";
  if (code == "cancelled-by-provider") return "Cancelled by the provider";
  return code == "came-too-late" ? "The patient came too late to be seen" : "";
}

Change change_of_visit(const MessageCase& message, const Visit& visit, EventKind kind) {
  Change change = change_of(message, 0);
  change.event.kind = kind;
  change.event.occurred = visit.occurred;
  change.event.appointment_start = visit.start;
  change.event.appointment_end = visit.end;
  if (visit.what == Happening::kDischarged) change.event.outcome = referral::AttendanceOutcome::kDischarged;
  if (!visit.reason.code.empty() || !visit.reason.text.empty()) {
    change.event.reason = {visit.reason.code.empty() ? std::string() : std::string(referral::kReasonSystem),
                           visit.reason.code, display_of(visit.reason.code), visit.reason.text};
  }
  const config::Partner* speaker = message.around.config.partner(message.incoming.caller.partner);
  if (speaker != nullptr) change.event.destination = {speaker->ods, speaker->organisation};
  return change;
}

/// The focus under the id of its own, whatever came before; where a restricted patient will be is shown to
/// the site alone.
fhir::Status keep_visit(store::Transaction& tx, const MessageCase& message, const store::ReferralRow& row,
                        const std::string& id) {
  const bool restricted = care::is_restricted(message.reading.message);
  const auto known = [&](Node resource) {
    return resource == message.reading.message.focus ? id : std::string();
  };
  LIGAMENT_TRY(const LocalMessage local, keep_message(tx, message, restricted ? nullptr : &row, known));
  LIGAMENT_CHECK(audit_care(tx, message));
  store::ResourceWrite write =
      write_of(local.message.focus, store::WriteRule::kAny, message.incoming.seq, message.incoming.received);
  if (restricted) {
    write.audience = site_audience(message);
  } else {
    LIGAMENT_TRY(const ReferralMemory memory, parse_memory(row.memory));
    write.audience = visible_to(row, memory, message.around.config);
  }
  return tx.resources().put(write).map([](std::int64_t) {});
}

/// Why a word about a visit changes nothing; empty when it does.
std::string_view pointless(const Visit& visit, const std::optional<Visit>& last) {
  if (visit.what == Happening::kNothing) return "nothing happened yet";
  if (!last) return {};
  if (visit.occurred && last->occurred && *visit.occurred < *last->occurred)
    return "stale: a later word of the same appointment is already known";
  const bool same = visit.what == last->what && visit.start == last->start && visit.end == last->end &&
                    visit.reason.code == last->reason.code;
  return same ? std::string_view("the same was said before") : std::string_view();
}

fhir::Status settle_matched(store::Transaction& tx, const MessageCase& message, const store::ReferralRow& row,
                            Settlement& settled) {
  const Visit& visit = *message.reading.care->visit;
  const std::string id = visit.names.empty()
                             ? std::string()
                             : own_id(message, message.reading.message.focus.type(), visit.names.front());
  std::optional<Visit> last;
  if (!id.empty()) {
    LIGAMENT_TRY(last, find_last(tx, message, id));
  }
  if (const std::string_view because = pointless(visit, last); !because.empty()) {
    LIGAMENT_CHECK(log_care(tx, message));
    return ignore_care(tx, message, std::span(&row, 1), because, settled);
  }
  ResourceIds fresh(message.around.hash, message.incoming.seq, kAnswerIds / 2);
  LIGAMENT_CHECK(keep_visit(tx, message, row, id.empty() ? fresh.next() : id));
  LIGAMENT_CHECK(link_names(tx, message, row, visit.names));
  const EventKind kind = kind_of(visit, last, message.reading.care->event, row);
  LIGAMENT_TRY(const Changed changed,
               apply_care(tx, message, row, change_of_visit(message, visit, kind), settled));
  if (const std::optional<Change> flag = flag_change(message, row)) {
    LIGAMENT_TRY(const Changed flagged, apply_care(tx, message, row, *flag, settled));
    static_cast<void>(flagged);
  }
  return answer_care(tx, message, changed.ignored_because.empty() ? "accepted" : "ignored", true, settled);
}

}  // namespace

fhir::Status settle_visit(store::Transaction& tx, const MessageCase& message, Settlement& settled) {
  LIGAMENT_TRY(const CareMatch match, match_pathway(tx, message, message.reading.care->visit->names));
  if (match.by == MatchedBy::kNothing) return pass_over(tx, message, settled);
  if (match.found()) return settle_matched(tx, message, match.rows.front(), settled);
  LIGAMENT_CHECK(log_care(tx, message));
  LIGAMENT_CHECK(
      open_care_work(tx, message, "unmatched-visit", std::string(to_code(match.by)), nullptr, settled));
  LIGAMENT_CHECK(raise_escalation(tx, message, settled));
  return answer_care(tx, message, "accepted", true, settled);
}

}  // namespace gateway::intake
