// Any bytes: the HL7 v2 reader answers, and what it read can be written, read again and written the same; a
// header can be acknowledged; a file can be split.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "mappings/hl7v2/acknowledgement.hpp"
#include "mappings/hl7v2/batch.hpp"
#include "mappings/hl7v2/location.hpp"
#include "mappings/hl7v2/read.hpp"
#include "mappings/hl7v2/write.hpp"
#include "tests/fuzz/round_trip.hpp"

namespace {

namespace hl7v2 = mappings::hl7v2;
using fhir::tree::Node;
using fhir::tree::ReadOutcome;

using fuzz::require;

/// Spans lie in the source, every text is UTF-8, every place can be read back.
void check_nodes(const fhir::tree::Tree& tree, std::string_view source) {
  fuzz::check_nodes(tree, source);
  hl7v2::Locations locations(tree);
  for (fhir::tree::NodeIndex i = 0; i < tree.node_count() && i < 200; ++i) {
    const hl7v2::Location place = hl7v2::location(Node(&tree, i));
    require(hl7v2::parse_location(hl7v2::to_text(place)) == place);
    require(locations.of(Node(&tree, i)) == place);
  }
}

void check_acknowledgement(std::string_view source, const fhir::IssueList& issues) {
  const std::optional<hl7v2::Header> header = hl7v2::read_header(source);
  if (!header) return;
  hl7v2::Acknowledgement ack;
  ack.control_id = "1";
  ack.errors = hl7v2::to_ack_errors(issues);
  const std::optional<hl7v2::Header> answer = hl7v2::read_header(hl7v2::acknowledge(*header, ack));
  require(answer.has_value() && answer->type == "ACK" && answer->delimiters == header->delimiters);
}

std::string written(const fhir::tree::Tree& tree) {
  return hl7v2::write_in(tree.root(), hl7v2::CharacterSet()).value();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view source(reinterpret_cast<const char*>(bytes), size);
  for (const std::string_view message : hl7v2::split_batch(source, 100).messages)
    require(message.starts_with("MSH"));

  hl7v2::ReadOptions options;
  options.default_character_set = size % 2 == 0 ? "UNICODE UTF-8" : "8859/1";
  const ReadOutcome first = hl7v2::read(source, options);
  require((first.tree != nullptr) || first.issues.has_error());
  check_acknowledgement(source, first.issues);
  if (first.tree == nullptr) return 0;
  check_nodes(*first.tree, source);

  const std::string once = written(*first.tree);
  const ReadOutcome second = hl7v2::read(once);
  require(second.tree != nullptr && (first.issues.has_error() || !second.issues.has_error()));
  const std::string twice = written(*second.tree);
  if (!first.issues.has_error()) {
    require(twice == once);
    // The same elements, but for the MSH-18 that the writing adds.
    if (!first.tree->root().at("MSH", "MSH_18"))
      require(second.tree->node_count() == first.tree->node_count() + 1);
  }
  const ReadOutcome third = hl7v2::read(twice);
  require(third.tree != nullptr && written(*third.tree) == twice);
  return 0;
}
