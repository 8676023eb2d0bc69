// The compiled code systems and value sets of a registry, made when first asked for and kept.
#pragma once

#include <functional>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/packages/registry.hpp"
#include "fhir/terminology/code_system.hpp"
#include "fhir/terminology/value_set.hpp"

namespace fhir::terminology {

/// Any thread: readers share, the first asker of a set compiles it while others wait. The registry outlives
/// this and does not change. What it gives lives as long as this.
///
/// Bounds: kMaxKept sets by name, after which a set is unknown; imports nested kMaxDepth deep; a value set
/// that imports itself keeps its other parts, and its answers say Missing::kCycle where that matters.
class Library {
 public:
  static constexpr std::size_t kMaxKept = 20'000;
  static constexpr int kMaxDepth = 32;

  explicit Library(const packages::Registry& registry) : registry_(registry) {}

  /// `url` or `url|version`. Null when there is none. Also implicit ones: of a CodeSystem.valueSet of a
  /// package, of SNOMED CT (`?fhir_vs`) and of LOINC (`/vs`).
  [[nodiscard]] std::shared_ptr<const ValueSet> value_set(std::string_view canonical) const;
  /// Null when there is no definition of it. A supplement is no code system.
  [[nodiscard]] const CodeSystem* code_system(std::string_view url, std::string_view version = {}) const;
  /// Compiles a set that is not of the registry. `value_set` outlives the result. Imports are kept.
  [[nodiscard]] std::shared_ptr<const ValueSet> compile(tree::Node value_set) const;

  [[nodiscard]] const packages::Registry& registry() const noexcept { return registry_; }

 private:
  friend class ValueSetCompiler;
  struct Slot {
    std::shared_ptr<const ValueSet> set;  ///< Null while it is compiled, and when there is none.
    bool compiling = false;
  };
  struct Import {
    std::shared_ptr<const ValueSet> set;
    Missing missing = Missing::kNone;
  };
  /// With the lock held alone.
  [[nodiscard]] Import import_set(std::string_view canonical, int depth) const;
  [[nodiscard]] std::shared_ptr<const ValueSet> make_set(std::string_view canonical, int depth) const;
  [[nodiscard]] const CodeSystem* import_system(std::string_view url, std::string_view version) const;
  [[nodiscard]] std::unique_ptr<const CodeSystem> make_system(std::string_view canonical) const;
  void index_additions() const;

  /// Finds by a view, without making a string.
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>()(text);
    }
  };
  template <class Value>
  using ByText = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

  const packages::Registry& registry_;
  mutable std::shared_mutex mutex_;
  mutable ByText<Slot> sets_;
  mutable ByText<std::unique_ptr<const CodeSystem>> systems_;
  /// Of the code systems that are not of the core: supplements by the URL they supplement, and systems by the
  /// URL of the value set of all their codes.
  mutable bool indexed_ = false;
  mutable ByText<std::vector<tree::Node>> supplements_;
  mutable ByText<std::string> whole_systems_;
};

}  // namespace fhir::terminology
