// What a Registry keeps: the core, opened piece by piece, and the additions.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/packages/core_blob.hpp"
#include "fhir/packages/registry.hpp"

namespace fhir::packages {

/// A resource that was added: JSON still to be parsed, or a node of a tree.
struct Addition {
  std::string type;
  std::string url;
  std::string version;
  std::string origin;  ///< File and member, for issues; empty for a tree.
  std::string bytes;   ///< JSON; empty once it was parsed.
  ReadLimits limits;   ///< For parsing them.
  tree::TreePtr tree;
  tree::Node node;
};

/// Any thread.
class Registry::Shelves {
 public:
  explicit Shelves(CoreBlob core) : core_(core), core_trees_(core.entries.size()) {}

  void add(std::vector<Addition> additions);
  [[nodiscard]] tree::Node find(std::string_view resource_type, std::string_view canonical);
  [[nodiscard]] std::vector<std::string_view> canonicals(std::string_view resource_type) const;
  [[nodiscard]] IssueList faults() const;

 private:
  tree::Node open(Addition& addition);
  tree::Node open_core(std::size_t index);
  void note_fault(const std::string& origin, const IssueList& found);

  mutable std::mutex mutex_;
  CoreBlob core_;
  std::vector<tree::TreePtr> core_trees_;
  std::deque<Addition> additions_;
  std::unordered_map<std::string_view, std::vector<std::size_t>> by_url_;
  IssueList faults_;
};

}  // namespace fhir::packages
