#include <algorithm>
#include <array>
#include <re2/re2.h>

#include "mappings/engine/executor.hpp"

namespace mappings::engine {

using fhir::path::Value;
using fhir::path::ValueType;
using fhir::tree::ValueKind;

Atom Executor::text_atom(std::string_view text, std::string_view type, ValueKind kind) {
  return {Held::kText, kind, fhir::tree::kNoNode, texts_.keep(text), type};
}

Atom Executor::joined_atom(std::span<const std::string_view> parts) {
  return {Held::kText, ValueKind::kString, fhir::tree::kNoNode, texts_.keep(parts), {}};
}

std::optional<std::string_view> Executor::text_of(const Atom& atom) const {
  if (atom.held == Held::kText) return atom.text;
  if (atom.held != Held::kSource || !node(atom.node).has_value()) return std::nullopt;
  return node(atom.node).text();
}

/// A first name that names the type of `from` stands for `from` itself.
Span Executor::names_of(const Expression& expression, Node from) const {
  const bool itself = expression.root_type != fhir::tree::kNoName && from.row().type == expression.root_type;
  return itself ? Span{expression.names.begin + 1, expression.names.count - 1} : expression.names;
}

/// True when it is clear at the first name that the path leads nowhere.
bool Executor::hopeless(NodeIndex from, const Expression& expression) const {
  if (expression.names.count == 0 || expression.root_type != fhir::tree::kNoName) return false;
  const ChildName& first = body_.names[expression.names.begin];
  if (first.value_itself) return false;
  const fhir::tree::NameId name = name_of(first);
  return name == fhir::tree::kNoName || !may_have(from, name);
}

void Executor::path_values(const Expression& expression, const Atom& focus, Atoms& out, bool reading) {
  const Atom& from = expression.slot == kNoId ? focus : slot(expression.slot);
  if (expression.names.count == 0) {
    if (from.held == Held::kSource && reading) mark(node(from.node));
    if (from.held != Held::kNothing) out.push_back(from);
    return;
  }
  if (from.held != Held::kSource || hopeless(from.node, expression)) return;
  boost::container::small_vector<NodeIndex, 8> found;
  walk(node(from.node), names_of(expression, node(from.node)), found);
  for (const NodeIndex index : found) {
    if (reading) mark(node(index));
    Atom& atom = out.emplace_back();
    atom.held = Held::kSource;
    atom.node = index;
  }
}

bool Executor::values(std::uint32_t id, const Atom& focus, Atoms& out) {
  const Expression& expression = body_.expressions[id];
  switch (expression.op) {
    case ExpressionOp::kLiteral:
      if (expression.kind != ValueKind::kNone) {
        out.push_back({Held::kText, expression.kind, fhir::tree::kNoNode, body_.texts[expression.text],
                       expression.kind == ValueKind::kBoolean ? "boolean" : ""});
      }
      return true;
    case ExpressionOp::kPath: path_values(expression, focus, out); return true;
    case ExpressionOp::kConcat:
    case ExpressionOp::kJoin: return concat(expression, focus, out);
    case ExpressionOp::kCall: return call(expression, focus, out);
    case ExpressionOp::kIif: {
      const std::uint32_t* parts = body_.operands.data() + expression.operands.begin;
      Decision condition = Decision::kEmpty;
      if (!decide(parts[0], focus, condition)) return false;
      if (condition == Decision::kYes) return values(parts[1], focus, out);
      return expression.operands.count < 3 || values(parts[2], focus, out);
    }
    case ExpressionOp::kGeneral: return general_values(expression, focus, out);
    case ExpressionOp::kStep:
    case ExpressionOp::kFirst:
    case ExpressionOp::kUnion:
    case ExpressionOp::kWhere:
    case ExpressionOp::kSelect: return items(expression, focus, out);
    case ExpressionOp::kCount:
    case ExpressionOp::kJoinAll:
    case ExpressionOp::kText:
    case ExpressionOp::kTrim:
    case ExpressionOp::kUpper:
    case ExpressionOp::kLower: return text_values(expression, focus, out);
    default: break;
  }
  Decision decision = Decision::kEmpty;
  if (!decide(id, focus, decision)) return false;
  if (decision != Decision::kEmpty) {
    out.push_back({Held::kText, ValueKind::kBoolean, fhir::tree::kNoNode,
                   decision == Decision::kYes ? "true" : "false", "boolean"});
  }
  return true;
}

bool Executor::general_values(const Expression& expression, const Atom& focus, Atoms& out) {
  fhir::path::Collection found;
  if (!general(expression, focus, found)) return false;
  for (const Value& item : found)
    out.push_back(to_atom(item));
  return true;
}

/// Both sides; where duplicates matter, each text once.
bool Executor::union_of(const Expression& expression, const Atom& focus, Atoms& out) {
  const std::uint32_t* parts = body_.operands.data() + expression.operands.begin;
  if (expression.general == kNoId) return values(parts[0], focus, out) && values(parts[1], focus, out);
  Atoms all;
  if (!values(parts[0], focus, all) || !values(parts[1], focus, all)) return false;
  const auto is_string = [](const Atom& atom) {
    return atom.held == Held::kText && atom.kind == ValueKind::kString &&
           (atom.type.empty() || atom.type == "string");
  };
  if (!std::all_of(all.begin(), all.end(), is_string)) return general_values(expression, focus, out);
  for (const Atom& item : all) {
    const auto same_text = [&item](const Atom& other) { return other.text == item.text; };
    if (std::none_of(out.begin(), out.end(), same_text)) out.push_back(item);
  }
  return true;
}

/// Operations that pass items on.
bool Executor::items(const Expression& expression, const Atom& focus, Atoms& out) {
  const std::uint32_t* parts = body_.operands.data() + expression.operands.begin;
  if (expression.op == ExpressionOp::kUnion) return union_of(expression, focus, out);
  Atoms input;
  if (!values(parts[0], focus, input) || !spend(static_cast<std::uint32_t>(input.size()))) return false;
  if (expression.op == ExpressionOp::kFirst) {
    if (!input.empty()) out.push_back(input[0]);
    return true;
  }
  for (const Atom& item : input) {
    if (expression.op == ExpressionOp::kWhere) {
      Decision decision = Decision::kEmpty;
      if (!decide(parts[1], item, decision)) return false;
      if (decision == Decision::kYes) out.push_back(item);
    } else if (expression.op == ExpressionOp::kSelect) {
      if (!values(parts[1], item, out)) return false;
    } else if (item.held == Held::kSource) {
      boost::container::small_vector<NodeIndex, 8> found;
      walk(node(item.node), expression.names, found);
      for (const NodeIndex index : found) {
        mark(node(index));
        out.push_back({Held::kSource, ValueKind::kString, index, {}, {}});
      }
    }
  }
  return true;
}

/// Operations that make a text or a number.
bool Executor::text_values(const Expression& expression, const Atom& focus, Atoms& out) {
  Atoms input;
  if (!values(body_.operands[expression.operands.begin], focus, input)) return false;
  if (expression.op == ExpressionOp::kCount) {
    out.push_back(text_atom(std::to_string(input.size()), "integer", ValueKind::kNumber));
    return true;
  }
  if (expression.op == ExpressionOp::kJoinAll) {
    boost::container::small_vector<std::string_view, 16> parts;
    for (const Atom& item : input) {
      const auto text = text_of(item);
      if (!text) continue;
      if (!parts.empty()) parts.push_back(body_.texts[expression.text]);
      parts.push_back(*text);
    }
    if (!parts.empty()) out.push_back(joined_atom({parts.data(), parts.size()}));
    return true;
  }
  if (input.size() > 1) return fail(fhir::IssueType::kProcessing, "several values where one is needed");
  const auto given = input.empty() ? std::nullopt : text_of(input[0]);
  if (!given) return true;
  std::string_view text = *given;
  if (expression.op == ExpressionOp::kText) {
    out.push_back({Held::kText, ValueKind::kString, fhir::tree::kNoNode, text, {}});
    return true;
  }
  if (expression.op == ExpressionOp::kTrim) {
    constexpr std::string_view kBlanks = " \t\r\n\f\v";
    const std::size_t begin = text.find_first_not_of(kBlanks);
    text = begin == std::string_view::npos ? std::string_view()
                                           : text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
    out.push_back({Held::kText, ValueKind::kString, fhir::tree::kNoNode, text, {}});
    return true;
  }
  if (std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) > 0x7F; }))
    return general_values(expression, focus, out);
  const bool upper = expression.op == ExpressionOp::kUpper;
  std::string made(text);
  for (char& c : made) {
    if (upper ? c >= 'a' && c <= 'z' : c >= 'A' && c <= 'Z') c = static_cast<char>(c ^ 0x20);
  }
  out.push_back(text_atom(made));
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
    const std::string* begin = body_.texts.data() + expression.text;
    holds = std::find(begin, begin + expression.text_count, *text) != begin + expression.text_count;
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

