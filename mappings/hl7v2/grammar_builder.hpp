// Builds the grammar from its text.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "mappings/hl7v2/grammar.hpp"

namespace mappings::hl7v2 {

/// Used once. Mistakes in the text are programming errors and throw std::logic_error.
class GrammarBuilder {
 public:
  [[nodiscard]] Grammar build();

 private:
  /// The children of a row, shared by all rows that have the same.
  struct Children {
    std::uint32_t begin = 0;
    std::uint32_t count = 0;
    std::uint32_t slots_begin = 0;
    std::uint32_t slots_mask = 0;
  };
  struct DataType {
    std::vector<std::string_view> components;
    Children as_field;      ///< `c1`...
    Children as_component;  ///< `s1`...
  };

  fhir::tree::NameId add_name(std::string_view name);
  fhir::tree::RowId add_row(fhir::tree::NameId name, fhir::tree::NameId type, const Children& children);
  Children add_children(const std::vector<fhir::tree::RowId>& rows);
  void add_type(fhir::tree::NameId type, fhir::tree::RowId row);

  void add_fixed_names();
  void add_data_types();
  void add_parts(DataType& type, bool as_field);
  void add_data_type_root(std::string_view name, const DataType& type);
  void add_segments();
  void add_segment(std::string_view line);
  fhir::tree::RowId add_field(fhir::tree::NameId name, std::string_view type, std::uint16_t number,
                              bool repeats);
  void add_observation_rows(fhir::tree::NameId name, std::uint16_t number,
                            std::vector<fhir::tree::RowId>& rows);
  void add_structures();
  PositionId add_structure(std::string_view line);
  PositionId add_position(std::string_view token, PositionId parent, std::string_view structure);
  /// Makes the rows of a group whose positions are complete.
  void finish_group(PositionId group);
  void fill_sets(PositionId group);
  void add_events();
  void index_names();

  [[nodiscard]] const DataType& data_type(std::string_view name) const;
  [[nodiscard]] std::string_view text(fhir::tree::NameId name) const;

  Grammar grammar_;
  std::unordered_map<std::string, fhir::tree::NameId> name_ids_;
  std::unordered_map<std::string_view, DataType> data_types_;
  std::vector<Children> segment_children_;
  Children null_flag_only_;
};

}  // namespace mappings::hl7v2
