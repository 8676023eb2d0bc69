#include "gateway/intake/settlement.hpp"

#include <algorithm>
#include <utility>

#include "fhir/definitions/definitions.hpp"
#include "gateway/intake/notices.hpp"
#include "gateway/referral/transition.hpp"

namespace gateway::intake {

using fhir::tree::Node;

namespace {

Node find_patient(const Reading& reading) {
  if (!reading.tree) return {};
  for (const Node entry : reading.tree->root().children("entry")) {
    if (entry.child("resource").type() == "Patient") return entry.child("resource");
  }
  return {};
}

std::string conditions(const gate::GateResult& gate) {
  std::string text;
  for (const gate::RaisedFlag& flag : gate.flags)
    text.append(text.empty() ? "" : ", ").append(flag.condition);
  return text;
}

/// As if it had become a referral, for the words of the notice only.
ReferralMemory memory_for_notice(const Incoming& incoming, const Reading& reading,
                                 const referral::Deadlines& deadlines) {
  ReferralMemory memory;
  referral::NewReferral fresh;
  fresh.referrer = {incoming.caller.ods, incoming.caller.partner};
  fresh.verdict = referral::IntakeVerdict::kRedFlag;
  memory.state = referral::begin(fresh, deadlines, incoming.received).state;
  memory.request_bundle = reading.message.bundle_id;
  return memory;
}

}  // namespace

std::optional<Escalation> plan_escalation(const Incoming& incoming, const Reading& reading,
                                          const PlanSurroundings& around) {
  if (!reading.gate.raised()) return std::nullopt;
  // Beyond the ids of what the message itself may bring.
  ResourceIds ids(around.hash, incoming.seq, kEscalationIds);
  Dispatch dispatch(around.config, around.software_version, ids, incoming.received, around.forms);
  Notices notices(around.config, dispatch, ids, resource_base(around.config), incoming.received);
  const ReferralMemory memory = memory_for_notice(incoming, reading, around.deadlines);
  const About about{memory,
                    {"message-" + std::to_string(incoming.seq.value()), incoming.ids.correlation_id,
                     memory.state.priority, true},
                    incoming.caller.partner,
                    {},
                    {},
                    find_patient(reading),
                    incoming.seq};
  Words words;
  words.advice = "A message that was not accepted may speak of: " + conditions(reading.gate) +
                 ". Its sender still holds the patient; the message is kept for review as number " +
                 std::to_string(incoming.seq.value()) + ".";
  words.reason = {std::string(referral::kReasonSystem), "red-flag", "", ""};
  words.sender_ods = around.config.installation.ods;
  const fhir::tree::TreePtr communication =
      notices.compose(about, referral::CommunicationKind::kEscalated, words);
  Notice notice = notices.escalate(about, 0, communication->root(), reading.gate.flags.front().condition);
  Escalation escalation;
  escalation.work = std::move(notice.work.front());
  escalation.deliveries = std::move(notice.deliveries);
  // No referral stands behind the flag, so nobody can confirm it by a Task and the watch has nothing to tell
  // the next step with: each later step is promised now, for its time.
  for (std::size_t step = 1; step < around.config.rota.size(); ++step) {
    Notice later = notices.escalate(about, step, communication->root(), {});
    for (store::NewDelivery& delivery : later.deliveries) {
      delivery.not_before = incoming.received + around.config.rota[step].after;
      escalation.deliveries.push_back(std::move(delivery));
    }
  }
  return escalation;
}

fhir::Status write_escalation(store::Transaction& tx, const Escalation& escalation,
                              std::vector<Alert>& alerts) {
  LIGAMENT_CHECK(tx.work().open(escalation.work));
  for (const store::NewDelivery& delivery : escalation.deliveries)
    LIGAMENT_CHECK(tx.outbox().enqueue(delivery));
  alerts.push_back({escalation.work.kind, "", escalation.work.owner_role, escalation.work.reason});
  return {};
}

fhir::Status raise_escalation(store::Transaction& tx, const MessageCase& message, Settlement& settled) {
  return message.escalation ? write_escalation(tx, *message.escalation, settled.alerts) : fhir::Status();
}

namespace {

fhir::Status record(store::Transaction& tx, const MessageCase& message, store::Verdict verdict,
                    std::string event, store::AuditOutcome outcome) {
  LIGAMENT_CHECK(tx.messages().append(log_entry(message.incoming, message.reading, verdict)));
  store::NewAudit entry;
  entry.at = message.incoming.received;
  entry.event = std::move(event);
  entry.message = message.incoming.seq;
  entry.outcome = outcome;
  LIGAMENT_CHECK(tx.audit().append(entry));
  return {};
}

}  // namespace

namespace {

/// The same bytes of the same sender were refused before, lately: their red flag is with the rota already.
fhir::Result<bool> refused_before(store::Transaction& tx, const Incoming& incoming) {
  constexpr std::chrono::days kLately{7};
  constexpr std::size_t kMost = 500;
  store::MessageFilter filter;
  filter.direction = store::Direction::kIn;
  filter.verdict = store::Verdict::kRefused;
  filter.partner = incoming.caller.partner;
  filter.since = incoming.received - kLately;
  LIGAMENT_TRY(const store::MessagePage page, tx.messages().list(filter, std::nullopt, kMost));
  return std::ranges::any_of(page.rows,
                             [&](const store::MessageRow& row) { return row.digest == incoming.digest; });
}

}  // namespace

fhir::Status record_refused(store::Transaction& tx, const MessageCase& message, const bars::Refusal& refusal,
                            int status, Settlement& settled) {
  bool again = false;
  if (message.escalation) {
    LIGAMENT_TRY(again, refused_before(tx, message.incoming));
  }
  settled = Settlement();
  settled.kind = Outcome::Kind::kRefused;
  settled.status = status;
  settled.refusal = refusal;
  settled.verdict = again ? "refused-again" : "refused";
  LIGAMENT_CHECK(record(tx, message, store::Verdict::kRefused,
                        again ? "message-refused-again" : "message-refused",
                        store::AuditOutcome::kMinorFailure));
  LIGAMENT_CHECK(tx.messages().set_reply(message.incoming.seq, {status, ""}));
  return again ? fhir::Status() : raise_escalation(tx, message, settled);
}

fhir::Result<bool> settle_repetition(store::Transaction& tx, const MessageCase& message,
                                     Settlement& settled) {
  const Incoming& incoming = message.incoming;
  if (incoming.ids.request_id.empty() || incoming.ids.correlation_id.empty()) return false;
  LIGAMENT_TRY(const std::optional<store::MessageRow> first,
               tx.messages().find_by_request(incoming.caller.partner, incoming.ids.request_id,
                                             incoming.ids.correlation_id));
  if (!first) return false;
  settled = Settlement();
  settled.status = 409;
  settled.verdict = "duplicate";
  settled.refusal = bars::refusal(bars::Rec::kConflict, fhir::IssueType::kDuplicate, "",
                                  "a message with these ids was processed before");
  if (incoming.derived_ids || first->digest == incoming.digest) {
    settled.kind = Outcome::Kind::kDuplicate;
    settled.original = first->seq;
    LIGAMENT_CHECK(
        record(tx, message, store::Verdict::kDuplicate, "message-repeated", store::AuditOutcome::kSuccess));
    return true;
  }
  settled.kind = Outcome::Kind::kRefused;
  LIGAMENT_CHECK(record(tx, message, store::Verdict::kRefused, "same-ids-other-body",
                        store::AuditOutcome::kSeriousFailure));
  LIGAMENT_CHECK(raise_escalation(tx, message, settled));
  return true;
}

fhir::Result<bool> control_id_reused(store::Transaction& tx, const Incoming& incoming) {
  if (!incoming.derived_ids || incoming.control_id.empty()) return false;
  LIGAMENT_TRY(const std::optional<store::MessageRow> earlier,
               tx.messages().find_by_business_id(incoming.caller.partner, incoming.control_id));
  return earlier && earlier->request_id != incoming.ids.request_id;
}

fhir::Status record_reuse(store::Transaction& tx, const Incoming& incoming) {
  store::NewAudit entry;
  entry.at = incoming.received;
  entry.event = "control-id-reused";
  entry.message = incoming.seq;
  entry.outcome = store::AuditOutcome::kSeriousFailure;
  LIGAMENT_CHECK(tx.audit().append(entry));
  return {};
}

bars::Refusal refusal_of(const referral::Refused& refused) {
  const referral::RuleTraits& rule = referral::traits(refused.rule);
  std::string text(rule.text);
  text.append(" Rule: ").append(rule.name).append(". Owner now: ").append(referral::to_text(refused.owner));
  if (!refused.owner_ods.empty()) text.append(" ").append(refused.owner_ods);
  text.append(". Allowed to you now: ");
  if (refused.allowed.empty()) text.append("nothing");
  for (const referral::EventKind kind : refused.allowed)
    text.append(kind == refused.allowed.front() ? "" : ", ").append(referral::to_text(kind));
  text.append(".");
  switch (rule.http_status) {
    case 403:
      return bars::refusal(bars::Rec::kForbidden, fhir::IssueType::kForbidden, "Task", std::move(text));
    case 409: return bars::refusal(bars::Rec::kConflict, fhir::IssueType::kConflict, "Task", std::move(text));
    default:
      return bars::refusal(bars::Rec::kUnprocessableEntity, fhir::IssueType::kNotSupported, "Task",
                           std::move(text));
  }
}

std::string acknowledgement(const MessageCase& message, const bars::BarsMessage& local,
                            std::span<const bars::Part> parts, ResourceIds& ids) {
  if (!message.incoming.answer) return {};
  const config::Installation& ours = message.around.config.installation;
  bars::Envelope envelope;
  envelope.bundle_id = ids.next();
  envelope.header_id = ids.next();
  envelope.timestamp = message.incoming.received;
  if (!local.version.empty()) envelope.version = local.version;
  envelope.source = {ours.service_id.system, ours.service_id.value};
  envelope.destination = local.source;
  envelope.sender_ods = ours.ods;
  envelope.sender_name = ours.name;
  envelope.receiver_ods = message.incoming.caller.ods;
  envelope.receiver_name = organisation_name(local, message.incoming.caller.ods);
  envelope.software_version = message.around.software_version;
  envelope.test = is_test(message.around.config);
  const fhir::tree::TreePtr bundle = bars::encode_acknowledgement(local, parts, envelope);
  return serialise(*message.incoming.answer, bundle->root());
}

}  // namespace gateway::intake
