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
      : table_(table), envelope_(envelope), now_(fhir::to_text(envelope.timestamp)) {
    for (const auto& [reference, url] : envelope.aliases)
      aliases_.emplace(reference, url);
    ResourceBuilder bundle(table_, "Bundle");
    bundle.set("id", envelope.bundle_id)
        .open("meta")
        .set("versionId", envelope.version)
        .set("lastUpdated", now_);
    mark(bundle);
    bundle.close().set("type", "message").set("timestamp", now_);
    message_.head = bundle.finish();
  }

  void know(const Part& part) {
    const std::string_view id = part.resource.child("id").text();
    if (!id.empty())
      aliases_.emplace(std::string(part.resource.type()).append("/").append(id), part.full_url);
  }

  void add_header(const Heading& heading) {
    ResourceBuilder header(table_, "MessageHeader");
    header.set("id", envelope_.header_id)
        .open("meta")
        .set("lastUpdated", now_)
        .set("profile", kHeaderProfile);
    mark(header);
    header.close();
    header.open("eventCoding").set("system", heading.event_system).set("code", heading.event).close();
    header.open("destination").set("endpoint", to_text(envelope_.destination));
    add_party(header, "receiver", envelope_.receiver_url, envelope_.receiver_ods, envelope_.receiver_name);
    header.close();
    add_party(header, "sender", envelope_.sender_url, envelope_.sender_ods, envelope_.sender_name);
    header.open("source")
        .set("name", envelope_.sender_name)
        .set("software", envelope_.software)
        .set("version", envelope_.software_version)
        .set("endpoint", to_text(envelope_.source))
        .close();
    if (!heading.reason.empty()) {
      header.open("reason")
          .open("coding")
          .set("system", kReasonSystem)
          .set("code", heading.reason)
          .close()
          .close();
    }
    if (!heading.answers.empty())
      header.open("response").set("identifier", heading.answers).set("code", "ok").close();
    if (!heading.focus.empty()) header.open("focus").set("reference", heading.focus).close();
    header.set("definition", heading.definition);
    add_made("urn:uuid:" + envelope_.header_id, header.finish());
  }

  void add_as_sent(std::string_view full_url, Node resource) {
    urls_.emplace(full_url);
    message_.entries.push_back({std::string(full_url), resource});
  }

  /// A resource of ours, its references written as the message knows them.
  void add_ours(const Part& part) {
    base_ = base_of(part);
    if (!has_alias(part.resource)) {
      add_as_sent(part.full_url, part.resource);
      return;
    }
    ResourceBuilder resource(table_, part.resource.type());
    copy_with_aliases(resource, part.resource);
    add_made(part.full_url, resource.finish());
  }

  void add_organisations() {
    add_organisation(envelope_.sender_url, envelope_.sender_ods, envelope_.sender_name);
    add_organisation(envelope_.receiver_url, envelope_.receiver_ods, envelope_.receiver_name);
  }

  Outgoing finish() { return std::move(message_); }

 private:
  void add_made(std::string full_url, TreePtr resource) {
    urls_.insert(full_url);
    message_.entries.push_back({std::move(full_url), resource->root()});
    message_.made.push_back(std::move(resource));
  }

  /// In an open meta. Whoever keeps live and test apart looks for it there.
  void mark(ResourceBuilder& open) const {
    if (!envelope_.test) return;
    open.open("tag").set("system", identity::kActReasonSystem).set("code", identity::kTestMark).close();
  }

  static void add_party(ResourceBuilder& header, std::string_view place, const std::string& url,
                        const std::string& ods, const std::string& name) {
    if (url.empty() && ods.empty()) return;
    header.open(place).set("reference", url);
    if (!ods.empty()) header.open("identifier").set("system", identity::kOdsSystem).set("value", ods).close();
    header.set("display", name).close();
  }

  void add_organisation(const std::string& url, const std::string& ods, const std::string& name) {
    if (url.empty() || urls_.contains(url)) return;
    ResourceBuilder organisation(table_, "Organization");
    organisation.open("meta").set("lastUpdated", now_).close();
    if (!ods.empty())
      organisation.open("identifier").set("system", identity::kOdsSystem).set("value", ods).close();
    organisation.set("name", name);
    add_made(url, organisation.finish());
  }

  /// `https://x/fhir/` of `https://x/fhir/Type/id`; empty when the fullUrl is not of that form.
  static std::string_view base_of(const Part& part) {
    std::string_view rest = part.full_url;
    for (const std::string_view end :
         {part.resource.child("id").text(), std::string_view("/"), part.resource.type()}) {
      if (end.empty() || !rest.ends_with(end)) return {};
      rest.remove_suffix(end.size());
    }
    return rest.ends_with('/') ? rest : std::string_view();
  }

  /// What a reference is to be written as; none when it means that already, read against the fullUrl of its
  /// own entry (FHIR R4 2.36.4.1).
  [[nodiscard]] const std::string* alias(Node node) const {
    if (node.name() != "reference" || node.parent().type() != "Reference") return nullptr;
    const auto found = aliases_.find(std::string(node.text()));
    if (found == aliases_.end()) return nullptr;
    const std::string_view url = found->second;
    const bool same = !base_.empty() && url.size() == base_.size() + node.text().size() &&
                      url.starts_with(base_) && url.ends_with(node.text());
    return same ? nullptr : &found->second;
  }

  static bool goes_whole(Node node) {
    return node.is_resource() || node.has_value() || node.row().kind == fhir::tree::TypeKind::kPrimitive ||
           node.row_id() == fhir::tree::kUnknownRow;
  }

  /// Depth as below.
  [[nodiscard]] bool has_alias(Node from) const {  // NOLINT(misc-no-recursion)
    return std::ranges::any_of(from.children(), [this](Node child) {
      return alias(child) != nullptr || (!goes_whole(child) && has_alias(child));
    });
  }

  /// Depth is that of resources read under ReadLimits::max_depth.
  void copy_with_aliases(ResourceBuilder& to, Node from) {  // NOLINT(misc-no-recursion)
    for (const Node child : from.children()) {
      if (const std::string* url = alias(child)) {
        to.set("reference", *url);
      } else if (goes_whole(child)) {
        to.copy(child.serial_name(), child);
      } else {
        to.open(child.serial_name());
        copy_with_aliases(to, child);
        to.close();
      }
    }
  }

  const fhir::tree::TypeTable& table_;
  const Envelope& envelope_;
  std::string now_;
  Outgoing message_;
  std::string_view base_;  // of the entry that is added
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

