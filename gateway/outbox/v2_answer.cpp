#include "gateway/outbox/v2_answer.hpp"

#include <algorithm>
#include <array>

#include "fhir/tree/tree.hpp"
#include "mappings/hl7v2/read.hpp"

namespace gateway::outbox {
namespace {

using fhir::tree::Node;

constexpr std::size_t kMaxAnswerBytes = 1u << 20u;

fhir::tree::TreePtr read_answer(std::string_view message) {
  fhir::ReadLimits limits;
  limits.max_bytes = kMaxAnswerBytes;
  return mappings::hl7v2::read(message, {}, limits).tree;
}

/// The value of a field, or of its first component.
std::string_view value_of(Node field) {
  return field.text().empty() ? field.child("c1").text() : field.text();
}

/// The first segment of that name, in whatever group it stands. Acknowledgements are short.
Node find_segment(Node message, std::string_view name) {
  if (!message) return {};
  const fhir::tree::Tree& tree = *message.tree();
  const fhir::tree::NameId id = tree.find_name(name);
  if (id == fhir::tree::kNoName) return {};
  for (fhir::tree::NodeIndex i = 0; i < tree.node_count(); ++i) {
    if (tree.record(i).name == id) return {&tree, i};
  }
  return {};
}

/// The code of table 0357 of the first ERR: ERR-3 from 2.5 on, the fourth component of ERR-1 before. Empty
/// when it is not three digits.
std::string error_code_of(Node message) {
  const Node segment = find_segment(message, "ERR");
  std::string_view code = value_of(segment.child("ERR_3"));
  if (code.empty()) {
    const Node old = segment.at("ERR_1", "c4");
    code = old.text().empty() ? old.child("s1").text() : old.text();
  }
  const bool digits =
      code.size() == 3 && std::ranges::all_of(code, [](char c) { return c >= '0' && c <= '9'; });
  return digits ? std::string(code) : std::string();
}

}  // namespace

std::string answered_control_id(std::string_view message) {
  const fhir::tree::TreePtr tree = read_answer(message);
  if (!tree) return {};
  return std::string(value_of(find_segment(tree->root(), "MSA").child("MSA_2")));
}

Answer interpret_v2(const fhir::Result<std::string>& outcome) {
  if (!outcome.has_value())
    return {Verdict::kRetry, std::string(fhir::traits(outcome.error().code).name), {}};
  const fhir::tree::TreePtr tree = read_answer(*outcome);
  if (!tree) return {Verdict::kRetry, "v2-unreadable", {}};
  const std::string_view code = value_of(find_segment(tree->root(), "MSA").child("MSA_1"));
  constexpr std::array<std::string_view, 6> kCodes{"AA", "CA", "AE", "CE", "AR", "CR"};
  if (std::ranges::find(kCodes, code) == kCodes.end()) return {Verdict::kRetry, "v2-unreadable", {}};
  std::string name = "v2-" + std::string(code);
  if (code[1] == 'A') return {Verdict::kDelivered, std::move(name), {}};
  const std::string error = error_code_of(tree->root());
  if (!error.empty()) name += '-' + error;
  const bool not_now = error == "206" || error == "207" || (code[1] == 'R' && error.empty());
  return {not_now ? Verdict::kRetry : Verdict::kDead, std::move(name), {}};
}

}  // namespace gateway::outbox
