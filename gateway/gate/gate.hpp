// The red-flag gate: before anything else, on whatever can be read, and with no way to turn it off.
//
//   const RedFlagSet flags = RedFlagSet::minimum();
//   GateResult result = gate::inspect(flags, tree->root());            // a message that parsed
//   GateResult result = gate::inspect_bytes(flags, body);              // one that did not, in any format
//
// The gate detects and diverts; it never diagnoses and never lowers. A structured yes raises. Text raises to
// "needs human eyes", also beside a negation: "denies saddle numbness" is read by a person, since a machine
// that is wrong about "denies" costs a spinal cord. What lowers is only the absence of any hit. Questions
// answered no, and questions not asked, are not hits; the wording of a question is not a statement about the
// patient (lifecycle.md 7, domain.md 2.2). A result names conditions and places and never holds text of the
// message.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/tree/tree.hpp"
#include "gateway/gate/red_flag_set.hpp"

namespace gateway::gate {

enum class TriggerKind : std::uint8_t { kStructured, kText };
enum class FlagLevel : std::uint8_t {
  kHumanEyes,  ///< Text, or a coded statement that is past, inactive or not plainly answered: a person looks
               ///< now.
  kRaised,     ///< A structured yes.
};
[[nodiscard]] std::string_view to_code(TriggerKind kind) noexcept;
[[nodiscard]] std::string_view to_code(FlagLevel level) noexcept;

struct RaisedFlag {
  std::string condition;    ///< `cauda-equina`
  std::string requirement;  ///< `SX-22`
  TriggerKind trigger = TriggerKind::kText;
  FlagLevel level = FlagLevel::kHumanEyes;
  bool near_negation = false;  ///< For the person who looks; it lowers nothing.
  std::string place;           ///< FHIRPath of the element; `byte 120` when the input did not parse.
};

struct GateResult {
  std::vector<RaisedFlag> flags;     ///< At most one per condition, trigger and level; the first place found.
  std::optional<UrgentRoute> route;  ///< Of the most urgent flag. Present exactly when flags is not empty.
  bool cancer_priority = false;      ///< Priority 3, urgent suspected cancer, as coded by the sender.
  bool coded_routine =
      false;               ///< The sender coded routine. With flags: contradiction, the higher urgency wins.
  bool cut_short = false;  ///< The input was over the limit of the gate and not read whole.

  [[nodiscard]] bool raised() const noexcept { return !flags.empty(); }
  [[nodiscard]] bool contradiction() const noexcept { return coded_routine && (raised() || cancer_priority); }
};

/// Reads the whole tree: coded answers, coded conditions, all text, text attachments. A tree of HL7 v2 is
/// read leaf by leaf, and its observations (OBX) as questions with answers. Any thread. Cost: linear in the
/// text; one pass over each text, no backtracking.
[[nodiscard]] GateResult inspect(const RedFlagSet& flags, fhir::tree::Node root);

/// Reads bytes that did not parse, or that are of no known format: UTF-8, Latin-1 and UTF-16, with JSON, XML
/// and HL7 v2 escapes undone where that is harmless. Never fails. Cost: linear; at most `max_bytes` are read.
[[nodiscard]] GateResult inspect_bytes(const RedFlagSet& flags, std::string_view bytes,
                                       std::size_t max_bytes = 32u << 20);

/// Joins what was read from the tree and from its bytes; the higher level and the more urgent route win.
[[nodiscard]] GateResult merge(GateResult a, const GateResult& b);

}  // namespace gateway::gate
