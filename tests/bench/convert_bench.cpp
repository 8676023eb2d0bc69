// How fast HL7 v2 messages become validated Bundles: one message again and again, one thread.
//
//   convert_bench FILE... [--rounds N]
//
// Prints one line of JSON for each file: messages per second of processor time in the median round, the bytes
// of a message, the elements of its Bundle, and the microseconds each stage takes: reading, mapping (with
// ids), accounting for losses, validating.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

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

convert::Digest hash(std::string_view text) {
  static constexpr std::array<std::uint8_t, 4> kKey = {1, 2, 3, 4};
  return gateway::security::hmac_sha256(kKey, text);
}

/// Microseconds of one call, the median of the rounds.
template <class Work>
double median_us(int rounds, const Work& work) {
  std::vector<double> all;
  for (int round = 0; round < rounds; ++round) {
    const double start = thread_us();
    for (int i = 0; i < kMessages; ++i)
      work();
    all.push_back((thread_us() - start) / kMessages);
  }
  std::ranges::sort(all);
  return all[all.size() / 2];
}

int measure(const convert::Converter& converter, const std::string& file, int rounds) {
  std::ifstream in(file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  convert::Manifest partner;
  partner.partner = "bench";
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
  const double all =
      median_us(rounds, [&] { kept += converter.convert(bytes, partner, whole).receipt.entries.size(); });
  const double mapped =
      median_us(rounds, [&] { kept += converter.convert(bytes, partner, bare).receipt.entries.size(); });
  const double counted =
      median_us(rounds, [&] { kept += converter.convert(bytes, partner, accounted).losses.size(); });
  const double read = median_us(rounds, [&] { kept += mappings::hl7v2::read(bytes).tree->node_count(); });
  fhir::validate::ValidateOptions options;
  options.report_unchecked_codes = false;
  const double valid = median_us(
      rounds, [&] { kept += fhir::validate::check(sample.bundle->root(), options).items().size(); });
  std::printf(
      "{\"file\":\"%s\",\"per_second\":%.0f,\"bytes\":%zu,\"elements\":%zu,\"us\":{\"all\":%.1f,\"read\":%."
      "1f,"
      "\"map\":%.1f,\"account\":%.1f,\"validate\":%.1f},\"check\":%zu}\n",
      file.substr(file.rfind('/') + 1).c_str(), 1e6 / all, bytes.size(), sample.bundle->node_count(), all,
      read, mapped - read, counted - mapped, valid, kept % 10);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  int rounds = 5;
  std::vector<std::string> files;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--rounds" && i + 1 < argc) {
      rounds = std::max(1, std::atoi(argv[++i]));
    } else {
      files.emplace_back(argv[i]);
    }
  }
  const auto packs = mappings::packs::load_packs("");
  if (files.empty() || !packs.has_value()) {
    std::fprintf(stderr, "convert_bench FILE... [--rounds N]\n");
    return 2;
  }
  const auto converter = convert::Converter::make(*packs);
  if (!converter) return 2;
  int code = 0;
  for (const std::string& file : files)
    code |= measure(**converter, file, rounds);
  return code;
}
