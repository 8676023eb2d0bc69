// Turns the fields of one segment into nodes.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "fhir/base/issue.hpp"
#include "fhir/base/limits.hpp"
#include "fhir/tree/tree_builder.hpp"
#include "mappings/hl7v2/character_set.hpp"
#include "mappings/hl7v2/delimiters.hpp"
#include "mappings/hl7v2/grammar.hpp"

namespace mappings::hl7v2 {

/// How the bytes of leaves become text.
struct LeafText {
  CharacterSet character_set;
  bool is_utf8 =
      true;  ///< The whole message is valid UTF-8 and means it: leaves without escapes are ranges of it.
};

/// Used for one message; the builder has adopted `bytes` as its text. Not thread-safe.
class FieldReader {
 public:
  FieldReader(const Grammar& grammar, fhir::tree::TreeBuilder& builder, std::string_view bytes,
              const Delimiters& delimiters, LeafText leaf_text, const fhir::ReadLimits& limits);

  /// Where a finding about the segment at hand belongs; its number is counted by the caller when asked.
  struct Place {
    std::uint32_t field = 0;
    std::uint32_t repetition = 0;
    std::uint32_t component = 0;
    std::uint32_t subcomponent = 0;
  };
  class Listener {
   public:
    Listener() = default;
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    virtual void finding(fhir::Severity severity, fhir::IssueType type, const Place& place, std::string text,
                         std::uint32_t offset) = 0;

   protected:
    ~Listener() = default;
  };

  /// Reads the bytes from `begin` to `end`, the name included, below `node`. `segment` is kNoSegment for one
  /// that is not in the table. False when a limit stopped it, after a fatal finding.
  [[nodiscard]] bool read(fhir::tree::NodeIndex node, SegmentId segment, std::uint32_t begin,
                          std::uint32_t end, Listener& listener);

 private:
  enum Class : std::uint8_t {
    kPlain = 0,
    kField = 1,
    kRepetition = 2,
    kComponent = 4,
    kSubcomponent = 8,
    kSpecial = 16
  };
  struct Range {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    std::uint8_t seen = 0;  ///< The Class bits of its bytes.
  };

  void add_encoding_characters(fhir::tree::NodeIndex node);
  [[nodiscard]] Range scan(std::uint32_t from, std::uint32_t end, std::uint8_t stops) const noexcept;
  [[nodiscard]] bool is_empty(const Range& range) const noexcept;
  [[nodiscard]] bool is_null(const Range& range) const noexcept;
  [[nodiscard]] std::string_view text_of(const Range& range) const noexcept {
    return bytes_.substr(range.begin, range.end - range.begin);
  }
  [[nodiscard]] fhir::tree::NodeIndex add(fhir::tree::NodeIndex parent, fhir::tree::NameId name,
                                          fhir::tree::RowId row, const Range& range);
  [[nodiscard]] fhir::tree::NameId numbered(fhir::tree::NameId first, char letter, std::uint32_t number);
  [[nodiscard]] fhir::tree::RowId part_row(fhir::tree::RowId of, std::uint32_t number) const noexcept;
  [[nodiscard]] bool is_composite(fhir::tree::RowId row) const noexcept {
    return grammar_->table.row(row).children_count > 1;
  }
  /// The range up to the last part that is not empty.
  [[nodiscard]] Range without_empty_end(const Range& range) const noexcept;
  [[nodiscard]] bool keeps_separators(fhir::tree::RowId row, bool also_short_text) const noexcept;

  void name_field(SegmentId segment, std::uint32_t number);
  void add_repetition(fhir::tree::NodeIndex segment, const Range& range);
  void add_component(fhir::tree::NodeIndex field, fhir::tree::RowId row, const Range& range);
  void set_null(fhir::tree::NodeIndex node, const Range& range);
  void set_leaf(fhir::tree::NodeIndex node, const Range& range);
  void copy_first(fhir::tree::NodeIndex node, std::uint32_t first_name);
  void report(fhir::Severity severity, fhir::IssueType type, std::string text, std::uint32_t offset);

  const Grammar* grammar_;
  fhir::tree::TreeBuilder* builder_;
  std::string_view bytes_;
  Delimiters delimiters_;
  LeafText leaf_text_;
  fhir::ReadLimits limits_;
  std::array<std::uint8_t, 256> classes_{};
  std::string raw_;
  std::string decoded_;

  // Of the segment at hand.
  Listener* listener_ = nullptr;
  std::string_view segment_name_;
  fhir::tree::NameId field_name_ = fhir::tree::kNoName;
  fhir::tree::RowId field_row_ = fhir::tree::kUnknownRow;
  fhir::tree::RowId observation_row_ = fhir::tree::kUnknownRow;
  Place place_;
  bool over_limit_ = false;
};

}  // namespace mappings::hl7v2
