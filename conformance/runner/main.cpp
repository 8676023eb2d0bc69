// Runs the official suites and prints one table.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "conformance/runner/report.hpp"

namespace {

struct Wishes {
  std::string suites = "../shared/suites";
  std::string json;
  std::string only;
  bool list = false;
  bool verbose = false;
  bool validator_only = false;
};

int run(const Wishes& wishes) {
  std::vector<conformance::Score> scores;
  const auto results = conformance::run_validator_suite(
      std::filesystem::path(wishes.suites) / "fhir-test-cases" / "validator", wishes.only);
  if (!results) {
    std::fprintf(stderr, "no validator cases: %s\n", results.error().detail.c_str());
    return 2;
  }
  if (wishes.list || wishes.verbose || !wishes.only.empty()) {
    std::fputs(conformance::disagreements(*results, wishes.verbose || !wishes.only.empty()).c_str(), stdout);
  }
  std::fputs(conformance::modules_table(*results).c_str(), stdout);
  for (conformance::Score& score : conformance::scores_of(*results))
    scores.push_back(std::move(score));
  std::fputs(("\n" + conformance::as_table(scores)).c_str(), stdout);
  if (!wishes.json.empty()) std::ofstream(wishes.json) << conformance::as_json(scores, *results) << '\n';
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
  CLI11_PARSE(app, count, arguments);
  return run(wishes);
}
