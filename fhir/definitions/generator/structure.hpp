// StructureDefinition snapshots into type rows and element rows.
#pragma once

#include "fhir/definitions/generator/package.hpp"
#include "fhir/definitions/generator/tables.hpp"

namespace fhir::definitions::generator {

/// What was compiled, to be held against the manifest.
struct StructureCounts {
  std::size_t concrete_resources = 0;
  std::size_t primitive_types = 0;
  std::size_t complex_types = 0;
  std::size_t snapshot_elements = 0;
};

/// Adds every resource and data type of both Bundles, abstract ones too; profiles on data types and logical
/// models are left out. Value sets named by bindings are added without codes (vocabulary.hpp fills them).
[[nodiscard]] StructureCounts compile_structures(const Json& types, const Json& resources, Tables& out);

}  // namespace fhir::definitions::generator
