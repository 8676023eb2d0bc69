// The type table with what the reader needs beside it: segments, structures and events by integer.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/tree/type_table.hpp"

namespace mappings::hl7v2 {

/// Index of a segment of the table.
using SegmentId = std::uint8_t;
inline constexpr SegmentId kNoSegment = 0xFF;
inline constexpr std::size_t kMaxSegments = 128;
using SegmentSet = std::bitset<kMaxSegments>;

/// Index of a position of a structure; position 0 is no position.
using PositionId = std::uint16_t;
inline constexpr PositionId kNoPosition = 0;

/// `c1` to `c64` and `s1` to `s64` are names of the table.
inline constexpr std::uint32_t kNumberedNames = 64;

struct Segment {
  fhir::tree::NameId name = fhir::tree::kNoName;
  fhir::tree::RowId root = fhir::tree::kUnknownRow;
  fhir::tree::NameId first_field_name = fhir::tree::kNoName;  ///< Of field 1; the others follow.
  std::uint32_t fields_begin = 0;                             ///< Into Grammar::fields.
  std::uint32_t field_count = 0;
};

/// A place of a structure: a segment, or a group with places below it.
struct Position {
  fhir::tree::NameId name = fhir::tree::kNoName;
  fhir::tree::RowId row = fhir::tree::kUnknownRow;
  PositionId parent = kNoPosition;
  PositionId first_child = kNoPosition;
  PositionId next = kNoPosition;
  SegmentId segment = kNoSegment;  ///< kNoSegment for a group.
  bool required = true;
  bool repeats = false;
  SegmentSet members;  ///< Segments anywhere in it.
  SegmentSet openers;  ///< Segments that may come first when all that is required is there.
  [[nodiscard]] bool is_group() const noexcept { return segment == kNoSegment; }
};

/// Made once by build_grammar; immutable. Any thread.
class Grammar {
 public:
  fhir::tree::TypeTable table;  ///< Its spans are of the vectors below.
  std::vector<Segment> segments;
  std::vector<fhir::tree::RowId> fields;   ///< Rows of the fields by number; kUnknownRow for OBX-5.
  std::vector<Position> positions;         ///< positions[0] is kNoPosition.
  std::vector<PositionId> structures;      ///< The root positions, sorted by name.
  fhir::tree::NameId component_names = 0;  ///< Of `c1`; `c2`... follow.
  fhir::tree::NameId subcomponent_names = 0;
  fhir::tree::NameId null_flag_name = 0;
  fhir::tree::RowId null_flag_row = 0;
  struct TextTypes {
    fhir::tree::NameId string = fhir::tree::kNoName;     ///< ST
    fhir::tree::NameId text = fhir::tree::kNoName;       ///< TX
    fhir::tree::NameId formatted = fhir::tree::kNoName;  ///< FT
  } text_types;
  SegmentId msh = kNoSegment;
  SegmentId obx = kNoSegment;
  SegmentSet followers;  ///< NTE and PRT: they belong to the segment before them.

  /// The segment of three characters, or kNoSegment.
  [[nodiscard]] SegmentId find_segment(std::string_view name) const noexcept;
  /// The root position of `REF_I12`, or kNoPosition.
  [[nodiscard]] PositionId find_structure(std::string_view name) const noexcept;
  /// The root position for MSH-9.1 and MSH-9.2, or kNoPosition.
  [[nodiscard]] PositionId structure_of(std::string_view type, std::string_view event) const noexcept;
  /// The row of OBX-5 for the data type OBX-2 names, or kUnknownRow.
  [[nodiscard]] fhir::tree::RowId observation_row(std::string_view data_type) const noexcept;

 private:
  friend class GrammarBuilder;
  struct Event {
    std::string_view type;
    std::string_view event;  ///< `*` for any.
    PositionId structure = kNoPosition;
  };
  struct ObservationType {
    std::string_view type;
    fhir::tree::RowId row = fhir::tree::kUnknownRow;
  };
  static constexpr std::size_t kSegmentSlots = 512;
  [[nodiscard]] static std::size_t segment_slot(std::string_view name) noexcept;

  std::array<SegmentId, kSegmentSlots> segment_slots_{};
  std::vector<Event> events_;
  std::vector<ObservationType> observation_types_;
  std::vector<fhir::tree::TypeRow> rows_;
  std::vector<fhir::tree::RowId> children_;
  std::vector<fhir::tree::ChildSlot> slots_;
  std::vector<fhir::tree::TextRange> names_;
  std::vector<fhir::tree::NameId> name_slots_;
  std::vector<fhir::tree::ChildSlot> types_;
  std::string text_;
};

/// Built on the first call.
[[nodiscard]] const Grammar& grammar();

}  // namespace mappings::hl7v2
