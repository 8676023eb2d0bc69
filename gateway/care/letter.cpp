#include "gateway/care/letter.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "fhir/tree/expression.hpp"
#include "gateway/bars/base64.hpp"
#include "gateway/identity/identifiers.hpp"
#include "gateway/security/digest.hpp"

namespace gateway::care {

using fhir::tree::Node;

namespace {

using Refused = std::optional<bars::Refusal>;

bars::Refusal invariant(std::string place, std::string text) {
  return bars::refusal(bars::Rec::kUnprocessableEntity, fhir::IssueType::kNotSupported, std::move(place),
                       std::move(text));
}

Node extension(Node element, std::string_view url) {
  for (const Node one : element.children("extension")) {
    if (one.child("url").text() == url) return one;
  }
  return {};
}

Name name_of(Node identifier) {
  return {identity::canonical_system(identifier.child("system").text()),
          std::string(identifier.child("value").text())};
}

bool is_set(Node identifier) {
  for (const Node coding : identifier.child("type").children("coding")) {
    if (coding.child("system").text() == kDocumentIdentifierTypes && coding.child("code").text() == "set-id")
      return true;
  }
  return false;
}

Completeness completeness_of(Node document) {
  const std::string_view status = document.child("docStatus").text();
  if (status == "entered-in-error" || document.child("status").text() == "entered-in-error")
    return Completeness::kWithdrawn;
  return status == "final" || status == "amended" ? Completeness::kComplete : Completeness::kDraft;
}

Refused read_content(const bars::BarsMessage& message, Node attachment, Letter& letter) {
  Content content;
  content.attachment = attachment;
  std::string_view data = attachment.child("data").text();
  if (const std::string_view url = attachment.child("url").text(); data.empty() && !url.empty()) {
    content.binary = message.index.resolve(url);
    if (content.binary.type() != "Binary") {
      return invariant(expression(attachment, "url"),
                       "an attachment must be in the message: no address is fetched");
    }
    data = content.binary.child("data").text();
  }
  const std::optional<std::string> bytes = bars::decode_base64(data);
  if (!bytes) return invariant(expression(attachment), "the content is not Base64");
  content.sha256 = security::to_hex(security::sha256(*bytes));
  content.bytes = bytes->size();
  const Node said = extension(attachment, kAttachmentDigestExtension);
  if (said && said.child("value").text() != content.sha256) {
    return invariant(expression(attachment, "extension"),
                     "the content does not have the digest it is said to have");
  }
  letter.contents.push_back(std::move(content));
  return std::nullopt;
}

Refused read_contents(const bars::BarsMessage& message, Letter& letter) {
  for (const Node content : message.focus.children("content")) {
    const Node attachment = content.child("attachment");
    if (attachment.child("data").text().empty() && attachment.child("url").text().empty()) continue;
    if (Refused refused = read_content(message, attachment, letter)) return refused;
  }
  if (letter.contents.empty() && letter.completeness != Completeness::kWithdrawn)
    return invariant(expression(message.focus, "content"), "a letter without content");
  std::string all;
  for (const Content& content : letter.contents)
    all.append(content.sha256).append(" ");
  letter.digest = security::to_hex(security::sha256(all));
  return std::nullopt;
}

std::string ods_of(Node reference, const bars::BarsMessage& message) {
  if (const Node identifier = reference.child("identifier");
      identity::canonical_system(identifier.child("system").text()) == identity::kOdsSystem)
    return std::string(identifier.child("value").text());
  const Node organisation = message.index.resolve(reference);
  for (const Name& name : names_of(organisation)) {
    if (name.system == identity::kOdsSystem) return name.value;
  }
  return {};
}

/// Whoever the message names, then the patient's practice.
std::vector<std::string> addressees_of(const bars::BarsMessage& message) {
  std::vector<std::string> all;
  const auto add = [&](std::string ods) {
    if (!ods.empty() && std::ranges::find(all, ods) == all.end()) all.push_back(std::move(ods));
  };
  for (const Node destination : message.header.children("destination"))
    add(ods_of(destination.child("receiver"), message));
  for (const Node practice : message.patient.children("generalPractitioner"))
    add(ods_of(practice, message));
  return all;
}

bool later(const std::optional<fhir::Instant>& a, const std::optional<fhir::Instant>& b) {
  return a && (!b || *a > *b);
}

bool is_older(const Letter& letter, const KnownVersion& one) {
  if (one.completeness != Completeness::kComplete) return false;
  if (one.same_set && letter.version != 0 && one.version != 0) return letter.version < one.version;
  const bool named = letter.replaces == one.document;
  return !named && (one.same_set || one.document == letter.document) && later(one.occurred, letter.occurred);
}

}  // namespace

tl::expected<Letter, bars::Refusal> read_letter(const bars::BarsMessage& message) {
  const Node document = message.focus;
  Letter letter;
  letter.document = name_of(document.child("masterIdentifier"));
  if (letter.document.value.empty() || letter.document.system.empty()) {
    return tl::unexpected(
        invariant(expression(document, "masterIdentifier"), "the unique number of the document is required"));
  }
  for (const Node identifier : document.children("identifier")) {
    if (is_set(identifier)) letter.set = name_of(identifier);
  }
  const std::string_view version = extension(document, kDocumentVersionExtension).child("value").text();
  std::from_chars(version.data(), version.data() + version.size(), letter.version);
  for (const Node relation : document.children("relatesTo")) {
    if (relation.child("code").text() != "replaces") continue;
    if (const Node identifier = relation.at("target", "identifier")) letter.replaces = name_of(identifier);
  }
  letter.completeness = completeness_of(document);
  if (Refused refused = read_contents(message, letter)) return tl::unexpected(*std::move(refused));
  letter.addressees = addressees_of(message);
  letter.occurred = source_time(message);
  return letter;
}

Judgement judge(const Letter& letter, std::span<const KnownVersion> known) {
  if (letter.completeness == Completeness::kWithdrawn) {
    const bool went_out = std::ranges::any_of(
        known, [](const KnownVersion& one) { return one.completeness == Completeness::kComplete; });
    if (went_out) return {Fate::kWithdraw, {}, {}};
    return {Fate::kIgnore, "withdrawn before it was sent", {}};
  }
  for (const KnownVersion& one : known) {
    const bool same = one.document == letter.document && one.digest == letter.digest &&
                      one.completeness == letter.completeness && one.version == letter.version;
    if (same) return {Fate::kIgnore, "the same version of the letter was received before", {}};
    if (is_older(letter, one)) return {Fate::kIgnore, "a later version of the letter is already known", {}};
    if (one.replaced && one.document == letter.document)
      return {Fate::kIgnore, "the letter was replaced before", {}};
  }
  if (letter.completeness == Completeness::kDraft) {
    const bool done = std::ranges::any_of(known, [&](const KnownVersion& one) {
      return one.document == letter.document && one.completeness == Completeness::kComplete;
    });
    if (done) return {Fate::kIgnore, "the letter was complete before", {}};
    return {Fate::kKeep, {}, {}};
  }
  Judgement judgement;
  for (const KnownVersion& one : known) {
    if (one.completeness == Completeness::kComplete && !one.replaced) judgement.replaced.push_back(one.id);
  }
  return judgement;
}

}  // namespace gateway::care
