#include "fhir/validate/references.hpp"

#include <algorithm>

#include "fhir/definitions/well_known.hpp"
#include "fhir/validate/primitives.hpp"

namespace fhir::validate {
namespace {

using tree::Node;

bool is_type_name(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !text.empty() && text[0] >= 'A' && text[0] <= 'Z' && std::all_of(text.begin(), text.end(), letter);
}

/// A scheme and a colon before any slash or question mark (RFC 3986 3.1).
bool has_scheme(std::string_view text) {
  const std::size_t colon = text.find_first_of(":/?#");
  return colon != std::string_view::npos && colon > 0 && text[colon] == ':' && colon + 1 < text.size();
}

ReferenceText read_relative(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return {};
  ReferenceText out{ReferenceShape::kRelative, text.substr(0, slash), text.substr(slash + 1)};
  const std::size_t history = out.id.find('/');
  if (history != std::string_view::npos) {
    constexpr std::string_view kHistory = "/_history/";
    const std::string_view rest = out.id.substr(history);
    if (!rest.starts_with(kHistory) || !has_form(definitions::kId, rest.substr(kHistory.size()))) return {};
    out.id = out.id.substr(0, history);
  }
  out.id = out.id.substr(0, out.id.find('#'));
  return is_type_name(out.type) && has_form(definitions::kId, out.id) ? out : ReferenceText();
}

Node child_of(Node parent, tree::NameId name) {
  for (Node at = parent.first_child(); at; at = at.next_sibling()) {
    if (at.name_id() == name) return at;
  }
  return {};
}

}  // namespace

ReferenceText read_reference(std::string_view text) noexcept {
  if (text.starts_with('#')) return {ReferenceShape::kFragment, {}, text.substr(1)};
  if (has_scheme(text)) return {ReferenceShape::kAbsolute, {}, {}};
  const std::size_t question = text.find('?');
  if (question != std::string_view::npos) {
    const std::string_view type = text.substr(0, question);
    return is_type_name(type) ? ReferenceText{ReferenceShape::kSearch, type, {}} : ReferenceText();
  }
  return read_relative(text);
}

const std::unordered_set<std::string_view>& ReferenceChecker::ids_of(Node container) {
  if (container == container_) return contained_ids_;
  container_ = container;
  contained_ids_.clear();
  for (Node at = container.first_child(); at; at = at.next_sibling()) {
    if (at.name_id() != definitions::kContainedName) continue;
    const Node id = child_of(at, definitions::kId);
    if (id.has_value()) contained_ids_.insert(id.text());
  }
  return contained_ids_;
}

void ReferenceChecker::check_contained(Node resource) {
  bool any = false;
  for (Node at = resource.first_child(); at; at = at.next_sibling()) {
    if (at.name_id() != definitions::kContainedName) continue;
    if (resource.name_id() == definitions::kContainedName) {
      report_.error(at, IssueType::kStructure, {"a contained resource must not contain others (dom-2)"});
      continue;
    }
    if (!any) contained_ids_.clear();
    any = true;
    const Node id = child_of(at, definitions::kId);
    if (!id.has_value()) {
      report_.error(at, IssueType::kRequired, {"a contained resource must have an id"});
    } else if (!contained_ids_.insert(id.text()).second) {
      report_.error(id, IssueType::kDuplicate, {"another contained resource has the same id"});
    }
  }
  if (any) container_ = resource;
}

void ReferenceChecker::check_reference(Node reference) {
  const Node type = child_of(reference, definitions::kTypeName);
  const Node text = child_of(reference, definitions::kReferenceName);
  ReferenceText read;
  if (text.has_value()) {
    read = read_reference(text.text());
    if (read.shape == ReferenceShape::kMalformed) {
      report_.add(
          reference, Severity::kWarning, IssueType::kValue,
          {"a reference must be #id, Type/id, Type/id/_history/version, Type?search, or an absolute URL"});
    } else if (read.shape == ReferenceShape::kFragment) {
      check_fragment(text, read.id);
    } else if (!read.type.empty() && !definitions_.is_concrete_resource(read.type)) {
      report_.add(reference, Severity::kWarning, IssueType::kValue,
                  {"the reference names a type that is no resource of FHIR R4"});
      return;
    }
  }
  if (!read.type.empty() && type.has_value() && type.text() != read.type) {
    report_.error(type, IssueType::kStructure, {"the type is not that of the reference"});
  }
  if (!read.type.empty()) {
    check_type(reference, read.type);
  } else if (type.has_value() && definitions_.is_concrete_resource(type.text())) {
    check_type(reference, type.text());
  }
}

void ReferenceChecker::check_fragment(Node reference, std::string_view id) {
  if (id.empty()) return;  // the container itself
  Node container = reference;
  while (container && !(container.is_resource() && container.name_id() != definitions::kContainedName)) {
    container = container.parent();
  }
  if (!ids_of(container).contains(id)) {
    report_.error(reference, IssueType::kNotFound, {"no contained resource has the id the reference names"});
  }
}

void ReferenceChecker::check_type(Node reference, std::string_view type) {
  const definitions::ElementRow& element = definitions_.element(reference.row());
  if (element.targets.count == 0) return;
  const tree::NameId name = definitions_.table.find_name(type);
  const auto targets = definitions_.targets_of(element.targets);
  if (std::find(targets.begin(), targets.end(), name) == targets.end()) {
    report_.error(reference, IssueType::kStructure,
                  {definitions_.text(element.path), " must not refer to a resource of this type"});
  }
}

}  // namespace fhir::validate
