// Collects what a reader finds wrong while the tree is still being built, and names the places when it is
// done.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/tree/read_outcome.hpp"
#include "fhir/tree/tree_builder.hpp"

namespace fhir::tree {

/// Holds as many findings as an IssueList keeps; further ones are counted. Not thread-safe.
class ReadReport {
 public:
  /// Where in the tree: a node, or a member of it that has no node.
  struct Place {
    NodeIndex node = kNoNode;
    std::string_view member = {};
  };

  /// Notes an error at a byte offset of the source.
  void error(IssueType type, Place place, std::string text, std::size_t offset);
  /// Notes the one fatal finding: the reader stops. Later calls are ignored.
  void fatal(IssueType type, Place place, std::string text, std::size_t offset);
  [[nodiscard]] bool is_fatal() const noexcept { return fatal_; }

  /// Finishes `builder` and turns the findings into issues with FHIRPath, line and column. The tree is left
  /// out after a fatal one. Cost: linear in `source` when findings come in source order.
  [[nodiscard]] ReadOutcome finish(TreeBuilder& builder, std::string_view source);

 private:
  struct Finding {
    Severity severity;
    IssueType type;
    NodeIndex node;
    std::string member;
    std::string text;
    std::size_t offset;
  };
  void add(Severity severity, IssueType type, Place place, std::string text, std::size_t offset);

  std::vector<Finding> findings_;
  std::size_t uncounted_ = 0;
  bool fatal_ = false;
};

}  // namespace fhir::tree
