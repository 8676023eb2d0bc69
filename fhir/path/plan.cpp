#include "fhir/path/plan.hpp"

#include <algorithm>
#include <iterator>
#include <re2/re2.h>
#include <utility>

#include "fhir/path/evaluation.hpp"
#include "fhir/path/function.hpp"
#include "fhir/path/parser.hpp"
#include "fhir/path/pattern.hpp"
#include "fhir/path/plan_body.hpp"
#include "fhir/path/type_check.hpp"

namespace fhir::path {

PlanBody::PlanBody() = default;
PlanBody::~PlanBody() = default;

namespace {

/// Ast to plan. Recursion is bounded by the depth limit of the parser.
class Compiler {
 public:
  Compiler(PlanBody& body, const CompileOptions& options) : body_(body), options_(options) {}

  /// kNone after a failure.
  NodeId compile(const Ast& ast, bool step = false);
  [[nodiscard]] const Failure& failure() const { return failure_; }

 private:
  NodeId stop(const Ast& at, std::string message) {
    failure_ = Failure{FailureKind::kSemantic, at.offset, std::move(message)};
    return kNone;
  }
  NodeId add(const PlanNode& node) {
    body_.nodes.push_back(node);
    return static_cast<NodeId>(body_.nodes.size() - 1);
  }
  std::uint32_t constant(const Value& value) {
    body_.constants.push_back(value);
    return static_cast<std::uint32_t>(body_.constants.size() - 1);
  }
  std::uint32_t name(const std::string& text) {
    for (std::size_t i = 0; i < body_.names.size(); ++i) {
      if (body_.names[i].text == text) return static_cast<std::uint32_t>(i);
    }
    PlanName entry{text, body_.table->find_name(text), resolve_type(text, *body_.table)};
    if (entry.type.space == TypeSpace::kSystem || !is_fhir_name(entry.type)) entry.type.known = false;
    body_.names.push_back(std::move(entry));
    return static_cast<std::uint32_t>(body_.names.size() - 1);
  }
  /// Types start with a capital but for the primitives, which are no start of a path.
  static bool is_fhir_name(const TypeSpec& type) {
    return !type.name.empty() && type.name[0] >= 'A' && type.name[0] <= 'Z';
  }
  std::uint32_t type(const std::string& text) {
    TypeSpec spec = resolve_type(text, *body_.table);
    if (options_.as_filters && spec.space == TypeSpace::kAny && is_fhir_name(spec)) {
      spec.primitive = spec.name;
      spec.primitive.front() = static_cast<char>(spec.primitive.front() - 'A' + 'a');
    }
    body_.types.push_back(std::move(spec));
    return static_cast<std::uint32_t>(body_.types.size() - 1);
  }

  bool link_children(const Ast& ast, PlanNode& node, std::size_t from = 0);
  NodeId function(const Ast& ast, PlanNode node);
  bool type_argument(const Ast& ast, PlanNode& node);
  bool pattern_argument(const Ast& ast, PlanNode& node);
  NodeId folded(const PlanNode& node);

  [[nodiscard]] bool is_variable(const std::string& name) const {
    return std::find(options_.variables.begin(), options_.variables.end(), name) != options_.variables.end();
  }
  [[nodiscard]] const FunctionRow* find(const std::string& name) const {
    if (const FunctionRow* known = find_function(name)) return known;
    const auto own = std::find_if(options_.functions.begin(), options_.functions.end(),
                                  [&name](const FunctionRow& row) { return row.name == name; });
    return own == options_.functions.end() ? nullptr : &*own;
  }

