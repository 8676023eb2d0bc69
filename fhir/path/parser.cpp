#include "fhir/path/parser.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <utility>

#include "fhir/base/utf8.hpp"
#include "fhir/path/lexer.hpp"

namespace fhir::path {
namespace {

using MutableAst = std::unique_ptr<Ast>;

struct OperatorRow {
  std::string_view text;
  Operator op;
  int precedence;
};

// FHIRPath 2.0, 6.8; a higher number binds tighter.
constexpr OperatorRow kOperators[] = {
    {"implies", Operator::kImplies, 1}, {"or", Operator::kOr, 2},
    {"xor", Operator::kXor, 2},         {"and", Operator::kAnd, 3},
    {"in", Operator::kIn, 4},           {"contains", Operator::kContains, 4},
    {"=", Operator::kEqual, 5},         {"~", Operator::kEquivalent, 5},
    {"!=", Operator::kNotEqual, 5},     {"!~", Operator::kNotEquivalent, 5},
    {"<", Operator::kLess, 6},          {"<=", Operator::kLessOrEqual, 6},
    {">", Operator::kGreater, 6},       {">=", Operator::kGreaterOrEqual, 6},
    {"|", Operator::kUnion, 7},         {"is", Operator::kIs, 8},
    {"as", Operator::kAs, 8},           {"+", Operator::kAdd, 9},
    {"-", Operator::kSubtract, 9},      {"&", Operator::kConcatenate, 9},
    {"*", Operator::kMultiply, 10},     {"/", Operator::kDivide, 10},
    {"div", Operator::kDiv, 10},        {"mod", Operator::kMod, 10},
};

bool is_reserved(std::string_view word) {
  static constexpr std::string_view kReserved[] = {"and", "or",  "xor",  "implies",
                                                   "div", "mod", "true", "false"};
  return std::find(std::begin(kReserved), std::end(kReserved), word) != std::end(kReserved);
}

class Parser {
 public:
  Parser(std::string_view text, const CompileOptions& options) : lexer_(text), options_(options) {}

  Outcome<AstPtr> whole() {
    if (!advance()) return tl::unexpected<Failure>(failure_);
    MutableAst root = expression(0);
    if (root != nullptr && token_.kind != TokenKind::kEnd) {
      root.reset();
      stop("an operator or the end is needed here");
    }
    if (root == nullptr) return tl::unexpected<Failure>(failure_);
    return AstPtr(std::move(root));
  }

 private:
  // Every member that returns a node returns null after a failure, with failure_ set.
  MutableAst stop(std::string message, FailureKind kind = FailureKind::kSyntax) {
    return stop_at(token_.offset, std::move(message), kind);
  }
  MutableAst stop_at(std::size_t offset, std::string message, FailureKind kind) {
    failure_ = Failure{kind, offset, std::move(message)};
    return nullptr;
  }

  bool advance() {
    auto next = lexer_.next();
    if (!next) {
      failure_ = next.error();
      return false;
    }
    token_ = std::move(*next);
    return true;
  }

  [[nodiscard]] bool at_symbol(std::string_view text) const {
    return token_.kind == TokenKind::kSymbol && token_.text == text;
  }
  bool expect(std::string_view symbol) {
    if (at_symbol(symbol)) return advance();
    stop("'" + std::string(symbol) + "' is needed here");
    return false;
  }

  static MutableAst make(AstKind kind, std::size_t offset, std::string name = {}) {
    auto node = std::make_unique<Ast>();
    node->kind = kind;
    node->offset = offset;
    node->name = std::move(name);
    return node;
  }
  /// Hangs `child` below `parent`; null when that goes over the depth limit.
  MutableAst adopt(MutableAst parent, MutableAst child) {
    if (child == nullptr) return nullptr;
    // The steps of a path are one level together.
    parent->depth = std::max(parent->depth, child->depth + (parent->kind == AstKind::kPath ? 0 : 1));
    if (parent->depth > options_.max_depth)
      return stop_at(child->offset, "nested too deep", FailureKind::kSyntax);
    parent->children.push_back(std::move(child));
    return parent;
  }