bool Executor::concat(const Expression& expression, const Atom& focus, Atoms& out) {
  boost::container::small_vector<std::string_view, 8> parts;
  for (std::uint32_t i = 0; i < expression.operands.count; ++i) {
    Atoms part;
    if (!values(body_.operands[expression.operands.begin + i], focus, part)) return false;
    if (part.size() > 1) return fail(fhir::IssueType::kProcessing, "several values where one is joined");
    const auto text = part.empty() ? std::nullopt : text_of(part[0]);
    if (!text && expression.op == ExpressionOp::kJoin) return true;
    if (text) parts.push_back(*text);
  }
  out.push_back(joined_atom({parts.data(), parts.size()}));
  return true;
}

bool Executor::call(const Expression& expression, const Atom& focus, Atoms& out) {
  std::array<std::string_view, 9> texts;
  for (std::uint32_t i = 0; i < expression.operands.count; ++i) {
    Atoms part;
    if (!values(body_.operands[expression.operands.begin + i], focus, part)) return false;
    if (part.size() > 1) {
      return fail(fhir::IssueType::kProcessing,
                  std::string(expression.function->name) + "() takes one value, not several");
    }
    const auto text = part.empty() ? std::nullopt : text_of(part[0]);
    if (!text) return true;
    texts[i] = *text;
  }
  scratch_.clear();
  switch (expression.function->call({texts.data(), expression.operands.count}, around_, scratch_)) {
    case Answer::kEmpty: return true;
    case Answer::kFail:
      return fail(fhir::IssueType::kValue,
                  std::string(expression.function->name) + "(): the value is none it can convert",
                  trail_.empty() ? Node{} : node(trail_.back()));
    case Answer::kValue: break;
  }
  const std::string_view type = expression.function->type;
  out.push_back(text_atom(scratch_, type, type == "xhtml" ? ValueKind::kXhtml : ValueKind::kString));
  return true;
}

