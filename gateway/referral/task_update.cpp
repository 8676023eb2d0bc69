#include "gateway/referral/task_update.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "fhir/tree/expression.hpp"
#include "gateway/identity/identifiers.hpp"

namespace gateway::referral {
namespace {

using fhir::tree::Node;
using E = EventKind;

constexpr std::array<std::string_view, 9> kFixed = {
    "identifier", "basedOn", "groupIdentifier", "partOf", "intent", "code", "focus", "for", "requester"};

/// The text of an element as it is compared. In a message we write references as absolute URLs of ours, and a
/// partner gives them back so: `Type/id` is what they say.
std::string_view compared(Node node) {
  const std::string_view text = node.text();
  if (node.serial_name() != "reference") return text;
  const std::size_t id = text.rfind('/');
  if (id == std::string_view::npos || id == 0) return text;
  const std::size_t type = text.rfind('/', id - 1);
  return type == std::string_view::npos ? text : text.substr(type + 1);
}

/// The content of an element as one text, whatever order its children have: `system=a;value=b;`. Walks down
/// with its own stack.
std::string fingerprint(Node node) {
  struct Frame {
    Node node;
    std::string prefix;
  };
  std::vector<std::string> parts;
  std::vector<Frame> stack = {{node, {}}};
  while (!stack.empty()) {
    const Frame frame = stack.back();
    stack.pop_back();
    if (frame.node.has_value()) parts.push_back(frame.prefix + "=" + std::string(compared(frame.node)));
    for (const Node child : frame.node.children())
      stack.push_back({child, frame.prefix + "." + std::string(child.serial_name())});
  }
  std::sort(parts.begin(), parts.end());
  std::string text;
  for (const std::string& part : parts)
    text.append(part).push_back('\n');
  return text;
}

std::vector<std::string> fingerprints(Node task, std::string_view name) {
  std::vector<std::string> all;
  for (const Node child : task.children(name))
    all.push_back(fingerprint(child));
  std::sort(all.begin(), all.end());
  return all;
}

void check_fixed(Node incoming, Node stored, fhir::IssueList& issues) {
  for (const std::string_view name : kFixed) {
    if (fingerprints(incoming, name) == fingerprints(stored, name)) continue;
    const Node place = incoming.child(name);
    issues.add(fhir::Severity::kError, fhir::IssueType::kBusinessRule,
               place ? expression(place) : expression(incoming, name),
               "this element of a Task never changes");
  }
}

std::string_view business_code(Node task) {
  for (const Node coding : task.child("businessStatus").children("coding")) {
    if (coding.child("system").text() == kBusinessStatusSystem) return coding.child("code").text();
  }
  return {};
}

Reason reason_of(Node concept_node) {
  const Node coding = concept_node.child("coding");
  return {std::string(coding.child("system").text()), std::string(coding.child("code").text()),
          std::string(coding.child("display").text()), std::string(concept_node.child("text").text())};
}

std::string owner_ods(Node task) {
  const Node identifier = task.at("owner", "identifier");
  if (identity::canonical_system(identifier.child("system").text()) != identity::kOdsSystem) return {};
  return std::string(identifier.child("value").text());
}

/// The newest note that `stored` has not: its words, and who wrote it.
Node new_note(Node incoming, Node stored) {
  const std::vector<std::string> known = fingerprints(stored, "note");
  Node found;
  for (const Node note : incoming.children("note")) {
    if (!std::binary_search(known.begin(), known.end(), fingerprint(note))) found = note;
  }
  return found;
}

std::optional<PartyRole> role_of(const ReferralState& referral, std::string_view ods) {
  for (const PartyRole role : {PartyRole::kReferrer, PartyRole::kProvider, PartyRole::kHub}) {
    if (organisation(referral, role)->ods == ods) return role;
  }
  return std::nullopt;
}

/// What a change of businessStatus means while Task.status stays.
std::optional<EventKind> business_event(std::string_view code) {
  struct Row {
    std::string_view code;
    EventKind event;
  };
  static constexpr Row kRows[] = {{"awaiting-triage", E::kHubAcknowledged},
                                  {"awaiting-information", E::kInformationAsked},
                                  {"accepted", E::kAccept},
                                  {"offered-onward", E::kOnwardLeg},
                                  {"appointment-booked", E::kBooked},
                                  {"did-not-attend", E::kNotAttended},
                                  {"in-treatment", E::kAttended},
                                  {"advice-returned", E::kAdviceReturned},
                                  {"discharged", E::kDischarge},
                                  {"rejected", E::kReject},
                                  {"redirected", E::kRedirect},
                                  {"unable-to-complete", E::kUnableToComplete},
                                  {"withdrawn", E::kCancel},
                                  {"entered-in-error", E::kCancel}};
  for (const Row& row : kRows) {
    if (row.code == code) return row.event;
  }
  return std::nullopt;
}

/// What a change of Task.status means; the business status tells apart what one status may mean.
std::optional<EventKind> status_event(std::string_view status, std::string_view business,
                                      const ReferralState& referral) {
  if (status == "received") return E::kHubAcknowledged;
  if (status == "accepted") return E::kAccept;
  if (status == "rejected") {
    if (referral.state == State::kOfferedOnward) return E::kOfferDeclined;
    return business == "redirected" ? E::kRedirect : E::kReject;
  }
  if (status == "in-progress") return business == "in-treatment" ? E::kAttended : E::kBooked;
  if (status == "completed") {
    return business == "advice-returned" || !referral.started ? E::kAdviceReturned : E::kDischarge;
  }
  if (status == "failed" || status == "entered-in-error")
    return status == "failed" ? E::kUnableToComplete : E::kCancel;
  if (status == "cancelled") return E::kCancel;
  return std::nullopt;
}

bool gives_information(Node incoming, Node stored) {
  return fingerprints(incoming, "input") != fingerprints(stored, "input") ||
         fingerprints(incoming, "output") != fingerprints(stored, "output");
}

std::optional<Priority> changed_priority(Node incoming, Node stored) {
  if (incoming.child("priority").text() == stored.child("priority").text()) return std::nullopt;
  return parse_priority(incoming.child("priority").text());
}

bool same_known_status(Node incoming, Node stored) {
  return incoming.child("status").text() == stored.child("status").text() &&
         business_code(incoming) == business_code(stored);
}

bool owner_moved(Node incoming, Node stored) {
  return incoming.child("owner") && fingerprints(incoming, "owner") != fingerprints(stored, "owner");
}

std::optional<EventKind> kind_of(Node incoming, Node stored, const ReferralState& referral) {
  const std::string_view status = incoming.child("status").text();
  const std::string_view business = business_code(incoming);
  const bool business_changed = !business.empty() && business != business_code(stored);
  if (referral.state == State::kAwaitingInformation && same_known_status(incoming, stored) &&
      (gives_information(incoming, stored) || owner_moved(incoming, stored))) {
    return E::kInformationGiven;
  }
  // A person of the rota took the red flag: the referral goes on to wait for the hub.
  if (referral.state == State::kEscalated && business_changed && business == "awaiting-hub")
    return E::kEscalationConfirmed;
  // Nobody has taken it: the rota names another place.
  if (referral.state == State::kReceived && referral.red_flag && same_known_status(incoming, stored) &&
      owner_moved(incoming, stored))
    return E::kEscalationConfirmed;
  // A reviewer lets a held referral go on.
  if (referral.state == State::kQuarantined && business_changed && business == "awaiting-hub")
    return E::kReleased;
  // A question may come together with Task.status received: the question is what matters.
  if (business_changed && business == "awaiting-information") return E::kInformationAsked;
  if (status != stored.child("status").text()) return status_event(status, business, referral);
  if (business_changed) return business_event(business);
  if (changed_priority(incoming, stored)) return E::kPriorityChanged;
  // An answer that comes too late is still a word to keep, not nothing.
  if (gives_information(incoming, stored) || new_note(incoming, stored)) return E::kNoted;
  return std::nullopt;
}

/// Elements that say something by themselves, or that the store and the format fill in.
constexpr std::array<std::string_view, 15> kRead = {
    "id",        "meta",   "implicitRules",  "language", "text",
    "contained", "status", "businessStatus", "note",     "input",
    "output",    "owner",  "lastModified",   "priority", "statusReason"};

/// An element that is not the stored one and that no event takes over: dropping it in silence would be a lie.
Node dropped(Node incoming, Node stored) {
  for (const Node child : incoming.children()) {
    const std::string_view name = child.name();
    if (std::ranges::find(kRead, name) != kRead.end() || std::ranges::find(kFixed, name) != kFixed.end())
      continue;
    if (fingerprints(incoming, name) != fingerprints(stored, name)) return child;
  }
  const Node reason = incoming.child("statusReason");
  if (reason && fingerprints(incoming, "statusReason") != fingerprints(stored, "statusReason")) return reason;
  return {};
}

Event fill(EventKind kind, Node incoming, Node stored, const ReferralState& referral) {
  Event event;
  event.kind = kind;
  event.reason = reason_of(incoming.child("statusReason"));
  event.priority = changed_priority(incoming, stored);
  const Node note = new_note(incoming, stored);
  event.advice = note.child("text").text();
  const Node author = note.child("author");
  event.decided_by.name = author.type() == "Reference" ? author.child("display").text() : author.text();
  const std::string owner = owner_ods(incoming);
  if (!owner.empty() && owner != owner_ods(stored)) {
    if (kind == E::kInformationAsked) event.asked = role_of(referral, owner);
    if (kind == E::kAccept || kind == E::kOnwardLeg || kind == E::kReleased ||
        kind == E::kEscalationConfirmed)
      event.destination = Organisation{owner, std::string(incoming.at("owner", "display").text())};
  }
  const std::string_view by = incoming.at("restriction", "period", "end").text();
  if (kind == E::kInformationAsked && by != stored.at("restriction", "period", "end").text())
    event.answer_by = fhir::parse_instant(by);
  event.appointment_start = fhir::parse_instant(incoming.at("executionPeriod", "start").text());
  event.appointment_end = fhir::parse_instant(incoming.at("executionPeriod", "end").text());
  event.occurred = fhir::parse_instant(incoming.child("lastModified").text());
  if (incoming.child("lastModified").text() == stored.child("lastModified").text()) event.occurred.reset();
  const bool error =
      incoming.child("status").text() == "entered-in-error" || business_code(incoming) == "entered-in-error";
  if (kind == E::kCancel && error) event.withdrawal = Withdrawal::kEnteredInError;
  return event;
}

TaskRefused refused(Rule rule, std::string place, std::string_view text) {
  TaskRefused made{rule, fhir::IssueList()};
  made.issues.add(fhir::Severity::kError, fhir::IssueType::kBusinessRule, std::move(place),
                  std::string(text));
  return made;
}

}  // namespace

TaskChange derive_event(Node incoming, Node stored, const ReferralState& referral) {
  fhir::IssueList issues;
  check_fixed(incoming, stored, issues);
  if (issues.has_error()) return TaskRefused{Rule::kIdentityFixed, std::move(issues)};
  const std::optional<EventKind> kind = kind_of(incoming, stored, referral);
  if (!kind || *kind == E::kNoted) {
    if (owner_moved(incoming, stored)) {
      return refused(Rule::kNotInThisState, expression(incoming, "owner"),
                     "the owner moves by a decision, not by itself");
    }
    if (const Node element = dropped(incoming, stored)) {
      return refused(Rule::kNotInThisState, expression(element),
                     "this element changes by a decision (status, business status, priority), not by itself");
    }
  }
  if (!kind) {
    if (same_known_status(incoming, stored)) return Unchanged{};
    return refused(Rule::kNotInThisState, expression(incoming, "status"),
                   "this status or business status is not used for referrals");
  }
  Event event = fill(*kind, incoming, stored, referral);
  // Only an author cancels, and work in progress is stopped by an abort Task: a status alone cannot say so.
  if (*kind == E::kCancel && task_status(referral) == "in-progress") {
    return refused(Rule::kInProgressNeedsAbort, expression(incoming, "status"),
                   traits(Rule::kInProgressNeedsAbort).text);
  }
  return event;
}

std::vector<Node> new_words(Node incoming, Node stored) {
  std::vector<Node> words;
  for (const std::string_view name : {"statusReason", "description", "note", "input", "output"}) {
    const std::vector<std::string> known = fingerprints(stored, name);
    for (const Node child : incoming.children(name)) {
      if (!std::binary_search(known.begin(), known.end(), fingerprint(child))) words.push_back(child);
    }
  }
  return words;
}

std::optional<EventKind> abort_answer(Node incoming, Node stored) {
  const std::string_view status = incoming.child("status").text();
  if (stored.at("code", "coding", "code").text() != "abort" || status == stored.child("status").text())
    return std::nullopt;
  if (status == "accepted" || status == "completed") return E::kAbortAccepted;
  if (status == "rejected") return E::kAbortRefused;
  return std::nullopt;
}

}  // namespace gateway::referral
