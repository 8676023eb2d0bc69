// How fast resources are validated, and what the definitions cost: every file of a folder of JSON resources,
// one thread.
//
//   validate_bench FOLDER [ROUNDS]
//
// Times are processor time of the one thread. Prints one line of JSON for each measure: of opening the
// definitions the microseconds and the growth of resident memory, of the others the resources and MB (10^6
// bytes of JSON) per second of the median round, and the nanoseconds per node.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <unistd.h>
#include <vector>

#include "fhir/json/reader.hpp"
#include "fhir/packages/registry.hpp"
#include "fhir/terminology/terminology.hpp"
#include "fhir/tree/resource_builder.hpp"
#include "fhir/validate/validate.hpp"
#include "fhir/validate/validator.hpp"

namespace {

/// Processor time of this thread: other programs on the machine do not count.
struct Time {
  using time_point = double;
  static double now() {
    timespec spent{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
    return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) * 1e-9;
  }
};

double seconds_since(Time::time_point from) {
  return Time::now() - from;
}

/// Kilobytes of resident memory.
long resident_kb() {
  std::ifstream file("/proc/self/statm");
  long total = 0;
  long resident = 0;
  file >> total >> resident;
  return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

void measure_opening() {
  const long before = resident_kb();
  const Time::time_point start = Time::now();
  const fhir::definitions::Definitions& r4 = fhir::definitions::r4_definitions();
  const double opened = seconds_since(start);
  const fhir::tree::RowId patient = r4.table.child(r4.table.type_root("Patient"), "birthDate");
  const double looked_up = seconds_since(start);
  std::printf(
      "{\"measure\":\"open\",\"us\":%.1f,\"first_lookup_us\":%.1f,\"found\":%s,\"resident_kb\":%ld}\n",
      opened * 1e6, looked_up * 1e6, patient == fhir::tree::kUnknownRow ? "false" : "true",
      resident_kb() - before);
}

struct Corpus {
  std::vector<std::string> texts;
  std::vector<fhir::tree::TreePtr> trees;
  std::size_t bytes = 0;
  std::size_t nodes = 0;
};

Corpus load(const char* folder) {
  Corpus corpus;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".json") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    fhir::tree::TreePtr tree = fhir::json::read(text, fhir::definitions::r4()).tree;
    if (tree == nullptr) continue;
    corpus.bytes += text.size();
    corpus.nodes += tree->node_count();
    corpus.texts.push_back(std::move(text));
    corpus.trees.push_back(std::move(tree));
  }
  return corpus;
}

template <class Work>
void measure(const char* name, const Corpus& corpus, int rounds, Work work) {
  std::vector<double> times;
  std::size_t issues = 0;
  for (int round = 0; round < rounds; ++round) {
    issues = 0;
    const Time::time_point start = Time::now();
    for (std::size_t i = 0; i < corpus.trees.size(); ++i)
      issues += work(i);
    times.push_back(seconds_since(start));
  }
  std::sort(times.begin(), times.end());
  const double median = times[times.size() / 2];
  std::printf(
      "{\"measure\":\"%s\",\"resources\":%zu,\"nodes\":%zu,\"bytes\":%zu,\"issues\":%zu,\"resources_per_s\":%"
      ".0f,"
      "\"mb_per_s\":%.0f,\"ns_per_node\":%.1f}\n",
      name, corpus.trees.size(), corpus.nodes, corpus.bytes, issues,
      static_cast<double>(corpus.trees.size()) / median, static_cast<double>(corpus.bytes) / 1e6 / median,
      median * 1e9 / static_cast<double>(corpus.nodes));
}

/// A Bundle of Observations, each referring to the one before it and to one Patient.
fhir::tree::TreePtr linked_bundle(std::size_t entries) {
  fhir::tree::ResourceBuilder bundle(fhir::definitions::r4(), "Bundle");
  bundle.set("type", "collection");
  const auto url = [](std::size_t i) { return "http://fhir.invalid/r4/Observation/o" + std::to_string(i); };
  for (std::size_t i = 0; i < entries; ++i) {
    bundle.open("entry").set("fullUrl", url(i)).open_resource("resource", "Observation");
    bundle.set("id", "o" + std::to_string(i)).set("status", "final");
    bundle.open("code").set("text", "invented").close();
    bundle.open("derivedFrom").set("reference", "Observation/o" + std::to_string(i / 2)).close();
    bundle.open("hasMember").set("reference", url((i * 7919) % entries)).close();
    bundle.close().close();
  }
  return bundle.finish();
}

void measure_bundle(const fhir::validate::Validator& validator, std::size_t entries) {
  const fhir::tree::TreePtr tree = linked_bundle(entries);
  const Time::time_point start = Time::now();
  const std::size_t issues = validator.validate(tree->root()).items().size();
  std::printf("{\"measure\":\"bundle\",\"references\":%zu,\"issues\":%zu,\"seconds\":%.3f}\n", entries * 2,
              issues, seconds_since(start));
}

void measure_validator(const Corpus& corpus, int rounds) {
  const long before = resident_kb();
  const Time::time_point start = Time::now();
  const fhir::packages::Registry registry = fhir::packages::Registry::core();
  const fhir::terminology::Terminology terminology(registry);
  const fhir::validate::Validator validator(registry, terminology);
  const std::size_t first = validator.validate(corpus.trees.front()->root()).items().size();
  std::printf("{\"measure\":\"first_verdict\",\"ms\":%.1f,\"issues\":%zu,\"resident_kb\":%ld}\n",
              seconds_since(start) * 1e3, first, resident_kb() - before);
  measure("validator", corpus, rounds,
          [&](std::size_t i) { return validator.validate(corpus.trees[i]->root()).items().size(); });
  measure("read_and_validator", corpus, rounds, [&](std::size_t i) {
    const fhir::tree::ReadOutcome outcome = fhir::json::read(corpus.texts[i], fhir::definitions::r4());
    return validator.validate(outcome.tree->root(), corpus.texts[i]).items().size();
  });
  measure_bundle(validator, 5'000);
  measure_bundle(validator, 50'000);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: validate_bench FOLDER [ROUNDS]\n");
    return 2;
  }
  const int rounds = argc > 2 ? std::max(1, std::atoi(argv[2])) : 21;
  measure_opening();
  const Corpus corpus = load(argv[1]);
  measure("validate", corpus, rounds,
          [&](std::size_t i) { return fhir::validate::check(corpus.trees[i]->root()).items().size(); });
  measure("read_and_validate", corpus, rounds, [&](std::size_t i) {
    const fhir::tree::ReadOutcome outcome = fhir::json::read(corpus.texts[i], fhir::definitions::r4());
    return fhir::validate::check(outcome.tree->root(), {.source = corpus.texts[i]}).items().size();
  });
  measure_validator(corpus, rounds);
  std::printf("{\"measure\":\"process\",\"resident_kb\":%ld}\n", resident_kb());
  return 0;
}
