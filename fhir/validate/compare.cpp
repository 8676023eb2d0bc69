#include "fhir/validate/compare.hpp"

namespace fhir::validate {
namespace {

using tree::Node;

constexpr unsigned kMaxDepth = 40;

bool equal_at(Node a, Node b, unsigned depth) {
  if (depth == kMaxDepth || a.has_value() != b.has_value() || a.text() != b.text()) return false;
  Node left = a.first_child();
  Node right = b.first_child();
  for (; left && right; left = left.next_sibling(), right = right.next_sibling()) {
    if (left.serial_name() != right.serial_name() || !equal_at(left, right, depth + 1)) return false;
  }
  return !left && !right;
}

bool repeats(Node child) {
  return (child.row().flags & tree::kRepeats) != 0;
}

bool pattern_at(Node node, Node pattern, unsigned depth);

bool has_match(Node parent, Node pattern, unsigned depth) {
  for (Node child = parent.first_child(); child; child = child.next_sibling()) {
    if (child.serial_name() == pattern.serial_name() && pattern_at(child, pattern, depth)) return true;
  }
  return false;
}

bool pattern_at(Node node, Node pattern, unsigned depth) {
  if (depth == kMaxDepth) return false;
  if (pattern.has_value() && (!node.has_value() || node.text() != pattern.text())) return false;
  for (Node wanted = pattern.first_child(); wanted; wanted = wanted.next_sibling()) {
    if (!has_match(node, wanted, depth + 1)) return false;
  }
  return true;
}

Node child_named(Node parent, std::string_view serial_name) {
  for (Node child = parent.first_child(); child; child = child.next_sibling()) {
    if (child.serial_name() == serial_name) return child;
  }
  return {};
}

void fixed_at(Node node, Node fixed, unsigned depth, std::vector<Difference>& out) {
  if (is_equal(node, fixed)) return;
  if (depth == kMaxDepth || fixed.has_value() || !fixed.first_child()) {
    out.push_back({node, {}});
    return;
  }
  const std::size_t before = out.size();
  for (Node wanted = fixed.first_child(); wanted; wanted = wanted.next_sibling()) {
    if (repeats(wanted)) continue;
    const Node found = child_named(node, wanted.serial_name());
    if (!found) {
      out.push_back({node, wanted.serial_name()});
    } else {
      fixed_at(found, wanted, depth + 1, out);
    }
  }
  for (Node found = node.first_child(); found; found = found.next_sibling()) {
    if (!repeats(found) && !child_named(fixed, found.serial_name())) out.push_back({found, {}});
  }
  if (out.size() == before) out.push_back({node, {}});
}

void pattern_differences(Node node, Node pattern, unsigned depth, std::vector<Difference>& out) {
  if (pattern_at(node, pattern, depth)) return;
  if (depth == kMaxDepth || pattern.has_value() || !pattern.first_child()) {
    out.push_back({node, {}});
    return;
  }
  for (Node wanted = pattern.first_child(); wanted; wanted = wanted.next_sibling()) {
    if (has_match(node, wanted, depth + 1)) continue;
    const Node found = child_named(node, wanted.serial_name());
    if (repeats(wanted)) {
      out.push_back({node, {}});
    } else if (!found) {
      out.push_back({node, wanted.serial_name()});
    } else {
      pattern_differences(found, wanted, depth + 1, out);
    }
  }
}

}  // namespace

bool is_equal(Node a, Node b) {
  return equal_at(a, b, 0);
}

bool matches_pattern(Node node, Node pattern) {
  return pattern_at(node, pattern, 0);
}

std::vector<Difference> differences_from_fixed(Node node, Node fixed) {
  std::vector<Difference> out;
  fixed_at(node, fixed, 0, out);
  return out;
}

std::vector<Difference> differences_from_pattern(Node node, Node pattern) {
  std::vector<Difference> out;
  pattern_differences(node, pattern, 0, out);
  return out;
}

}  // namespace fhir::validate
