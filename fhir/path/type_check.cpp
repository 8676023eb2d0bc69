#include "fhir/path/type_check.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "fhir/path/type_spec.hpp"

namespace fhir::path {
namespace {

/// What is known of a collection before it exists.
struct Shape {
  bool known = false;  ///< False: anything may be in it; rows say nothing.
  bool ordered = true;
  bool no_boolean = false;        ///< System values that are no boolean.
  std::vector<tree::RowId> rows;  ///< The elements it may hold.
};

template <std::size_t N>
bool one_of(const std::string_view (&list)[N], std::string_view text) {
  return std::find(std::begin(list), std::end(list), text) != std::end(list);
}

constexpr std::string_view kKeepInput[] = {"where",   "first",          "last",     "tail",  "skip",
                                           "take",    "single",         "sort",     "trace", "distinct",
                                           "exclude", "defineVariable", "intersect"};
constexpr std::string_view kNeedOrder[] = {"first", "last", "tail", "skip", "take"};
constexpr std::string_view kPerItem[] = {"where",     "select", "all",       "exists", "repeat",
                                         "repeatAll", "sort",   "aggregate", "iif"};
constexpr std::string_view kCriterion[] = {"where", "all", "exists", "iif"};

class Checker {
 public:
  explicit Checker(const tree::TypeTable& table) : table_(table) {}

  Shape check(const Ast& ast, const Shape& focus);
  [[nodiscard]] Shape of_type(std::string_view type) const {
    Shape shape;
    const TypeSpec spec = resolve_type(type, table_);
    const tree::RowId row = table_.type_root(spec.name);
    shape.known = row != tree::kUnknownRow && table_.row(row).children_count != 0;
    if (shape.known) shape.rows.push_back(row);
    return shape;
  }
  [[nodiscard]] std::optional<Failure>& complaint() { return complaint_; }

 private:
  Shape complain(const Ast& at, std::string message) {
    if (!complaint_) complaint_ = Failure{FailureKind::kSemantic, at.offset, std::move(message)};
    return {};
  }
  Shape member(const Ast& ast, const Shape& input);
  Shape root_member(const Ast& ast, const Shape& focus);
  Shape function(const Ast& ast, const Shape& input, const Shape& focus);
  Shape path(const Ast& ast, const Shape& focus);

  const tree::TypeTable& table_;
  std::optional<Failure> complaint_;
};

/// The children of all possible elements that have the name. A slot for any resource makes the result
/// unknown.
Shape Checker::member(const Ast& ast, const Shape& input) {
  Shape result;
  result.ordered = input.ordered;
  if (!input.known) return result;
  result.known = true;
  const tree::NameId name = table_.find_name(ast.name);
  for (const tree::RowId parent : input.rows) {
    if (table_.row(parent).children_count == 0) result.known = false;
    for (const tree::RowId child : table_.children_of(parent)) {
      const tree::TypeRow& row = table_.row(child);
      if (row.name != name || name == tree::kNoName) continue;
      if ((row.flags & tree::kResourceSlot) != 0) return Shape{.known = false, .ordered = input.ordered};
      result.rows.push_back(child);
    }
  }
  if (result.known && result.rows.empty()) return complain(ast, "no element '" + ast.name + "' can be there");
  return result;
}

Shape Checker::root_member(const Ast& ast, const Shape& focus) {
  const bool capital = !ast.name.empty() && ast.name[0] >= 'A' && ast.name[0] <= 'Z';
  if (!focus.known) return capital ? of_type(ast.name) : Shape{};
  for (const tree::RowId row : focus.rows) {
    for (std::string_view type = table_.name(table_.row(row).type); capital && !type.empty();
         type = base_type(type, table_)) {
      if (type == ast.name) return focus;
    }
  }
  return member(ast, focus);
}

Shape Checker::function(const Ast& ast, const Shape& input, const Shape& focus) {
  const std::string_view name = ast.name;
  if (one_of(kNeedOrder, name) && !input.ordered)
    return complain(ast, "'" + ast.name + "' on items without an order");
  const bool per_item = one_of(kPerItem, name);
  Shape projected;
  if (name == "is" || name == "as" || name == "ofType") {
    if (name != "is" && !ast.children.empty() && ast.children[0]->kind == AstKind::kMember)
      return of_type(ast.children[0]->name);
    return {};
  }
  for (std::size_t i = 0; i < ast.children.size(); ++i) {
    // repeat() also runs on its own results, whose type is not the input's.
    const Shape inner = name.starts_with("repeat") ? Shape{} : per_item ? input : focus;
    const Shape argument = check(*ast.children[i], inner);
    if (i == 0) projected = argument;
    if (i == 0 && one_of(kCriterion, name) && argument.no_boolean)
      return complain(*ast.children[0], "a criterion is a boolean");
  }
  if (name == "children" || name == "descendants") return Shape{.known = false, .ordered = false};
  if (name == "extension") return of_type("Extension");
  if (name == "select") return projected;
  return one_of(kKeepInput, name) ? input : Shape{};
}

Shape Checker::path(const Ast& ast, const Shape& focus) {
  Shape shape = check(*ast.children[0], focus);
  for (std::size_t i = 1; i < ast.children.size() && !complaint_; ++i) {
    const Ast& step = *ast.children[i];
    if (step.kind == AstKind::kMember) {
      shape = member(step, shape);
    } else if (step.kind == AstKind::kFunction) {
      shape = function(step, shape, focus);
    } else if (step.kind == AstKind::kIndexer) {
      (void)check(*step.children[0], focus);
      if (!shape.ordered) return complain(step, "an index on items without an order");
    }
  }
  return shape;
}

// Recursion is bounded by the depth limit of the parser.
Shape Checker::check(const Ast& ast, const Shape& focus) {
  if (complaint_) return {};
  switch (ast.kind) {
    case AstKind::kMember: return root_member(ast, focus);
    case AstKind::kFunction: return function(ast, focus, focus);
    case AstKind::kPath: return path(ast, focus);
    case AstKind::kThis: return focus;
    case AstKind::kLiteral:
      return Shape{.known = false, .ordered = true, .no_boolean = !ast.literal->is(ValueType::kBoolean)};
    case AstKind::kTypeOp:
      (void)check(*ast.children[0], focus);
      return ast.op == Operator::kAs ? of_type(ast.name) : Shape{};
    case AstKind::kBinary: {
      const Shape left = check(*ast.children[0], focus);
      const Shape right = check(*ast.children[1], focus);
      if (ast.op != Operator::kUnion || !left.known || !right.known) return {};
      Shape both = left;
      both.rows.insert(both.rows.end(), right.rows.begin(), right.rows.end());
      return both;
    }
    default:
      for (const AstPtr& child : ast.children)
        (void)check(*child, focus);
      return {};
  }
}

}  // namespace

std::optional<Failure> check_types(const Ast& ast, const tree::TypeTable& table,
                                   std::string_view input_type) {
  Checker checker(table);
  (void)checker.check(ast, input_type.empty() ? Shape{} : checker.of_type(input_type));
  return std::move(checker.complaint());
}

}  // namespace fhir::path
