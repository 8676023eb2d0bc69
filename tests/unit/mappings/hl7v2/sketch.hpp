// A v2 tree as text, for comparison in tests.
#pragma once

#include <string>

#include "fhir/tree/tree.hpp"

namespace mappings::hl7v2::test {

/// Nodes in document order: `PID(PID_3(c1=A c4(s1=B)))`; a node's value follows its name, children stand in
/// parentheses. Without MSH when `with_header` is false.
inline std::string sketch(fhir::tree::Node node, bool with_header = false) {
  std::string text(node.name());
  if (node.has_value()) text += "=" + std::string(node.text());
  std::string inside;
  for (const fhir::tree::Node child : node.children()) {
    if (!with_header && child.name() == "MSH") continue;
    if (!inside.empty()) inside += " ";
    inside += sketch(child, with_header);
  }
  return inside.empty() ? text : text + "(" + inside + ")";
}

/// Names of groups and segments only: `REF_I12(MSH PROVIDER_CONTACT(PRD) PID)`.
inline std::string outline(fhir::tree::Node node) {
  std::string text(node.name());
  if (node.name().size() == 3 && !node.is_resource()) return text;
  std::string inside;
  for (const fhir::tree::Node child : node.children()) {
    if (!inside.empty()) inside += " ";
    inside += outline(child);
  }
  return inside.empty() ? text : text + "(" + inside + ")";
}

}  // namespace mappings::hl7v2::test
