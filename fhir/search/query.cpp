#include "fhir/search/query.hpp"

namespace fhir::search {

bool matches(const Operand& operand, Instant moment) noexcept {
  return matches(operand, moment, moment + std::chrono::microseconds(1));
}

bool matches(const Operand& operand, Instant low, Instant high) noexcept {
  // FHIR R4 3.1.1.4.5: equality is containment of the resource's period in the operand's; the others compare
  // its far ends.
  switch (operand.prefix) {
    case Prefix::kEq: return low >= operand.low && high <= operand.high;
    case Prefix::kNe: return low < operand.low || high > operand.high;
    case Prefix::kGt: return high > operand.high;
    case Prefix::kLt: return low < operand.low;
    case Prefix::kGe: return low >= operand.low || high > operand.high;
    case Prefix::kLe: return low < operand.low || high <= operand.high;
  }
  return false;
}

}  // namespace fhir::search
