#include "fhir/snapshot/unfold.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace fhir::snapshot {
namespace {

/// The element an id without slices names, below `root`.
const Element* find_by_path(const Element& root, std::string_view path) {
  const Element* at = &root;
  std::size_t dot = path.find('.');
  while (at != nullptr && dot != std::string_view::npos) {
    path.remove_prefix(dot + 1);
    dot = path.find('.');
    at = at->child(path.substr(0, dot));
  }
  return at;
}

}  // namespace

std::string type_canonical(std::string_view type) {
  if (type.find(':') != std::string_view::npos) return std::string(type);
  return "http://hl7.org/fhir/StructureDefinition/" + std::string(type);
}

Status Unfolder::count(std::size_t elements) {
  made_ += elements;
  if (made_ > kMaxElements) {
    return fail(ErrorCode::kTooLarge,
                "The snapshot would have over " + std::to_string(kMaxElements) + " elements");
  }
  return {};
}

Status Unfolder::unfold(Element& element) {
  if (!element.children.empty()) return {};
  if (element.definition.has("contentReference")) return follow_reference(element);
  std::vector<std::string> codes = element.definition.type_codes();
  if (codes.empty()) return fail(ErrorCode::kUnprocessable, "The element has no type to go into");
  const bool same =
      std::all_of(codes.begin(), codes.end(), [&codes](const std::string& each) { return each == codes[0]; });
  if (codes.size() == 1) {
    for (const std::string_view profile : element.definition.find("type")->texts_of("profile")) {
      if (const tree::Node structure = structures_.structure(profile)) return adopt(element, structure);
    }
  }
  const std::string canonical = type_canonical(same ? std::string_view(codes[0]) : "Element");
  const tree::Node structure = structures_.structure(canonical);
  if (!structure) return fail(ErrorCode::kNotFound, "The type " + canonical + " is not known");
  return adopt(element, structure);
}

Status Unfolder::adopt(Element& element, tree::Node structure) {
  const std::string type_url = is_new_type_ ? std::string() : type_canonical(structure.child("type").text());
  LIGAMENT_TRY(std::unique_ptr<Element> type, read_snapshot(structure, element.name, type_url));
  LIGAMENT_CHECK(count(type->count()));
  element.children = std::move(type->children);
  return {};
}

Status Unfolder::follow_reference(Element& element) {
  const std::string reference(element.definition.text("contentReference"));
  const std::size_t hash = reference.find('#');
  if (hash == std::string::npos) return fail(ErrorCode::kUnprocessable, "The contentReference has no '#'");
  const std::string url = hash == 0 ? own_type_url_ : reference.substr(0, hash);
  const tree::Node structure = structures_.structure(url);
  if (!structure) return fail(ErrorCode::kNotFound, "The structure of the contentReference is not known");
  const std::string type(structure.child("type").text());
  LIGAMENT_TRY(const std::unique_ptr<Element> root, read_snapshot(structure, type, type_canonical(type)));
  const Element* target = find_by_path(*root, std::string_view(reference).substr(hash + 1));
  if (target == nullptr) return fail(ErrorCode::kNotFound, "The contentReference names no element");
  LIGAMENT_CHECK(count(target->count()));
  element.definition.erase("contentReference");
  element.definition.take("type", target->definition);
  element.children = std::move(clone(*target)->children);
  return {};
}

}  // namespace fhir::snapshot
