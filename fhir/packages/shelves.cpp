#include "fhir/packages/shelves.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/packages/inflate.hpp"

namespace fhir::packages {
namespace {

struct Canonical {
  std::string_view url;
  std::string_view version;
};

Canonical split(std::string_view canonical) {
  const std::size_t bar = canonical.find('|');
  if (bar == std::string_view::npos) return {canonical, {}};
  return {canonical.substr(0, bar), canonical.substr(bar + 1)};
}

/// `wanted` is empty, equal, or the beginning of `version` up to a dot.
bool version_fits(std::string_view wanted, std::string_view version) {
  if (wanted.empty() || wanted == version) return true;
  return version.size() > wanted.size() && version.substr(0, wanted.size()) == wanted &&
         version[wanted.size()] == '.';
}

}  // namespace

void Registry::Shelves::add(std::vector<Addition> additions) {
  const std::lock_guard lock(mutex_);
  for (Addition& addition : additions) {
    additions_.push_back(std::move(addition));
    by_url_[additions_.back().url].push_back(additions_.size() - 1);
  }
}

tree::Node Registry::Shelves::find(std::string_view resource_type, std::string_view canonical) {
  const Canonical wanted = split(canonical);
  const auto type_fits = [resource_type](std::string_view type) {
    return resource_type.empty() || type == resource_type;
  };
  const std::lock_guard lock(mutex_);
  if (const auto found = by_url_.find(wanted.url); found != by_url_.end()) {
    for (auto at = found->second.rbegin(); at != found->second.rend(); ++at) {
      Addition& addition = additions_[*at];
      if (!type_fits(addition.type) || !version_fits(wanted.version, addition.version)) continue;
      if (const tree::Node node = open(addition)) return node;
    }
  }
  const auto first = std::lower_bound(
      core_.entries.begin(), core_.entries.end(), wanted.url,
      [this](const CoreEntry& entry, std::string_view url) { return core_.text(entry.url) < url; });
  for (auto at = first; at != core_.entries.end() && core_.text(at->url) == wanted.url; ++at) {
    if (type_fits(core_.type_name(*at)) && version_fits(wanted.version, core_.text(at->version)))
      return open_core(static_cast<std::size_t>(at - core_.entries.begin()));
  }
  return {};
}

tree::Node Registry::Shelves::open(Addition& addition) {
  if (addition.bytes.empty()) return addition.node;
  tree::ReadOutcome outcome = json::read(addition.bytes, definitions::r4(), addition.limits);
  addition.bytes = {};
  note_fault(addition.origin, outcome.issues);
  if (outcome.tree == nullptr) return {};
  addition.tree = std::move(outcome.tree);
  addition.node = addition.tree->root();
  return addition.node;
}

tree::Node Registry::Shelves::open_core(std::size_t index) {
  tree::TreePtr& tree = core_trees_[index];
  if (tree != nullptr) return tree->root();
  const CoreEntry& entry = core_.entries[index];
  const Result<std::string> plain = inflate_exactly(
      core_.text(entry.packed), core_.text(core_.types[entry.type].dictionary), entry.plain_bytes);
  if (!plain.has_value()) {
    faults_.add(Severity::kFatal, IssueType::kException, {},
                "the embedded " + std::string(core_.text(entry.url)) + " is damaged");
    return {};
  }
  tree::ReadOutcome outcome = json::read(*plain, definitions::r4());
  note_fault(std::string(core_.text(entry.url)), outcome.issues);
  tree = std::move(outcome.tree);
  return tree == nullptr ? tree::Node() : tree->root();
}

void Registry::Shelves::note_fault(const std::string& origin, const IssueList& found) {
  for (const Issue& issue : found.items()) {
    Issue copy = issue;
    copy.text = origin + ": " + issue.text;
    faults_.add(std::move(copy));
  }
}

std::vector<std::string_view> Registry::Shelves::canonicals(std::string_view resource_type) const {
  std::vector<std::string_view> out;
  for (const CoreEntry& entry : core_.entries) {
    if (core_.type_name(entry) == resource_type) out.push_back(core_.text(entry.url));
  }
  const std::lock_guard lock(mutex_);
  for (const Addition& addition : additions_) {
    if (addition.type == resource_type) out.push_back(addition.url);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

IssueList Registry::Shelves::faults() const {
  const std::lock_guard lock(mutex_);
  return faults_;
}

}  // namespace fhir::packages
