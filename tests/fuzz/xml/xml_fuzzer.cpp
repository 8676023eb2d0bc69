// Any bytes: the XML reader answers, and what it read can be written, read again and written the same.
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

/// The span of an element is a tag and what it closes.
void check_spans(const fhir::tree::Tree& tree, std::string_view source) {
  for (fhir::tree::NodeIndex i = 0; i < tree.node_count(); ++i) {
    const auto span = tree.record(i).source;
    if (span.length > 0)
      fuzz::require(source[span.offset] == '<' && source[span.offset + span.length - 1] == '>');
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto& table = fhir::definitions::r4();
  const std::string_view source(reinterpret_cast<const char*>(bytes), size);
  const auto tree = fuzz::round_trip(
      source,
      [&](std::string_view text, const fhir::ReadLimits& limits) {
        return fhir::xml::read(text, table, limits);
      },
      [](Node node) { return fhir::xml::write(node); },
      [](Node node) { return fhir::xml::write(node, Layout::kPretty); },
      [&](std::string_view text, const fhir::ReadLimits& limits) {
        return fhir::json::read(text, table, limits);
      },
      [](Node node) { return fhir::json::write(node); });
  if (tree != nullptr) check_spans(*tree, source);
  return 0;
}
