#include "gateway/bars/encode.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>

#include "fhir/tree/resource_builder.hpp"
#include "gateway/identity/identifiers.hpp"

namespace gateway::bars {
namespace {

using fhir::tree::Node;
using fhir::tree::ResourceBuilder;
using fhir::tree::TreePtr;
using Aliases = std::unordered_map<std::string, std::string>;

constexpr auto kRequestContent = std::to_array<DefinitionContent>({{"MessageHeader", 1, 1},
                                                                   {"ServiceRequest", 1, 0},
                                                                   {"Patient", 1, 1},
                                                                   {"Task", 1, 0},
                                                                   {"Organization", 1, 0},
                                                                   {"Practitioner", 0, 0},
                                                                   {"PractitionerRole", 0, 0},
                                                                   {"HealthcareService", 0, 0},
                                                                   {"DocumentReference", 0, 0},
                                                                   {"Communication", 0, 0}});
constexpr auto kCancelContent = std::to_array<DefinitionContent>({{"MessageHeader", 1, 1},
                                                                  {"ServiceRequest", 1, 1},
                                                                  {"Patient", 1, 1},
                                                                  {"Task", 0, 0},
                                                                  {"Organization", 1, 0}});
constexpr auto kResponseContent = std::to_array<DefinitionContent>({{"MessageHeader", 1, 1},
                                                                    {"ServiceRequest", 1, 1},
                                                                    {"Patient", 1, 1},
                                                                    {"Task", 1, 0},
                                                                    {"Communication", 0, 0},
                                                                    {"Organization", 1, 0},
                                                                    {"Appointment", 0, 0},
                                                                    {"DocumentReference", 0, 0}});

constexpr auto kLetterContent = std::to_array<DefinitionContent>({{"MessageHeader", 1, 1},
                                                                  {"DocumentReference", 1, 1},
                                                                  {"Binary", 0, 0},
                                                                  {"Patient", 1, 1},
                                                                  {"ServiceRequest", 0, 1},
                                                                  {"Encounter", 0, 1},
                                                                  {"Organization", 0, 0},
                                                                  {"Practitioner", 0, 0},
                                                                  {"PractitionerRole", 0, 0},
                                                                  {"Communication", 0, 0}});

std::string_view code_of(RequestReason reason) noexcept {
  return reason == RequestReason::kNew ? "new" : "update";
}

/// What the header of one message says beyond its envelope.
struct Heading {
  std::string_view event_system;
  std::string_view event;
  std::string_view reason;
  std::string focus;
  std::string_view definition;
  std::string_view answers;
};

class MessageBuilder {
 public:
  MessageBuilder(const fhir::tree::TypeTable& table, const Envelope& envelope)
      : bundle_(table, "Bundle"), envelope_(envelope) {
    for (const auto& [reference, url] : envelope.aliases)
      aliases_.emplace(reference, url);
    bundle_.set("id", envelope.bundle_id)
        .open("meta")
        .set("versionId", envelope.version)
        .set("lastUpdated", now());
    mark();
    bundle_.close().set("type", "message").set("timestamp", now());
  }

  void know(const Part& part) {
    const std::string_view id = part.resource.child("id").text();
    if (!id.empty())
      aliases_.emplace(std::string(part.resource.type()).append("/").append(id), part.full_url);
  }

  void add_header(const Heading& heading) {
    bundle_.open("entry")
        .set("fullUrl", "urn:uuid:" + envelope_.header_id)
        .open_resource("resource", "MessageHeader");
    bundle_.set("id", envelope_.header_id).open("meta").set("lastUpdated", now());
    mark();
    bundle_.close();
    bundle_.open("eventCoding").set("system", heading.event_system).set("code", heading.event).close();
    bundle_.open("destination").set("endpoint", to_text(envelope_.destination));
    add_party("receiver", envelope_.receiver_url, envelope_.receiver_ods, envelope_.receiver_name);
    bundle_.close();
    add_party("sender", envelope_.sender_url, envelope_.sender_ods, envelope_.sender_name);
    bundle_.open("source")
        .set("name", envelope_.sender_name)
        .set("software", envelope_.software)
        .set("version", envelope_.software_version)
        .set("endpoint", to_text(envelope_.source))
        .close();
    if (!heading.reason.empty()) {
      bundle_.open("reason")
          .open("coding")
          .set("system", kReasonSystem)
          .set("code", heading.reason)
          .close()
          .close();
    }
    if (!heading.answers.empty())
      bundle_.open("response").set("identifier", heading.answers).set("code", "ok").close();
    if (!heading.focus.empty()) bundle_.open("focus").set("reference", heading.focus).close();
    bundle_.set("definition", heading.definition).close().close();
  }

  void add_as_sent(std::string_view full_url, Node resource) {
    urls_.emplace(full_url);
    bundle_.open("entry").set("fullUrl", full_url).copy("resource", resource).close();
  }

  /// A resource of ours, its references written as the message knows them.
  void add_ours(const Part& part) {
    urls_.insert(part.full_url);
    bundle_.open("entry").set("fullUrl", part.full_url).open_resource("resource", part.resource.type());
    copy_with_aliases(part.resource);
    bundle_.close().close();
  }

  void add_organisations() {
    add_organisation(envelope_.sender_url, envelope_.sender_ods, envelope_.sender_name);
    add_organisation(envelope_.receiver_url, envelope_.receiver_ods, envelope_.receiver_name);
  }

  TreePtr finish() { return bundle_.finish(); }

 private:
  /// In an open meta. Whoever keeps live and test apart looks for it there.
  void mark() {
    if (!envelope_.test) return;
    bundle_.open("tag").set("system", identity::kActReasonSystem).set("code", identity::kTestMark).close();
  }

