#include "fhir/xml/reader.hpp"

#include <algorithm>
#include <utility>

#include "fhir/xml/parser.hpp"
#include "fhir/xml/tree_assembler.hpp"

namespace fhir::xml {

tree::ReadOutcome read(std::string_view bytes, const tree::TypeTable& table, const ReadLimits& limits) {
  tree::ReadReport report;
  constexpr std::size_t kBytesPerNode = 32;  // only a reservation
  tree::TreeBuilder builder(table, std::min<std::size_t>(bytes.size() / kBytesPerNode + 8, limits.max_nodes));
  TreeAssembler assembler(bytes, builder, limits, report);
  if (auto flaw = parse(bytes, limits, assembler)) {
    report.fatal(flaw->type, assembler.place(), std::move(flaw->text), flaw->offset);
  }
  return report.finish(builder, bytes);
}

}  // namespace fhir::xml
