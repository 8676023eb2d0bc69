// What is said of a run of the validator suite.
#pragma once

#include <string>
#include <vector>

#include "conformance/runner/score.hpp"
#include "conformance/runner/validator_suite.hpp"

namespace conformance {

/// One line for each module, and one for all.
[[nodiscard]] std::string modules_table(const std::vector<RunResult>& results);

/// The runs that disagree, with the places both validators name; with `verbose` every issue of both.
[[nodiscard]] std::string disagreements(const std::vector<RunResult>& results, bool verbose);

/// The two lines of the suite in the common table; `suite` names it and the settings.
[[nodiscard]] std::vector<Score> scores_of(const std::string& suite, const std::vector<RunResult>& results);

/// One JSON document: `{"scores": [...], "runs": [...], "commandRuns": [...]}`, with the runs that disagree
/// or are not graded, by the settings of the cases and by those of the command.
[[nodiscard]] std::string as_json(const std::vector<Score>& scores, const std::vector<RunResult>& results,
                                  const std::vector<RunResult>& by_command);

}  // namespace conformance
