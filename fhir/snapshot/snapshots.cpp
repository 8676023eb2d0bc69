#include "fhir/snapshot/snapshots.hpp"

#include <algorithm>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace fhir::snapshot {
namespace {

/// Bases, types and profiles on the way of one snapshot.
constexpr std::size_t kMaxNesting = 48;

}  // namespace

/// Any thread: the mutex is held from outside to the end, so what the work inside calls does not take it
/// again.
class Snapshots::Cache final : public Structures {
 public:
  explicit Cache(const packages::Registry& registry) : registry_(registry) {}

  tree::Node get(std::string_view canonical, IssueList& issues) {
    const std::lock_guard lock(mutex_);
    const tree::Node found = structure(canonical);
    if (const auto made = made_.find(registry_.find("StructureDefinition", canonical)); made != made_.end())
      issues.append(made->second.issues);
    return found;
  }

  tree::TreePtr make(tree::Node structure, IssueList& issues) {
    const std::lock_guard lock(mutex_);
    return generate(structure, *this, issues);
  }

  tree::Node structure(std::string_view canonical) override {
    const tree::Node plain = registry_.find("StructureDefinition", canonical);
    if (!plain || plain.child("snapshot")) return plain;
    if (const auto known = made_.find(plain); known != made_.end())
      return known->second.tree == nullptr ? tree::Node() : known->second.tree->root();
    // A profile may name itself for a type inside; a base that does has no snapshot.
    if (std::find(open_.begin(), open_.end(), plain) != open_.end() || open_.size() >= kMaxNesting) return {};
    open_.push_back(plain);
    Made made;
    made.tree = generate(plain, *this, made.issues);
    open_.pop_back();
    const tree::TreePtr tree = made.tree;
    made_.emplace(plain, std::move(made));
    return tree == nullptr ? tree::Node() : tree->root();
  }

 private:
  struct Made {
    tree::TreePtr tree;
    IssueList issues;
  };
  struct NodeHash {
    std::size_t operator()(const tree::Node& node) const noexcept {
      return std::hash<const tree::Tree*>()(node.tree()) ^ node.index();
    }
  };

  const packages::Registry& registry_;
  std::mutex mutex_;
  std::unordered_map<tree::Node, Made, NodeHash> made_;
  std::vector<tree::Node> open_;
};

Snapshots::Snapshots(const packages::Registry& registry) : cache_(std::make_unique<Cache>(registry)) {}
Snapshots::~Snapshots() = default;

tree::Node Snapshots::structure(std::string_view canonical, IssueList& issues) const {
  return cache_->get(canonical, issues);
}

tree::TreePtr Snapshots::make(tree::Node structure, IssueList& issues) const {
  return cache_->make(structure, issues);
}

}  // namespace fhir::snapshot