bool Executor::exists(const Expression& expression, const Atom& focus) {
  const Atom& from = expression.slot == kNoId ? focus : slot(expression.slot);
  if (expression.names.count == 0) return from.held != Held::kNothing;
  if (from.held != Held::kSource || hopeless(from.node, expression)) return false;
  boost::container::small_vector<NodeIndex, 8> found;
  walk(node(from.node), names_of(expression, node(from.node)), found);
  for (const NodeIndex index : found)
    mark(node(index));
  return !found.empty();
}

/// One value against one or several strings; no value, or several, decides nothing or no.
bool Executor::compare(const Expression& expression, const Atom& focus, Decision& out) {
  const Atom& from = expression.slot == kNoId ? focus : slot(expression.slot);
  out = Decision::kEmpty;
  std::optional<std::string_view> text;
  if (from.held == Held::kText && expression.names.count == 0) {
    text = from.text;
  } else if (from.held == Held::kSource) {
    if (hopeless(from.node, expression)) return true;
    const Node start = node(from.node);
    boost::container::small_vector<NodeIndex, 8> found;
    walk(start, names_of(expression, start), found);
    for (const NodeIndex index : found)
      mark(node(index));
    if (found.size() > 1) {
      out = expression.op == ExpressionOp::kNotEqual ? Decision::kYes : Decision::kNo;
      return true;
    }
    if (!found.empty() && node(found[0]).has_value()) text = node(found[0]).text();
  }
  if (!text) return true;
  const std::string* begin = body_.texts.data() + expression.text;
  const bool equal = std::find(begin, begin + expression.text_count, *text) != begin + expression.text_count;
  out = equal != (expression.op == ExpressionOp::kNotEqual) ? Decision::kYes : Decision::kNo;
  return true;
}

