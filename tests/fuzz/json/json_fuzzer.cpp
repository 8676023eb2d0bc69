// Any bytes: the JSON reader answers, and what it read can be written, read again and written the same.
#include <cstddef>
#include <cstdint>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/json/writer.hpp"
#include "fhir/xml/reader.hpp"
#include "fhir/xml/writer.hpp"
#include "tests/fuzz/round_trip.hpp"

namespace {

using fhir::tree::Layout;
using fhir::tree::Node;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto& table = fhir::definitions::r4();
  fuzz::round_trip(
      {reinterpret_cast<const char*>(bytes), size},
      [&](std::string_view text, const fhir::ReadLimits& limits) {
        return fhir::json::read(text, table, limits);
      },
      [](Node node) { return fhir::json::write(node); },
      [](Node node) { return fhir::json::write(node, Layout::kPretty); },
      [&](std::string_view text, const fhir::ReadLimits& limits) {
        return fhir::xml::read(text, table, limits);
      },
      [](Node node) { return fhir::xml::write(node); });
  return 0;
}
