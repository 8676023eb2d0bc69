#include "gateway/partner/seen.hpp"

#include <utility>

#include "gateway/referral/state.hpp"
#include "gateway/security/digest.hpp"

namespace gateway::partner {
namespace {

using fhir::tree::Node;

constexpr std::string_view kUbrnSystem = "https://fhir.nhs.uk/Id/UBRN";

SeenCommunication communication(Node resource) {
  SeenCommunication seen;
  for (const Node category : resource.children("category")) {
    for (const Node coding : category.children("coding")) {
      if (coding.child("system").text() == referral::kCommunicationKindSystem)
        seen.kind = coding.child("code").text();
    }
  }
  for (const Node payload : resource.children("payload")) {
    const Node content = payload.child("content");
    if (content.has_value()) seen.lines.emplace_back(content.text());
  }
  return seen;
}

SeenAttachment attachment(Node binary) {
  SeenAttachment seen;
  seen.content_type = binary.child("contentType").text();
  const fhir::Result<std::string> bytes = security::from_base64(binary.child("data").text());
  if (!bytes.has_value()) return seen;
  seen.sha256 = security::to_hex(security::sha256(*bytes));
  seen.bytes = static_cast<std::int64_t>(bytes->size());
  return seen;
}

void take(Seen& seen, Node resource) {
  const std::string_view type = resource.type();
  if (type == "Task" && !seen.task) seen.task = resource;
  if (type == "Patient" && !seen.patient) seen.patient = resource;
  if (type == "Communication") seen.communications.push_back(communication(resource));
  if (type == "Binary") seen.attachments.push_back(attachment(resource));
  if (type != "ServiceRequest" || seen.service_request) return;
  seen.service_request = resource;
  for (const Node identifier : resource.children("identifier")) {
    if (identifier.child("system").text() == kUbrnSystem)
      seen.identifiers.emplace_back(identifier.child("value").text());
  }
}

}  // namespace

Seen see(fhir::tree::TreePtr tree) {
  Seen seen;
  seen.tree = std::move(tree);
  if (!seen.tree || seen.tree->root().type() != "Bundle") return seen;
  const Node bundle = seen.tree->root();
  seen.bundle = bundle.child("id").text();
  for (const Node entry : bundle.children("entry")) {
    const Node resource = entry.child("resource");
    if (resource.type() == "MessageHeader" && !seen.header) seen.header = resource;
  }
  if (!seen.header) return seen;
  seen.event = seen.header.at("event", "code").text();
  seen.reason = seen.header.at("reason", "coding", "code").text();
  seen.answers = seen.header.at("response", "identifier").text();
  seen.answer_code = seen.header.at("response", "code").text();
  const std::string_view focus = seen.header.at("focus", "reference").text();
  for (const Node entry : bundle.children("entry")) {
    const Node resource = entry.child("resource");
    if (resource.type() == "Task" && entry.child("fullUrl").text() == focus) seen.task = resource;
  }
  for (const Node entry : bundle.children("entry"))
    take(seen, entry.child("resource"));
  return seen;
}

std::string full_url(const Seen& seen, Node resource) {
  for (const Node entry : seen.tree->root().children("entry")) {
    if (entry.child("resource") == resource) return std::string(entry.child("fullUrl").text());
  }
  return {};
}

}  // namespace gateway::partner
