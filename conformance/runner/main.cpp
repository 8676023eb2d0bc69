// Runs the official suites and prints one table.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "conformance/runner/examples.hpp"
#include "conformance/runner/fhirpath_suite.hpp"
#include "conformance/runner/patch_suite.hpp"
#include "conformance/runner/report.hpp"
#include "conformance/runner/snapshot_pairs.hpp"

namespace {

struct Wishes {
  std::string suites = "../shared/suites";
  std::string json;
  std::string only;
  bool list = false;
  bool verbose = false;
  bool validator_only = false;
  bool by_command = false;
};

void add_patches(const char* suite, const std::vector<conformance::PatchResult>& results,
                 std::vector<conformance::Score>& scores) {
  conformance::Score score{
      .suite = suite, .what = "tests passed", .total = results.size(), .asked_per_mille = 1000, .note = {}};
  for (const conformance::PatchResult& result : results) {
    if (result.problem.empty()) {
      ++score.reached;
    } else {
      std::printf("%s: %s\n  %s\n", suite, result.name.c_str(), result.problem.c_str());
    }
  }
  scores.push_back(std::move(score));
}

void add_fhirpath(const std::filesystem::path& folder, std::vector<conformance::Score>& scores) {
  const auto results = conformance::run_fhirpath_suite(folder);
  conformance::Score score{.suite = "FHIRPath R4",
                           .what = "tests passed",
                           .total = results.size(),
                           .asked_per_mille = 995,
                           .note = {}};
  for (const conformance::FhirPathResult& result : results)
    score.reached += result.problem.empty() ? 1 : 0;
  scores.push_back(std::move(score));
}

void add_examples(const char* suite, const std::vector<conformance::ExampleResult>& results, bool list,
                  std::vector<conformance::Score>& scores) {
  conformance::Score back{
      .suite = suite, .what = "read and written twice alike", .total = results.size(), .note = {}};
  conformance::Score valid{.suite = suite, .what = "valid", .total = results.size(), .note = {}};
  for (const conformance::ExampleResult& result : results) {
    back.reached += result.round_trip ? 1 : 0;
    valid.reached += result.errors.empty() ? 1 : 0;
    for (std::size_t at = 0; list && at < result.errors.size() && at < 3; ++at)
      std::printf("%s: %s: %s\n", suite, result.name.c_str(), result.errors[at].c_str());
  }
  scores.push_back(std::move(back));
  scores.push_back(std::move(valid));
}

void add_other_suites(const Wishes& wishes, std::vector<conformance::Score>& scores) {
  const std::filesystem::path suites = wishes.suites;
  add_fhirpath(suites / "fhir-test-cases" / "r4", scores);
  const std::filesystem::path patch = suites / "fhir-test-cases" / "r4" / "patch";
  add_patches("FHIRPath Patch", conformance::run_fhirpath_patch_suite(patch), scores);
  add_patches("JSON Patch", conformance::run_json_patch_suite(patch), scores);
  add_examples("R4 examples", conformance::run_examples(suites / "r4-examples"), wishes.list, scores);
  scores.back().note = "the others are wrong; tests/unit/fhir/validate/examples_test.cpp says why";
  add_examples("BaRS examples",
               conformance::run_examples(suites / "bars" / "examples", {suites / "ukcore-stu2"}), wishes.list,
               scores);
  scores.back().note = "with UK Core; the others have codes and extensions it does not know";
  conformance::Score pairs{
      .suite = "snapshot pairs (R4B)", .what = "as expected", .note = "where R4 and R4B agree"};
  for (const conformance::PairResult& pair :
       conformance::run_snapshot_pairs(suites / "fhir-test-cases" / "r4b" / "snapshot-generation")) {
    if (!pair.uncompared.empty()) continue;
    ++pairs.total;
    pairs.reached += pair.agrees() ? 1 : 0;
  }
  scores.push_back(std::move(pairs));
  const auto snapshots = conformance::count_snapshots(suites / "ukcore-stu2");
  scores.push_back(
      {"UK Core", "snapshots without fault", snapshots.generated, snapshots.structures, 1000, ""});
}

void print_runs(const Wishes& wishes, const std::vector<conformance::RunResult>& results) {
  const bool verbose = wishes.verbose || !wishes.only.empty();
  if (wishes.list || verbose) std::fputs(conformance::disagreements(results, verbose).c_str(), stdout);
  std::fputs(conformance::modules_table(results).c_str(), stdout);
}

int run(const Wishes& wishes) {
  const std::filesystem::path folder = std::filesystem::path(wishes.suites) / "fhir-test-cases" / "validator";
  const auto by_case = conformance::run_validator_suite(folder, wishes.only, conformance::SettingsOf::kCase);
  const auto by_command =
      conformance::run_validator_suite(folder, wishes.only, conformance::SettingsOf::kCommandLine);
  if (!by_case || !by_command) {
    std::fprintf(stderr, "no validator cases: %s\n", (by_case ? by_command : by_case).error().detail.c_str());
    return 2;
  }
  print_runs(wishes, wishes.by_command ? *by_command : *by_case);
  std::vector<conformance::Score> scores = conformance::scores_of("validator cases", *by_case);
  for (conformance::Score& score : conformance::scores_of("the same by the plain command", *by_command))
    scores.push_back(std::move(score));
  if (!wishes.validator_only) add_other_suites(wishes, scores);
  std::fputs(("\n" + conformance::as_table(scores)).c_str(), stdout);
  if (!wishes.json.empty())
    std::ofstream(wishes.json) << conformance::as_json(scores, *by_case, *by_command) << '\n';
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  Wishes wishes;
  if (const char* const root = std::getenv("LIGAMENT_SUITES")) wishes.suites = root;
  CLI::App app(
      "Scores the official FHIR suites.\nExample: ligament-conformance --validator --case questionnaire");
  app.add_option("--suites", wishes.suites,
                 "folder of the suites (default: $LIGAMENT_SUITES or ../shared/suites)");
  app.add_option("--json", wishes.json, "write scores and runs to this file");
  app.add_option("--case", wishes.only, "only validator cases whose name contains this, with all they say");
  app.add_flag("--list", wishes.list, "list the validator runs that disagree, with the places");
  app.add_flag("--verbose", wishes.verbose, "list them with every issue of both validators");
  app.add_flag("--validator", wishes.validator_only, "the validator cases alone");
  app.add_flag("--defaults", wishes.by_command,
               "list and tabulate what the command line finds by default, not what each case asks for");
  CLI11_PARSE(app, count, arguments);
  return run(wishes);
}
