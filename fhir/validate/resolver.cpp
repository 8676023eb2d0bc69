#include "fhir/validate/resolver.hpp"

#include <algorithm>

#include "fhir/definitions/well_known.hpp"

namespace fhir::validate {
namespace {

using tree::Node;

constexpr std::string_view kHistory = "/_history/";

std::string key_of(std::string_view type, std::string_view id) {
  std::string key(type);
  key.push_back('/');
  key.append(id);
  return key;
}

bool is_absolute(std::string_view reference) {
  const std::size_t colon = reference.find_first_of(":/?#");
  return colon != std::string_view::npos && colon > 0 && reference[colon] == ':';
}

/// What the fullUrl of the entry gives a relative reference to build on: `http://server/base/`, `urn:uuid:`.
std::string_view base_of(std::string_view full_url) {
  if (full_url.starts_with("urn:")) return full_url.substr(0, full_url.rfind(':') + 1);
  std::size_t end = full_url.rfind('/');
  if (end == std::string_view::npos || end == 0) return {};
  end = full_url.rfind('/', end - 1);
  return end == std::string_view::npos ? std::string_view() : full_url.substr(0, end + 1);
}

Node entry_of(Node from) {
  for (Node at = from; at; at = at.parent()) {
    if (at.name_id() == definitions::kEntryName && at.parent().row().type == definitions::kBundleType)
      return at;
  }
  return {};
}

}  // namespace

Node container_of(Node from) {
  Node found;
  for (Node at = from; at; at = at.parent()) {
    if (!at.is_resource()) continue;
    found = at;
    if (at.name_id() != definitions::kContainedName) break;
  }
  return found;
}

BundleIndex::BundleIndex(Node bundle) {
  for (const Node entry : bundle.children("entry")) {
    BundleEntry row;
    row.entry = entry;
    row.resource = entry.child("resource");
    row.full_url = entry.child("fullUrl").text();
    row.id = row.resource.child("id").text();
    row.version = row.resource.at("meta", "versionId").text();
    const auto position = static_cast<std::uint32_t>(entries_.size());
    positions_.emplace(entry.index(), position);
    if (!row.full_url.empty()) by_url_[row.full_url].push_back(position);
    if (!row.id.empty()) by_type_and_id_.emplace(key_of(row.resource.type(), row.id), position);
    entries_.push_back(row);
  }
}

std::span<const std::uint32_t> BundleIndex::at_url(std::string_view full_url) const {
  const auto found = by_url_.find(full_url);
  return found == by_url_.end() ? std::span<const std::uint32_t>()
                                : std::span<const std::uint32_t>(found->second);
}

std::size_t BundleIndex::position(Node entry) const {
  const auto found = positions_.find(entry.index());
  return found == positions_.end() ? entries_.size() : found->second;
}

Resolution BundleIndex::find(std::string_view reference, std::string_view full_url) const {
  Resolution out;
  std::string_view version;
  std::string_view target = reference.substr(0, reference.find('#'));
  if (const std::size_t history = target.find(kHistory); history != std::string_view::npos) {
    version = target.substr(history + kHistory.size());
    target = target.substr(0, history);
  }
  std::string built;
  std::string_view type;
  const std::string_view relative = target;
  if (!is_absolute(target)) {
    const std::size_t slash = target.find('/');
    if (slash == std::string_view::npos) return out;
    type = target.substr(0, slash);
    const std::string_view base = base_of(full_url);
    built.append(base).append(base.starts_with("urn:") ? target.substr(slash + 1) : target);
    target = built;
  }
  for (const std::uint32_t position : at_url(target)) {
    const BundleEntry& entry = entries_[position];
    if (!version.empty() && entry.version != version) continue;
    ++out.matches;
    out.target = entry.resource;
  }
  if (out.target) {
    out.kind = ReferenceKind::kBundled;
    out.type_differs = !type.empty() && out.target.type() != type;
  } else if (!type.empty()) {
    out.same_id = by_type_and_id_.contains(std::string(relative));
  }
  return out;
}

const BundleIndex& Resolver::index_of(Node bundle) {
  auto& slot = bundles_[bundle.tree()][bundle.index()];
  if (!slot) slot = std::make_unique<BundleIndex>(bundle);
  return *slot;
}

Node Resolver::contained(Node container, std::string_view id) {
  if (!(container == container_)) {
    container_ = container;
    contained_.clear();
    for (Node at = container.first_child(); at; at = at.next_sibling()) {
      if (at.name_id() == definitions::kContainedName) contained_.emplace(at.child("id").text(), at);
    }
  }
  const auto found = contained_.find(id);
  return found == contained_.end() ? Node() : found->second;
}

Resolution Resolver::resolve(std::string_view reference, Node from) {
  if (reference.starts_with('#')) {
    const Node container = container_of(from);
    Resolution out;
    out.kind = ReferenceKind::kContained;
    out.target = reference.size() == 1 ? container : contained(container, reference.substr(1));
    out.matches = out.target ? 1 : 0;
    return out;
  }
  Resolution best;
  for (Node entry = entry_of(from); entry; entry = entry_of(entry.parent().parent())) {
    const Resolution found = index_of(entry.parent()).find(reference, entry.child("fullUrl").text());
    if (found.target) return found;
    best.same_id = best.same_id || found.same_id;
  }
  return best;
}

}  // namespace fhir::validate
