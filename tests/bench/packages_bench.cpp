// What definitions cost when they are asked for, and snapshots when they are made.
//
//   packages_bench [PACKAGE]
//
// Prints one line of JSON for each measure, microseconds: making the core registry, the first and the second
// look-up of a resource, parsing all of the core, adding PACKAGE (folder, archive or file), and the snapshots
// of all its profiles with those of the core on the way.
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>

#include "fhir/packages/registry.hpp"
#include "fhir/snapshot/snapshots.hpp"

namespace {

using Time = std::chrono::steady_clock;

double microseconds_since(Time::time_point from) {
  return std::chrono::duration<double, std::micro>(Time::now() - from).count();
}

void print(const char* what, double microseconds, std::size_t count) {
  std::printf(R"({"measure":"%s","us":%.1f,"count":%zu})"
              "\n",
              what, microseconds, count);
}

std::size_t open_all(const fhir::packages::Registry& registry) {
  std::size_t count = 0;
  for (const char* type : {"StructureDefinition", "ValueSet", "CodeSystem", "ConceptMap", "SearchParameter",
                           "OperationDefinition", "CompartmentDefinition", "CapabilityStatement"}) {
    for (const std::string_view url : registry.canonicals(type)) {
      if (registry.find(type, url)) ++count;
    }
  }
  return count;
}

int measure_package(const char* path) {
  const fhir::packages::Registry core = fhir::packages::Registry::core();
  fhir::packages::Registry registry = fhir::packages::Registry::core();
  fhir::IssueList issues;
  auto start = Time::now();
  const fhir::Status added = registry.add(path, issues);
  if (!added.has_value()) {
    std::fprintf(stderr, "packages_bench: %s\n", added.error().detail.c_str());
    return 1;
  }
  print("add_package", microseconds_since(start), issues.items().size());
  const fhir::snapshot::Snapshots snapshots(registry);
  std::size_t made = 0;
  std::size_t elements = 0;
  start = Time::now();
  for (const std::string_view url : registry.canonicals("StructureDefinition")) {
    if (core.find("StructureDefinition", url)) continue;
    fhir::IssueList faults;
    const fhir::tree::Node structure = snapshots.structure(url, faults);
    elements += structure.child("snapshot").children("element").size();
    if (structure) ++made;
  }
  print("snapshots", microseconds_since(start), made);
  print("snapshot_elements", 0, elements);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  constexpr std::string_view kPatient = "http://hl7.org/fhir/StructureDefinition/Patient";
  auto start = Time::now();
  const fhir::packages::Registry registry = fhir::packages::Registry::core();
  print("core", microseconds_since(start), 1);
  start = Time::now();
  (void)registry.find("StructureDefinition", kPatient);
  print("find_first", microseconds_since(start), 1);
  constexpr std::size_t kRounds = 100'000;
  start = Time::now();
  for (std::size_t round = 0; round < kRounds; ++round)
    (void)registry.find("StructureDefinition", kPatient);
  print("find_again", microseconds_since(start) / kRounds, kRounds);
  start = Time::now();
  const std::size_t count = open_all(registry);
  print("open_all", microseconds_since(start), count);
  return argc > 1 ? measure_package(argv[1]) : 0;
}
