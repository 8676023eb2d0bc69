#include <algorithm>
#include <array>

#include "mappings/engine/executor.hpp"

namespace mappings::engine {

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
Span Executor::names_of(const Expression& expression, NodeIndex from) const {
  if (expression.root_type == fhir::tree::kNoName) return expression.names;
  const bool itself = node(from).row().type == expression.root_type;
  return itself ? Span{expression.names.begin + 1, expression.names.count - 1} : expression.names;
}

bool Executor::path_values(const Expression& expression, const Atom& focus, Atoms& out) {
  const Atom& from = expression.slot == kNoId ? focus : slot(expression.slot);
  if (expression.names.count == 0) {
    if (from.held == Held::kSource) mark(from.node);
    if (from.held != Held::kNothing) out.push_back(from);
    return true;
  }
  if (from.held != Held::kSource) return true;
  return each(from.node, names_of(expression, from.node), [&](NodeIndex at) {
    mark(at);
    out.push_back(source_atom(at));
    return true;
  });
}

bool Executor::values(std::uint32_t id, const Atom& focus, Atoms& out) {
  const Expression& expression = body_.expressions[id];
  if (expression.op == ExpressionOp::kPath) return path_values(expression, focus, out);
  switch (expression.op) {
    case ExpressionOp::kLiteral:
      if (expression.kind != ValueKind::kNone) {
        out.push_back({Held::kText, expression.kind, fhir::tree::kNoNode, body_.texts[expression.text],
                       expression.kind == ValueKind::kBoolean ? "boolean" : ""});
      }
      return true;
    case ExpressionOp::kConcat:
    case ExpressionOp::kJoin: return concat(expression, focus, out);
    case ExpressionOp::kCall: return call(expression, focus, out);
    case ExpressionOp::kIif: return chosen(expression, focus, out);
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
    default: return decided(id, focus, out);
  }
}

bool Executor::chosen(const Expression& expression, const Atom& focus, Atoms& out) {
  const std::uint32_t* parts = body_.operands.data() + expression.operands.begin;
  const Decision condition = decide(parts[0], focus);
  if (condition == Decision::kFailed) return false;
  if (condition == Decision::kYes) return values(parts[1], focus, out);
  return expression.operands.count < 3 || values(parts[2], focus, out);
}

/// A condition as a value.
bool Executor::decided(std::uint32_t id, const Atom& focus, Atoms& out) {
  const Decision decision = decide(id, focus);
  if (decision == Decision::kFailed) return false;
  if (decision != Decision::kEmpty) {
    out.push_back({Held::kText, ValueKind::kBoolean, fhir::tree::kNoNode,
                   decision == Decision::kYes ? "true" : "false", "boolean"});
  }
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
      const Decision decision = decide(parts[1], item);
      if (decision == Decision::kFailed) return false;
      if (decision == Decision::kYes) out.push_back(item);
    } else if (expression.op == ExpressionOp::kSelect) {
      if (!values(parts[1], item, out)) return false;
    } else if (item.held == Held::kSource) {
      each(item.node, expression.names, [&](NodeIndex at) {
        mark(at);
        out.push_back(source_atom(at));
        return true;
      });
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

}  // namespace mappings::engine
