#include "fhir/validate/invariants.hpp"

#include <algorithm>

#include "fhir/path/evaluate.hpp"
#include "fhir/path/function.hpp"
#include "fhir/path/plan_body.hpp"
#include "fhir/tree/tree_builder.hpp"

namespace fhir::validate {
namespace {

constexpr std::string_view kByTheWalk[] = {"ele-1", "dom-3", "txt-1", "txt-2"};

Method method_of(std::string_view key) {
  if (std::find(std::begin(kByTheWalk), std::end(kByTheWalk), key) != std::end(kByTheWalk))
    return Method::kWalk;
  if (key == "ext-1") return Method::kExtensionOrValue;
  if (key == "per-1") return Method::kPeriodOrder;
  if (key == "ref-1") return Method::kLocalReference;
  return key == "bdl-7" ? Method::kFullUrlsDiffer : Method::kPlan;
}

/// Does the invariant hold on an element of the row that has no children at all?
bool holds_when_empty(const path::Plan& plan, const tree::TypeTable& table, tree::RowId row) {
  tree::TreeBuilder builder(table);
  builder.add_root(table.row(row).name, row);
  const tree::TreePtr tree = builder.finish();
  path::EvalContext context;
  context.root = tree->root();
  const auto result = path::evaluate_boolean(plan, context);
  return result.has_value() && result->value_or(false);
}

/// Follows what an expression starts from. Arguments that are evaluated for each item of a path that starts
/// from a child are not followed: without the child there are no items.
class ReadScan {
 public:
  ReadScan(const path::PlanBody& body, const tree::TypeTable& table, tree::RowId row, ChildMask& reads)
      : body_(body), table_(table), row_(row), reads_(reads) {}

  bool scan(path::NodeId id) {
    const path::PlanNode& node = body_.nodes[id];
    switch (node.code) {
      case path::PlanOp::kEmpty:
      case path::PlanOp::kConstant: return true;
      case path::PlanOp::kRootMember: return member(body_.names[node.datum]);
      case path::PlanOp::kPath: return path(node);
      case path::PlanOp::kPlus:
      case path::PlanOp::kNegate:
      case path::PlanOp::kBinary:
      case path::PlanOp::kIs:
      case path::PlanOp::kAs:
        return std::all_of(body_.children(node).begin(), body_.children(node).end(),
                           [this](path::NodeId link) { return scan(link); });
      default: return false;
    }
  }

 private:
  static bool goes_through_items(std::string_view function) {
    constexpr std::string_view kNames[] = {"where", "select", "all", "exists", "repeat"};
    return std::find(std::begin(kNames), std::end(kNames), function) != std::end(kNames);
  }

  bool member(const path::PlanName& name) {
    if (name.type.known) return false;
    for (const tree::RowId child : table_.children_of(row_)) {
      if (table_.row(child).name == name.id) reads_.set(table_.row(child).order);
    }
    return true;
  }

  bool path(const path::PlanNode& node) {
    const auto links = body_.children(node);
    if (!scan(links[0])) return false;
    const bool from_child = body_.nodes[links[0]].code == path::PlanOp::kRootMember;
    for (const path::NodeId link : links.subspan(1)) {
      const path::PlanNode& step = body_.nodes[link];
      if (step.code == path::PlanOp::kMember) continue;
      if (step.code != path::PlanOp::kFunction) return false;
      if (from_child && goes_through_items(step.function->name)) continue;
      for (const path::NodeId argument : body_.children(step)) {
        if (!scan(argument)) return false;
      }
    }
    return true;
  }

  const path::PlanBody& body_;
  const tree::TypeTable& table_;
  tree::RowId row_;
  ChildMask& reads_;
};

}  // namespace

bool reads_only_children(const path::Plan& plan, const tree::TypeTable& table, tree::RowId row,
                         ChildMask& reads) {
  return ReadScan(plan.body(), table, row, reads).scan(plan.body().root);
}

BaseInvariants::BaseInvariants(const definitions::Definitions& definitions, bool errata)
    : definitions_(definitions),
      errata_(errata),
      plans_(definitions.invariants.size()),
      compiled_(definitions.invariants.size()),
      rows_(definitions.table.rows.size()) {}

BaseInvariants::~BaseInvariants() = default;

std::string_view BaseInvariants::expression(std::uint32_t invariant) const {
  const definitions::InvariantRow& row = definitions_.invariants[invariant];
  const std::string_view published = definitions_.text(row.expression);
  const std::string_view key = definitions_.text(row.key);
  const std::string_view corrected = errata_ ? corrected_expression(key, published) : std::string_view();
  if (!corrected.empty()) return corrected;
  const std::string_view restated = restated_expression(key, published);
  return restated.empty() ? published : restated;
}

const path::Plan* BaseInvariants::plan_locked(std::uint32_t invariant) const {
  if (!compiled_[invariant]) {
    compiled_[invariant] = true;
    path::CompileOptions options;
    options.as_filters = true;
    auto plan = path::Plan::compile(expression(invariant), definitions_.table, options);
    if (plan.has_value()) plans_[invariant] = std::move(*plan);
  }
  return plans_[invariant].get();
}

const path::Plan* BaseInvariants::plan(std::uint32_t invariant) const {
  const std::lock_guard lock(mutex_);
  return plan_locked(invariant);
}

bool BaseInvariants::carries(tree::RowId row, std::uint32_t invariant) const {
  const auto has = [&](tree::RowId of) {
    const auto list = definitions_.invariants_of(definitions_.element(of));
    return std::find(list.begin(), list.end(), invariant) != list.end();
  };
  return has(row) || has(definitions_.type_of(row));
}

InvariantCheck BaseInvariants::check_of(tree::RowId row, std::uint32_t invariant) const {
  InvariantCheck check;
  check.invariant = invariant;
  check.method = method_of(definitions_.text(definitions_.invariants[invariant].key));
  check.plan = plan_locked(invariant);
  const tree::RowId type = definitions_.type_of(row);
  const tree::RowId children =
      definitions_.table.row(row).children_count != 0 || type == tree::kUnknownRow ? row : type;
  if (check.plan != nullptr && reads_only_children(*check.plan, definitions_.table, children, check.reads))
    check.skip_when_absent = holds_when_empty(*check.plan, definitions_.table, row);
  return check;
}

std::span<const InvariantCheck> BaseInvariants::make(tree::RowId row) const {
  const std::lock_guard lock(mutex_);
  if (const List* made = rows_[row].load(std::memory_order_relaxed)) return *made;
  auto list = std::make_unique<List>();
  const auto append = [&](tree::RowId of) {
    for (const std::uint32_t invariant : definitions_.invariants_of(definitions_.element(of))) {
      const bool known = std::any_of(list->begin(), list->end(), [invariant](const InvariantCheck& check) {
        return check.invariant == invariant;
      });
      if (known) continue;
      InvariantCheck check = check_of(row, invariant);
      if (check.method != Method::kWalk) list->push_back(check);
    }
  };
  append(row);
  if (definitions_.type_of(row) != row) append(definitions_.type_of(row));
  rows_[row].store(list.get(), std::memory_order_release);
  lists_.push_back(std::move(list));
  return *lists_.back();
}

}  // namespace fhir::validate
