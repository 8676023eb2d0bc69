// Any bytes: the JSON reader answers, and what it read can be written, read again and written the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "fhir/base/utf8.hpp"
#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/json/writer.hpp"
#include "fhir/xml/reader.hpp"
#include "fhir/xml/writer.hpp"

namespace {

using fhir::tree::Layout;
using fhir::tree::ReadOutcome;

void require(bool holds) {
  if (!holds) std::abort();
}

/// Spans lie in the source, and every text is UTF-8.
void check_nodes(const fhir::tree::Tree& tree, std::string_view source) {
  for (fhir::tree::NodeIndex i = 0; i < tree.node_count(); ++i) {
    const fhir::tree::NodeRecord& record = tree.record(i);
    require(record.source.offset <= source.size() &&
            record.source.length <= source.size() - record.source.offset);
    require(fhir::find_invalid_utf8(tree.text(record)) == std::string_view::npos);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view source(reinterpret_cast<const char*>(bytes), size);
  const auto& table = fhir::definitions::r4();
  const ReadOutcome first = fhir::json::read(source, table);
  require((first.tree != nullptr) || first.issues.has_error());
  if (first.tree == nullptr) return 0;
  check_nodes(*first.tree, source);

  const std::string written = fhir::json::write(first.tree->root());
  const ReadOutcome second = fhir::json::read(written, table);
  require(second.tree != nullptr);
  require(fhir::json::write(second.tree->root()) == written);
  require(first.issues.has_error() || !second.issues.has_error());
  const std::string pretty = fhir::json::write(first.tree->root(), Layout::kPretty);
  const ReadOutcome from_pretty = fhir::json::read(pretty, table);
  require(from_pretty.tree != nullptr);
  require(fhir::json::write(from_pretty.tree->root()) == written);

  // The other format holds all of a right document. A wrong one may lose what it cannot hold, once.
  fhir::ReadLimits limits;
  limits.max_depth *= 4;  // formats nest differently
  const std::string other = fhir::xml::write(first.tree->root());
  const ReadOutcome third = fhir::xml::read(other, table, limits);
  require(third.tree != nullptr);
  const std::string settled = fhir::xml::write(third.tree->root());
  const ReadOutcome fourth = fhir::xml::read(settled, table, limits);
  require(fourth.tree != nullptr);
  require(fhir::xml::write(fourth.tree->root()) == settled);
  return 0;
}
