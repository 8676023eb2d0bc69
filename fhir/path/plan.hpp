// A compiled FHIRPath expression.
//
//   auto plan = Plan::compile("name.where(use = 'official').given.first()", definitions::r4());
//   if (!plan) return refuse(to_text(plan.error()));
//   EvalContext context{.root = patient, .clock = clock};
//   Outcome<Collection> result = evaluate(**plan, context);
//
// The whole grammar of FHIRPath 2.0 (N1) with the FHIR R4 additions. Names are resolved against the type
// table when the plan is made; nothing is parsed again when it runs.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "fhir/path/failure.hpp"
#include "fhir/tree/type_table.hpp"

namespace fhir::path {

struct Ast;
struct FunctionRow;

struct CompileOptions {
  std::size_t max_bytes = 64u << 10;  ///< Length of the text.
  std::size_t max_depth =
      200;  ///< Nested operators, parentheses and arguments; a + b + c is two, a chain a.b.c one.
  /// Refuse, as semantic failures, what can never give a result: names a type does not have, criteria that
  /// are not boolean, order-dependent functions on unordered input.
  bool strict = false;
  /// The type the expression starts from, `Patient`. Empty: unknown, and strict checks begin where a type
  /// becomes known.
  std::string_view input_type;
  /// `as` and `as()` on several items filter like ofType(), instead of failing, and `as String` takes a FHIR
  /// string: some R4 invariants and search parameters were written so.
  bool as_filters = false;
  /// Names that mean the variable `%name` where a path starts, as in the mapping language. An element of the
  /// same name is then reached by `$this.name`.
  std::span<const std::string_view> variables = {};
  /// Functions beside those of the specification, looked up after them. Static storage.
  std::span<const FunctionRow> functions = {};
  /// As maps are written: `.value` of a primitive is the primitive itself, `valueString` is a value of that
  /// type.
  bool mapping_members = false;
  /// A reserved word after a point is a name: `text.div` without backticks, as FHIRPath Patch writes it.
  bool reserved_members = false;
};

struct PlanBody;

/// Immutable; shared between threads. Keeps its own copy of the text; the type table must outlive it.
class Plan {
 public:
  /// Failures are syntax or semantic, or execution for a literal that is no value (`@T25:00`). Cost: linear
  /// in the text.
  [[nodiscard]] static Outcome<std::shared_ptr<const Plan>> compile(std::string_view text,
                                                                    const tree::TypeTable& table,
                                                                    const CompileOptions& options = {});
  /// The same for a part of an expression parsed before. `text` is the whole of it: failures are placed
  /// there.
  [[nodiscard]] static Outcome<std::shared_ptr<const Plan>> compile(const Ast& ast, std::string_view text,
                                                                    const tree::TypeTable& table,
                                                                    const CompileOptions& options = {});
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;
  ~Plan();

  [[nodiscard]] std::string_view text() const noexcept;
  [[nodiscard]] const PlanBody& body() const noexcept { return *body_; }

 private:
  explicit Plan(std::unique_ptr<const PlanBody> body);
  std::unique_ptr<const PlanBody> body_;
};

using PlanPtr = std::shared_ptr<const Plan>;
using PlanResult = Outcome<PlanPtr>;

}  // namespace fhir::path