bool Executor::decide(std::uint32_t id, const Atom& focus, Decision& out) {
  const Expression& expression = body_.expressions[id];
  const std::uint32_t* parts = body_.operands.data() + expression.operands.begin;
  switch (expression.op) {
    case ExpressionOp::kExists: out = exists(expression, focus) ? Decision::kYes : Decision::kNo; return true;
    case ExpressionOp::kEqual:
    case ExpressionOp::kNotEqual:
    case ExpressionOp::kOneOf: return compare(expression, focus, out);
    case ExpressionOp::kHas: {
      Atoms found;
      if (!values(parts[0], focus, found)) return false;
      out = found.empty() ? Decision::kNo : Decision::kYes;
      return true;
    }
    case ExpressionOp::kSame:
    case ExpressionOp::kDiffers: return same(expression, focus, out);
    case ExpressionOp::kListed:
    case ExpressionOp::kContains:
    case ExpressionOp::kStartsWith:
    case ExpressionOp::kMatches: return text_test(expression, focus, out);
    case ExpressionOp::kNot:
      if (!decide(parts[0], focus, out)) return false;
      if (out != Decision::kEmpty) out = out == Decision::kYes ? Decision::kNo : Decision::kYes;
      return true;
    case ExpressionOp::kAnd:
    case ExpressionOp::kOr: {
      const Decision settles = expression.op == ExpressionOp::kAnd ? Decision::kNo : Decision::kYes;
      Decision right = Decision::kEmpty;
      if (!decide(parts[0], focus, out)) return false;
      if (out == settles) return true;
      if (!decide(parts[1], focus, right)) return false;
      if (right == settles || out != Decision::kEmpty) out = right;
      return true;
    }
    default: break;
  }
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

Value Executor::to_value(const Atom& atom) const {
  switch (atom.held) {
    case Held::kSource: return Value(node(atom.node));
    case Held::kQuantity: return Value(quantities_[atom.node]);
    default: break;
  }
  if (atom.kind == ValueKind::kBoolean) return Value(atom.text == "true");
  if (atom.kind == ValueKind::kNumber) {
    const auto number = fhir::path::Decimal::parse(atom.text);
    if (number) {
      const auto whole = number->scale() == 0 ? number->to_integer() : std::nullopt;
      if (whole && *whole == static_cast<std::int32_t>(*whole))
        return Value(static_cast<std::int32_t>(*whole));
      return Value(*number);
    }
  }
  if (atom.type == "date") {
    if (const auto moment = fhir::path::Temporal::parse_date(atom.text)) return Value(*moment);
  }
  if (atom.type == "dateTime" || atom.type == "instant") {
    if (const auto moment = fhir::path::Temporal::parse_date_time(atom.text)) return Value(*moment);
  }
  return Value(atom.text);
}

Atom Executor::to_atom(const Value& value) {
  if (value.is_node()) {
    if (value.node().tree() == source_.tree())
      return {Held::kSource, ValueKind::kString, value.node().index(), {}, {}};
    return text_atom(value.node().text(), value.node().type(), value.node().kind());
  }
  if (value.is(ValueType::kQuantity)) {
    quantities_.push_back(value.quantity());
    return {
        Held::kQuantity, ValueKind::kNone, static_cast<NodeIndex>(quantities_.size() - 1), {}, "Quantity"};
  }
  const std::string text = fhir::path::text_of(value).value_or(std::string());
  switch (value.type()) {
    case ValueType::kBoolean: return text_atom(text, "boolean", ValueKind::kBoolean);
    case ValueType::kInteger:
    case ValueType::kLong: return text_atom(text, "integer", ValueKind::kNumber);
    case ValueType::kDecimal: return text_atom(text, "decimal", ValueKind::kNumber);
    case ValueType::kTemporal:
      switch (value.temporal().kind) {
        case fhir::path::TemporalKind::kDate: return text_atom(text, "date");
        case fhir::path::TemporalKind::kDateTime: return text_atom(text, "dateTime");
        case fhir::path::TemporalKind::kTime: return text_atom(text, "time");
      }
      break;
    default: break;
  }
  return text_atom(text);
}

bool Executor::general(const Expression& expression, const Atom& focus, fhir::path::Collection& out) {
  const General& plan = body_.generals[expression.general];
  boost::container::small_vector<Value, 4> held;
  boost::container::small_vector<fhir::path::Variable, 4> variables;
  held.reserve(plan.uses.size());
  for (const General::Use& use : plan.uses) {
    Atom atom;
    if ((use.slot & General::kConstant) != 0) {
      Atoms constant;
      if (!values(use.slot & ~General::kConstant, focus, constant)) return false;
      if (!constant.empty()) atom = constant[0];
    } else {
      atom = slot(use.slot);
    }
    if (atom.held == Held::kNothing) {
      variables.push_back({use.name, {}});
      continue;
    }
    held.push_back(to_value(atom));
    variables.push_back({use.name, {&held.back(), 1}});
  }
  const Atom& from = expression.slot == kNoId ? focus : slot(expression.slot);
  const Value item =
      from.held == Held::kNothing || from.held == Held::kTarget ? Value(source_) : to_value(from);
  fhir::path::EvalContext context;
  context.root = source_;
  context.focus = std::span(&item, 1);
  context.variables = variables;
  context.clock = context_.clock;
  context.host = host_;
  context.reads = this;
  context.surroundings = &around_;
  context.limits.max_steps = steps_left_;
  auto result = fhir::path::evaluate(*plan.plan, context);
  if (!result) {
    return fail(fhir::IssueType::kProcessing, "FHIRPath: " + result.error().message,
                item.is_node() ? item.node() : Node{});
  }
  out = std::move(*result);
  return spend(static_cast<std::uint32_t>(1 + out.size()));
}

}  // namespace mappings::engine
