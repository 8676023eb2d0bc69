// What maps are compiled against: their texts, the type tables of the models they name, and code tables.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/tree/tree.hpp"
#include "fhir/tree/type_table.hpp"

namespace mappings::engine {

/// One text in the FHIR Mapping Language. `name` is what issues call it: a file name or path.
struct MapSource {
  std::string name;
  std::string text;
};

/// A type table, and the start of the urls by which `uses` names its types: the rest of the url is the type.
///   {"http://hl7.org/fhir/StructureDefinition/", &fhir::definitions::r4()}
struct Model {
  std::string url_prefix;
  const fhir::tree::TypeTable* table = nullptr;  ///< Outlives every plan.
};

inline constexpr std::string_view kR4Prefix = "http://hl7.org/fhir/StructureDefinition/";
inline constexpr std::string_view kV2Prefix = "http://hl7.org/v2/StructureDefinition/";

/// The surroundings of a compilation. The longest matching prefix decides.
struct Models {
  std::vector<Model> tables;
  /// R4 ConceptMap resources, found by url. Read while compiling only.
  std::vector<fhir::tree::Node> concept_maps;
};

}  // namespace mappings::engine
