#include "mappings/hl7v2/grammar.hpp"

#include <algorithm>

#include "mappings/hl7v2/grammar_builder.hpp"
#include "mappings/hl7v2/v2_types.hpp"

namespace mappings::hl7v2 {

std::size_t Grammar::segment_slot(std::string_view name) noexcept {
  const auto byte = [&](std::size_t at) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(name[at]));
  };
  const std::uint32_t packed = byte(0) | byte(1) << 8u | byte(2) << 16u;
  return (packed * 2654435769u) >> 23u;
}

SegmentId Grammar::find_segment(std::string_view name) const noexcept {
  if (name.size() != 3) return kNoSegment;
  for (std::size_t slot = segment_slot(name);; slot = (slot + 1) % kSegmentSlots) {
    const SegmentId id = segment_slots_[slot];
    if (id == kNoSegment) return kNoSegment;
    const fhir::tree::TextRange range = names_[segments[id].name];
    if (text_.compare(range.offset, range.length, name) == 0) return id;
  }
}

PositionId Grammar::find_structure(std::string_view name) const noexcept {
  const auto name_of = [this](PositionId id) {
    const fhir::tree::TextRange range = names_[positions[id].name];
    return std::string_view(text_).substr(range.offset, range.length);
  };
  const auto found =
      std::lower_bound(structures.begin(), structures.end(), name,
                       [&](PositionId id, std::string_view wanted) { return name_of(id) < wanted; });
  return found != structures.end() && name_of(*found) == name ? *found : kNoPosition;
}

PositionId Grammar::structure_of(std::string_view type, std::string_view event) const noexcept {
  for (const Event& known : events_) {
    if (known.type == type && (known.event == event || known.event == "*")) return known.structure;
  }
  return kNoPosition;
}

fhir::tree::RowId Grammar::observation_row(std::string_view data_type) const noexcept {
  for (const ObservationType& known : observation_types_) {
    if (known.type == data_type) return known.row;
  }
  return fhir::tree::kUnknownRow;
}

const Grammar& grammar() {
  static const Grammar built = GrammarBuilder().build();
  return built;
}

const fhir::tree::TypeTable& v2_types() {
  return grammar().table;
}

}  // namespace mappings::hl7v2
