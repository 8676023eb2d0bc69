#include "fhir/validate/element_order.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>
#include <vector>

#include "fhir/definitions/definitions.hpp"
#include "fhir/validate/reporter.hpp"

namespace fhir::validate {

namespace {

using tree::Node;

constexpr std::size_t kMaxIssues = 1000;

/// The position of a child among those its parent may have; a resource has the position of its slot.
std::uint32_t order_of(Node parent, Node child) {
  const tree::TypeTable& table = definitions::r4();
  if (child.row().kind != tree::TypeKind::kResource) return child.row().order;
  return table.row(table.child(parent.row_id(), child.name_id())).order;
}

void check_children(Node parent, Reporter& report) {
  std::vector<std::pair<std::size_t, Node>> children;  // by offset
  for (Node at = parent.first_child(); at; at = at.next_sibling()) {
    const bool known = at.row().kind != tree::TypeKind::kUnknown && at.source().length != 0;
    if (known && (at.row().flags & tree::kXmlAttribute) == 0) children.emplace_back(at.source().offset, at);
  }
  std::stable_sort(children.begin(), children.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::uint32_t last = 0;
  std::unordered_set<std::uint32_t> seen;
  for (const auto& [offset, child] : children) {
    const std::uint32_t order = order_of(parent, child);
    const bool repeats = !seen.insert(order).second;
    if (order < last && !repeats)  // repeats apart from each other are the reader's to tell
      report.error(child, IssueType::kStructure, {"the element stands behind one that it must precede"});
    last = std::max(last, order);
  }
}

}  // namespace

IssueList check_element_order(Node root, std::string_view source) {
  Reporter report(source, kMaxIssues);
  Node at = root;
  while (at) {
    if (at.first_child()) check_children(at, report);
    Node next = at.first_child();
    while (!next && !(at == root)) {
      next = at.next_sibling();
      if (!next) at = at.parent();
    }
    if (!next) break;
    at = next;
  }
  return report.take();
}

}  // namespace fhir::validate
