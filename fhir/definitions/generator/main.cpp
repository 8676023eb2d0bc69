// r4_compiler MANIFEST PACKAGE_FOLDER BLOB: compiles the official definitions into the blob that r4_blob.cpp
// embeds.
#include "fhir/definitions/generator/package.hpp"
#include "fhir/definitions/generator/refuse.hpp"
#include "fhir/definitions/generator/search_parameters.hpp"
#include "fhir/definitions/generator/structure.hpp"
#include "fhir/definitions/generator/tables.hpp"
#include "fhir/definitions/generator/vocabulary.hpp"
#include "fhir/definitions/well_known.hpp"

namespace fhir::definitions::generator {
namespace {

void compile(Package& package, Tables& tables) {
  for (const std::string_view name : kWellKnownNames)
    (void)tables.add_name(name);
  const StructureCounts structures = compile_structures(package.load("profiles-types.min.json"),
                                                        package.load("profiles-resources.min.json"), tables);
  package.expect_count("concrete resources", structures.concrete_resources);
  package.expect_count("primitive types", structures.primitive_types);
  package.expect_count("complex types", structures.complex_types);
  package.expect_count("snapshot elements", structures.snapshot_elements);

  const VocabularyCounts vocabulary =
      compile_vocabulary({&package.load("valuesets.min.json"), &package.load("v3-codesystems.min.json"),
                          &package.load("v2-tables.min.json")},
                         tables);
  package.expect_count("required value sets", vocabulary.required_sets);
  package.expect_count("enumerated value sets", vocabulary.enumerated_sets);
  package.expect_count("code systems", vocabulary.code_systems);

  package.expect_count("search parameters",
                       compile_search_parameters(package.load("search-parameters.min.json"), tables));
  package.expect_count("search parameter bases", tables.search_parameters.size());
  tables.index_names();
}

}  // namespace
}  // namespace fhir::definitions::generator

int main(int argc, char** argv) {
  using namespace fhir::definitions::generator;
  if (argc != 4) refuse("usage: r4_compiler MANIFEST PACKAGE_FOLDER BLOB");
  Package package(argv[1], argv[2]);
  Tables tables;
  compile(package, tables);
  tables.write(argv[3]);
  return 0;
}
