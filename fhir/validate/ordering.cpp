#include "fhir/validate/ordering.hpp"

#include <compare>

#include "fhir/path/operators.hpp"

namespace fhir::validate {
namespace {

std::optional<std::weak_ordering> order_of(tree::Node value, tree::Node limit) {
  const auto left = path::as_system(path::Value(value));
  const auto right = path::as_system(path::Value(limit));
  if (!left || !right) return std::nullopt;
  const path::OrderResult result = path::order(*left, *right);
  if (result.fit != path::Fit::kValue) return std::nullopt;
  return result.order;
}

}  // namespace

std::optional<bool> is_below(tree::Node value, tree::Node limit) {
  const auto order = order_of(value, limit);
  return order ? std::optional(*order < 0) : std::nullopt;
}

std::optional<bool> is_above(tree::Node value, tree::Node limit) {
  const auto order = order_of(value, limit);
  return order ? std::optional(*order > 0) : std::nullopt;
}

}  // namespace fhir::validate
