// The codes of required value sets, and the names of code systems.
#pragma once

#include <cstddef>
#include <vector>

#include "fhir/definitions/generator/package.hpp"
#include "fhir/definitions/generator/tables.hpp"

namespace fhir::definitions::generator {

struct VocabularyCounts {
  std::size_t required_sets = 0;    ///< Named by a required binding.
  std::size_t enumerated_sets = 0;  ///< Of these, with all their codes in the table.
  std::size_t code_systems = 0;
};

/// Fills the value sets that a required binding or a maximum value set names; the others stay kNotCompiled. A
/// required set defined in a way this compiler does not know (filters, exclusions, sets of sets) ends the
/// program.
[[nodiscard]] VocabularyCounts compile_vocabulary(const std::vector<const Json*>& bundles, Tables& out);

}  // namespace fhir::definitions::generator
