#include "gateway/intake/incoming.hpp"

#include <utility>

#include "fhir/json/writer.hpp"
#include "fhir/search/index_entry.hpp"
#include "gateway/identity/identifiers.hpp"

namespace gateway::intake {

using fhir::tree::Node;

store::NewMessage log_entry(const Incoming& incoming, const Reading& reading, store::Verdict verdict) {
  store::NewMessage message;
  message.seq = incoming.seq;
  message.partner = incoming.caller.partner;
  message.door = incoming.door;
  message.media_type = incoming.media_type;
  message.request_id = incoming.ids.request_id;
  message.correlation_id = incoming.ids.correlation_id;
  message.business_id = incoming.control_id.empty() ? reading.message.bundle_id : incoming.control_id;
  message.event = incoming.event.empty() ? reading.message.event : incoming.event;
  message.digest = incoming.digest;
  message.received_at = incoming.received;
  message.verdict = verdict;
  message.bytes = *incoming.body;
  if (incoming.conversion) message.conversion = *incoming.conversion;
  return message;
}

namespace {

/// Where meta.lastUpdated stands. No string of the text has these bytes: its quotes are escaped.
std::optional<store::Stamp> stamp_of(std::string_view json) {
  static constexpr std::string_view kMember = R"("lastUpdated":")";
  const std::size_t member = json.find(kMember);
  if (member == std::string_view::npos) return std::nullopt;
  const std::size_t at = member + kMember.size();
  return store::Stamp{at, json.find('"', at) - at};
}

}  // namespace

store::ResourceWrite write_of(Node resource, store::WriteRule rule, std::optional<store::MessageSeq> message,
                              fhir::Instant at) {
  store::ResourceWrite write;
  write.type = resource.type();
  write.id = resource.child("id").text();
  write.json = fhir::json::write(resource);
  write.rule = rule;
  write.index = fhir::search::index_entries(resource);
  write.message = message;
  write.at = at;
  if (rule == store::WriteRule::kAny) write.stamp = stamp_of(write.json);
  return write;
}

std::vector<referral::Identifier> identifiers_of(Node resource) {
  std::vector<referral::Identifier> identifiers;
  for (const Node identifier : resource.children("identifier")) {
    const std::string_view value = identifier.child("value").text();
    if (value.empty()) continue;
    identifiers.push_back({identity::canonical_system(identifier.child("system").text()), std::string(value),
                           std::string(identifier.at("type", "coding", "code").text())});
  }
  return identifiers;
}

std::string source_id_system(std::string_view partner) {
  return std::string("https://ligament.example/fhir/Id/source/").append(partner);
}

std::vector<store::BusinessIdentifier> request_names(Node received, std::string_view partner) {
  std::vector<store::BusinessIdentifier> names;
  for (referral::Identifier& identifier : identifiers_of(received))
    names.push_back({std::move(identifier.system), std::move(identifier.value)});
  const std::string_view id = received.child("id").text();
  if (!id.empty()) names.push_back({source_id_system(partner), std::string(id)});
  return names;
}

std::optional<fhir::Instant> author_time(const bars::BarsMessage& message) {
  const Node request = message.service_request;
  for (const Node stamp : {request.at("meta", "lastUpdated"), message.tree->root().child("timestamp")}) {
    if (const auto at = fhir::parse_instant(stamp.text())) return at;
  }
  return std::nullopt;
}

std::string organisation_name(const bars::BarsMessage& message, std::string_view ods) {
  for (const Node organisation : message.organisations) {
    for (const Node identifier : organisation.children("identifier")) {
      if (identifier.child("value").text() == ods &&
          identity::canonical_system(identifier.child("system").text()) == identity::kOdsSystem)
        return std::string(organisation.child("name").text());
    }
  }
  return {};
}

std::string reference(std::string_view type, std::string_view id) {
  return std::string(type).append("/").append(id);
}

std::string hex(const store::Digest& digest) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(digest.size() * 2);
  for (const std::uint8_t byte : digest) {
    text += kDigits[byte >> 4u];
    text += kDigits[byte & 15u];
  }
  return text;
}

}  // namespace gateway::intake
