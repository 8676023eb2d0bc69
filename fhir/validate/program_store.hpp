// Profiles by canonical, compiled when first met.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "fhir/definitions/definitions.hpp"
#include "fhir/packages/registry.hpp"
#include "fhir/snapshot/snapshots.hpp"
#include "fhir/validate/program.hpp"

namespace fhir::validate {

/// Any thread. Programs live as long as the store.
class ProgramStore {
 public:
  ProgramStore(const packages::Registry& registry, const definitions::Definitions& definitions, bool errata)
      : registry_(registry), snapshots_(registry), definitions_(definitions), errata_(errata) {}

  /// Null when there is no such StructureDefinition, or no snapshot can be had of it. Cost: a lock and a
  /// look-up; the first time also the snapshot and its compilation.
  [[nodiscard]] const Program* find(std::string_view canonical) const;
  /// The StructureDefinition, whether it has a snapshot or not.
  [[nodiscard]] tree::Node structure(std::string_view canonical) const {
    return registry_.find("StructureDefinition", canonical);
  }
  [[nodiscard]] const packages::Registry& registry() const noexcept { return registry_; }
  [[nodiscard]] const snapshot::Snapshots& snapshots() const noexcept { return snapshots_; }

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };
  const packages::Registry& registry_;
  snapshot::Snapshots snapshots_;
  const definitions::Definitions& definitions_;
  bool errata_;
  mutable std::mutex mutex_;
  mutable std::unordered_map<std::string, std::unique_ptr<const Program>, TextHash, std::equal_to<>>
      programs_;
};

}  // namespace fhir::validate
