// Snapshots of StructureDefinitions: what a profile says of every element, base and differential together
// (FHIR R4 5.1.0.3, profiling).
//
//   const snapshot::Snapshots snapshots(registry);
//   const tree::Node profile =
//   snapshots.structure("https://fhir.hl7.org.uk/StructureDefinition/UKCore-Patient", issues); for
//   (tree::Node element : profile.child("snapshot").children("element")) ...
#pragma once

#include <memory>
#include <string_view>

#include "fhir/base/issue.hpp"
#include "fhir/packages/registry.hpp"
#include "fhir/snapshot/structures.hpp"
#include "fhir/tree/tree.hpp"

namespace fhir::snapshot {

/// A new StructureDefinition with the snapshot of `structure`, whatever snapshot it had; all else is as it
/// was, and the mappings its base declares are declared too. Null when the base is missing or unusable, or
/// the snapshot would pass kMaxElements. Faults of the differential are issues at
/// `StructureDefinition.differential.element[i]`, with the snapshot made as far as possible. Pure but for
/// what `structures` does.
[[nodiscard]] tree::TreePtr generate(tree::Node structure, Structures& structures, IssueList& issues);

/// Owns what it made: nodes live as long as it does. Any thread; a mutex is inside.
class Snapshots {
 public:
  /// `registry` outlives this.
  explicit Snapshots(const packages::Registry& registry);
  Snapshots(const Snapshots&) = delete;
  Snapshots& operator=(const Snapshots&) = delete;
  ~Snapshots();

  /// The StructureDefinition of a canonical with its snapshot: the published one when it has one, else made
  /// once and kept, with its bases. An empty node when it is not known or cannot be made; the issues say why,
  /// each time.
  [[nodiscard]] tree::Node structure(std::string_view canonical, IssueList& issues) const;

  /// generate() on the structures of the registry: for a StructureDefinition that is not in it, or whose
  /// snapshot is to be made anew. The result is the caller's.
  [[nodiscard]] tree::TreePtr make(tree::Node structure, IssueList& issues) const;

 private:
  class Cache;
  std::unique_ptr<Cache> cache_;
};

}  // namespace fhir::snapshot
