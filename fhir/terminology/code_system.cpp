#include "fhir/terminology/code_system.hpp"

#include <algorithm>
#include <utility>

#include "fhir/terminology/text_match.hpp"

namespace fhir::terminology {
namespace {

Content content_of(std::string_view code) {
  if (code == "fragment") return Content::kFragment;
  if (code == "example") return Content::kExample;
  if (code == "not-present") return Content::kNotPresent;
  if (code == "supplement") return Content::kSupplement;
  return Content::kComplete;
}

/// Which way a property points in the hierarchy.
enum class Pointing { kNowhere, kUp, kDown };

Pointing pointing_of(std::string_view name) {
  if (name == "parent" || name == "subsumedBy") return Pointing::kUp;
  return name == "child" ? Pointing::kDown : Pointing::kNowhere;
}

/// The name after `#` of a concept property of FHIR, or the code the system gives the property.
std::string_view meaning_of(tree::Node definition) {
  constexpr std::string_view kStandard = "http://hl7.org/fhir/concept-properties#";
  const std::string_view uri = definition.child("uri").text();
  return uri.starts_with(kStandard) ? uri.substr(kStandard.size()) : definition.child("code").text();
}

bool is_true(std::string_view text) {
  return text == "true";
}

void read_flags(Concept& found) {
  for (const tree::Node property : found.node.children("property")) {
    const std::string_view name = property.child("code").text();
    const std::string_view value = property_value(property);
    if ((name == "notSelectable" || name == "abstract") && is_true(value)) found.abstract = true;
    if (name == "inactive" && is_true(value)) found.inactive = true;
    if (name == "status" && (value == "retired" || value == "inactive")) found.inactive = true;
  }
}

}  // namespace

std::string_view property_value(tree::Node property) {
  const tree::Node value = property.child("value");
  return value.has_value() ? value.text() : value.child("code").text();
}

void CodeSystem::Links::assign(std::size_t count, const std::vector<Edge>& edges, bool by_parent) {
  begins.assign(count + 1, 0);
  for (const Edge& edge : edges)
    ++begins[(by_parent ? edge.first : edge.second) + 1];
  for (std::size_t i = 1; i <= count; ++i)
    begins[i] += begins[i - 1];
  std::vector<std::uint32_t> next(begins.begin(), begins.end() - 1);
  targets.resize(edges.size());
  for (const Edge& edge : edges) {
    targets[next[by_parent ? edge.first : edge.second]++] = by_parent ? edge.second : edge.first;
  }
}

CodeSystem::CodeSystem(tree::Node resource, std::span<const tree::Node> supplements)
    : resource_(resource),
      url_(resource.child("url").text()),
      version_(resource.child("version").text()),
      content_(content_of(resource.child("content").text())),
      case_sensitive_(is_true(resource.child("caseSensitive").text())) {
  std::vector<Edge> edges;
  add_concepts(edges);
  add_edges_of_properties(edges);
  std::sort(edges.begin(), edges.end());
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  parents_.assign(concepts_.size(), edges, false);
  children_.assign(concepts_.size(), edges, true);
  for (const tree::Node supplement : supplements)
    add_supplement(supplement);
}

void CodeSystem::add_concepts(std::vector<Edge>& edges) {
  constexpr ConceptIndex kNone = 0xFFFF'FFFFu;
  struct Visit {
    tree::Node node;
    ConceptIndex parent;
  };
  std::vector<Visit> stack;
  const auto push_children = [&stack](tree::Node of, ConceptIndex parent) {
    const std::size_t first = stack.size();
    for (const tree::Node child : of.children("concept"))
      stack.push_back({child, parent});
    std::reverse(stack.begin() + static_cast<std::ptrdiff_t>(first), stack.end());
  };
  push_children(resource_, kNone);
  while (!stack.empty()) {
    const Visit visit = stack.back();
    stack.pop_back();
    if (concepts_.size() >= kMaxConcepts) {
      content_ = Content::kFragment;
      break;
    }
    Concept found{visit.node.child("code").text(), visit.node.child("display").text(), visit.node};
    read_flags(found);
    const auto index = static_cast<ConceptIndex>(concepts_.size());
    const ConceptIndex known = by_code_.emplace(found.code, index).first->second;
    if (known == index) {
      if (!case_sensitive_) by_folded_code_.emplace(fold_case(found.code), index);
      concepts_.push_back(found);
    }
    if (visit.parent != kNone && visit.parent != known) edges.emplace_back(visit.parent, known);
    push_children(visit.node, known);
  }
}

void CodeSystem::add_edges_of_properties(std::vector<Edge>& edges) const {
  std::unordered_map<std::string_view, Pointing> names = {
      {"parent", Pointing::kUp}, {"subsumedBy", Pointing::kUp}, {"child", Pointing::kDown}};
  for (const tree::Node definition : resource_.children("property"))
    names[definition.child("code").text()] = pointing_of(meaning_of(definition));
  for (ConceptIndex index = 0; index < concepts_.size(); ++index) {
    for (const tree::Node property : concepts_[index].node.children("property")) {
      const auto pointing = names.find(property.child("code").text());
      if (pointing == names.end() || pointing->second == Pointing::kNowhere) continue;
      const auto other = by_code_.find(property_value(property));
      if (other == by_code_.end() || other->second == index) continue;
      if (pointing->second == Pointing::kUp) edges.emplace_back(other->second, index);
      if (pointing->second == Pointing::kDown) edges.emplace_back(index, other->second);
    }
  }
}

void CodeSystem::add_supplement(tree::Node supplement) {
  std::vector<tree::Node> stack = {supplement};
  while (!stack.empty()) {
    const tree::Node at = stack.back();
    stack.pop_back();
    for (const tree::Node child : at.children("concept")) {
      stack.push_back(child);
      if (const auto known = find(child.child("code").text())) supplements_[*known].push_back(child);
    }
  }
}

std::optional<ConceptIndex> CodeSystem::find(std::string_view code) const {
  if (const auto exact = by_code_.find(code); exact != by_code_.end()) return exact->second;
  if (case_sensitive_) return std::nullopt;
  const auto folded = by_folded_code_.find(fold_case(code));
  return folded == by_folded_code_.end() ? std::nullopt : std::optional(folded->second);
}

std::vector<ConceptIndex> CodeSystem::reach(ConceptIndex from, const Links& links) const {
  std::vector<ConceptIndex> found = {from};
  std::vector<bool> seen(concepts_.size());
  seen[from] = true;
  for (std::size_t next = 0; next < found.size(); ++next) {
    for (const ConceptIndex other : links.of(found[next])) {
      if (seen[other]) continue;
      seen[other] = true;
      found.push_back(other);
    }
  }
  return found;
}

std::vector<ConceptIndex> CodeSystem::descendants_and_self(ConceptIndex index) const {
  return reach(index, children_);
}
std::vector<ConceptIndex> CodeSystem::ancestors_and_self(ConceptIndex index) const {
  return reach(index, parents_);
}

bool CodeSystem::is_a(ConceptIndex special, ConceptIndex general) const {
  const std::vector<ConceptIndex> above = ancestors_and_self(special);
  return std::find(above.begin(), above.end(), general) != above.end();
}

std::span<const tree::Node> CodeSystem::supplements(ConceptIndex index) const {
  const auto found = supplements_.find(index);
  return found == supplements_.end() ? std::span<const tree::Node>() : std::span(found->second);
}

bool CodeSystem::is_display(ConceptIndex index, std::string_view display) const {
  const auto holds = [display](tree::Node node) {
    if (same_display(node.child("display").text(), display)) return true;
    const tree::NodeRange designations = node.children("designation");
    return std::any_of(designations.begin(), designations.end(), [display](tree::Node designation) {
      return same_display(designation.child("value").text(), display);
    });
  };
  const std::span<const tree::Node> more = supplements(index);
  return holds(concepts_[index].node) || std::any_of(more.begin(), more.end(), holds);
}

}  // namespace fhir::terminology
