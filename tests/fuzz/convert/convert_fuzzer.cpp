// Any bytes: the converter answers; what it makes is valid R4, the same each time, and every place it names
// is one of the source.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/json/writer.hpp"
#include "fhir/validate/validate.hpp"
#include "mappings/convert/converter.hpp"

namespace {

namespace convert = mappings::convert;

void require(bool holds) {
  if (!holds) std::abort();
}

/// Good enough to tell messages apart.
convert::Digest hash(std::string_view text) {
  convert::Digest digest{};
  std::uint64_t state = 0xCBF29CE484222325U;
  for (std::size_t i = 0; i < text.size() + digest.size(); ++i) {
    state = (state ^ static_cast<std::uint8_t>(i < text.size() ? text[i] : 0)) * 0x100000001B3U;
    digest[i % digest.size()] ^= static_cast<std::uint8_t>(state >> 24U);
  }
  return digest;
}

const convert::Converter& converter() {
  static const auto made = [] {
    const auto files = mappings::packs::load_packs("");
    require(files.has_value());
    auto compiled = convert::Converter::make(*files);
    require(compiled.has_value());
    return *compiled;
  }();
  return *made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view source(reinterpret_cast<const char*>(bytes), size);
  convert::Manifest partner;
  partner.partner = "fuzz";
  const convert::Conversion out = converter().convert(source, partner, {.hash = hash});
  require((out.bundle == nullptr) == out.issues.has_error());
  if (out.bundle == nullptr) return 0;
  const std::string written = fhir::json::write(out.bundle->root());
  const fhir::tree::ReadOutcome again = fhir::json::read(written, fhir::definitions::r4());
  require(again.tree != nullptr && !again.issues.has_error());
  require(!fhir::validate::check(again.tree->root()).has_error());
  const convert::Conversion second = converter().convert(source, partner, {.hash = hash});
  require(second.bundle != nullptr && fhir::json::write(second.bundle->root()) == written);
  for (const fhir::tree::NodeIndex node : out.receipt.sources) {
    const fhir::tree::SourceSpan span = fhir::tree::Node(out.source.get(), node).source();
    require(span.offset <= size && span.length <= size - span.offset);
  }
  for (const convert::Loss& loss : out.losses)
    require(!convert::place_of(out, loss).empty());
  require(!convert::receipt_json(out).empty());
  return 0;
}
