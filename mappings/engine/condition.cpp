#include <optional>
#include <re2/re2.h>

#include "mappings/engine/executor.hpp"

namespace mappings::engine {

using fhir::tree::ValueKind;

namespace {

constexpr Decision yes_if(bool holds) noexcept {
  return holds ? Decision::kYes : Decision::kNo;
}

}  // namespace

bool Executor::exists(const Expression& expression, const Atom& focus) {
  const Atom& from = expression.slot == kNoId ? focus : slot(expression.slot);
  if (expression.names.count == 0) {
    if (from.held == Held::kSource) mark(from.node);
    return from.held != Held::kNothing;
  }
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
Decision Executor::compare(const Expression& expression, const Atom& focus) {
  const Atom& from = expression.slot == kNoId ? focus : slot(expression.slot);
  const bool differs = expression.op == ExpressionOp::kNotEqual;
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
    if (count > 1) return yes_if(differs);
    if (count == 1 && node(found).has_value()) text = node(found).text();
  }
  return text ? yes_if(is_listed(expression, *text) != differs) : Decision::kEmpty;
}

Decision Executor::decide(std::uint32_t id, const Atom& focus) {
  const Expression& expression = body_.expressions[id];
  switch (expression.op) {
    case ExpressionOp::kExists: return yes_if(exists(expression, focus));
    case ExpressionOp::kMissing: return yes_if(!exists(expression, focus));
    case ExpressionOp::kEqual:
    case ExpressionOp::kNotEqual:
    case ExpressionOp::kOneOf: return compare(expression, focus);
    case ExpressionOp::kHas: return has_any(expression, focus);
    case ExpressionOp::kSame:
    case ExpressionOp::kDiffers: return same(expression, focus);
    case ExpressionOp::kListed:
    case ExpressionOp::kContains:
    case ExpressionOp::kStartsWith:
    case ExpressionOp::kMatches: return text_test(expression, focus);
    case ExpressionOp::kNot:
    case ExpressionOp::kAnd:
    case ExpressionOp::kOr: return logic(expression, focus);
    default: return truth(id, focus);
  }
}

Decision Executor::has_any(const Expression& expression, const Atom& focus) {
  Atoms found;
  if (!values(body_.operands[expression.operands.begin], focus, found)) return Decision::kFailed;
  return yes_if(!found.empty());
}

/// Three-valued: the left side is enough when it settles the matter.
Decision Executor::logic(const Expression& expression, const Atom& focus) {
  const std::uint32_t* parts = body_.operands.data() + expression.operands.begin;
  const Decision left = decide(parts[0], focus);
  if (left == Decision::kFailed) return left;
  if (expression.op == ExpressionOp::kNot)
    return left == Decision::kEmpty ? left : yes_if(left == Decision::kNo);
  const Decision settles = yes_if(expression.op == ExpressionOp::kOr);
  if (left == settles) return left;
  const Decision right = decide(parts[1], focus);
  return right == settles || right == Decision::kFailed || left != Decision::kEmpty ? right : left;
}

/// Any other expression where a condition is asked for: one value that is not false.
Decision Executor::truth(std::uint32_t id, const Atom& focus) {
  Atoms found;
  if (!values(id, focus, found)) return Decision::kFailed;
  if (found.size() > 1) {
    (void)fail(fhir::IssueType::kProcessing, "several values where a condition is needed");
    return Decision::kFailed;
  }
  if (found.empty()) return Decision::kEmpty;
  const auto text = text_of(found[0]);
  const bool boolean = found[0].held == Held::kText
                           ? found[0].kind == ValueKind::kBoolean
                           : text && node(found[0].node).kind() == ValueKind::kBoolean;
  return yes_if(!boolean || *text != "false");
}

/// Two values as strings. Empty when one is missing; FHIRPath decides when one is no string.
Decision Executor::same(const Expression& expression, const Atom& focus) {
  const std::uint32_t* parts = body_.operands.data() + expression.operands.begin;
  Atoms left;
  Atoms right;
  if (!values(parts[0], focus, left) || !values(parts[1], focus, right)) return Decision::kFailed;
  if (left.empty() || right.empty()) return Decision::kEmpty;
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
    return yes_if(equal == (expression.op == ExpressionOp::kSame));
  }
  Atoms found;
  if (!general_values(expression, focus, found)) return Decision::kFailed;
  return found.empty() ? Decision::kEmpty : yes_if(found[0].text == "true");
}

/// `in` a list of strings, contains(), startsWith() and matches().
Decision Executor::text_test(const Expression& expression, const Atom& focus) {
  const std::uint32_t* parts = body_.operands.data() + expression.operands.begin;
  Atoms input;
  if (!values(parts[0], focus, input)) return Decision::kFailed;
  if (input.size() > 1) {
    (void)fail(fhir::IssueType::kProcessing, "several values where one is needed");
    return Decision::kFailed;
  }
  const auto text = input.empty() ? std::nullopt : text_of(input[0]);
  if (!text) return Decision::kEmpty;
  bool holds = false;
  if (expression.op == ExpressionOp::kMatches) {
    holds = re2::RE2::PartialMatch(re2::StringPiece(text->data(), text->size()),
                                   *body_.patterns[expression.pattern]);
  } else if (expression.op == ExpressionOp::kListed) {
    holds = is_listed(expression, *text);
  } else {
    Atoms start;
    if (!values(parts[1], focus, start)) return Decision::kFailed;
    const auto prefix = start.size() == 1 ? text_of(start[0]) : std::nullopt;
    if (!prefix) return Decision::kEmpty;
    holds = expression.op == ExpressionOp::kContains ? text->find(*prefix) != std::string_view::npos
                                                     : text->starts_with(*prefix);
  }
  return yes_if(holds);
}

}  // namespace mappings::engine
