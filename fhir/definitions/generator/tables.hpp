// The sections of the blob while they are being made, and the writing of them.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/definitions/blob.hpp"
#include "fhir/definitions/definitions.hpp"

namespace fhir::definitions::generator {

struct Tables {
  std::vector<tree::TypeRow> rows = std::vector<tree::TypeRow>(1);  // row 0 is the unknown row
  std::vector<tree::RowId> children;
  std::vector<tree::ChildSlot> slots;
  std::vector<tree::TextRange> names;
  std::vector<tree::NameId> name_slots;
  std::vector<tree::ChildSlot> types;
  std::string text;
  std::vector<ElementRow> elements = std::vector<ElementRow>(1);  // element 0 is that of unknown elements
  std::vector<std::uint32_t> invariant_lists;
  std::vector<InvariantRow> invariants;
  std::vector<tree::NameId> targets;
  std::vector<tree::RowId> row_types;
  std::vector<Range> row_required;
  std::vector<tree::RowId> required;
  std::vector<tree::ChildSlot> bases;
  std::vector<ValueSetRow> value_sets;
  std::vector<CodeRow> codes;
  std::vector<std::uint32_t> code_slots;
  std::vector<tree::TextRange> systems;
  std::vector<SearchParameterRow> search_parameters;
  std::vector<ComponentRow> components;
  std::vector<CodeSystemRow> code_systems;

  /// The text, stored once however often it is asked for.
  tree::TextRange add_text(std::string_view value);
  tree::NameId add_name(std::string_view value);
  [[nodiscard]] std::string_view text_at(tree::TextRange range) const {
    return std::string_view(text).substr(range.offset, range.length);
  }
  [[nodiscard]] std::string_view name_at(tree::NameId id) const { return text_at(names[id]); }

  /// Fills name_slots; after the last add_name.
  void index_names();
  /// Writes the blob. Failure ends the program.
  void write(const std::string& path) const;

 private:
  std::unordered_map<std::string, tree::TextRange> texts_;
  std::unordered_map<std::string, tree::NameId> name_ids_;
};

/// A vector's size as the blob counts.
template <class Container>
[[nodiscard]] std::uint32_t count_of(const Container& container) {
  return static_cast<std::uint32_t>(container.size());
}

/// The smallest power of two of at least twice `entries`: open addressing always finds a free slot.
[[nodiscard]] std::uint32_t slot_count(std::size_t entries);

}  // namespace fhir::definitions::generator
