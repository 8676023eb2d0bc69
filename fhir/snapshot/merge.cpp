#include "fhir/snapshot/merge.hpp"

#include <algorithm>
#include <utility>

#include "fhir/snapshot/choice.hpp"
#include "fhir/snapshot/overlay.hpp"

namespace fhir::snapshot {
namespace {

/// What a profile of the type says in place of the element's own words.
constexpr std::string_view kWords[] = {"short", "definition", "comment", "requirements", "alias", "mapping"};

void add_missing_constraints(Definition& definition, const Definition& from) {
  for (const Piece& piece : from.pieces()) {
    if (piece.name() != "constraint") continue;
    const std::vector<Piece>& there = definition.pieces();
    if (std::none_of(there.begin(), there.end(), [&piece](const Piece& each) {
          return each.name() == "constraint" && each.text_of("key") == piece.text_of("key");
        })) {
      definition.add(piece);
    }
  }
}

}  // namespace

void Merge::error(const Difference& difference, IssueType type, std::string text) {
  issues_.add(Severity::kError, type, place_of(difference), std::move(text));
}

bool Merge::check(const Status& status, const Difference& difference) {
  if (status.has_value()) return true;
  if (status.error().code == ErrorCode::kTooLarge) stopped_ = true;
  error(difference, stopped_ ? IssueType::kTooCostly : IssueType::kNotFound, status.error().detail);
  return false;
}

void Merge::run(Element& root, const Difference& difference) {
  change(root, difference);
  merge_children(root, difference, false);
}

void Merge::merge_children(Element& element, const Difference& difference, bool in_slice) {
  if (difference.children.empty() || stopped_) return;
  const Scope scope{&element, in_slice && !element.children.empty()};
  const bool is_new_type = settings_.specializes && element.definition.type_codes().empty();
  if (!is_new_type && !check(unfolder_.unfold(element), *difference.children.front())) return;
  std::vector<Group> groups;
  for (const std::unique_ptr<Difference>& child : difference.children) {
    Target target = locate(element, *child);
    if (target.unsliced == nullptr && settings_.specializes) target.unsliced = add_element(element, *child);
    if (target.unsliced == nullptr) {
      error(*child, IssueType::kInvalid, "The base has no element of this path");
      continue;
    }
    const auto found = std::find_if(groups.begin(), groups.end(), [&target](const Group& group) {
      return group.unsliced == target.unsliced;
    });
    Group& group = found != groups.end() ? *found : groups.emplace_back(Group{target.unsliced, {}});
    group.changes.push_back({child.get(), std::move(target.choice_type)});
  }
  for (const Group& group : groups)
    merge_group(scope, group);
}

Merge::Target Merge::locate(Element& parent, const Difference& difference) const {
  if (Element* found = parent.child(difference.name)) return {found, {}};
  for (const std::unique_ptr<Element>& each : parent.children) {
    if (!each->slice.empty() || !each->is_choice()) continue;
    std::string type = choice_type_of(*each, difference.name);
    if (!type.empty()) return {each.get(), std::move(type)};
  }
  return {};
}

/// A new element of a new type, after those there are.
Element* Merge::add_element(Element& parent, const Difference& difference) {
  if (!difference.definition || !difference.slice.empty()) return nullptr;
  auto added = std::make_unique<Element>();
  added->name = difference.name;
  Piece base = Piece::group("base");
  base.set("path", difference.definition.child("path").text());
  base.set("min", difference.definition.child("min").text());
  base.set("max", difference.definition.child("max").text());
  added->definition.add(std::move(base));
  Element* out = added.get();
  parent.children.push_back(std::move(added));
  return out;
}

/// True when a change goes to a slice. A short name (valueQuantity) stands for a slice by type, but for two
/// cases: it is only on the way into the one type there is, or the elements are those a slice has from its
/// base. There a slice name that is not that of a type says nothing.
bool Merge::is_of_slice(const Scope& scope, const Group& group, const Change& change) {
  const Difference& difference = *change.difference;
  const bool is_misnamed = !change.choice_type.empty() && difference.slice != difference.name;
  if (!difference.slice.empty() && !(scope.in_slice && is_misnamed)) return true;
  if (change.choice_type.empty()) return false;
  if (scope.in_slice && group.changes.size() == 1) return false;
  return difference.definition || group.unsliced->definition.type_codes().size() != 1;
}

void Merge::merge_group(const Scope& scope, const Group& group) {
  Element& unsliced = *group.unsliced;
  const bool may_slice = std::any_of(group.changes.begin(), group.changes.end(), [](const Change& each) {
    return !each.difference->slice.empty() || !each.choice_type.empty();
  });
  // Slices start from the element as the base has it.
  const std::unique_ptr<Element> before = may_slice ? clone(unsliced) : nullptr;
  std::vector<Change> slices;
  for (const Change& each : group.changes) {
    if (is_of_slice(scope, group, each)) {
      slices.push_back(each);
      continue;
    }
    if (!each.choice_type.empty()) narrow_types(unsliced.definition, each.choice_type);
    change(unsliced, *each.difference);
    merge_children(unsliced, *each.difference, scope.in_slice);
  }
  if (slices.empty() || stopped_) return;
  if (is_type_slicing(unsliced, slices.front().choice_type, slices.front().difference->slice)) {
    merge_type_slices(*scope.parent, unsliced, *before, slices);
  } else {
    merge_slices(*scope.parent, unsliced, *before, slices);
  }
}

void Merge::change(Element& element, const Difference& difference) {
  if (!difference.definition) return;
  const bool is_extension =
      element.name == "extension" || element.name == "modifierExtension" || element.name == "Extension";
  if (!settings_.specializes && is_extension) speak_of_extension(element.definition);
  adopt_profile(element, difference);
  const OverlayContext context{place_of(difference), settings_.url, !element.slice.empty(),
                               settings_.specializes};
  lay_over(element.definition, difference.definition, context, issues_);
  if (settings_.specializes && settings_.is_fhir_type) {
    inherit_constraints(element.definition);
    const bool is_root = !element.definition.has("type") && !element.definition.has("contentReference");
    for (const std::string_view flag : {"isModifier", "isSummary"}) {
      if (!is_root && !element.definition.has(flag)) element.definition.set(flag, "false");
    }
  }
}

/// What holds for every element, and for every extension, holds for a new one.
void Merge::inherit_constraints(Definition& definition) {
  const Piece* type = definition.find("type");
  if (type == nullptr && !definition.has("contentReference")) return;
  const std::string_view code = type == nullptr ? std::string_view() : type->text_of("code");
  if (type_fits(code, "Resource") || code.find("/System.") != std::string_view::npos) return;
  const bool is_extension = code == "Extension";
  const tree::Node structure = structures_.structure(type_canonical(is_extension ? "Extension" : "Element"));
  if (structure)
    add_missing_constraints(definition, Definition(structure.child("snapshot").child("element")));
}

/// A profile on a type is of that type, and not the structure it is in.
bool Merge::check_profile(tree::Node structure, tree::Node type, const Difference& difference) {
  const std::string_view code = type.child("code").text();
  const std::string_view profiled = structure.child("type").text();
  const bool abstract = code == "Resource" || code == "DomainResource";
  if (code.empty() || code == profiled || (!abstract && type_fits(profiled, code))) return true;
  // Where any resource may stand one of a certain type may, but a snapshot does not follow its profile.
  const bool narrower = abstract && type_fits(profiled, code);
  error(difference, narrower ? IssueType::kNotSupported : IssueType::kBusinessRule,
        "The profile of a type is one of another type");
  return false;
}

/// The words, constraints and, for an extension not sliced before, the largest number of a profile the
/// differential puts on the type.
void Merge::adopt_profile(Element& element, const Difference& difference) {
  const tree::Node type = difference.definition.child("type");
  const std::string_view profile = type.child("profile").text();
  if (profile.empty() || difference.definition.children("type").size() != 1 || settings_.specializes) return;
  if (profile == settings_.url && difference.children.empty() &&
      difference.name == difference.definition.child("path").text()) {
    error(difference, IssueType::kBusinessRule, "The structure is its own profile");
    return;
  }
  const tree::Node structure = structures_.structure(profile);
  if (!structure) {
    if (profile != settings_.url) {
      issues_.add(Severity::kWarning, IssueType::kNotFound, place_of(difference) + ".type[0].profile[0]",
                  "The profile of the type is not known");
    }
    return;
  }
  if (!check_profile(structure, type, difference)) return;
  const Definition root(structure.child("snapshot").child("element"));
  for (const std::string_view word : kWords) {
    const bool always_kept = word == "short" || word == "definition";
    if (!always_kept || root.has(word)) element.definition.take(word, root);
  }
  if (type.child("code").text() == "Extension" && !element.slice.empty() && takes_profile_count_) {
    element.definition.take("max", root);
    element.definition.take("condition", root);
    element.definition.take("isSummary", root);
  }
  add_missing_constraints(element.definition, root);
}

}  // namespace fhir::snapshot
