#include "fhir/validate/ordering.hpp"

#include <compare>

#include "fhir/base/decimal.hpp"
#include "fhir/path/operators.hpp"
#include "fhir/path/temporal.hpp"

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

std::optional<path::CalendarUnit> unit_of(std::string_view code) {
  if (code == "a") return path::CalendarUnit::kYear;
  if (code == "mo") return path::CalendarUnit::kMonth;
  if (code == "wk") return path::CalendarUnit::kWeek;
  if (code == "d") return path::CalendarUnit::kDay;
  if (code == "h") return path::CalendarUnit::kHour;
  if (code == "min") return path::CalendarUnit::kMinute;
  if (code == "s") return path::CalendarUnit::kSecond;
  return std::nullopt;
}

/// The order of a date and the moment that is `duration` before (negative) or after now.
std::optional<std::weak_ordering> order_to_moment(tree::Node date, Instant now, tree::Node duration,
                                                  bool before) {
  const auto value = path::as_system(path::Value(date));
  const auto unit = unit_of(duration.child("code").text());
  auto amount = Decimal::parse(duration.child("value").text());
  if (!value || !value->is(path::ValueType::kTemporal) || !unit || !amount) return std::nullopt;
  if (before) amount = amount->negated();
  const path::Temporal today = path::Temporal::from_instant(value->temporal().kind, now);
  const auto limit = path::add(today, *amount, *unit);
  if (!limit) return std::nullopt;
  const auto order = path::compare(value->temporal(), *limit);
  if (!order) return std::nullopt;
  return *order;
}

}  // namespace

std::optional<bool> is_before(tree::Node date, Instant now, tree::Node duration) {
  const auto order = order_to_moment(date, now, duration, true);
  return order ? std::optional(std::is_lt(*order)) : std::nullopt;
}

std::optional<bool> is_after(tree::Node date, Instant now, tree::Node duration) {
  const auto order = order_to_moment(date, now, duration, false);
  return order ? std::optional(std::is_gt(*order)) : std::nullopt;
}

std::optional<bool> is_below(tree::Node value, tree::Node limit) {
  const auto order = order_of(value, limit);
  return order ? std::optional(std::is_lt(*order)) : std::nullopt;
}

std::optional<bool> is_above(tree::Node value, tree::Node limit) {
  const auto order = order_of(value, limit);
  return order ? std::optional(std::is_gt(*order)) : std::nullopt;
}

}  // namespace fhir::validate
