#include "mappings/engine/concept_table.hpp"

#include <algorithm>
#include <utility>

#include "fhir/tree/type_table.hpp"

namespace mappings::engine {
namespace {

constexpr std::uint32_t kEmptySlot = 0xFFFF'FFFFu;
constexpr int kMaxHops = 8;  // maps that fall back to each other

std::string text(fhir::tree::Node node, std::string_view child) {
  return std::string(node.child(child).text());
}

/// FHIR R4 concept-map-equivalence: a target that is none.
bool says_no(std::string_view equivalence) {
  return equivalence == "unmatched" || equivalence == "disjoint";
}

}  // namespace

ConceptTable ConceptTable::from_resource(fhir::tree::Node concept_map) {
  ConceptTable table;
  table.url_ = text(concept_map, "url");
  for (const fhir::tree::Node group : concept_map.children("group")) {
    Group made{text(group, "source"), text(group, "target"), Unmapped::kNone, {}, {}, {}, nullptr};
    if (const fhir::tree::Node unmapped = group.child("unmapped")) {
      const std::string_view mode = unmapped.child("mode").text();
      made.unmapped = mode == "provided"    ? Unmapped::kProvided
                      : mode == "fixed"     ? Unmapped::kFixed
                      : mode == "other-map" ? Unmapped::kOther
                                            : Unmapped::kNone;
      made.fixed_code = text(unmapped, "code");
      made.fixed_display = text(unmapped, "display");
      made.other_url = text(unmapped, "url");
    }
    table.groups_.push_back(std::move(made));
    const auto id = static_cast<std::uint32_t>(table.groups_.size() - 1);
    for (const fhir::tree::Node element : group.children("element"))
      table.add_element(element, id);
  }
  table.index();
  return table;
}

void ConceptTable::add_element(fhir::tree::Node element, std::uint32_t group) {
  Entry entry{group, false, text(element, "code"), {}, {}};
  for (const fhir::tree::Node target : element.children("target")) {
    if (says_no(target.child("equivalence").text()) || !target.child("code")) continue;
    entry.target_code = text(target, "code");
    entry.target_display = text(target, "display");
    entry.has_target = true;
    break;
  }
  entries_.push_back(std::move(entry));
}

ConceptTable ConceptTable::from_map(const ConceptMapAst& map) {
  ConceptTable table;
  table.url_ = map.id.text;
  const auto system = [&map](const std::string& prefix) {
    const auto known = std::find_if(map.prefixes.begin(), map.prefixes.end(),
                                    [&prefix](const auto& row) { return row.first == prefix; });
    return known == map.prefixes.end() ? std::string() : known->second;
  };
  const auto group = [&table](const std::string& source, const std::string& target) {
    for (std::size_t i = 0; i < table.groups_.size(); ++i) {
      const bool same = table.groups_[i].source == source && table.groups_[i].target == target;
      if (same) return static_cast<std::uint32_t>(i);
    }
    table.groups_.push_back({source, target, Unmapped::kNone, {}, {}, {}, nullptr});
    return static_cast<std::uint32_t>(table.groups_.size() - 1);
  };
  for (const ConceptAst& pair : map.concepts) {
    const std::uint32_t id = group(system(pair.source_prefix), system(pair.target_prefix));
    table.entries_.push_back({id, pair.relation != "!=", pair.source_code, pair.target_code, {}});
  }
  for (const std::string& prefix : map.passed_through) {
    const std::string source = system(prefix);
    bool found = false;
    for (Group& made : table.groups_) {
      if (made.source != source) continue;
      made.unmapped = Unmapped::kProvided;
      found = true;
    }
    if (!found) table.groups_.push_back({source, source, Unmapped::kProvided, {}, {}, {}, nullptr});
  }
  table.index();
  return table;
}

void ConceptTable::index() {
  std::size_t size = 8;
  while (size < entries_.size() * 2)
    size *= 2;
  slots_.assign(size, kEmptySlot);
  for (std::uint32_t i = 0; i < entries_.size(); ++i) {
    std::size_t at = fhir::tree::TypeTable::hash_name(entries_[i].code) & (size - 1);
    while (slots_[at] != kEmptySlot)
      at = (at + 1) & (size - 1);
    slots_[at] = i;
  }
}

std::vector<std::string> ConceptTable::other_maps() const {
  std::vector<std::string> urls;
  for (const Group& group : groups_) {
    if (group.unmapped == Unmapped::kOther) urls.push_back(group.other_url);
  }
  return urls;
}

void ConceptTable::link(std::string_view url, const ConceptTable* table) {
  for (Group& group : groups_) {
    if (group.unmapped == Unmapped::kOther && group.other_url == url) group.other = table;
  }
}

std::optional<Translation> ConceptTable::find(std::string_view system, std::string_view code) const noexcept {
  return find(system, code, 0);
}

std::optional<Translation> ConceptTable::find(std::string_view system, std::string_view code,
                                              int hops) const noexcept {
  const auto fits = [system](const Group& group) {
    return system.empty() || group.source.empty() || group.source == system;
  };
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = fhir::tree::TypeTable::hash_name(code) & mask; slots_[at] != kEmptySlot;
       at = (at + 1) & mask) {
    const Entry& entry = entries_[slots_[at]];
    if (entry.code != code || !fits(groups_[entry.group])) continue;
    if (!entry.has_target) return std::nullopt;
    return Translation{groups_[entry.group].target, entry.target_code, entry.target_display};
  }
  for (const Group& group : groups_) {
    if (!fits(group)) continue;
    if (group.unmapped == Unmapped::kProvided) return Translation{group.target, code, {}};
    if (group.unmapped == Unmapped::kFixed)
      return Translation{group.target, group.fixed_code, group.fixed_display};
    if (group.unmapped == Unmapped::kOther && group.other != nullptr && hops < kMaxHops)
      return group.other->find(system, code, hops + 1);
  }
  return std::nullopt;
}

}  // namespace mappings::engine
