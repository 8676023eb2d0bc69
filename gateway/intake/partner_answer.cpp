#include <algorithm>
#include <utility>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "gateway/intake/dispatch.hpp"
#include "gateway/intake/later_word.hpp"
#include "gateway/intake/referral_memory.hpp"
#include "gateway/intake/visibility.hpp"
#include "gateway/referral/task_update.hpp"

namespace gateway::intake {

using bars::Action;
using fhir::tree::Node;
using fhir::tree::TreePtr;
using referral::EventKind;

namespace {

/// One change that the answer asks for.
struct Asked {
  store::ReferralRow row;
  Change change;
};

/// What the answer is about, found before anything is written.
struct Findings {
  std::optional<store::DeliveryRow> delivery;  ///< The unfinished one it names.
  std::vector<Asked> asked;
  std::optional<store::ReferralRow> about;  ///< A referral it names, be it without asking anything.
  std::optional<bars::Refusal> refusal;
  int status = 0;
};

constexpr std::size_t kMostTasks = 20;

fhir::Result<std::optional<store::ReferralRow>> find_task(store::Transaction& tx, Node task) {
  LIGAMENT_TRY(std::optional<store::ReferralRow> row, tx.referrals().find_by_task(task.child("id").text()));
  if (row) return row;
  for (const referral::Identifier& identifier : identifiers_of(task)) {
    if (identifier.system != referral::kReferralIdSystem) continue;
    LIGAMENT_TRY(row, tx.referrals().find_by_task(identifier.value));
    if (row) return row;
  }
  return row;
}

/// By our id, or an identifier of the request; only what concerns the caller.
fhir::Result<std::optional<store::ReferralRow>> find_request(store::Transaction& tx,
                                                             const MessageCase& message) {
  const Node request = message.reading.message.service_request;
  std::optional<store::ReferralRow> found;
  if (!request) return found;
  LIGAMENT_TRY(std::vector<store::ReferralRow> rows,
               tx.referrals().find_by_service_request(request.child("id").text()));
  for (const store::BusinessIdentifier& name : request_names(request, message.incoming.caller.partner)) {
    if (!rows.empty()) break;
    LIGAMENT_TRY(rows, tx.referrals().find_by_identifier(name));
  }
  for (store::ReferralRow& row : rows) {
    if (concerns(row, message.incoming.caller) && (!found || (row.open && !found->open)))
      found = std::move(row);
  }
  return found;
}

fhir::Status find_tasks(store::Transaction& tx, const MessageCase& message, Findings& findings) {
  std::uint32_t nth = 1;
  for (const Node task : message.reading.message.tasks) {
    if (nth > kMostTasks) break;
    LIGAMENT_TRY(std::optional<store::ReferralRow> row, find_task(tx, task));
    if (!row || !concerns(*row, message.incoming.caller)) continue;
    findings.about = *row;
    LIGAMENT_TRY(const std::optional<store::ResourceRow> stored, tx.resources().get("Task", row->task_id));
    if (!stored) return fhir::fail(fhir::ErrorCode::kCorrupt, "the Task of a referral is missing");
    LIGAMENT_TRY(const ReferralMemory memory, parse_memory(row->memory));
    const TreePtr tree = fhir::json::read(stored->json, fhir::definitions::r4()).tree;
    if (!tree) return fhir::fail(fhir::ErrorCode::kCorrupt, "the Task of a referral cannot be read");
    referral::TaskChange change = referral::derive_event(task, tree->root(), memory.state);
    auto* refused = std::get_if<referral::TaskRefused>(&change);
    // An answer sent again is a copy of the Task as it was then: the same status says nothing new.
    const bool repeats = task.child("status").text() == tree->root().child("status").text();
    if (refused != nullptr && (!repeats || refused->rule == referral::Rule::kIdentityFixed)) {
      findings.status = referral::traits(refused->rule).http_status;
      findings.refusal = bars::Refusal{bars::Rec::kUnprocessableEntity, refused->issues};
      return {};
    }
    if (auto* event = std::get_if<referral::Event>(&change)) {
      Asked asked{*row, change_of(message, nth++)};
      asked.change.event = std::move(*event);
      asked.change.task = message.reading.tree;
      asked.change.task_node = task;
      findings.asked.push_back(std::move(asked));
    }
  }
  return {};
}

std::string words_of(const bars::BarsMessage& message) {
  std::string text;
  for (const Node communication : message.communications) {
    for (const Node payload : communication.children("payload"))
      text.append(text.empty() ? "" : "\n").append(payload.child("content").text());
  }
  for (const Node note : message.service_request.children("note"))
    text.append(text.empty() ? "" : "\n").append(note.child("text").text());
  return text;
}

/// What an answer without a Task of ours means for the referral it names.
std::optional<referral::Event> plain_event(const MessageCase& message, const store::ReferralRow& row) {
  referral::Event event;
  event.occurred = author_time(message.reading.message);
  switch (*message.reading.action) {
    case Action::kNoShow: event.kind = EventKind::kNotAttended; return event;
    case Action::kRejectedResponse:
      event.kind = EventKind::kReject;
      event.reason = {std::string(referral::kReasonSystem), "rejected", "",
                      words_of(message.reading.message)};
      return event;
    default: break;
  }
  const bool brings =
      !message.reading.message.documents.empty() || !message.reading.message.communications.empty();
  if (row.state == referral::to_text(referral::State::kAwaitingInformation) && brings &&
      row.owner_ods == message.incoming.caller.ods) {
    event.kind = EventKind::kInformationGiven;
    event.advice = words_of(message.reading.message);
    return event;
  }
  return std::nullopt;
}

fhir::Result<Findings> find_all(store::Transaction& tx, const MessageCase& message) {
  Findings findings;
  const std::string& answered = message.reading.message.response_identifier;
  if (!answered.empty()) {
    LIGAMENT_TRY(findings.delivery, tx.outbox().find_unfinished(message.incoming.caller.partner, answered));
  }
  LIGAMENT_CHECK(find_tasks(tx, message, findings));
  if (findings.refusal || findings.about) return findings;
  LIGAMENT_TRY(findings.about, find_request(tx, message));
  if (!findings.about && findings.delivery && findings.delivery->referral) {
    LIGAMENT_TRY(findings.about, tx.referrals().find(*findings.delivery->referral));
  }
  if (!findings.about) return findings;
  if (std::optional<referral::Event> event = plain_event(message, *findings.about)) {
    Asked asked{*findings.about, change_of(message, 1)};
    asked.change.event = std::move(*event);
    findings.asked.push_back(std::move(asked));
  }
  return findings;
}

/// The first of the changes that the rules say no to decides for the whole message.
fhir::Status ask_rules(store::Transaction& tx, const MessageCase& message, Findings& findings) {
  for (const Asked& asked : findings.asked) {
    LIGAMENT_TRY(const std::optional<referral::Refused> refused,
                 message.changes->refusal(tx, asked.row, asked.change));
    if (!refused) continue;
    findings.refusal = refusal_of(*refused);
    findings.status = refused->http_status();
    return {};
  }
  return {};
}

/// Our own resources that the answer repeats keep their ids and their content.
fhir::Result<std::vector<std::pair<Node, std::string>>> find_known(store::Transaction& tx,
                                                                   const bars::BarsMessage& message) {
  std::vector<std::pair<Node, std::string>> known;
  for (const Node entry : message.tree->root().children("entry")) {
    const Node resource = entry.child("resource");
    const std::string id(resource.child("id").text());
    if (!resource || resource.type() == "MessageHeader" || id.empty()) continue;
    LIGAMENT_TRY(const std::optional<std::int64_t> version,
                 tx.resources().current_version(resource.type(), id));
    if (version) known.emplace_back(resource, id);
  }
  return known;
}

using Known = std::function<std::string(Node)>;

/// It brings nothing: each of its resources is here, and has the id and the fullUrl it has here.
bool repeats_ours(const bars::BarsMessage& message, std::string_view base_url, const Known& known) {
  return std::ranges::all_of(message.tree->root().children("entry"), [&](Node entry) {
    const Node resource = entry.child("resource");
    if (!resource || resource.type() == "MessageHeader") return true;
    const std::string id = known(resource);
    if (id.empty() || id != resource.child("id").text()) return false;
    std::string_view url = entry.child("fullUrl").text();
    for (const std::string_view part :
         {base_url, std::string_view("/"), resource.type(), std::string_view("/"), std::string_view(id)}) {
      if (!url.starts_with(part)) return false;
      url.remove_prefix(part.size());
    }
    return url.empty();
  });
}

/// Such a message needs no copy under our names: as it came, once it is logged.
fhir::Result<LocalMessage> log_repeat(store::Transaction& tx, const MessageCase& message_case,
                                      const Known& known) {
  const bars::BarsMessage& message = message_case.reading.message;
  LIGAMENT_CHECK(tx.messages().append(
      log_entry(message_case.incoming, message_case.reading, store::Verdict::kAccepted)));
  LocalMessage local;
  local.message = message;
  local.received = message.tree;
  for (const Node entry : message.tree->root().children("entry")) {
    const Node resource = entry.child("resource");
    if (resource && resource.type() != "MessageHeader")
      local.resources.push_back({known(resource), resource, resource, true});
  }
  return local;
}

fhir::Status apply_all(store::Transaction& tx, const MessageCase& message, Findings& findings,
                       Settlement& settled) {
  LIGAMENT_TRY(const auto known, find_known(tx, message.reading.message));
  const auto id_of = [&](Node resource) {
    const auto found = std::ranges::find(known, resource, &std::pair<Node, std::string>::first);
    return found == known.end() ? std::string() : found->second;
  };
  const bool repeat = repeats_ours(message.reading.message, resource_base(message.around.config), id_of);
  LIGAMENT_TRY(const LocalMessage local,
               repeat ? log_repeat(tx, message, id_of)
                      : keep_message(tx, message, findings.about ? &*findings.about : nullptr, id_of));
  settled = Settlement();
  const std::string_view code = message.reading.message.header.at("response", "code").text();
  if (findings.delivery && code == "fatal-error") {
    LIGAMENT_TRY(settled.alerts,
                 message.changes->undeliverable(tx, findings.delivery->seq, code, message.incoming.received));
  } else if (findings.delivery && code != "transient-error") {
    LIGAMENT_TRY(
        std::optional<Changed> changed,
        message.changes->delivered(tx, *findings.delivery, message.incoming.seq, message.incoming.received));
    if (changed) take_alerts(settled, *changed);
  }
  bool ignored = false;
  for (Asked& asked : findings.asked) {
    for (const Node document : local.message.documents) {
      if (const LocalResource* kept = local.find(document); kept != nullptr && id_of(kept->received).empty())
        asked.change.documents.push_back(document);
    }
    LIGAMENT_TRY(Changed changed, message.changes->apply(tx, asked.row.seq, asked.change));
    ignored = ignored || !changed.ignored_because.empty();
    take_alerts(settled, changed);
  }
  if (findings.asked.empty() && !findings.delivery) {
    ignored = true;
    LIGAMENT_CHECK(tx.referrals().append_event(findings.about->seq, {message.incoming.received,
                                                                     "ignored",
                                                                     message.incoming.caller.partner,
                                                                     "answer: it says nothing new",
                                                                     message.incoming.seq,
                                                                     {}}));
  }
  if (findings.about) {
    if (std::optional<Change> flag = flag_change(message, *findings.about)) {
      LIGAMENT_TRY(Changed flagged, message.changes->apply(tx, findings.about->seq, *flag));
      take_alerts(settled, flagged);
    }
  }
  ResourceIds ids(message.around.hash, message.incoming.seq, kAnswerIds);
  settled.kind = Outcome::Kind::kAccepted;
  settled.status = 200;
  settled.verdict = ignored ? "ignored" : "accepted";
  settled.answer = acknowledgement(message, local.message, {}, ids);
  if (message.incoming.answer) settled.answer_type = media_type(*message.incoming.answer);
  return tx.messages().set_reply(message.incoming.seq, {200, settled.answer});
}

}  // namespace

fhir::Status settle_answer(store::Transaction& tx, const MessageCase& message, Settlement& settled) {
  LIGAMENT_TRY(const bool repeated, settle_repetition(tx, message, settled));
  if (repeated) return {};
  LIGAMENT_TRY(Findings findings, find_all(tx, message));
  if (!findings.refusal) LIGAMENT_CHECK(ask_rules(tx, message, findings));
  if (!findings.refusal && !findings.delivery && !findings.about) {
    findings.refusal = bars::refusal(bars::Rec::kNotFound, fhir::IssueType::kNotFound,
                                     "Bundle.entry[0].resource.response.identifier",
                                     "neither the message answered nor a referral of it is known here");
    findings.status = 404;
  }
  if (findings.refusal) return record_refused(tx, message, *findings.refusal, findings.status, settled);
  return apply_all(tx, message, findings, settled);
}

}  // namespace gateway::intake
