// Any bytes as an archive, gzipped or plain: no crash, no leak, bounds kept, and what was taken can be
// opened.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "fhir/packages/collector.hpp"
#include "fhir/packages/package_reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace fhir;
  constexpr std::size_t kMaxPlain = 1u << 20;
  const packages::PackageLimits limits{
      .max_plain_bytes = kMaxPlain, .max_kept_bytes = kMaxPlain, .max_files = 64};
  const std::string origin = "archive";
  IssueList issues;
  packages::Collector collector(origin, limits, issues);
  const Status read =
      packages::read_archive(std::string_view(reinterpret_cast<const char*>(bytes), size), limits, collector);
  if (!read.has_value() && read.error().detail.empty()) std::abort();
  std::size_t kept = 0;
  for (const packages::Addition& addition : collector.finish()) {
    if (addition.url.empty() || addition.type.empty()) std::abort();
    if (addition.bytes.empty() && !addition.node) std::abort();
    kept += addition.bytes.size();
  }
  if (kept > 2 * kMaxPlain) std::abort();
  return 0;
}