  [[nodiscard]] const OperatorRow* operator_here() const {
    if (token_.kind != TokenKind::kSymbol && token_.kind != TokenKind::kIdentifier) return nullptr;
    const auto* row =
        std::find_if(std::begin(kOperators), std::end(kOperators),
                     [this](const OperatorRow& candidate) { return candidate.text == token_.text; });
    return row == std::end(kOperators) ? nullptr : row;
  }

  MutableAst expression(int above) {
    if (++nesting_ > options_.max_depth) return stop("nested too deep");
    MutableAst left = unary();
    while (left != nullptr) {
      const OperatorRow* row = operator_here();
      if (row == nullptr || row->precedence <= above) break;
      left = operation(std::move(left), *row);
    }
    --nesting_;
    return left;
  }

  MutableAst operation(MutableAst left, const OperatorRow& row) {
    const bool type_op = row.op == Operator::kIs || row.op == Operator::kAs;
    MutableAst node = make(type_op ? AstKind::kTypeOp : AstKind::kBinary, token_.offset);
    node->op = row.op;
    if (!advance()) return nullptr;
    node = adopt(std::move(node), std::move(left));
    if (node == nullptr) return nullptr;
    if (type_op) return type_specifier(node->name) ? std::move(node) : nullptr;
    return adopt(std::move(node), expression(row.precedence));
  }

  bool type_specifier(std::string& name) {
    for (;;) {
      if (token_.kind != TokenKind::kIdentifier && token_.kind != TokenKind::kDelimited) {
        stop("a type name is needed here");
        return false;
      }
      name.append(token_.text);
      if (!advance()) return false;
      if (!at_symbol(".")) return true;
      name.push_back('.');
      if (!advance()) return false;
    }
  }

  MutableAst unary() {
    if (!at_symbol("+") && !at_symbol("-")) return path();
    MutableAst node = make(AstKind::kUnary, token_.offset);
    node->op = at_symbol("+") ? Operator::kAdd : Operator::kSubtract;
    if (!advance()) return nullptr;
    if (++nesting_ > options_.max_depth) return stop("nested too deep");
    node = adopt(std::move(node), unary());
    --nesting_;
    return node;
  }

  MutableAst path() {
    MutableAst base = term();
    if (base == nullptr || (!at_symbol(".") && !at_symbol("["))) return base;
    MutableAst node = make(AstKind::kPath, base->offset);
    node = adopt(std::move(node), std::move(base));
    while (node != nullptr && (at_symbol(".") || at_symbol("[")))
      node = adopt(std::move(node), step());
    return node;
  }

  MutableAst step() {
    if (at_symbol("[")) {
      MutableAst node = make(AstKind::kIndexer, token_.offset);
      if (!advance()) return nullptr;
      node = adopt(std::move(node), expression(0));
      return node != nullptr && expect("]") ? std::move(node) : nullptr;
    }
    if (!advance()) return nullptr;
    if (token_.kind == TokenKind::kDollar) return dollar();
    return invocation(options_.reserved_members ? Words::kAny : Words::kNotReserved);
  }

  MutableAst dollar() {
    static constexpr std::pair<std::string_view, AstKind> kRows[] = {
        {"this", AstKind::kThis}, {"index", AstKind::kIndex}, {"total", AstKind::kTotal}};
    for (const auto& [text, kind] : kRows) {
      if (token_.text != text) continue;
      MutableAst node = make(kind, token_.offset);
      return advance() ? std::move(node) : nullptr;
    }
    return stop("only $this, $index and $total exist");
  }

  enum class Words : std::uint8_t { kNotReserved, kAny };

  /// A member or a function call.
  MutableAst invocation(Words words = Words::kNotReserved) {
    const bool word =
        token_.kind == TokenKind::kIdentifier && (words == Words::kAny || !is_reserved(token_.text));
    if (!word && token_.kind != TokenKind::kDelimited) return stop("a name is needed here");
    MutableAst node = make(AstKind::kMember, token_.offset, token_.text);
    if (!advance()) return nullptr;
    if (!at_symbol("(")) return node;
    node->kind = AstKind::kFunction;
    if (!advance()) return nullptr;
    if (at_symbol(")")) return advance() ? std::move(node) : nullptr;
    for (;;) {
      node = adopt(std::move(node), expression(0));
      if (node == nullptr) return nullptr;
      if (!at_symbol(",")) break;
      if (!advance()) return nullptr;
    }
    return expect(")") ? std::move(node) : nullptr;
  }

