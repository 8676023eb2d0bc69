// MapAsts to a PlanBody. Internal. One object for one compilation; its parts are in compiler.cpp (maps,
// types, groups), compile_rule.cpp, compile_target.cpp and compile_expression.cpp.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "fhir/path/ast.hpp"
#include "mappings/engine/map_ast.hpp"
#include "mappings/engine/models.hpp"
#include "mappings/engine/plan_body.hpp"

namespace mappings::engine {

/// A type as far as it is known. No table: it is a value, or nothing is known.
struct TypeRef {
  const fhir::tree::TypeTable* table = nullptr;
  fhir::tree::RowId row = fhir::tree::kUnknownRow;
  [[nodiscard]] bool known() const noexcept { return table != nullptr && row != fhir::tree::kUnknownRow; }
  [[nodiscard]] const fhir::tree::TypeRow& entry() const noexcept { return table->row(row); }
  [[nodiscard]] std::string_view name() const noexcept {
    return known() ? table->name(entry().type) : std::string_view();
  }
};

[[nodiscard]] bool is_primitive(const TypeRef& type);
/// A data type by its own row, so that two places of one type compare equal. A component of HL7 v2 stays
/// where it is: its parts are `s1`..., those of its type `c1`...
[[nodiscard]] fhir::tree::RowId canonical(const fhir::tree::TypeTable& table, fhir::tree::RowId row);

enum class Role : std::uint8_t { kSource, kTarget, kValue };

struct ScopeEntry {
  std::string name;
  std::uint32_t slot = 0;
  Role role = Role::kSource;
  TypeRef type;
};

struct NamedType {
  std::string name;
  TypeRef type;
  bool is_target = false;
};

/// A map while it is compiled.
struct MapState {
  const MapAst* ast = nullptr;
  const MapSource* source = nullptr;
  std::vector<NamedType> types;
  TypeRef source_model;  ///< Only the table.
  TypeRef target_model;
  std::vector<std::uint32_t> visible;                            ///< Maps whose groups it sees, itself first.
  std::vector<std::pair<std::string, std::uint32_t>> constants;  ///< Name to expression.
  std::unordered_map<std::string, std::uint32_t> groups;
  std::unordered_map<std::string, const ConceptTable*> concepts;  ///< Embedded ones.
  std::uint32_t counted_to = 0;                                   ///< Byte up to which lines are counted.
  std::uint32_t lines = 0;
};

class Compiler {
 public:
  Compiler(std::span<const MapSource> sources, const Models& models, const CompileLimits& limits)
      : sources_(sources), models_(models), limits_(limits) {}

  /// Null when there are issues of severity error.
  [[nodiscard]] std::unique_ptr<PlanBody> compile();
  [[nodiscard]] const fhir::IssueList& issues() const noexcept { return issues_; }

 private:
  // compiler.cpp
  void parse();
  void load_concepts();
  void resolve_uses(std::uint32_t map);
  void resolve_imports(std::uint32_t map);
  [[nodiscard]] std::uint32_t pair_of(const fhir::tree::TypeTable* source,
                                      const fhir::tree::TypeTable* target);
  void declare_groups(std::uint32_t map);
  void declare_default(const GroupAst& ast, std::uint32_t group);
  void compile_constants(std::uint32_t map);
  void compile_groups(std::uint32_t map);
  void compile_group(const GroupAst& ast, std::uint32_t group);
  [[nodiscard]] std::vector<const GroupAst*> chain_of(const GroupAst& ast, std::vector<std::uint32_t>& maps);
  [[nodiscard]] std::optional<TypeRef> find_type(std::string_view name, bool is_target) const;
  [[nodiscard]] std::optional<std::uint32_t> find_group(std::string_view name) const;
  [[nodiscard]] const ConceptTable* find_concepts(std::string_view reference);
  void error(std::uint32_t at, std::string text);
  void warning(std::uint32_t at, std::string text);
  void report(fhir::Severity severity, std::uint32_t at, std::string text);

  // compile_rule.cpp
  [[nodiscard]] Span compile_block(std::span<const RuleAst> rules);
  [[nodiscard]] std::uint32_t line_of(std::uint32_t at);
  [[nodiscard]] RulePlan compile_rule(const RuleAst& ast);
  void set_needed(std::span<const SourcePlan> sources, RulePlan& plan) const;
  [[nodiscard]] SourcePlan compile_source(const SourceAst& ast);
  [[nodiscard]] TypeRef source_child(const TypeRef& parent, const Word& name, ChildName& out);
  void bind(const Word& name, std::uint32_t slot, Role role, TypeRef type);
  // compile_target.cpp
  [[nodiscard]] TargetPlan compile_target(const TargetAst& ast);
  [[nodiscard]] TypeRef target_child(const TypeRef& parent, const Word& name, TargetChild& out);
  void compile_transform(const TargetAst& ast, TargetPlan& plan, TypeRef& type);
  void compile_evaluate(const TransformAst& ast, TargetPlan& plan);
  void compile_create(const TargetAst& ast, TargetPlan& plan, TypeRef& type);
  void compile_translate(const TransformAst& ast, TargetPlan& plan);
  void check_assignment(const TargetAst& ast, const TargetPlan& plan, const TypeRef& type);
  [[nodiscard]] bool is_constant(const TargetPlan& plan) const;
  [[nodiscard]] std::string constant_text(const ValueAst& value);
  [[nodiscard]] CallPlan compile_call(const CallAst& ast);
  void check_argument(const ValueAst& value, const ScopeEntry& entry, std::uint32_t group, std::size_t index);
  void short_form(const RuleAst& ast, RulePlan& plan);
  [[nodiscard]] const ScopeEntry* find_variable(std::string_view name) const;
  [[nodiscard]] std::uint32_t new_slot();

