// One run of one plan. Internal: run.hpp is the way in. Groups and rules are in executor.cpp, what sets a
// rule off in rule_source.cpp; values of expressions in evaluate.cpp, conditions in condition.cpp, what
// FHIRPath itself decides in general.cpp; targets in target.cpp, what is put into them in assign.cpp,
// transforms in transforms.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/container/small_vector.hpp>
#include <boost/container/static_vector.hpp>

#include "fhir/path/evaluate.hpp"
#include "fhir/path/tree_host.hpp"
#include "mappings/engine/functions.hpp"
#include "mappings/engine/plan_body.hpp"
#include "mappings/engine/run.hpp"
#include "mappings/engine/source_index.hpp"
#include "mappings/engine/target_arena.hpp"

namespace mappings::engine {

enum class Held : std::uint8_t { kNothing, kSource, kTarget, kText, kQuantity };

/// What a variable or an expression holds. Texts live as long as the run.
struct Atom {
  Held held = Held::kNothing;
  fhir::tree::ValueKind kind = fhir::tree::ValueKind::kString;  ///< Of a text.
  fhir::tree::NodeIndex node = fhir::tree::kNoNode;  ///< Source element, target element, or quantity.
  std::string_view text;
  std::string_view type;  ///< FHIR type of a text; empty for a plain string.
};

using Atoms = boost::container::small_vector<Atom, 4>;

/// What a condition comes to; kFailed: the run has failed.
enum class Decision : std::uint8_t { kNo, kYes, kEmpty, kFailed };

/// A value, not parts.
[[nodiscard]] inline bool is_primitive(const fhir::tree::TypeRow& row) noexcept {
  return row.kind == fhir::tree::TypeKind::kPrimitive || row.kind == fhir::tree::TypeKind::kXhtml;
}

class Executor final : public fhir::path::ReadObserver {
 public:
  Executor(const Plan& plan, fhir::tree::Node source, const RunContext& context);

  [[nodiscard]] Transformed run();
  void read(fhir::tree::Node node) override;

 private:
  using Node = fhir::tree::Node;
  using NodeIndex = fhir::tree::NodeIndex;

