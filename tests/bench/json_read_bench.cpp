// How fast documents become trees and trees documents: every file of a folder of JSON resources, one thread.
//
//   json_read_bench FOLDER [ROUNDS [MEASURE]]
//
// Prints one line of JSON for each measure: bytes of one round, MB/s (10^6 bytes a second of processor time)
// of the median round and the best, and the median time of one document in microseconds.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <time.h>
#include <vector>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/json/writer.hpp"
#include "fhir/xml/reader.hpp"
#include "fhir/xml/writer.hpp"

namespace {

using Documents = std::vector<std::string>;

/// Processor time of this thread, in seconds: what others do on the machine counts only through the caches.
double now() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

double median(std::vector<double>& values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

/// Runs `work(index)` over all documents, `rounds` times, and prints the figures. `bytes` is what one round
/// handles.
template <class Work>
void measure(std::string_view only, const char* name, std::size_t documents, std::size_t bytes, int rounds,
             Work work) {
  if (!only.empty() && only != name) return;
  std::vector<double> per_round;
  std::vector<double> per_document;
  for (int round = 0; round < rounds; ++round) {
    const double start = now();
    for (std::size_t i = 0; i < documents; ++i)
      work(i);
    per_round.push_back(now() - start);
  }
  for (std::size_t i = 0; i < documents; ++i) {
    const double start = now();
    work(i);
    per_document.push_back(now() - start);
  }
  const double best = *std::min_element(per_round.begin(), per_round.end());
  const double mid = median(per_round);
  const double megabytes = static_cast<double>(bytes) / 1e6;
  std::printf(
      "{\"measure\":\"%s\",\"documents\":%zu,\"bytes\":%zu,\"mb_per_s\":%.0f,\"best_mb_per_s\":%.0f,\"p50_"
      "us\":%.1f}\n",
      name, documents, bytes, megabytes / mid, megabytes / best, median(per_document) * 1e6);
}

std::size_t total(const Documents& documents) {
  std::size_t bytes = 0;
  for (const std::string& document : documents)
    bytes += document.size();
  return bytes;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: json_read_bench FOLDER [ROUNDS [MEASURE]]\n");
    return 2;
  }
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 50;
  const std::string_view only = argc > 3 ? argv[3] : "";
  const fhir::tree::TypeTable& table = fhir::definitions::r4();
  Documents stored;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
    if (entry.path().extension() != ".json") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    stored.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  Documents compact;
  Documents pretty;
  Documents xml;
  std::vector<fhir::tree::TreePtr> trees;
  std::size_t nodes = 0;
  for (const std::string& document : stored) {
    trees.push_back(fhir::json::read(document, table).tree);
    if (trees.back() == nullptr) return 1;
    nodes += trees.back()->node_count();
    compact.push_back(fhir::json::write(trees.back()->root()));
    pretty.push_back(fhir::json::write(trees.back()->root(), fhir::tree::Layout::kPretty));
    xml.push_back(fhir::xml::write(trees.back()->root()));
  }
  std::printf("{\"measure\":\"input\",\"documents\":%zu,\"nodes\":%zu}\n", stored.size(), nodes);
  std::size_t sink = 0;
  const auto read_json = [&table, &sink](const Documents& documents) {
    return [&table, &sink, &documents](std::size_t i) {
      sink += fhir::json::read(documents[i], table).tree->node_count();
    };
  };
  measure(only, "json read, as stored", stored.size(), total(stored), rounds, read_json(stored));
  measure(only, "json read, compact", compact.size(), total(compact), rounds, read_json(compact));
  measure(only, "json read, pretty", pretty.size(), total(pretty), rounds, read_json(pretty));
  measure(only, "json write, compact", trees.size(), total(compact), rounds,
          [&trees, &sink](std::size_t i) { sink += fhir::json::write(trees[i]->root()).size(); });
  measure(
      only, "xml read, compact", xml.size(), total(xml), rounds / 5 + 1,
      [&table, &sink, &xml](std::size_t i) { sink += fhir::xml::read(xml[i], table).tree->node_count(); });
  measure(only, "xml write, compact", trees.size(), total(xml), rounds / 5 + 1,
          [&trees, &sink](std::size_t i) { sink += fhir::xml::write(trees[i]->root()).size(); });
  return sink == 0 ? 1 : 0;
}
