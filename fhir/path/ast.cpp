#include "fhir/path/ast.hpp"

namespace fhir::path {

std::string_view to_text(Operator op) noexcept {
  static constexpr std::string_view kTexts[] = {"",   "implies", "or",  "xor", "and", "in", "contains",
                                                "=",  "~",       "!=",  "!~",  "<",   "<=", ">",
                                                ">=", "|",       "is",  "as",  "+",   "-",  "&",
                                                "*",  "/",       "div", "mod"};
  return kTexts[static_cast<std::size_t>(op)];
}

namespace {

void append(std::string& out, const Ast& ast);

void append_list(std::string& out, std::string_view head, const Ast& ast) {
  out.append("(").append(head);
  for (const AstPtr& child : ast.children) {
    out.push_back(' ');
    append(out, *child);
  }
  out.push_back(')');
}

void append_literal(std::string& out, const Value& value) {
  const std::string text = text_of(value).value_or("");
  switch (value.type()) {
    case ValueType::kString: out.append("'").append(text).append("'"); break;
    case ValueType::kTemporal:
      out.append(value.temporal().kind == TemporalKind::kTime ? "@T" : "@").append(text);
      if (value.temporal().kind == TemporalKind::kDateTime && value.temporal().precision < Precision::kHour)
        out.push_back('T');
      break;
    case ValueType::kLong: out.append(text).append("L"); break;
    default: out.append(text);
  }
}

// Recursion is bounded by the depth limit of the parser.
void append(std::string& out, const Ast& ast) {
  switch (ast.kind) {
    case AstKind::kEmpty: out.append("{}"); break;
    case AstKind::kLiteral: append_literal(out, *ast.literal); break;
    case AstKind::kMember: out.append(ast.name); break;
    case AstKind::kFunction: append_list(out, ast.name, ast); break;
    case AstKind::kIndexer: append_list(out, "[]", ast); break;
    case AstKind::kPath: append_list(out, "path", ast); break;
    case AstKind::kThis: out.append("$this"); break;
    case AstKind::kIndex: out.append("$index"); break;
    case AstKind::kTotal: out.append("$total"); break;
    case AstKind::kExternal: out.append("%").append(ast.name); break;
    case AstKind::kUnary:
    case AstKind::kBinary: append_list(out, to_text(ast.op), ast); break;
    case AstKind::kTypeOp:
      out.append("(").append(to_text(ast.op)).append(" ");
      append(out, *ast.children.front());
      out.append(" ").append(ast.name).append(")");
      break;
  }
}

}  // namespace

std::string to_text(const Ast& ast) {
  std::string out;
  append(out, ast);
  return out;
}

}  // namespace fhir::path
