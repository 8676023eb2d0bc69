#include <charconv>
#include <utility>

#include "fhir/definitions/definitions.hpp"
#include "gateway/gate/red_flag_set.hpp"
#include "gateway/intake/dispatch.hpp"
#include "gateway/intake/later_word.hpp"
#include "gateway/intake/referral_memory.hpp"
#include "gateway/intake/visibility.hpp"
#include "gateway/routing/message_view.hpp"

namespace gateway::intake {

using fhir::tree::Node;
using referral::EventKind;

namespace {

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// The referral this partner sent and now speaks of: by our id, its own id, or an identifier. An open one
/// before a closed one, a later before an earlier.
fhir::Result<std::optional<store::ReferralRow>> find_own(store::Transaction& tx, const MessageCase& message) {
  const Node request = message.reading.message.service_request;
  LIGAMENT_TRY(std::vector<store::ReferralRow> rows,
               tx.referrals().find_by_service_request(request.child("id").text()));
  for (const store::BusinessIdentifier& name : request_names(request, message.incoming.caller.partner)) {
    LIGAMENT_TRY(const std::vector<store::ReferralRow> more, tx.referrals().find_by_identifier(name));
    rows.insert(rows.end(), more.begin(), more.end());
  }
  std::optional<store::ReferralRow> found;
  for (store::ReferralRow& row : rows) {
    if (row.sender_partner != message.incoming.caller.partner || row.parent) continue;
    const bool better =
        !found || (row.open && !found->open) || (row.open == found->open && row.seq > found->seq);
    if (better) found = std::move(row);
  }
  return found;
}

bool withdraws(const bars::BarsMessage& message) {
  const std::string_view status = message.service_request.child("status").text();
  return status == "revoked" || status == "entered-in-error";
}

referral::Event event_of(const bars::BarsMessage& message) {
  referral::Event event;
  event.occurred = author_time(message);
  if (withdraws(message)) {
    event.kind = EventKind::kCancel;
    event.withdrawal = message.service_request.child("status").text() == "revoked"
                           ? referral::Withdrawal::kRevoked
                           : referral::Withdrawal::kEnteredInError;
    return event;
  }
  event.kind = EventKind::kUpdate;
  event.priority = referral::parse_priority(message.service_request.child("priority").text());
  // A question sent again as a referral is as good as the permission to make it one.
  const routing::MessageView view(message.tree->root());
  event.may_convert = view.may_convert() || !view.asks_advice();
  return event;
}

/// The copy here is the same or newer (BaRS: 409 conflict).
bool outdated(const bars::BarsMessage& message, const ReferralMemory& memory) {
  if (withdraws(message)) return false;
  const auto sent = number(message.service_request.at("meta", "versionId").text());
  const auto here = number(memory.author_version);
  if (sent && here) return *sent <= *here;
  const std::optional<fhir::Instant> at = author_time(message);
  return at && memory.state.last_request_event && *at < *memory.state.last_request_event;
}

/// What the conversion left out of a later word is not there to be held: a person looks at the original.
fhir::Status ask_for_loss(store::Transaction& tx, const MessageCase& message, store::ReferralSeq referral,
                          Settlement& settled) {
  store::NewWork work;
  work.kind = referral::to_code(referral::WorkKind::kHeldReferral);
  work.referral = referral;
  work.message = message.incoming.seq;
  work.owner_role = referral::to_text(referral::PartyRole::kReviewer);
  work.reason = kMandatoryFieldLost;
  work.created_at = message.incoming.received;
  LIGAMENT_CHECK(tx.work().open(work));
  settled.alerts.push_back({work.kind, "", work.owner_role, work.reason});
  return {};
}

fhir::Status apply_word(store::Transaction& tx, const MessageCase& message, const store::ReferralRow& row,
                        Change change, Settlement& settled) {
  const Node received = message.reading.message.service_request;
  const auto known = [&](Node resource) {
    return resource == received ? row.service_request_id : std::string();
  };
  LIGAMENT_TRY(const LocalMessage local, keep_message(tx, message, &row, known));
  change.author_message = &local.message;
  change.author_version = received.at("meta", "versionId").text();
  settled = Settlement();
  LIGAMENT_TRY(Changed changed, message.changes->apply(tx, row.seq, change));
  take_alerts(settled, changed);
  if (std::optional<Change> flag = flag_change(message, row)) {
    LIGAMENT_TRY(Changed flagged, message.changes->apply(tx, row.seq, *flag));
    take_alerts(settled, flagged);
    if (flagged.task) changed.task = flagged.task;
  }
  const std::string base = resource_base(message.around.config);
  std::vector<bars::Part> parts;
  for (const Node resource :
       {local.message.service_request, local.message.patient, changed.task ? changed.task->root() : Node()}) {
    if (resource)
      parts.push_back({base + '/' + reference(resource.type(), resource.child("id").text()), resource});
  }
  ResourceIds ids(message.around.hash, message.incoming.seq, kAnswerIds);
  if (message.reading.mandatory_lost) LIGAMENT_CHECK(ask_for_loss(tx, message, row.seq, settled));
  settled.kind = Outcome::Kind::kAccepted;
  settled.status = 200;
  settled.verdict = changed.ignored_because.empty() ? "accepted" : "ignored";
  settled.answer = acknowledgement(message, local.message, parts, ids);
  if (message.incoming.answer) settled.answer_type = media_type(*message.incoming.answer);
  return tx.messages().set_reply(message.incoming.seq, {200, settled.answer});
}

}  // namespace

fhir::Status settle_author_word(store::Transaction& tx, const MessageCase& message, Settlement& settled) {
  LIGAMENT_TRY(const bool repeated, settle_repetition(tx, message, settled));
  if (repeated) return {};
  LIGAMENT_TRY(const std::optional<store::ReferralRow> row, find_own(tx, message));
  if (!row) {
    return record_refused(tx, message,
                          bars::refusal(bars::Rec::kNotFound, fhir::IssueType::kNotFound, "ServiceRequest",
                                        "no referral of this sender has this id or identifier"),
                          404, settled);
  }
  LIGAMENT_TRY(const ReferralMemory memory, parse_memory(row->memory));
  if (outdated(message.reading.message, memory)) {
    return record_refused(tx, message,
                          bars::refusal(bars::Rec::kConflict, fhir::IssueType::kConflict,
                                        "ServiceRequest.meta", "the version here is the same or newer"),
                          409, settled);
  }
  Change change = change_of(message, 0);
  change.event = event_of(message.reading.message);
  LIGAMENT_TRY(const std::optional<referral::Refused> refused, message.changes->refusal(tx, *row, change));
  if (refused) return record_refused(tx, message, refusal_of(*refused), refused->http_status(), settled);
  return apply_word(tx, message, *row, std::move(change), settled);
}

fhir::Result<LocalMessage> keep_message(store::Transaction& tx, const MessageCase& message,
                                        const store::ReferralRow* about,
                                        const std::function<std::string(Node)>& known) {
  const Incoming& incoming = message.incoming;
  LIGAMENT_CHECK(tx.messages().append(log_entry(incoming, message.reading, store::Verdict::kAccepted)));
  ResourceIds ids(message.around.hash, incoming.seq);
  const std::string base = resource_base(message.around.config);
  LocalMessage local =
      localise(message.reading.message, ids, {incoming.caller.partner, base, incoming.received, known});
  std::vector<std::string> audience;
  if (about != nullptr) {
    LIGAMENT_TRY(const ReferralMemory memory, parse_memory(about->memory));
    audience = visible_to(*about, memory, message.around.config);
  }
  for (const LocalResource& resource : local.resources) {
    if (!known(resource.received).empty()) continue;
    store::ResourceWrite write =
        write_of(resource.resource, resource.stable ? store::WriteRule::kAny : store::WriteRule::kCreate,
                 incoming.seq, incoming.received);
    write.audience = audience;
    if (resource.stable) write.sight = store::Sight::kWiden;
    LIGAMENT_CHECK(tx.resources().put(write));
  }
  return local;
}

std::optional<Change> flag_change(const MessageCase& message, const store::ReferralRow& row) {
  if (!message.reading.gate.raised() || (row.flags & store::kRedFlag) != 0) return std::nullopt;
  Change change = change_of(message, 50);
  change.caller = {};
  change.event.kind = EventKind::kRedFlagRaised;
  change.event.reason = {std::string(gate::kRedFlagSystem), message.reading.gate.flags.front().condition, "",
                         ""};
  return change;
}

Change change_of(const MessageCase& message, std::uint32_t nth) {
  Change change;
  change.caller = transition_caller(message.incoming.caller);
  change.scope = message.incoming.seq;
  change.first_id = kChangeIds * (nth + 1);
  change.message = message.incoming.seq;
  change.at = message.incoming.received;
  return change;
}

void take_alerts(Settlement& settled, Changed& changed) {
  for (Alert& alert : changed.alerts)
    settled.alerts.push_back(std::move(alert));
}

}  // namespace gateway::intake
