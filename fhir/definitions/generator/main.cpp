// r4_compiler MANIFEST PACKAGE_FOLDER BLOB: compiles the official definitions into the blob that r4_blob.cpp
// embeds.
#include <cstdio>

#include "fhir/definitions/generator/package.hpp"
#include "fhir/definitions/generator/refuse.hpp"
#include "fhir/definitions/generator/structure.hpp"
#include "fhir/definitions/generator/tables.hpp"

int main(int argc, char** argv) {
  using namespace fhir::definitions::generator;
  if (argc != 4) refuse("usage: r4_compiler MANIFEST PACKAGE_FOLDER BLOB");
  Package package(argv[1], argv[2]);
  Tables tables;
  const Json& types = package.load("profiles-types.min.json");
  const Json& resources = package.load("profiles-resources.min.json");
  const StructureCounts counts = compile_structures(types, resources, tables);
  package.expect_count("concrete resources", counts.concrete_resources);
  package.expect_count("primitive types", counts.primitive_types);
  package.expect_count("complex types", counts.complex_types);
  package.expect_count("snapshot elements", counts.snapshot_elements);
  tables.index_names();
  tables.write(argv[3]);
  return 0;
}
