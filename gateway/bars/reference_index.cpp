#include <algorithm>

#include "fhir/tree/expression.hpp"
#include "gateway/bars/message.hpp"

namespace gateway::bars {
namespace {

using fhir::IssueType;
using fhir::Severity;
using fhir::tree::Node;

constexpr std::string_view kUuidScheme = "urn:uuid:";

/// UUIDs compare without case; a version is no part of what is referred to.
std::string key_of(std::string_view reference) {
  reference = reference.substr(0, reference.find("/_history/"));
  std::string key(reference);
  if (reference.starts_with(kUuidScheme)) {
    std::transform(key.begin(), key.end(), key.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  }
  return key;
}

}  // namespace

void ReferenceIndex::add(Node entry, fhir::IssueList& issues) {
  const Node resource = entry.child("resource");
  const Node url = entry.child("fullUrl");
  const std::string_view id = resource.child("id").text();
  if (!url.text().empty() && !by_key_.emplace(key_of(url.text()), resource).second) {
    issues.add(Severity::kError, IssueType::kInvariant, expression(url), "two entries have this fullUrl");
  }
  if (id.empty()) return;
  const auto [known, added] = by_key_.emplace(std::string(resource.type()).append("/").append(id), resource);
  if (!added && !(known->second == resource)) {
    issues.add(Severity::kError, IssueType::kInvariant, expression(resource, "id"),
               "two entries are the same resource by type and id");
  }
}

Node ReferenceIndex::resolve(Node reference) const {
  return resolve(reference.child("reference").text());
}

Node ReferenceIndex::resolve(std::string_view reference) const {
  if (reference.empty()) return {};
  const auto found = by_key_.find(key_of(reference));
  return found == by_key_.end() ? Node() : found->second;
}

EndpointId parse_endpoint(std::string_view text) {
  const std::size_t bar = text.find('|');
  if (bar == std::string_view::npos) return {{}, std::string(text)};
  return {std::string(text.substr(0, bar)), std::string(text.substr(bar + 1))};
}

std::string to_text(const EndpointId& endpoint) {
  if (endpoint.system.empty()) return endpoint.value;
  std::string text = endpoint.system;
  return text.append("|").append(endpoint.value);
}

}  // namespace gateway::bars