  // executor.cpp. Each is false once the run has failed.
  [[nodiscard]] bool start(GroupId group, NodeIndex& root);
  [[nodiscard]] Atom* frame(std::uint32_t id);
  [[nodiscard]] bool group(std::uint32_t id);
  [[nodiscard]] bool pair_group(std::uint32_t id, const Atom& from, const Atom& to);
  [[nodiscard]] bool block(Span rules);
  [[nodiscard]] bool rule_sources(const RulePlan& rule, std::uint32_t index);
  [[nodiscard]] bool rule_items(const RulePlan& rule, const SourcePlan& source, std::uint32_t index,
                                std::span<const NodeIndex> items);
  [[nodiscard]] bool fire(const RulePlan& rule);
  [[nodiscard]] bool calls(const RulePlan& rule);
  [[nodiscard]] bool default_group(const RulePlan& rule);
  [[nodiscard]] bool plain_source(const RulePlan& rule, const SourcePlan& source, std::uint32_t index,
                                  NodeIndex from, NodeIndex first);
  [[nodiscard]] bool rule_item(const RulePlan& rule, const SourcePlan& source, std::uint32_t index,
                               NodeIndex item);
  /// Calls `visit` with every element a path leads to, until it gives false. Recursion is bounded by the
  /// names of the path.
  template <class Visit>
  bool each(NodeIndex from, const ChildName* name, std::uint32_t left, const Visit& visit) const {
    if (left == 0) return visit(from);
    NodeIndex at = index_.first(from, name_of(name->id));
    if (at == fhir::tree::kNoNode)
      return !name->value_itself || !node(from).has_value() || each(from, name + 1, left - 1, visit);
    for (; at != fhir::tree::kNoNode; at = index_.next(at)) {
      if (left == 1 ? !visit(at) : !each(at, name + 1, left - 1, visit)) return false;
    }
    return true;
  }
  template <class Visit>
  bool each(NodeIndex from, Span names, const Visit& visit) const {
    if (names.count == 1 && !body_.names[names.begin].value_itself) {
      NodeIndex at = index_.first(from, name_of(body_.names[names.begin].id));
      for (; at != fhir::tree::kNoNode; at = index_.next(at)) {
        if (!visit(at)) return false;
      }
      return true;
    }
    return each(from, body_.names.data() + names.begin, names.count, visit);
  }
  [[nodiscard]] bool passes(const SourcePlan& source, const Atom& item, bool& wanted);
  [[nodiscard]] bool has_type(NodeIndex item, fhir::tree::NameId type) const;
  [[nodiscard]] fhir::tree::NameId name_of(fhir::tree::NameId name) const noexcept {
    return (name & fhir::tree::kLocalName) == 0 ? name : local_[name & ~fhir::tree::kLocalName];
  }
  void mark(NodeIndex at) {
    if (source_.tree()->record(at).kind == fhir::tree::ValueKind::kNone) return;
    trail_.push_back(at);
    std::uint64_t& word = marks_[at / 64];
    const std::uint64_t bit = std::uint64_t{1} << (at % 64);
    if ((word & bit) != 0) return;
    word |= bit;
    if (source_.tree()->record(at).first_child != fhir::tree::kNoNode) mark_first_parts(at);
  }
  void mark(Node node) {
    if (node) mark(node.index());
  }
  void mark_first_parts(NodeIndex at);
  void mark_all(Node node);
  [[nodiscard]] bool spend(std::uint32_t steps = 1) {
    if (steps > steps_left_) return too_costly();
    steps_left_ -= steps;
    return true;
  }
  [[nodiscard]] bool too_costly();
  bool fail(fhir::IssueType type, std::string text, Node at = {});
  void note(fhir::Severity severity, fhir::IssueType type, std::string text, Node at = {});
  [[nodiscard]] Node node(NodeIndex index) const noexcept { return {source_.tree(), index}; }
  [[nodiscard]] Atom& slot(std::uint32_t index) noexcept { return slots_[base_ + index]; }
  [[nodiscard]] Node trigger() const;
  void finish(Transformed& out, NodeIndex root);
  [[nodiscard]] bool resolve_pending();
  [[nodiscard]] std::string reference_text(const Atom& subject, bool pointer);

  // evaluate.cpp
  [[nodiscard]] bool values(std::uint32_t expression, const Atom& focus, Atoms& out);
  [[nodiscard]] bool path_values(const Expression& expression, const Atom& focus, Atoms& out);
  [[nodiscard]] bool chosen(const Expression& expression, const Atom& focus, Atoms& out);
  [[nodiscard]] bool decided(std::uint32_t id, const Atom& focus, Atoms& out);
  [[nodiscard]] bool items(const Expression& expression, const Atom& focus, Atoms& out);
  [[nodiscard]] bool union_of(const Expression& expression, const Atom& focus, Atoms& out);
  [[nodiscard]] bool text_values(const Expression& expression, const Atom& focus, Atoms& out);
  [[nodiscard]] bool call(const Expression& expression, const Atom& focus, Atoms& out);
  [[nodiscard]] bool concat(const Expression& expression, const Atom& focus, Atoms& out);
  [[nodiscard]] Span names_of(const Expression& expression, NodeIndex from) const;
  [[nodiscard]] static Atom source_atom(NodeIndex at) noexcept {
    return {Held::kSource, fhir::tree::ValueKind::kString, at, {}, {}};
  }
  [[nodiscard]] std::optional<std::string_view> text_of(const Atom& atom) const;
  [[nodiscard]] Atom joined_atom(std::span<const std::string_view> parts);
  [[nodiscard]] Atom text_atom(std::string_view text, std::string_view type = {},
                               fhir::tree::ValueKind kind = fhir::tree::ValueKind::kString);

