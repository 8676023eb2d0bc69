// How long a map runs: a referral message to a Bundle of about ten resources, plan compiled once, and the
// receipt with it. Prints microseconds a run, best of five, with and without reading the message.
//
//   map_bench MESSAGE MAP_OR_TABLE...
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/json/writer.hpp"
#include "mappings/engine/run.hpp"
#include "mappings/hl7v2/read.hpp"
#include "mappings/hl7v2/v2_types.hpp"

namespace {

using SteadyClock = std::chrono::steady_clock;
namespace engine = mappings::engine;

class FixedIds final : public engine::IdSource {
 public:
  std::string id(std::span<const std::string_view> parts) override {
    std::size_t hash = 0;
    for (const std::string_view part : parts)
      hash = hash * 31 + std::hash<std::string_view>()(part);
    char text[40];
    std::snprintf(text, sizeof text, "00000000-0000-8000-8000-%012llx",
                  static_cast<unsigned long long>(hash & 0xFFFFFFFFFFFFu));
    return text;
  }
};

/// As a partner with a code of its own is known.
class FixedNames final : public engine::Lookup {
 public:
  std::optional<std::string> find(std::string_view kind, std::string_view key) const override {
    if (kind == "sender") return "A81001";
    if (kind == "receiver") return "RXX01";
    if (kind.ends_with("system") && !key.empty()) return "https://example.org/" + std::string(key);
    return std::nullopt;
  }
};

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Processor time of the program, so that other work on the machine does not count.
template <class Work>
double microseconds(Work work) {
  double best = 1e9;
  for (int round = 0; round < 5; ++round) {
    const std::clock_t begin = std::clock();
    std::size_t count = 0;
    double spent = 0;
    for (; spent < 200'000; count += 100) {
      for (int i = 0; i < 100; ++i)
        work();
      spent = static_cast<double>(std::clock() - begin) * 1e6 / CLOCKS_PER_SEC;
    }
    best = std::min(best, spent / static_cast<double>(count));
  }
  return best;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("map_bench MESSAGE MAP_OR_TABLE...   the run starts at the first group of the first map\n",
               stderr);
    return 2;
  }
  const std::string message = read_file(argv[1]);
  std::vector<engine::MapSource> maps;
  std::vector<fhir::tree::TreePtr> tables;
  engine::Models models;
  models.tables = {{std::string(engine::kR4Prefix), &fhir::definitions::r4()},
                   {std::string(engine::kV2Prefix), &mappings::hl7v2::v2_types()}};
  for (int i = 2; i < argc; ++i) {
    const std::filesystem::path path(argv[i]);
    if (path.extension() != ".json") {
      maps.push_back({path.string(), read_file(path)});
      continue;
    }
    tables.push_back(fhir::json::read(read_file(path), fhir::definitions::r4()).tree);
    models.concept_maps.push_back(tables.back()->root());
  }
  const auto compile_begin = SteadyClock::now();
  const auto plan = engine::Plan::compile(maps, models);
  const std::chrono::duration<double, std::milli> compiling = SteadyClock::now() - compile_begin;
  if (!plan) {
    for (const auto& issue : plan.error().items())
      std::fprintf(stderr, "%s:%u:%u %s\n", issue.expression.c_str(), issue.position.line,
                   issue.position.column, issue.text.c_str());
    return 1;
  }
  FixedIds ids;
  const FixedNames names;
  engine::RunContext context;
  context.ids = &ids;
  context.lookup = &names;
  const auto source = mappings::hl7v2::read(message).tree;
  const auto out = engine::run(**plan, source->root(), context);
  if (out.tree == nullptr) {
    for (const auto& issue : out.issues.items())
      std::fprintf(stderr, "%s: %s\n", issue.expression.c_str(), issue.text.c_str());
    return 1;
  }
  std::size_t sink = 0;
  const double reading = microseconds([&] { sink += mappings::hl7v2::read(message).tree->node_count(); });
  const double running =
      microseconds([&] { sink += engine::run(**plan, source->root(), context).tree->node_count(); });
  const double writing = microseconds([&] { sink += fhir::json::write(out.tree->root()).size(); });
  std::printf(
      "compile %.2f ms; message %zu bytes, %zu nodes; result %zu nodes, %zu with values, %zu entries\n",
      compiling.count(), message.size(), source->node_count(), out.tree->node_count(),
      out.receipt.entries.size(), out.tree->root().children("entry").size());
  std::printf("read %.1f us, map %.1f us, write JSON %.1f us; %.0f maps a second (%zu)\n", reading, running,
              writing, 1e6 / running, sink % 2);
  return 0;
}
