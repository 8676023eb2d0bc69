// Where every element of the result came from, and what of the source was left behind.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/tree/tree.hpp"

namespace mappings::engine {

class Plan;

/// One element of the result that a rule gave a value.
struct ReceiptEntry {
  fhir::tree::NodeIndex target = fhir::tree::kNoNode;  ///< In the result.
  std::uint32_t rule = 0;                              ///< Receipt::rule_name gives its name.
  std::uint32_t sources_begin = 0;                     ///< Into Receipt::sources.
  std::uint32_t sources_count = 0;  ///< 0: the rule was triggered by no element of the source.
};

/// Plain data; texts are made on demand only. Refers to the plan, the source tree and the result, which
/// outlive what it is asked.
struct Receipt {
  std::vector<ReceiptEntry> entries;            ///< In order of the result.
  std::vector<fhir::tree::NodeIndex> sources;   ///< Elements of the source, each with its span.
  std::vector<fhir::tree::NodeIndex> unmapped;  ///< Elements with a value that no rule read, in source order.
  const Plan* plan = nullptr;

  /// `map url#group.rule`: rules without a name are called by their line, `line 12`.
  [[nodiscard]] std::string rule_name(std::uint32_t rule) const;
};

/// Prints places of the source, as its format names them: `PID[1]-3[2].4`. Any thread.
class SourceNames {
 public:
  SourceNames() = default;
  SourceNames(const SourceNames&) = delete;
  SourceNames& operator=(const SourceNames&) = delete;
  virtual ~SourceNames() = default;
  [[nodiscard]] virtual std::string place(fhir::tree::Node source) const = 0;
};

}  // namespace mappings::engine