  // condition.cpp
  [[nodiscard]] Decision decide(std::uint32_t expression, const Atom& focus);
  [[nodiscard]] bool exists(const Expression& expression, const Atom& focus);
  [[nodiscard]] Decision has_any(const Expression& expression, const Atom& focus);
  [[nodiscard]] Decision logic(const Expression& expression, const Atom& focus);
  [[nodiscard]] Decision truth(std::uint32_t id, const Atom& focus);
  [[nodiscard]] Decision compare(const Expression& expression, const Atom& focus);
  [[nodiscard]] bool is_listed(const Expression& expression, std::string_view text) const;
  [[nodiscard]] Decision same(const Expression& expression, const Atom& focus);
  [[nodiscard]] Decision text_test(const Expression& expression, const Atom& focus);

  // general.cpp
  [[nodiscard]] bool general(const Expression& expression, const Atom& focus, fhir::path::Collection& out);
  [[nodiscard]] bool general_values(const Expression& expression, const Atom& focus, Atoms& out);
  [[nodiscard]] fhir::path::Value to_value(const Atom& atom) const;
  [[nodiscard]] Atom to_atom(const fhir::path::Value& value);

  // target.cpp
  struct Place {
    fhir::tree::NameId name = fhir::tree::kNoName;
    fhir::tree::RowId row = fhir::tree::kUnknownRow;  ///< kUnknownRow: a choice whose type is open.
    std::uint16_t order = 0;
    bool repeats = false;
    bool resource = false;
    bool itself = false;  ///< The primitive the place was asked of.
  };
  [[nodiscard]] bool target(const TargetPlan& plan);
  [[nodiscard]] bool free_target(const TargetPlan& plan);
  [[nodiscard]] bool fill(const TargetPlan& plan, NodeIndex to);
  [[nodiscard]] bool child_target(const TargetPlan& plan, NodeIndex parent, NodeIndex& made);
  [[nodiscard]] bool place(NodeIndex parent, const TargetChild& child, fhir::tree::NameId type, Place& out);
  [[nodiscard]] bool open_place(NodeIndex parent, const TargetChild& child, fhir::tree::NameId type,
                                Place& out);
  bool no_place(fhir::tree::RowId owner, fhir::tree::NameId child, fhir::tree::NameId type, bool choice);
  void set_place(fhir::tree::RowId row, Place& out) const;
  [[nodiscard]] fhir::tree::RowId choice_row(fhir::tree::RowId owner, fhir::tree::NameId name,
                                             fhir::tree::NameId type, bool& choice);
  [[nodiscard]] bool element(NodeIndex parent, const TargetChild& child, const TargetPlan& target,
                             fhir::tree::NameId type, NodeIndex& out);
  [[nodiscard]] bool open_element(NodeIndex parent, const TargetChild& child, const TargetPlan& target,
                                  fhir::tree::NameId type, NodeIndex& out);
  [[nodiscard]] bool new_element(NodeIndex parent, fhir::tree::NameId name, fhir::tree::RowId row,
                                 std::uint16_t order, bool first, NodeIndex& out);
  [[nodiscard]] fhir::tree::RowId resource_row(const TargetPlan& plan, fhir::tree::NameId type) const;
  [[nodiscard]] bool find_shared(NodeIndex parent, fhir::tree::NameId name, std::uint32_t word,
                                 NodeIndex& out) const;
  [[nodiscard]] fhir::tree::NameId choice_type(const Atom& atom) const;
  [[nodiscard]] static Atom target_atom(NodeIndex at) noexcept {
    return {Held::kTarget, fhir::tree::ValueKind::kString, at, {}, {}};
  }
  [[nodiscard]] std::uint32_t rule_index() const noexcept {
    return static_cast<std::uint32_t>(rule_ - body_.rules.data());
  }

