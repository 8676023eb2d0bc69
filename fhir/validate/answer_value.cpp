#include "fhir/validate/answer_value.hpp"

#include <string>
#include <string_view>

#include "fhir/base/decimal.hpp"
#include "fhir/path/quantity.hpp"
#include "fhir/path/temporal.hpp"

namespace fhir::validate {

namespace {

using path::Temporal;
using tree::Node;

bool is_number(Node node) {
  return node.kind() == tree::ValueKind::kNumber;
}

std::optional<std::weak_ordering> order_of_numbers(std::string_view a, std::string_view b) {
  const auto left = Decimal::parse(a, true);
  const auto right = Decimal::parse(b, true);
  if (!left || !right) return std::nullopt;
  return *left <=> *right;
}

std::optional<Temporal> moment_of(Node node) {
  if (node.type() == "time") return Temporal::parse_time(node.text());
  const auto moment = Temporal::parse_date_time(node.text());
  // Its beginning: what is not written counts from the start of the year, month or day.
  return moment ? path::low_boundary(moment->as_date_time(), 17) : std::nullopt;
}

std::optional<std::weak_ordering> order_of_moments(Node a, Node b) {
  auto left = moment_of(a);
  auto right = moment_of(b);
  if (!left || !right) return std::nullopt;
  // Without a time zone on one side both are taken for local.
  const bool offsets = left->has_offset && right->has_offset;
  left->has_offset = offsets;
  right->has_offset = offsets;
  const auto order = path::compare(*left, *right);
  if (!order) return std::nullopt;
  return *order;
}

std::optional<path::Quantity> ucum_quantity(Node node) {
  const auto value = Decimal::parse(node.child("value").text(), true);
  const std::string_view code = node.child("code").text();
  if (!value || code.empty() || node.child("system").text() != "http://unitsofmeasure.org")
    return std::nullopt;
  return path::Quantity{*value, std::string(code), false};
}

bool same_unit(Node a, Node b) {
  return a.child("system").text() == b.child("system").text() &&
         a.child("code").text() == b.child("code").text() && !a.child("code").text().empty();
}

std::optional<std::weak_ordering> order_of_quantities(Node a, Node b) {
  if (same_unit(a, b)) return order_of_numbers(a.child("value").text(), b.child("value").text());
  const auto left = ucum_quantity(a);
  const auto right = ucum_quantity(b);
  return left && right ? path::compare(*left, *right) : std::nullopt;
}

bool is_moment(std::string_view type) {
  return type == "date" || type == "dateTime" || type == "time" || type == "instant";
}

}  // namespace

bool same_answer(Node a, Node b) {
  if (a.type() != b.type() && !(is_number(a) && is_number(b))) return false;
  if (a.type() == "Coding") {
    return a.child("code").text() == b.child("code").text() &&
           a.child("system").text() == b.child("system").text();
  }
  if (a.type() == "Quantity") {
    const bool plain = a.child("code").text().empty() && b.child("code").text().empty() &&
                       a.child("unit").text() == b.child("unit").text();
    const auto order = plain ? order_of_numbers(a.child("value").text(), b.child("value").text())
                             : order_of_quantities(a, b);
    return order == std::weak_ordering::equivalent;
  }
  if (a.type() == "Reference") return a.child("reference").text() == b.child("reference").text();
  if (is_number(a)) return order_of_numbers(a.text(), b.text()) == std::weak_ordering::equivalent;
  return a.text() == b.text();
}

std::optional<std::weak_ordering> order_of_answers(Node a, Node b) {
  if (is_number(a) && is_number(b)) return order_of_numbers(a.text(), b.text());
  if (is_moment(a.type()) && is_moment(b.type())) return order_of_moments(a, b);
  if (a.type() != b.type()) return std::nullopt;
  if (a.type() == "Quantity") return order_of_quantities(a, b);
  if (a.kind() == tree::ValueKind::kString) return a.text() <=> b.text();
  return std::nullopt;
}

}  // namespace fhir::validate