  // compile_expression.cpp
  [[nodiscard]] std::uint32_t compile_value(const ValueAst& value, const TypeRef& focus);
  [[nodiscard]] std::uint32_t compile_text(const ExpressionText& text, const TypeRef& focus);
  [[nodiscard]] std::optional<std::uint32_t> fast(const fhir::path::Ast& ast, const TypeRef& focus);
  [[nodiscard]] std::optional<std::uint32_t> fast_path(const fhir::path::Ast& ast, const TypeRef& focus,
                                                       std::size_t steps_left_out = 0);
  [[nodiscard]] std::optional<std::uint32_t> fast_binary(const fhir::path::Ast& ast, const TypeRef& focus);
  [[nodiscard]] std::uint32_t part(const fhir::path::Ast& ast, const TypeRef& focus);
  [[nodiscard]] std::uint32_t of_parts(ExpressionOp op, const fhir::path::Ast& ast, const TypeRef& focus);
  [[nodiscard]] std::uint32_t of(ExpressionOp op, std::initializer_list<std::uint32_t> parts);
  [[nodiscard]] std::optional<std::uint32_t> fast_chain(const fhir::path::Ast& ast, const TypeRef& focus);
  [[nodiscard]] static bool duplicates_do_not_matter(const fhir::path::Ast& path);
  [[nodiscard]] std::optional<std::uint32_t> fast_union(const fhir::path::Ast& ast, const TypeRef& focus);
  [[nodiscard]] std::optional<std::uint32_t> fast_step(std::uint32_t input, const fhir::path::Ast& step,
                                                       const fhir::path::Ast& path, TypeRef& type,
                                                       const TypeRef& focus);
  [[nodiscard]] std::optional<std::uint32_t> fast_text_step(std::uint32_t input, const fhir::path::Ast& step,
                                                            const fhir::path::Ast& path,
                                                            const TypeRef& focus);
  [[nodiscard]] std::optional<TypeRef> fast_child(const TypeRef& parent, const std::string& name,
                                                  ChildName& out);
  [[nodiscard]] std::optional<std::uint32_t> fast_function(const fhir::path::Ast& call, const TypeRef& focus,
                                                           std::optional<std::uint32_t> input);
  [[nodiscard]] bool is_choice_serial_name(const TypeRef& parent, const ChildName& name);
  [[nodiscard]] bool makes_text(std::uint32_t expression) const;
  void set_texts(Expression& expression, std::vector<std::string> texts);
  [[nodiscard]] static bool is_text(const fhir::path::Ast& ast);
  [[nodiscard]] std::optional<std::uint32_t> fast_compare(const fhir::path::Ast& ast, const TypeRef& focus);
  [[nodiscard]] std::uint32_t general(const fhir::path::Ast& ast, const ExpressionText& text);
  void check_names(const fhir::path::Ast& ast, const TypeRef& focus, bool focus_known,
                   const ExpressionText& text);
  [[nodiscard]] std::uint32_t add(Expression expression);
  [[nodiscard]] std::uint32_t literal(std::string text, fhir::tree::ValueKind kind);
  [[nodiscard]] std::uint32_t text(std::string text);
  [[nodiscard]] Span operands(std::span<const std::uint32_t> ids);
  [[nodiscard]] TypeRef type_of(std::uint32_t expression) const;

  std::span<const MapSource> sources_;
  const Models& models_;
  const CompileLimits& limits_;
  fhir::IssueList issues_;
  std::unique_ptr<PlanBody> body_;
  std::vector<MapAst> asts_;
  std::vector<MapState> maps_;
  std::unordered_map<std::string, const ConceptTable*> concepts_;  ///< By url.
  std::vector<TypeRef> expression_types_;                          ///< Parallel to PlanBody::expressions.

  std::unordered_map<const fhir::tree::TypeTable*, std::unordered_set<fhir::tree::NameId>> serial_names_;

  // Of the group that is being compiled.
  std::uint32_t map_ = 0;  ///< Where the text is: names, types and issues belong to it.
  std::uint32_t group_ = 0;
  std::vector<ScopeEntry> scope_;
  std::uint32_t slots_ = 0;
  std::uint32_t most_slots_ = 0;
  std::uint32_t nesting_ = 0;
  const ExpressionText* whole_ = nullptr;  ///< The expression that parts are compiled of.
};

}  // namespace mappings::engine