  // assign.cpp
  [[nodiscard]] bool assign(NodeIndex parent, const TargetChild& child, const TargetPlan& target,
                            const Atom& atom, NodeIndex& out);
  [[nodiscard]] bool assign_to(NodeIndex to, const Atom& atom);
  [[nodiscard]] bool assign_source(NodeIndex to, Node from);
  [[nodiscard]] bool assign_quantity(NodeIndex to, const Atom& atom);
  [[nodiscard]] bool attach_target(NodeIndex parent, const Place& place, NodeIndex child, bool first);
  void put_value(NodeIndex to, std::string_view text, fhir::tree::ValueKind kind, Node from);
  [[nodiscard]] bool set_primitive(NodeIndex to, std::string_view text, std::string_view type, Node from);
  [[nodiscard]] bool converted(std::string_view from_type, bool from_v2, fhir::tree::NameId to_type,
                               std::string_view& text);
  [[nodiscard]] bool copy_children(Node from, NodeIndex to);
  void copy_target(NodeIndex from, NodeIndex to);
  [[nodiscard]] bool set_child(NodeIndex parent, fhir::tree::NameId name, const Atom& atom);
  [[nodiscard]] NodeIndex add_child(NodeIndex parent, fhir::tree::NameId name);
  void blame(NodeIndex target, Node from);

  // transforms.cpp
  [[nodiscard]] bool transform(const TargetPlan& target, Atoms& out);
  [[nodiscard]] bool makes_element(Transform transform, const TargetPlan& target) const noexcept;
  [[nodiscard]] bool make_complex(const TargetPlan& target, NodeIndex parent, const TargetChild& child,
                                  NodeIndex& out);
  [[nodiscard]] bool parameter(const TargetPlan& target, std::uint32_t index, Atom& out);
  [[nodiscard]] bool translate(const TargetPlan& target, std::optional<Translation>& out);
  [[nodiscard]] bool truncate(const TargetPlan& target, Atoms& out);
  [[nodiscard]] bool escape(const TargetPlan& target, Atoms& out);
  [[nodiscard]] bool cast(const TargetPlan& target, Atoms& out);
  [[nodiscard]] bool append(const TargetPlan& target, Atoms& out);
  [[nodiscard]] bool uuid(Atoms& out);
  [[nodiscard]] bool reference(const TargetPlan& target, NodeIndex to, bool pointer);

  const Plan& plan_;
  const PlanBody& body_;
  Node source_;
  const RunContext& context_;
  const PlanBody::Pair* pair_ = nullptr;
  FunctionSurroundings around_;
  std::optional<TargetArena> arena_;
  TextArena texts_;
  std::vector<Atom> slots_;
  std::uint32_t base_ = 0;
  std::uint32_t top_ = 0;
  std::uint32_t depth_ = 0;
  std::uint32_t steps_left_;
  const RulePlan* rule_ = nullptr;
  std::vector<fhir::tree::NameId> local_;  ///< PlanBody::local_names in the source tree.
  SourceIndex index_;
  std::vector<std::uint64_t> marks_;
  boost::container::small_vector<NodeIndex, 8> trail_;  ///< Values read by the target under way.
  struct Shared {
    NodeIndex parent;
    fhir::tree::NameId name;
    std::uint32_t text;
    NodeIndex node;
  };
  std::vector<Shared> shared_;
  /// Rows of choices found before: `value` of an Extension as a string.
  struct Choice {
    fhir::tree::RowId owner;
    fhir::tree::NameId name;
    fhir::tree::NameId type;
    fhir::tree::RowId row;
  };
  boost::container::static_vector<Choice, 8> choices_;
  std::vector<fhir::path::Quantity> quantities_;
  std::vector<NodeIndex> pending_;
  std::vector<NodeIndex> sources_;  ///< Receipt::sources.
  std::string scratch_;
  fhir::IssueList issues_;
  bool failed_ = false;
  fhir::path::Host* host_ = nullptr;
  std::optional<fhir::path::TreeHost> own_host_;
};

}  // namespace mappings::engine
