// Operators on two System values. FHIRPath 2.0, 6.2 and 6.6.
#pragma once

#include <compare>
#include <optional>
#include <string_view>

#include "fhir/path/ast.hpp"
#include "fhir/path/failure.hpp"
#include "fhir/path/value.hpp"

namespace fhir::path {

/// Why an operation gives nothing: open results are empty, unfit types are failures.
enum class Fit : std::uint8_t { kValue, kEmpty, kUnfit, kNeverFits };

struct ArithmeticResult {
  Fit fit = Fit::kEmpty;
  Value value;
};

/// + - * / div mod. Overflow and division by zero are empty. kNeverFits: a date and a number.
[[nodiscard]] ArithmeticResult arithmetic(Operator op, const Value& a, const Value& b);

struct OrderResult {
  Fit fit = Fit::kEmpty;
  std::weak_ordering order = std::weak_ordering::equivalent;
};

/// The order of two values of comparable types.
[[nodiscard]] OrderResult order(const Value& a, const Value& b);

/// The value as a decimal, if it is a number.
[[nodiscard]] std::optional<Decimal> decimal_of(const Value& value) noexcept;

/// An integer of the smaller type it fits in; `wide` keeps Long.
[[nodiscard]] Value integer_value(std::int64_t value, bool wide = false);

}  // namespace fhir::path
