#include "fhir/validate/reference_check.hpp"

#include <algorithm>
#include <string>
#include <unordered_set>

#include "fhir/definitions/well_known.hpp"
#include "fhir/validate/references.hpp"

namespace fhir::validate {
namespace {

using tree::Node;

constexpr std::string_view kBaseUrl = "http://hl7.org/fhir/StructureDefinition/";

Node child_of(Node parent, tree::NameId name) {
  for (Node at = parent.first_child(); at; at = at.next_sibling()) {
    if (at.name_id() == name) return at;
  }
  return {};
}

std::string_view text_of(Node reference) {
  return child_of(reference, definitions::kReferenceName).text();
}

/// `Patient` of `http://server/Patient/1` or `Patient/1`.
std::string_view type_in(std::string_view text, const definitions::Definitions& definitions) {
  text = text.substr(0, text.find("/_history/"));
  const std::size_t id = text.rfind('/');
  if (id == std::string_view::npos || id == 0 || text.starts_with("urn:")) return {};
  const std::size_t start = text.rfind('/', id - 1);
  const std::string_view type = text.substr(start == std::string_view::npos ? 0 : start + 1,
                                            start == std::string_view::npos ? id : id - start - 1);
  return definitions.is_concrete_resource(type) ? type : std::string_view();
}

/// All texts by which elements below `container` refer to contained resources, and whether the contained ones
/// themselves refer to the container.
void collect_local_references(Node container, std::unordered_set<std::string_view>& ids,
                              std::unordered_set<tree::NodeIndex>& back) {
  Node at = container;
  Node inside;
  while (at) {
    if (at.name_id() == definitions::kContainedName && at.parent() == container) inside = at;
    const tree::NameId type = at.row().type;
    const bool pointing =
        at.has_value() && (at.name_id() == definitions::kReferenceName || type == definitions::kCanonical ||
                           type == definitions::kUri || type == definitions::kUrl);
    if (pointing && at.text().starts_with('#')) {
      if (at.text().size() == 1 && inside) back.insert(inside.index());
      ids.insert(at.text().substr(1));
    }
    Node next = at.first_child();
    while (!next && at != container) {
      next = at.next_sibling();
      if (!next) at = at.parent();
    }
    if (!next) return;
    at = next;
  }
}

}  // namespace

ReferenceCheck::Target ReferenceCheck::target_of(Node reference, std::string_view text) {
  Target target;
  target.found = walk_.resolver().resolve(text, reference);
  target.type = target.found.target ? target.found.target.type() : type_in(text, walk_.shared().definitions);
  return target;
}

void ReferenceCheck::check_base(Node reference) {
  const Node text = child_of(reference, definitions::kReferenceName);
  const Node type = child_of(reference, definitions::kTypeName);
  Findings& findings = walk_.findings();
  Target target;
  if (text.has_value()) {
    const ReferenceText read = read_reference(text.text());
    if (read.shape == ReferenceShape::kMalformed) {
      findings.warning(
          reference, IssueType::kValue,
          {"a reference must be #id, Type/id, Type/id/_history/version, Type?search, or an absolute URL"});
    }
    target = target_of(reference, text.text());
    if (target.found.kind == ReferenceKind::kContained && !target.found.target) {
      findings.error(reference, IssueType::kNotFound,
                     {"no contained resource has the id the reference names"});
    }
    if (target.found.matches > 1)
      findings.error(reference, IssueType::kForbidden, {"several entries of the Bundle fit the reference"});
    if (target.found.type_differs) {
      findings.error(reference, IssueType::kStructure,
                     {"the entry referred to is of another type than the reference says"});
    }
  }
  if (type.has_value() && !target.type.empty() && type.text() != target.type &&
      type.text() != std::string(kBaseUrl).append(target.type))
    findings.error(reference, IssueType::kStructure, {"the type is not that of the resource referred to"});
  if (target.type.empty() && type.has_value() && walk_.shared().definitions.is_concrete_resource(type.text()))
    target.type = type.text();
  check_base_types(reference, target);
}

void ReferenceCheck::check_base_types(Node reference, const Target& target) {
  const definitions::Definitions& definitions = walk_.shared().definitions;
  const definitions::ElementRow& element = definitions.element(reference.row());
  if (element.targets.count == 0 || target.type.empty()) return;
  const tree::NameId name = definitions.table.find_name(target.type);
  const auto targets = definitions.targets_of(element.targets);
  if (std::find(targets.begin(), targets.end(), name) == targets.end()) {
    walk_.findings().add(reference, severity_of(target), IssueType::kStructure,
                         {definitions.text(element.path), " must not refer to a resource of this type"});
  }
}

Severity ReferenceCheck::severity_of(const Target& target) const {
  return target.found.target || walk_.shared().options.trust_reference_types ? Severity::kError
                                                                             : Severity::kWarning;
}

void ReferenceCheck::check_canonical(Node canonical) {
  const definitions::Definitions& definitions = walk_.shared().definitions;
  const definitions::ElementRow& element = definitions.element(canonical.row());
  if (element.targets.count == 0 || canonical.text().starts_with('#')) return;
  const auto targets = definitions.targets_of(element.targets);
  for (const tree::NameId target : targets) {
    const std::string_view type = definitions.table.name(target);
    if (type == "Resource" || walk_.shared().registry.find(type, canonical.text())) return;
  }
  if (walk_.shared().registry.find(canonical.text())) {
    walk_.findings().error(canonical, IssueType::kInvalid,
                           {definitions.text(element.path), " must not refer to a definition of this type"});
  }
}

void ReferenceCheck::check_rule(Node reference, const ElementRule& rule) {
  const std::string_view text = text_of(reference);
  if (text.empty()) return;
  for (const TypeRule& type : rule.types) {
    if (type.code != "Reference") continue;
    const Target target = target_of(reference, text);
    if (!type.targets.empty()) check_targets(reference, type, target);
    if (type.aggregation != 0) check_aggregation(reference, type, target);
    return;
  }
}

void ReferenceCheck::check_targets(Node reference, const TypeRule& type, const Target& target) {
  const definitions::Definitions& definitions = walk_.shared().definitions;
  if (target.type.empty()) return;
  bool type_fits = false;
  bool conforms = false;
  for (const std::string_view url : type.targets) {
    const Program* program = walk_.shared().programs.find(url);
    std::string_view wanted = program != nullptr ? program->type : std::string_view();
    if (program == nullptr && url.starts_with(kBaseUrl)) wanted = url.substr(kBaseUrl.size());
    if (program == nullptr && definitions.table.type_root(wanted) == tree::kUnknownRow) {
      if (target.found.target) {
        walk_.findings().error(reference, IssueType::kStructure,
                               {"the profile ", url, " of the target is not known here"});
      } else {
        type_fits = true;
      }
      continue;
    }
    if (!definitions.is_a(target.type, wanted)) continue;
    type_fits = true;
    if (conforms || program == nullptr || !program->constrains || !target.found.target) {
      conforms = true;
      continue;
    }
    conforms = walk_.conforms(target.found.target, {program, &program->root()});
  }
  if (!type_fits) {
    walk_.findings().add(reference, severity_of(target), IssueType::kStructure,
                         {"the resource referred to is of a type the profile does not allow"});
  } else if (!conforms && target.found.target) {
    walk_.findings().error(reference, IssueType::kStructure,
                           {"the resource referred to is valid against none of the profiles allowed"});
  }
}

void ReferenceCheck::check_aggregation(Node reference, const TypeRule& type, const Target& target) {
  std::uint8_t mode = kReferenced;
  if (target.found.kind == ReferenceKind::kContained) mode = kContainedOnly;
  if (target.found.kind == ReferenceKind::kBundled) mode = kBundled | kReferenced;
  if ((type.aggregation & mode) != 0) return;
  walk_.findings().error(
      reference, IssueType::kStructure,
      {target.found.target ? "the profile does not allow to refer to a resource that way"
                           : "the profile asks that the resource is contained or in the Bundle"});
}

void ReferenceCheck::check_contained(Node resource) {
  const bool is_contained = resource.name_id() == definitions::kContainedName;
  std::unordered_set<std::string_view> ids;
  std::unordered_set<std::string_view> used;
  std::unordered_set<tree::NodeIndex> pointing_back;
  bool any = false;
  for (Node at = resource.first_child(); at; at = at.next_sibling()) {
    if (at.name_id() != definitions::kContainedName) continue;
    if (is_contained) {
      walk_.findings().error(at, IssueType::kStructure,
                             {"a contained resource must not contain others (dom-2)"});
      continue;
    }
    if (!any) collect_local_references(resource, used, pointing_back);
    any = true;
    const Node id = child_of(at, definitions::kId);
    if (!id.has_value()) {
      walk_.findings().error(at, IssueType::kRequired, {"a contained resource must have an id"});
    } else if (!ids.insert(id.text()).second) {
      walk_.findings().error(id, IssueType::kDuplicate, {"another contained resource has the same id"});
    }
    if (walk_.shared().options.check_contained && !used.contains(id.text()) &&
        !pointing_back.contains(at.index())) {
      walk_.findings().error(at, IssueType::kInvalid,
                             {"nothing in the containing resource refers to this contained one (dom-3)"});
    }
  }
}

}  // namespace fhir::validate
