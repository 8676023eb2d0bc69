#include <optional>
#include <re2/re2.h>

#include "mappings/engine/executor.hpp"

namespace mappings::engine {

using fhir::tree::ValueKind;

bool Executor::exists(const Expression& expression, const Atom& focus) {
  const Atom& from = expression.slot == kNoId ? focus : slot(expression.slot);
  if (expression.names.count == 0) return from.held != Held::kNothing;
  if (from.held != Held::kSource) return false;
  bool any = false;
  each(from.node, names_of(expression, from.node), [&](NodeIndex at) {
    mark(at);
    any = true;
    return true;
  });
  return any;
}

bool Executor::is_listed(const Expression& expression, std::string_view text) const {
  const std::string* at = body_.texts.data() + expression.text;
  for (const std::string* end = at + expression.text_count; at != end; ++at) {
    if (at->size() == text.size() && *at == text) return true;
  }
  return false;
}

/// One value against one or several strings; no value, or several, decides nothing or no.
bool Executor::compare(const Expression& expression, const Atom& focus, Decision& out) {
  const Atom& from = expression.slot == kNoId ? focus : slot(expression.slot);
  out = Decision::kEmpty;
  std::optional<std::string_view> text;
  if (from.held == Held::kText && expression.names.count == 0) {
    text = from.text;
  } else if (from.held == Held::kSource) {
    std::size_t count = 0;
    NodeIndex found = fhir::tree::kNoNode;
    each(from.node, names_of(expression, from.node), [&](NodeIndex at) {
      mark(at);
      found = at;
      ++count;
      return true;
    });
    if (count > 1) {
      out = expression.op == ExpressionOp::kNotEqual ? Decision::kYes : Decision::kNo;
      return true;
    }
    if (count == 1 && node(found).has_value()) text = node(found).text();
  }
  if (!text) return true;
  const bool differs = expression.op == ExpressionOp::kNotEqual;
  out = is_listed(expression, *text) != differs ? Decision::kYes : Decision::kNo;
  return true;
}

bool Executor::decide(std::uint32_t id, const Atom& focus, Decision& out) {
  const Expression& expression = body_.expressions[id];
  switch (expression.op) {
    case ExpressionOp::kExists: out = exists(expression, focus) ? Decision::kYes : Decision::kNo; return true;
    case ExpressionOp::kEqual:
    case ExpressionOp::kNotEqual:
    case ExpressionOp::kOneOf: return compare(expression, focus, out);
    case ExpressionOp::kHas: return has_any(expression, focus, out);
    case ExpressionOp::kSame:
    case ExpressionOp::kDiffers: return same(expression, focus, out);
    case ExpressionOp::kListed:
    case ExpressionOp::kContains:
    case ExpressionOp::kStartsWith:
    case ExpressionOp::kMatches: return text_test(expression, focus, out);
    case ExpressionOp::kNot:
    case ExpressionOp::kAnd:
    case ExpressionOp::kOr: return logic(expression, focus, out);
    default: return truth(id, focus, out);
  }
}

bool Executor::has_any(const Expression& expression, const Atom& focus, Decision& out) {
  Atoms found;
  if (!values(body_.operands[expression.operands.begin], focus, found)) return false;
  out = found.empty() ? Decision::kNo : Decision::kYes;
  return true;
}

/// Three-valued: the left side is enough when it settles the matter.
bool Executor::logic(const Expression& expression, const Atom& focus, Decision& out) {
  const std::uint32_t* parts = body_.operands.data() + expression.operands.begin;
  if (!decide(parts[0], focus, out)) return false;
  if (expression.op == ExpressionOp::kNot) {
    if (out != Decision::kEmpty) out = out == Decision::kYes ? Decision::kNo : Decision::kYes;
    return true;
  }
  const Decision settles = expression.op == ExpressionOp::kAnd ? Decision::kNo : Decision::kYes;
  if (out == settles) return true;
  Decision right = Decision::kEmpty;
  if (!decide(parts[1], focus, right)) return false;
  if (right == settles || out != Decision::kEmpty) out = right;
  return true;
}

/// Any other expression where a condition is asked for: one value that is not false.
bool Executor::truth(std::uint32_t id, const Atom& focus, Decision& out) {
  Atoms found;
  if (!values(id, focus, found)) return false;
  out = Decision::kEmpty;
  if (found.size() > 1)
    return fail(fhir::IssueType::kProcessing, "several values where a condition is needed");
  if (found.empty()) return true;
  const auto text = text_of(found[0]);
  const bool boolean = found[0].held == Held::kText
                           ? found[0].kind == ValueKind::kBoolean
                           : text && node(found[0].node).kind() == ValueKind::kBoolean;
  out = boolean && *text == "false" ? Decision::kNo : Decision::kYes;
  return true;
}

/// Two values as strings. Empty when one is missing; FHIRPath decides when one is no string.
bool Executor::same(const Expression& expression, const Atom& focus, Decision& out) {
  const std::uint32_t* parts = body_.operands.data() + expression.operands.begin;
  Atoms left;
  Atoms right;
  if (!values(parts[0], focus, left) || !values(parts[1], focus, right)) return false;
  out = Decision::kEmpty;
  if (left.empty() || right.empty()) return true;
  const bool v2 = source_.tree()->table().model == fhir::tree::Model::kHl7v2;
  const auto plain = [&](const Atom& atom) {
    if (atom.held == Held::kSource) return v2 && node(atom.node).has_value();
    return atom.held == Held::kText && (atom.kind == ValueKind::kString || atom.type == "integer") &&
           (atom.type.empty() || atom.type == "string" || atom.type == "integer");
  };
  const bool numbers = left[0].kind == ValueKind::kNumber || right[0].kind == ValueKind::kNumber;
  const bool both = left[0].kind == ValueKind::kNumber && right[0].kind == ValueKind::kNumber;
  if (left.size() == 1 && right.size() == 1 && (both || (!numbers && plain(left[0]) && plain(right[0])))) {
    const bool equal = *text_of(left[0]) == *text_of(right[0]);
    out = equal == (expression.op == ExpressionOp::kSame) ? Decision::kYes : Decision::kNo;
    return true;
  }
  Atoms found;
  if (!general_values(expression, focus, found)) return false;
  if (!found.empty()) out = found[0].text == "true" ? Decision::kYes : Decision::kNo;
  return true;
}

/// `in` a list of strings, contains(), startsWith() and matches().
bool Executor::text_test(const Expression& expression, const Atom& focus, Decision& out) {
  const std::uint32_t* parts = body_.operands.data() + expression.operands.begin;
  Atoms input;
  if (!values(parts[0], focus, input)) return false;
  out = Decision::kEmpty;
  if (input.size() > 1) return fail(fhir::IssueType::kProcessing, "several values where one is needed");
  const auto text = input.empty() ? std::nullopt : text_of(input[0]);
  if (!text) return true;
  bool holds = false;
  if (expression.op == ExpressionOp::kMatches) {
    holds = re2::RE2::PartialMatch(re2::StringPiece(text->data(), text->size()),
                                   *body_.patterns[expression.pattern]);
  } else if (expression.op == ExpressionOp::kListed) {
    holds = is_listed(expression, *text);
  } else {
    Atoms start;
    if (!values(parts[1], focus, start)) return false;
    const auto prefix = start.size() == 1 ? text_of(start[0]) : std::nullopt;
    if (!prefix) return true;
    holds = expression.op == ExpressionOp::kContains ? text->find(*prefix) != std::string_view::npos
                                                     : text->starts_with(*prefix);
  }
  out = holds ? Decision::kYes : Decision::kNo;
  return true;
}

}  // namespace mappings::engine
