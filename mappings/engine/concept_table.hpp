// A ConceptMap compiled for looking codes up: one hash and about one compare a code.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/tree/tree.hpp"
#include "mappings/engine/map_ast.hpp"

namespace mappings::engine {

/// What a code translates to. Views are as long lived as the table, `code` as the input when it is passed
/// through.
struct Translation {
  std::string_view system;
  std::string_view code;
  std::string_view display;
};

class ConceptTable {
 public:
  /// From an R4 ConceptMap resource. Of several targets of one code the first counts that is not unmatched
  /// or disjoint.
  [[nodiscard]] static ConceptTable from_resource(fhir::tree::Node concept_map);
  [[nodiscard]] static ConceptTable from_map(const ConceptMapAst& map);

  [[nodiscard]] const std::string& url() const noexcept { return url_; }
  /// The url of the other map a group falls back to; linked by `link`.
  [[nodiscard]] std::vector<std::string> other_maps() const;
  /// Sets what `url` of other_maps() stands for. `table` lives as long as this one.
  void link(std::string_view url, const ConceptTable* table);

  /// `system` empty: the code of any system. Falls back as the groups say: provided, fixed, other map.
  [[nodiscard]] std::optional<Translation> find(std::string_view system,
                                                std::string_view code) const noexcept;

 private:
  enum class Unmapped : std::uint8_t { kNone, kProvided, kFixed, kOther };
  struct Group {
    std::string source;
    std::string target;
    Unmapped unmapped = Unmapped::kNone;
    std::string fixed_code;
    std::string fixed_display;
    std::string other_url;
    const ConceptTable* other = nullptr;
  };
  struct Entry {
    std::uint32_t group = 0;
    bool has_target = false;  ///< Known to have no counterpart: no fallback either.
    std::string code;
    std::string target_code;
    std::string target_display;
  };
  void add_element(fhir::tree::Node element, std::uint32_t group);
  void index();
  [[nodiscard]] std::optional<Translation> find(std::string_view system, std::string_view code,
                                                int hops) const noexcept;

  std::string url_;
  std::vector<Group> groups_;
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> slots_;  ///< Open addressing by code; size a power of two.
};

}  // namespace mappings::engine