  MutableAst term() {
    switch (token_.kind) {
      case TokenKind::kIdentifier:
        if (token_.text == "true" || token_.text == "false") return literal(Value(token_.text == "true"));
        return invocation();
      case TokenKind::kDelimited: return invocation();
      case TokenKind::kString: return literal(Value(token_.text));
      case TokenKind::kInteger:
      case TokenKind::kLong:
      case TokenKind::kDecimal: return number();
      case TokenKind::kDate: return moment(Temporal::parse_date(token_.text));
      case TokenKind::kDateTime: return moment(Temporal::parse_date_time(token_.text));
      case TokenKind::kTime: return moment(Temporal::parse_time(token_.text));
      case TokenKind::kExternal: {
        MutableAst node = make(AstKind::kExternal, token_.offset, token_.text);
        return advance() ? std::move(node) : nullptr;
      }
      case TokenKind::kDollar: return dollar();
      case TokenKind::kSymbol: return bracketed();
      case TokenKind::kEnd: break;
    }
    return stop("an expression is needed here");
  }

  MutableAst bracketed() {
    if (at_symbol("{")) {
      MutableAst node = make(AstKind::kEmpty, token_.offset);
      return advance() && expect("}") ? std::move(node) : nullptr;
    }
    if (!at_symbol("(")) return stop("an expression is needed here");
    if (!advance()) return nullptr;
    MutableAst node = expression(0);
    if (node == nullptr || !expect(")")) return nullptr;
    // A parenthesised name is not the start of the path that follows: (name).x keeps its own level.
    return node;
  }

  MutableAst literal(Value value) {
    MutableAst node = make(AstKind::kLiteral, token_.offset);
    node->literal = std::move(value);
    return advance() ? std::move(node) : nullptr;
  }

  MutableAst moment(const std::optional<Temporal>& value) {
    if (!value) return stop("a date or time that does not exist", FailureKind::kExecution);
    return literal(Value(*value));
  }

  MutableAst number() {
    const std::optional<Decimal> decimal = Decimal::parse(token_.text);
    const std::optional<std::int64_t> whole = decimal ? decimal->to_integer() : std::nullopt;
    const bool integral = token_.kind != TokenKind::kDecimal;
    if (!decimal || (integral && !whole))
      return stop("a number with too many digits", FailureKind::kExecution);
    const bool small =
        integral && token_.kind == TokenKind::kInteger && *whole <= std::numeric_limits<std::int32_t>::max();
    const Value plain = !integral ? Value(*decimal)
                        : small   ? Value(static_cast<std::int32_t>(*whole))
                                  : Value(*whole);
    MutableAst node = literal(plain);
    if (node == nullptr) return nullptr;
    const bool word = token_.kind == TokenKind::kIdentifier && calendar_unit(token_.text).has_value();
    if (!word && token_.kind != TokenKind::kString) return node;
    const bool calendar = word || calendar_unit(token_.text).has_value();
    node->literal = Value(Quantity{*decimal, token_.text.empty() ? "1" : token_.text, calendar});
    return advance() ? std::move(node) : nullptr;
  }

  Lexer lexer_;
  const CompileOptions& options_;
  Token token_;
  Failure failure_;
  std::size_t nesting_ = 0;
};

}  // namespace

Outcome<AstPtr> parse(std::string_view text, const CompileOptions& options) {
  if (text.size() > options.max_bytes) {
    return tl::unexpected<Failure>(Failure{FailureKind::kSyntax, options.max_bytes, "expression too long"});
  }
  if (const std::size_t bad = find_invalid_utf8(text); bad != std::string_view::npos) {
    return tl::unexpected<Failure>(Failure{FailureKind::kSyntax, bad, "not UTF-8"});
  }
  return Parser(text, options).whole();
}

}  // namespace fhir::path
