// Scores of the suites: one table for people, JSON for machines.
#pragma once

#include <string>
#include <vector>

namespace conformance {

struct Score {
  std::string suite;  ///< `FHIRPath R4`
  std::string what;   ///< `tests passed`
  std::size_t reached = 0;
  std::size_t total = 0;
  /// Per mille that must be reached; 0: none is asked.
  unsigned asked_per_mille = 0;
  std::string note;
  [[nodiscard]] bool enough() const { return reached * 1000 >= total * asked_per_mille; }
};

/// A table with one line each: suite, what, reached of total, per cent, asked, note.
[[nodiscard]] std::string as_table(const std::vector<Score>& scores);

}  // namespace conformance