  [[nodiscard]] std::string now() const { return fhir::to_text(envelope_.timestamp); }

  void add_party(std::string_view place, const std::string& url, const std::string& ods,
                 const std::string& name) {
    if (url.empty() && ods.empty()) return;
    bundle_.open(place).set("reference", url);
    if (!ods.empty())
      bundle_.open("identifier").set("system", identity::kOdsSystem).set("value", ods).close();
    bundle_.set("display", name).close();
  }

  void add_organisation(const std::string& url, const std::string& ods, const std::string& name) {
    if (url.empty() || !urls_.insert(url).second) return;
    bundle_.open("entry").set("fullUrl", url).open_resource("resource", "Organization");
    bundle_.open("meta").set("lastUpdated", now()).close();
    if (!ods.empty())
      bundle_.open("identifier").set("system", identity::kOdsSystem).set("value", ods).close();
    bundle_.set("name", name).close().close();
  }

  [[nodiscard]] const std::string* alias(Node node) const {
    if (node.name() != "reference" || node.parent().type() != "Reference") return nullptr;
    const auto found = aliases_.find(std::string(node.text()));
    return found == aliases_.end() ? nullptr : &found->second;
  }

  /// Depth is that of resources read under ReadLimits::max_depth.
  void copy_with_aliases(Node from) {  // NOLINT(misc-no-recursion)
    for (const Node child : from.children()) {
      if (const std::string* url = alias(child)) {
        bundle_.set("reference", *url);
      } else if (child.is_resource() || child.has_value() ||
                 child.row().kind == fhir::tree::TypeKind::kPrimitive ||
                 child.row_id() == fhir::tree::kUnknownRow) {
        bundle_.copy(child.serial_name(), child);
      } else {
        bundle_.open(child.serial_name());
        copy_with_aliases(child);
        bundle_.close();
      }
    }
  }

  ResourceBuilder bundle_;
  const Envelope& envelope_;
  Aliases aliases_;
  std::unordered_set<std::string> urls_;
};

const Part* find_part(std::span<const Part> parts, std::string_view url) noexcept {
  const auto found =
      std::find_if(parts.begin(), parts.end(), [&](const Part& part) { return part.full_url == url; });
  return found == parts.end() ? nullptr : &*found;
}

std::string url_of(const BarsMessage& received, Node resource) {
  for (const Node entry : received.tree->root().children("entry")) {
    if (entry.child("resource") == resource) return std::string(entry.child("fullUrl").text());
  }
  return {};
}

}  // namespace

std::span<const DefinitionContent> definition_content(std::string_view definition) noexcept {
  if (definition == kRequestDefinition) return kRequestContent;
  if (definition == kCancelDefinition) return kCancelContent;
  if (definition == kResponseDefinition) return kResponseContent;
  if (definition == kLetterDefinition) return kLetterContent;
  return {};
}

TreePtr encode_request(const BarsMessage& received, RequestReason reason, std::span<const Part> ours,
                       const Envelope& envelope) {
  MessageBuilder message(received.tree->table(), envelope);
  for (const Part& part : ours)
    message.know(part);
  message.add_header({kEventSystem,
                      "servicerequest-request",
                      code_of(reason),
                      url_of(received, received.service_request),
                      reason == RequestReason::kCancelled ? kCancelDefinition : kRequestDefinition,
                      {}});
  std::vector<std::string_view> replaced;
  for (const Node entry : received.tree->root().children("entry")) {
    const Node resource = entry.child("resource");
    if (!resource || resource.type() == "MessageHeader") continue;
    const std::string_view url = entry.child("fullUrl").text();
    if (const Part* part = url.empty() ? nullptr : find_part(ours, url)) {
      message.add_ours(*part);
      replaced.push_back(url);
    } else {
      message.add_as_sent(url, resource);
    }
  }
  for (const Part& part : ours) {
    if (std::find(replaced.begin(), replaced.end(), part.full_url) == replaced.end()) message.add_ours(part);
  }
  message.add_organisations();
  return message.finish();
}

TreePtr encode_response(const fhir::tree::TypeTable& table, std::span<const Part> parts,
                        std::string_view focus, std::string_view answers, RequestReason reason,
                        const Envelope& envelope) {
  MessageBuilder message(table, envelope);
  for (const Part& part : parts)
    message.know(part);
  message.add_header({kEventSystem, "servicerequest-response", code_of(reason), std::string(focus),
                      kResponseDefinition, answers});
  for (const Part& part : parts)
    message.add_ours(part);
  message.add_organisations();
  return message.finish();
}

TreePtr encode_letter(const fhir::tree::TypeTable& table, std::span<const Part> parts, std::string_view focus,
                      const Envelope& envelope) {
  MessageBuilder message(table, envelope);
  for (const Part& part : parts)
    message.know(part);
  message.add_header({kCareEventSystem, "letter", {}, std::string(focus), kLetterDefinition, {}});
  for (const Part& part : parts)
    message.add_ours(part);
  message.add_organisations();
  return message.finish();
}

TreePtr encode_acknowledgement(const BarsMessage& received, std::span<const Part> parts,
                               const Envelope& envelope) {
  MessageBuilder message(received.tree->table(), envelope);
  for (const Part& part : parts)
    message.know(part);
  message.add_header({received.care ? kCareEventSystem : kEventSystem, received.event, received.reason,
                      url_of(received, received.focus), received.definition, received.bundle_id});
  for (const Part& part : parts)
    message.add_ours(part);
  message.add_organisations();
  return message.finish();
}

}  // namespace gateway::bars
