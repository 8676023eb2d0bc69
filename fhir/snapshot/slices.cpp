// The part of Merge that makes slices and changes them.
#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "fhir/snapshot/choice.hpp"
#include "fhir/snapshot/merge.hpp"
#include "fhir/snapshot/overlay.hpp"

namespace fhir::snapshot {
namespace {

Piece discriminator(std::string_view type, std::string_view path) {
  Piece out = Piece::group("discriminator");
  out.set("type", type);
  out.set("path", path);
  return out;
}

bool is_extension(const Element& element) {
  return element.name == "extension" || element.name == "modifierExtension" || element.name == "Extension";
}

void drop_type(Definition& definition, std::string_view type) {
  std::vector<Piece>& pieces = definition.pieces();
  pieces.erase(std::remove_if(
                   pieces.begin(), pieces.end(),
                   [type](const Piece& piece) { return piece.name() == "type" && type_code(piece) == type; }),
               pieces.end());
}

/// Where a slice goes: after the slices of its element, a reslice after the reslices of its slice.
std::size_t place_for(const Element& parent, const std::string& name, const std::string& slice) {
  const std::size_t slash = slice.rfind('/');
  const std::string family = slash == std::string::npos ? std::string() : slice.substr(0, slash);
  std::size_t out = parent.children.size();
  for (std::size_t at = 0; at < parent.children.size(); ++at) {
    const Element& each = *parent.children[at];
    if (each.name != name) continue;
    const bool in_family = family.empty() || each.slice == family || each.slice.rfind(family + "/", 0) == 0;
    if (in_family) out = at + 1;
  }
  return out;
}

/// An extension has the types its differential makes slices of.
void narrow_to_slices(Element& unsliced, const std::vector<Element*>& slices) {
  std::set<std::string> kept;
  for (const Element* slice : slices) {
    for (std::string& code : slice->definition.type_codes())
      kept.insert(std::move(code));
  }
  for (const std::string& code : unsliced.definition.type_codes()) {
    if (kept.count(code) == 0) drop_type(unsliced.definition, code);
  }
}

}  // namespace

void Merge::merge_slices(Element& parent, Element& unsliced, const Element& before,
                         const std::vector<Change>& slices) {
  if (!unsliced.definition.has("slicing")) set_default_slicing(unsliced, *slices.front().difference);
  for (const Change& each : slices) {
    const Difference& difference = *each.difference;
    Element* slice = parent.child(unsliced.name, difference.slice);
    check_constraining(slice != nullptr, difference);
    if (slice == nullptr) slice = add_slice(parent, before, difference.slice, difference);
    if (slice == nullptr) return;
    takes_profile_count_ = !before.definition.has("slicing");
    change(*slice, difference);
    merge_children(*slice, difference, true);
  }
}

/// A slice that says it constrains one of the base does, and one that says it is new is not in the base.
void Merge::check_constraining(bool is_in_base, const Difference& difference) {
  const std::string_view said = difference.definition.child("sliceIsConstraining").text();
  if (said == "true" && !is_in_base)
    error(difference, IssueType::kNotFound, "The base has no slice of this name");
  if (said == "false" && is_in_base)
    error(difference, IssueType::kDuplicate, "The base has a slice of this name");
}

void Merge::set_default_slicing(Element& unsliced, const Difference& first) {
  if (!is_extension(unsliced)) {
    error(first, IssueType::kRequired, "There is a slice, and the element does not say how it is sliced");
    return;
  }
  if (!settings_.specializes) speak_of_extension(unsliced.definition);
  Piece slicing = Piece::group("slicing");
  slicing.parts().push_back(discriminator("value", "url"));
  slicing.set("ordered", "false");
  slicing.set("rules", "open");
  unsliced.definition.set(std::move(slicing));
}

/// A slice starts as its element stood in the base, a reslice as its slice; either may be absent unless it
/// says otherwise.
Element* Merge::add_slice(Element& parent, const Element& before, const std::string& name,
                          const Difference& difference) {
  const std::size_t slash = name.rfind('/');
  const Element* origin = &before;
  if (slash != std::string::npos) {
    const Element* sliced = parent.child(before.name, name.substr(0, slash));
    if (sliced != nullptr) origin = sliced;
  }
  std::unique_ptr<Element> slice = clone(*origin);
  if (!check(unfolder_.count(slice->count()), difference)) return nullptr;
  slice->slice = name;
  slice->definition.erase("slicing");
  slice->definition.erase("sliceIsConstraining");
  slice->definition.set("min", "0");
  Element* out = slice.get();
  const std::size_t at = place_for(parent, before.name, name);
  parent.children.insert(parent.children.begin() + static_cast<std::ptrdiff_t>(at), std::move(slice));
  return out;
}

void Merge::merge_type_slices(Element& parent, Element& unsliced, const Element& before,
                              const std::vector<Change>& slices) {
  std::vector<Element*> changed;
  for (const Change& each : slices) {
    Element* slice = type_slice(parent, unsliced, before, each);
    if (slice == nullptr) continue;
    change(*slice, *each.difference);
    merge_children(*slice, *each.difference, true);
    if (std::find(changed.begin(), changed.end(), slice) == changed.end()) changed.push_back(slice);
  }
  settle_type_slicing(parent, unsliced, changed, slices.back());
}

Element* Merge::type_slice(Element& parent, Element& unsliced, const Element& before, const Change& change) {
  const Difference& difference = *change.difference;
  const std::string name = difference.slice.empty() ? difference.name : difference.slice;
  if (Element* found = parent.child(unsliced.name, name)) return found;
  std::string type = change.choice_type;
  if (type.empty()) type = choice_type_of(before, name);
  if (type.empty() && difference.definition.children("type").size() == 1)
    type = type_code(Piece::copy_of(difference.definition.child("type")));
  if (type.empty() || choice_name(unsliced, type) != name.substr(0, name.find('/'))) {
    error(difference, IssueType::kInvalid, "A slice by type is named after the element and one of its types");
    return nullptr;
  }
  Element* slice = add_slice(parent, before, name, difference);
  if (slice == nullptr) return nullptr;
  if (before.definition.type_codes().size() == 1) slice->definition.take("min", before.definition);
  narrow_types(slice->definition, type);
  if (slice->definition.type_codes().empty())
    error(difference, IssueType::kBusinessRule, "The base does not allow this type");
  return slice;
}

/// Slicing by type is open while there are types without a slice. A slice that must be there excludes other
/// types.
void Merge::settle_type_slicing(Element& parent, Element& unsliced, const std::vector<Element*>& changed,
                                const Change& last) {
  for (const Element* slice : changed) {
    if (min_of(slice->definition) == 0) continue;
    if (changed.size() > 1)
      error(*last.difference, IssueType::kBusinessRule, "One type must be there, so no other can be");
    unsliced.definition.set("min", "1");
    unsliced.definition.take("type", slice->definition);
  }
  if (!last.choice_type.empty() && !last.difference->slice.empty()) narrow_to_slices(unsliced, changed);
  std::size_t sliced = 0;
  const std::vector<std::string> types = unsliced.definition.type_codes();
  for (const std::string& type : types) {
    if (parent.child(unsliced.name, choice_name(unsliced, type)) != nullptr) ++sliced;
  }
  const Piece* given = unsliced.definition.find("slicing");
  const bool said_closed = given != nullptr && given->text_of("rules") == "closed";
  Piece slicing = Piece::group("slicing");
  slicing.parts().push_back(discriminator("type", "$this"));
  slicing.set("ordered", "false");
  slicing.set("rules", sliced == types.size() || said_closed ? "closed" : "open");
  unsliced.definition.set(std::move(slicing));
}

}  // namespace fhir::snapshot