Outgoing request_message(const BarsMessage& received, RequestReason reason, std::span<const Part> ours,
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

Outgoing response_message(const fhir::tree::TypeTable& table, std::span<const Part> parts,
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

Outgoing letter_message(const fhir::tree::TypeTable& table, std::span<const Part> parts,
                        std::string_view focus, const Envelope& envelope) {
  MessageBuilder message(table, envelope);
  for (const Part& part : parts)
    message.know(part);
  message.add_header({kCareEventSystem, "letter", {}, std::string(focus), kLetterDefinition, {}});
  for (const Part& part : parts)
    message.add_ours(part);
  message.add_organisations();
  return message.finish();
}

Outgoing acknowledgement_message(const BarsMessage& received, std::span<const Part> parts,
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

TreePtr to_bundle(const Outgoing& message) {
  ResourceBuilder bundle(message.head->table(), "Bundle");
  bundle.copy_children(message.head->root());
  for (const Outgoing::Entry& entry : message.entries)
    bundle.open("entry").set("fullUrl", entry.full_url).copy("resource", entry.resource).close();
  return bundle.finish();
}

TreePtr encode_request(const BarsMessage& received, RequestReason reason, std::span<const Part> ours,
                       const Envelope& envelope) {
  return to_bundle(request_message(received, reason, ours, envelope));
}

TreePtr encode_response(const fhir::tree::TypeTable& table, std::span<const Part> parts,
                        std::string_view focus, std::string_view answers, RequestReason reason,
                        const Envelope& envelope) {
  return to_bundle(response_message(table, parts, focus, answers, reason, envelope));
}

TreePtr encode_acknowledgement(const BarsMessage& received, std::span<const Part> parts,
                               const Envelope& envelope) {
  return to_bundle(acknowledgement_message(received, parts, envelope));
}

}  // namespace gateway::bars
