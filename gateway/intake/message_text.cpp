#include "gateway/intake/message_text.hpp"

#include <algorithm>

#include "fhir/json/value_text.hpp"
#include "fhir/json/writer.hpp"
#include "fhir/xml/writer.hpp"

namespace gateway::intake {

namespace {

void append_entry(MessageText& message, const bars::Outgoing::Entry& entry, const StoredNodes& stored) {
  message.text += '{';
  if (!entry.full_url.empty()) {
    message.text += R"("fullUrl":)";
    fhir::json::append_string(message.text, entry.full_url);
    message.text += ',';
  }
  message.text += R"("resource":)";
  if (std::ranges::find(stored, entry.resource) != stored.end()) {
    message.inserts.push_back({message.text.size(), std::string(entry.resource.type()),
                               std::string(entry.resource.child("id").text())});
  } else {
    fhir::json::append(message.text, entry.resource);
  }
  message.text += '}';
}

}  // namespace

MessageText message_text(config::WireFormat format, const bars::Outgoing& message,
                         const StoredNodes& stored) {
  if (format == config::WireFormat::kXml) return {fhir::xml::write(bars::to_bundle(message)->root()), {}};
  MessageText made{fhir::json::write(message.head->root()), {}};
  if (message.entries.empty()) return made;
  // Bundle.entry comes last of what a message holds: the head ends where it begins.
  made.text.back() = ',';
  made.text += R"("entry":[)";
  for (const bars::Outgoing::Entry& entry : message.entries) {
    if (&entry != &message.entries.front()) made.text += ',';
    append_entry(made, entry, stored);
  }
  made.text += "]}";
  return made;
}

std::string whole_text(const MessageText& message, std::span<const store::ResourceWrite> resources) {
  std::string whole;
  std::size_t last = 0;
  for (const store::BodyInsert& insert : message.inserts) {
    whole.append(message.text, last, insert.at - last);
    last = insert.at;
    const auto write = std::ranges::find_if(resources, [&](const store::ResourceWrite& one) {
      return one.id == insert.id && one.type == insert.type;
    });
    if (write != resources.end()) whole += write->json;
  }
  return whole.append(message.text, last);
}

}  // namespace gateway::intake
