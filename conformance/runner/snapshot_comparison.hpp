// Compares two snapshots by what a validator reads of them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "fhir/tree/tree.hpp"

namespace conformance {

namespace tree = fhir::tree;

/// Counts by aspect: `elements`, `min`, `max`, `types`, `binding`, `values`, `constraints`, `slicing`,
/// `texts`.
struct Comparison {
  std::map<std::string, int> compared;
  std::map<std::string, int> differing;
  std::vector<std::string> differences;  ///< Places and aspects, for people.

  [[nodiscard]] int total_differing() const;
  void add(const Comparison& other);
};

/// What is left out of every comparison: versions of core value sets, and types only R4B knows.
/// With words: texts, flags, aliases, mappings and conditions are compared, too.
[[nodiscard]] Comparison compare_snapshots(tree::Node expected, tree::Node made, bool with_words = false);

/// One line: every aspect with agreements of comparisons.
[[nodiscard]] std::string summary(const Comparison& comparison);

}  // namespace conformance