  PlanBody& body_;
  const CompileOptions& options_;
  Failure failure_;
};

bool Compiler::link_children(const Ast& ast, PlanNode& node, std::size_t from) {
  std::vector<NodeId> links;
  for (std::size_t i = from; i < ast.children.size(); ++i) {
    const NodeId child = compile(*ast.children[i], ast.kind == AstKind::kPath && i > 0);
    if (child == kNone) return false;
    links.push_back(child);
  }
  node.links = static_cast<std::uint32_t>(body_.links.size());
  node.count = static_cast<std::uint32_t>(links.size());
  body_.links.insert(body_.links.end(), links.begin(), links.end());
  return true;
}

NodeId Compiler::compile(const Ast& ast, bool step) {
  PlanNode node;
  node.op = ast.op;
  node.offset = static_cast<std::uint32_t>(ast.offset);
  switch (ast.kind) {
    case AstKind::kEmpty: return add(node);
    case AstKind::kLiteral:
      node.code = PlanOp::kConstant;
      node.datum = constant(*ast.literal);
      return add(node);
    case AstKind::kMember:
      node.code = step ? PlanOp::kMember : is_variable(ast.name) ? PlanOp::kExternal : PlanOp::kRootMember;
      node.datum = name(ast.name);
      return add(node);
    case AstKind::kFunction: return function(ast, node);
    case AstKind::kIndexer: node.code = PlanOp::kIndexer; break;
    case AstKind::kPath: node.code = PlanOp::kPath; break;
    case AstKind::kThis: node.code = PlanOp::kThis; return add(node);
    case AstKind::kIndex: node.code = PlanOp::kIndex; return add(node);
    case AstKind::kTotal: node.code = PlanOp::kTotal; return add(node);
    case AstKind::kExternal:
      node.code = PlanOp::kExternal;
      node.datum = name(ast.name);
      return add(node);
    case AstKind::kUnary: node.code = ast.op == Operator::kSubtract ? PlanOp::kNegate : PlanOp::kPlus; break;
    case AstKind::kBinary: node.code = PlanOp::kBinary; break;
    case AstKind::kTypeOp:
      node.code = ast.op == Operator::kIs ? PlanOp::kIs : PlanOp::kAs;
      node.type = type(ast.name);
      break;
  }
  if (!link_children(ast, node)) return kNone;
  return folded(node);
}

/// An operator on constants becomes its value. What fails stays: it fails when it runs, and only then.
NodeId Compiler::folded(const PlanNode& node) {
  const NodeId id = add(node);
  const bool operation =
      node.code == PlanOp::kBinary || node.code == PlanOp::kNegate || node.code == PlanOp::kPlus;
  if (!operation) return id;
  for (const NodeId child : body_.children(node)) {
    if (body_.nodes[child].code != PlanOp::kConstant) return id;
  }
  const EvalContext context;
  Evaluation run(body_, context);
  Collection result;
  if (!run.evaluate(id, run.root_frame(), result) || result.size() > 1) return id;
  PlanNode& place = body_.nodes[id];
  place.code = result.empty() ? PlanOp::kEmpty : PlanOp::kConstant;
  if (!result.empty()) place.datum = constant(result[0]);
  place.count = 0;
  return id;
}

/// The text of a type given as an argument: a name, or names joined by dots.
std::optional<std::string> type_text(const Ast& ast) {
  if (ast.kind == AstKind::kMember) return ast.name;
  if (ast.kind != AstKind::kPath) return std::nullopt;
  std::string text;
  for (const AstPtr& part : ast.children) {
    if (part->kind != AstKind::kMember) return std::nullopt;
    if (!text.empty()) text.push_back('.');
    text.append(part->name);
  }
  return text;
}

bool Compiler::type_argument(const Ast& ast, PlanNode& node) {
  const auto text = type_text(*ast.children[0]);
  if (!text) {
    stop(ast, "'" + ast.name + "' needs the name of a type");
    return false;
  }
  node.type = type(*text);
  return true;
}

bool Compiler::pattern_argument(const Ast& ast, PlanNode& node) {
  const Ast& argument = *ast.children[0];
  if (argument.kind != AstKind::kLiteral || !argument.literal->is(ValueType::kString)) return true;
  auto pattern = compile_pattern(argument.literal->string());
  if (pattern == nullptr) return true;  // Fails when it runs.
  node.pattern = static_cast<std::uint32_t>(body_.patterns.size());
  body_.patterns.push_back(std::move(pattern));
  return true;
}

NodeId Compiler::function(const Ast& ast, PlanNode node) {
  node.code = PlanOp::kFunction;
  node.function = find(ast.name);
  if (node.function == nullptr) {
    const bool specified =
        std::find(std::begin(kNotOffered), std::end(kNotOffered), ast.name) != std::end(kNotOffered);
    return stop(ast,
                specified ? "function '" + ast.name + "' is not offered" : "no function '" + ast.name + "'");
  }
  const std::size_t given = ast.children.size();
  if (given < node.function->min_arguments || given > node.function->max_arguments) {
    return stop(ast, "'" + ast.name + "' does not take " + std::to_string(given) + " arguments");
  }
  if (node.function->shape == ArgumentShape::kType) return type_argument(ast, node) ? add(node) : kNone;
  if (node.function->shape == ArgumentShape::kPattern && !pattern_argument(ast, node)) return kNone;
  if (!link_children(ast, node)) return kNone;
  return add(node);
}

}  // namespace

Plan::Plan(std::unique_ptr<const PlanBody> body) : body_(std::move(body)) {}
Plan::~Plan() = default;

std::string_view Plan::text() const noexcept {
  return body_->text;
}

PlanResult Plan::compile(std::string_view text, const tree::TypeTable& table, const CompileOptions& options) {
  auto ast = parse(text, options);
  if (!ast) return tl::unexpected<Failure>(ast.error());
  return compile(**ast, text, table, options);
}

PlanResult Plan::compile(const Ast& ast, std::string_view text, const tree::TypeTable& table,
                         const CompileOptions& options) {
  if (options.strict) {
    if (auto complaint = check_types(ast, table, options.input_type))
      return tl::unexpected<Failure>(std::move(*complaint));
  }
  auto body = std::make_unique<PlanBody>();
  body->text = text;
  body->table = &table;
  body->as_filters = options.as_filters;
  body->mapping_members = options.mapping_members;
  Compiler compiler(*body, options);
  body->root = compiler.compile(ast);
  if (body->root == kNone) return tl::unexpected<Failure>(compiler.failure());
  return PlanPtr(new Plan(std::move(body)));
}

}  // namespace fhir::path
