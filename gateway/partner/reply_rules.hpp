// Which rule of a script answers a message.
#pragma once

#include <cstdint>
#include <vector>

#include "fhir/base/instant.hpp"
#include "fhir/tree/tree.hpp"
#include "gateway/partner/script.hpp"

namespace gateway::partner {

/// The condition holds for what is at `root`. One that fails or is empty does not.
[[nodiscard]] bool holds(const fhir::path::Plan& when, fhir::tree::Node root, const fhir::Clock& clock);

/// Counts how often each rule was used. One thread. `rules` outlives it.
class ReplyRules {
 public:
  explicit ReplyRules(const std::vector<ReplyRule>& rules) : rules_(rules), used_(rules.size(), 0) {}

  /// The first rule whose `times` are not used up and whose `when` holds for the Bundle; counts it. A
  /// condition that fails or is empty does not hold. Null: none, the caller acknowledges.
  [[nodiscard]] const ReplyRule* choose(fhir::tree::Node bundle, const fhir::Clock& clock);

 private:
  const std::vector<ReplyRule>& rules_;
  std::vector<std::uint32_t> used_;
};

}  // namespace gateway::partner
