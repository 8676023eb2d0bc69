// Conformance resources by their canonical URL: those of FHIR R4, which are inside the program, and those of
// packages read at run time.
//
//   packages::Registry registry = packages::Registry::core();
//   IssueList issues;
//   LIGAMENT_CHECK(registry.add("uk.core.tgz", issues));
//   const tree::Node profile = registry.find("StructureDefinition",
//   "https://example.org/fhir/Patient|1.0.0");
//
// A conformance resource is one with an element `url` of type uri: StructureDefinition, ValueSet, CodeSystem,
// ConceptMap, SearchParameter, OperationDefinition, CompartmentDefinition, Questionnaire, StructureMap and so
// on. All trees are read against definitions::r4(). Those of the core have no narrative.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/issue.hpp"
#include "fhir/base/result.hpp"
#include "fhir/packages/package_limits.hpp"
#include "fhir/tree/tree.hpp"

namespace fhir::packages {

/// Owns its resources and every tree it gave out: nodes live as long as the registry, also past a move of it
/// and past an addition under the same URL. Any thread, additions too; a mutex is inside. Several may exist.
class Registry {
 public:
  /// FHIR R4 (4.0.1) alone: profiles, types, extensions, terminology with the v2 and v3 code systems, search
  /// parameters, operations. Nothing is parsed before it is asked for. Cost: microseconds.
  [[nodiscard]] static Registry core();

  Registry(Registry&& other) noexcept;
  Registry& operator=(Registry&& other) noexcept;
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;
  ~Registry();

  /// Adds the conformance resources of a folder, of a FHIR package archive (.tgz), or of one file with a
  /// resource, JSON or XML. Later additions win over earlier ones and over the core. Other files are passed
  /// over; a malformed one is an issue that names it, and the rest is added. Fails when there is nothing to
  /// read at `path`, or a limit is passed; then nothing was added. Cost: linear in the bytes; JSON is only
  /// checked here, and parsed when it is first asked for.
  [[nodiscard]] Status add(const std::string& path, IssueList& issues, const PackageLimits& limits = {});
  /// Adds a resource in memory, or every conformance resource among the entries of a Bundle. kUnprocessable
  /// when there is none. The tree is one of definitions::r4().
  [[nodiscard]] Status add(tree::TreePtr resource);

  /// The resource with this canonical, `url` or `url|version`; an empty node when there is none. Without a
  /// version the one added last. A version may be given short: `4.0` finds 4.0.1. Cost: a look-up, the first
  /// time also the parse.
  [[nodiscard]] tree::Node find(std::string_view canonical) const;
  /// The same among the resources of one type.
  [[nodiscard]] tree::Node find(std::string_view resource_type, std::string_view canonical) const;

  /// The URLs (without version, each once, sorted) of the resources of one type. Cost: linear in all
  /// resources.
  [[nodiscard]] std::vector<std::string_view> canonicals(std::string_view resource_type) const;

  /// What was wrong with resources when they were parsed, which is after their addition.
  [[nodiscard]] IssueList faults() const;

 private:
  class Shelves;
  explicit Registry(std::unique_ptr<Shelves> shelves);
  std::unique_ptr<Shelves> shelves_;
};

}  // namespace fhir::packages
