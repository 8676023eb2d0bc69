// How fast HL7 v2 messages become validated Bundles: one message again and again, one thread.
//
//   convert_bench FILE... [--rounds N] [--only COUNT] [--results N]
//
// Prints one line of JSON for each file: messages per second of processor time in the median round, the bytes
// of a message, the elements of its Bundle, the microseconds each stage takes: reading, mapping (with
// ids), accounting for losses, validating, writing what is stored of it; and the bytes of that. With --only
// each file is converted COUNT times and nothing is measured: for a profiler. With --results the first
// numeric OBX stands N times more in the message, which shows that the cost of a map is linear in what it
// maps. A file that cannot be read or is refused ends the program with 2 or 1.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json/writer.hpp"
#include "fhir/validate/validate.hpp"
#include "gateway/security/digest.hpp"
#include "mappings/convert/converter.hpp"
#include "mappings/hl7v2/read.hpp"

namespace {

namespace convert = mappings::convert;
/// Processor time of this thread: what others do on the machine does not count.
double thread_us() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) * 1e-3;
}

constexpr int kMessages = 2000;

/// Microseconds of one call, the median of the rounds.
template <class Work>
double median_us(int rounds, int messages, const Work& work) {
  std::vector<double> all;
  for (int round = 0; round < rounds; ++round) {
    const double start = thread_us();
    for (int i = 0; i < messages; ++i)
      work();
    all.push_back((thread_us() - start) / messages);
  }
  std::ranges::sort(all);
  return all[all.size() / 2];
}

/// Nothing for what is no file that can be read.
std::optional<std::string> read_file(const std::string& file) {
  std::error_code failed;
  if (!std::filesystem::is_regular_file(file, failed)) return std::nullopt;
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in || !text) return std::nullopt;
  return std::move(text).str();
}

/// The first segment OBX of type NM, `times` more.
void repeat_result(std::string& message, int times) {
  const std::size_t type = message.find("|NM|");
  if (type == std::string::npos || times <= 0) return;
  const std::size_t begin = message.rfind("OBX|", type);
  const std::size_t end = message.find_first_of("\r\n", type);
  if (begin == std::string::npos || end == std::string::npos) return;
  const std::string segment = message.substr(begin, end + 1 - begin);
  std::string more;
  for (int i = 0; i < times; ++i)
    more += segment;
  message.insert(begin, more);
}

struct Plan {
  int rounds = 5;
  int only = 0;
  int results = 0;
};

int measure(const convert::Converter& converter, const std::string& file, const Plan& plan) {
  const std::optional<std::string> read_bytes = read_file(file);
  if (!read_bytes) {
    std::fprintf(stderr, "%s cannot be read\n", file.c_str());
    return 2;
  }
  std::string bytes = *read_bytes;
  repeat_result(bytes, plan.results);
  const int rounds = plan.rounds;
  const int only = plan.only;
  const int messages = std::max(1, kMessages / (1 + plan.results / 10));
  convert::Manifest partner;
  partner.partner = "bench";
  const gateway::security::HmacSha256 hash(gateway::security::sha256("convert_bench"));
  convert::ConvertContext whole{.hash = hash};
  convert::ConvertContext bare{.hash = hash};
  bare.validate = false;
  bare.account = false;
  convert::ConvertContext accounted = bare;
  accounted.account = true;
  const convert::Conversion sample = converter.convert(bytes, partner, whole);
  if (sample.bundle == nullptr) {
    std::fprintf(stderr, "%s is refused\n", file.c_str());
    return 1;
  }
  std::size_t kept = 0;
  if (only > 0) {
    for (int i = 0; i < only; ++i)
      kept += converter.convert(bytes, partner, whole).receipt.entries.size();
    return kept == 0 ? 1 : 0;
  }
  const double all = median_us(
      rounds, messages, [&] { kept += converter.convert(bytes, partner, whole).receipt.entries.size(); });
  const double mapped = median_us(
      rounds, messages, [&] { kept += converter.convert(bytes, partner, bare).receipt.entries.size(); });
  const double counted = median_us(
      rounds, messages, [&] { kept += converter.convert(bytes, partner, accounted).losses.size(); });
  const double read =
      median_us(rounds, messages, [&] { kept += mappings::hl7v2::read(bytes).tree->node_count(); });
  fhir::validate::ValidateOptions options;
  options.report_unchecked_codes = false;
  const double valid = median_us(rounds, messages, [&] {
    kept += fhir::validate::check(sample.bundle->root(), options).items().size();
  });
  // What is kept of a conversion beside the message itself.
  const double kept_us = median_us(rounds, messages, [&] {
    kept += convert::receipt_json(sample).size() + fhir::json::write(sample.bundle->root()).size();
  });
  std::printf(
      "{\"file\":\"%s\",\"per_second\":%.0f,\"bytes\":%zu,\"elements\":%zu,\"us\":{\"all\":%.1f,\"read\":%."
      "1f,"
      "\"map\":%.1f,\"account\":%.1f,\"validate\":%.1f,\"receipt and Bundle as text\":%.1f},\"bundle\":%zu,"
      "\"receipt\":%zu,\"check\":%zu}\n",
      file.substr(file.rfind('/') + 1).c_str(), 1e6 / all, bytes.size(), sample.bundle->node_count(), all,
      read, mapped - read, counted - mapped, valid, kept_us, fhir::json::write(sample.bundle->root()).size(),
      convert::receipt_json(sample).size(), kept % 10);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Plan plan;
  std::vector<std::string> files;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--rounds" && i + 1 < argc) {
      plan.rounds = std::max(1, std::atoi(argv[++i]));
    } else if (std::string_view(argv[i]) == "--only" && i + 1 < argc) {
      plan.only = std::max(1, std::atoi(argv[++i]));
    } else if (std::string_view(argv[i]) == "--results" && i + 1 < argc) {
      plan.results = std::max(0, std::atoi(argv[++i]));
    } else {
      files.emplace_back(argv[i]);
    }
  }
  const auto packs = mappings::packs::load_packs("");
  if (files.empty() || !packs.has_value()) {
    std::fprintf(stderr, "convert_bench FILE... [--rounds N] [--only COUNT] [--results N]\n");
    return 2;
  }
  const auto converter = convert::Converter::make(*packs);
  if (!converter) return 2;
  int code = 0;
  for (const std::string& file : files)
    code = std::max(code, measure(**converter, file, plan));
  return code;
}
