// The operators of an Evaluation: FHIRPath 2.0, 6.
#include <limits>
#include <utility>

#include "fhir/path/evaluation.hpp"
#include "fhir/path/operators.hpp"

namespace fhir::path {
namespace {

bool is_logic(Operator op) {
  return op >= Operator::kImplies && op <= Operator::kAnd;
}
bool is_comparison(Operator op) {
  return op >= Operator::kIn && op <= Operator::kGreaterOrEqual;
}

Truth negate(Truth value) {
  if (value == Truth::kEmpty) return value;
  return value == Truth::kTrue ? Truth::kFalse : Truth::kTrue;
}

Truth from_optional(std::optional<bool> value) {
  return value ? truth(*value) : Truth::kEmpty;
}

std::string operands(Operator op, const Value& a, const Value& b) {
  std::string out = "operator '";
  out.append(to_text(op)).append("' does not take ").append(type_of(a).name);
  return out.append(" and ").append(type_of(b).name);
}

void append_truth(Truth value, Sink& out) {
  if (value != Truth::kEmpty) out.push_back(Value(value == Truth::kTrue));
}

}  // namespace

bool Evaluation::logic(const PlanNode& node, const Frame& frame, Truth& out) {
  const auto links = body_.children(node);
  Truth left = Truth::kEmpty;
  if (!evaluate_truth(links[0], frame, left)) return false;
  const bool decided = (node.op == Operator::kAnd && left == Truth::kFalse) ||
                       (node.op == Operator::kOr && left == Truth::kTrue) ||
                       (node.op == Operator::kImplies && left == Truth::kFalse);
  if (decided) {
    out = node.op == Operator::kAnd ? Truth::kFalse : Truth::kTrue;
    return true;
  }
  Truth right = Truth::kEmpty;
  if (!evaluate_truth(links[1], frame, right)) return false;
  switch (node.op) {
    case Operator::kAnd:
      out = right == Truth::kFalse ? right : left == Truth::kEmpty ? left : right;
      return true;
    case Operator::kOr:
      out = right == Truth::kTrue ? right : left == Truth::kEmpty ? left : right;
      return true;
    case Operator::kImplies:
      out = right == Truth::kTrue ? right : left == Truth::kEmpty ? left : right;
      return true;
    default:  // xor
      out = left == Truth::kEmpty || right == Truth::kEmpty ? Truth::kEmpty : truth(left != right);
      return true;
  }
}

bool Evaluation::comparison(const PlanNode& node, const Frame& frame, Truth& out) {
  const auto links = body_.children(node);
  Scratch left_scratch;
  Scratch right_scratch;
  Items left;
  Items right;
  if (!evaluate_items(links[0], frame, left_scratch, left)) return false;
  if (!evaluate_items(links[1], frame, right_scratch, right)) return false;
  if (!spend(left.size() + right.size(), node)) return false;
  out = Truth::kEmpty;
  switch (node.op) {
    case Operator::kEqual: out = from_optional(equal(left, right)); return true;
    case Operator::kNotEqual: out = negate(from_optional(equal(left, right))); return true;
    case Operator::kEquivalent:
    case Operator::kNotEquivalent:
      if (!spend(left.size() * right.size(), node)) return false;
      out = truth(equivalent(left, right) == (node.op == Operator::kEquivalent));
      return true;
    case Operator::kContains: std::swap(left, right); [[fallthrough]];
    case Operator::kIn:
      if (left.empty()) return true;
      if (left.size() > 1) return fail(node, "membership asks for one item");
      out = truth(contains(right, left[0]));
      return true;
    default: break;
  }
  if (left.empty() || right.empty()) return true;
  if (left.size() > 1 || right.size() > 1) return fail(node, "several items where one is compared");
  const auto a = as_system(left[0]);
  const auto b = as_system(right[0]);
  const OrderResult found = a && b ? order(*a, *b) : OrderResult{Fit::kUnfit};
  if (found.fit == Fit::kEmpty) return true;
  if (found.fit != Fit::kValue) return fail(node, operands(node.op, left[0], right[0]));
  const bool less = found.order == std::weak_ordering::less;
  const bool greater = found.order == std::weak_ordering::greater;
  out = truth(node.op == Operator::kLess          ? less
              : node.op == Operator::kLessOrEqual ? !greater
              : node.op == Operator::kGreater     ? greater
                                                  : !less);
  return true;
}

bool Evaluation::operand(NodeId id, const Frame& frame, std::optional<Value>& out) {
  Scratch scratch;
  Items items;
  if (!evaluate_items(id, frame, scratch, items)) return false;
  const PlanNode& node = body_.nodes[id];
  if (items.size() > 1) return fail(node, "several items where one is needed");
  if (items.empty()) return true;
  out = as_system(items[0]);
  return out ? true : fail(node, "an element without a value in arithmetic");
}

bool Evaluation::union_of(const PlanNode& node, const Frame& frame, Sink& out) {
  const auto links = body_.children(node);
  Scratch both;
  if (!evaluate(links[0], frame, both) || !evaluate(links[1], frame, both)) return false;
  if (!spend(both.size(), node)) return false;
  ItemSet seen;
  for (const Value& item : both) {
    if (seen.insert(item)) out.push_back(item);
  }
  return true;
}

bool Evaluation::concatenation(const PlanNode& node, const Frame& frame, Sink& out) {
  std::string text;
  for (const NodeId link : body_.children(node)) {
    Scratch scratch;
    Items items;
    if (!evaluate_items(link, frame, scratch, items)) return false;
    if (items.size() > 1) return fail(node, "several items where one string is needed");
    if (items.empty()) continue;
    const auto part = string_of(items[0]);
    if (!part) return fail(node, "'&' joins strings only");
    text.append(*part);
  }
  if (text.size() > context_.limits.max_string_bytes) return fail(node, "the string grows past the limit");
  out.push_back(Value(std::move(text)));
  return true;
}

bool Evaluation::binary(const PlanNode& node, const Frame& frame, Sink& out) {
  Truth result = Truth::kEmpty;
  if (is_logic(node.op) || is_comparison(node.op)) {
    if (!(is_logic(node.op) ? logic(node, frame, result) : comparison(node, frame, result))) return false;
    append_truth(result, out);
    return true;
  }
  if (node.op == Operator::kUnion) return union_of(node, frame, out);
  if (node.op == Operator::kConcatenate) return concatenation(node, frame, out);
  const auto links = body_.children(node);
  std::optional<Value> left;
  std::optional<Value> right;
  if (!operand(links[0], frame, left) || !operand(links[1], frame, right)) return false;
  if (!left || !right) return true;
  ArithmeticResult found = arithmetic(node.op, *left, *right);
  if (found.fit == Fit::kUnfit) return fail(node, operands(node.op, *left, *right));
  if (found.fit == Fit::kNeverFits)
    return fail(node, operands(node.op, *left, *right), FailureKind::kSemantic);
  if (found.fit == Fit::kEmpty) return true;
  if (found.value.is(ValueType::kString) && found.value.string().size() > context_.limits.max_string_bytes) {
    return fail(node, "the string grows past the limit");
  }
  out.push_back(std::move(found.value));
  return true;
}

bool Evaluation::unary(const PlanNode& node, const Frame& frame, Sink& out) {
  std::optional<Value> value;
  if (!operand(body_.children(node)[0], frame, value)) return false;
  if (!value) return true;
  const bool negative = node.code == PlanOp::kNegate;
  if (value->is_integral()) {
    // The smallest Long has no opposite.
    if (negative && value->integer() == std::numeric_limits<std::int64_t>::min()) return true;
    const std::int64_t result = negative ? -value->integer() : value->integer();
    const bool written_wide = result == std::numeric_limits<std::int32_t>::min();
    out.push_back(integer_value(result, value->is(ValueType::kLong) && !written_wide));
    return true;
  }
  if (value->is(ValueType::kDecimal)) {
    out.push_back(Value(negative ? value->decimal().negated() : value->decimal()));
    return true;
  }
  if (value->is(ValueType::kQuantity)) {
    Quantity quantity = value->quantity();
    if (negative) quantity.value = quantity.value.negated();
    out.push_back(Value(std::move(quantity)));
    return true;
  }
  return fail(node, "a sign before something that is no number");
}

bool Evaluation::type_operation(const PlanNode& node, const Frame& frame, Sink& out) {
  Scratch scratch;
  Items items;
  if (!evaluate_items(body_.children(node)[0], frame, scratch, items)) return false;
  const TypeSpec& spec = body_.types[node.type];
  if (!spec.known) return fail(node, "no type '" + spec.name + "'");
  const bool cast = node.code == PlanOp::kAs;
  if (items.size() > 1 && !(cast && body_.as_filters))
    return fail(node, "several items where the type of one is asked");
  for (const Value& item : items) {
    if (!cast) {
      out.push_back(Value(is_type(item, spec)));
    } else if (is_type_for_cast(item, spec)) {
      out.push_back(item);
    }
  }
  return true;
}

}  // namespace fhir::path
