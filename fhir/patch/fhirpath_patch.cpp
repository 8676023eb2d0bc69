#include "fhir/patch/fhirpath_patch.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "fhir/patch/edit.hpp"
#include "fhir/patch/material.hpp"
#include "fhir/patch/operation.hpp"
#include "fhir/path/evaluate.hpp"
#include "fhir/path/plan.hpp"
#include "fhir/path/tree_host.hpp"

namespace fhir::patch {

namespace {

using tree::Node;

struct Refusal {
  IssueType type = IssueType::kInvalid;
  const char* text = nullptr;
};

constexpr Refusal kDone{};

/// The elements a path names, or why it names none.
struct Targets {
  std::vector<Node> nodes;
  Refusal refused;
};

class Patching {
 public:
  Patching(Node resource, const PatchLimits& limits) : root_(resource), limits_(limits) {}

  [[nodiscard]] Refusal run(const Operation& operation) {
    const Targets targets = evaluate_path(operation.path);
    if (targets.refused.text != nullptr) return targets.refused;
    switch (operation.kind) {
      case OperationKind::kAdd: return add(operation, targets.nodes);
      case OperationKind::kInsert: return insert(operation, targets.nodes);
      case OperationKind::kDelete: return remove(targets.nodes);
      case OperationKind::kReplace: return replace(operation, targets.nodes);
      case OperationKind::kMove: return move(operation, targets.nodes);
    }
    return {IssueType::kNotSupported, "the type of the operation is not known"};
  }

  /// The resource as it now is; null while nothing has changed.
  [[nodiscard]] tree::TreePtr tree() const { return tree_; }
  [[nodiscard]] Node root() const { return root_; }

 private:
  [[nodiscard]] const tree::TypeTable& table() const { return root_.tree()->table(); }

  [[nodiscard]] Targets evaluate_path(std::string_view path) const {
    path::CompileOptions options;
    options.input_type = root_.type();
    options.reserved_members = true;
    const auto plan = path::Plan::compile(path, table(), options);
    if (!plan) return {{}, {IssueType::kInvalid, "the path is not FHIRPath"}};
    path::TreeHost host(root_);
    path::EvalContext context{.root = root_};
    context.host = &host;
    context.limits.max_steps = limits_.max_steps;
    const auto result = path::evaluate(**plan, context);
    if (!result) return {{}, {IssueType::kInvalid, "the path cannot be evaluated"}};
    Targets targets;
    for (const path::Value& item : *result) {
      if (!item.is_node() || item.node().tree() != root_.tree())
        return {{}, {IssueType::kInvalid, "the path names something that is no element of the resource"}};
      targets.nodes.push_back(item.node());
    }
    return targets;
  }

  Refusal apply(const Edit& edit) {
    EditOutcome outcome = edited(root_, edit);
    if (outcome.fault != nullptr) return {IssueType::kInvalid, outcome.fault};
    if (outcome.tree->node_count() > limits_.max_nodes)
      return {IssueType::kTooCostly, "the result has too many elements"};
    tree_ = std::move(outcome.tree);
    root_ = tree_->root();
    return kDone;
  }

  Refusal add(const Operation& operation, const std::vector<Node>& targets) {
    if (targets.empty()) return {IssueType::kNotFound, "the path names nothing in the resource"};
    if (targets.size() > 1) return {IssueType::kInvalid, "the path names more than one element"};
    return append(targets.front(), operation.name, operation);
  }

  Refusal append(Node parent, std::string_view name, const Operation& operation) {
    const tree::RowId row = row_for(table(), parent.row_id(), name, operation.value);
    if (row == tree::kUnknownRow) return no_such_value();
    const tree::TypeRow& type = table().row(row);
    const bool repeats = (type.flags & tree::kRepeats) != 0;
    if (!repeats && parent.child(table().name(type.name)))
      return {IssueType::kInvalid, "the element is there already and does not repeat"};
    return apply({.placement = Placement::kLastChild,
                  .anchor = parent.index(),
                  .moved = {},
                  .value = operation.value,
                  .row = row});
  }

  static Refusal no_such_value() {
    return {IssueType::kInvalid, "there is no such element here, or it does not take a value of this type"};
  }

  static bool one_list(const std::vector<Node>& nodes) {
    return std::all_of(nodes.begin(), nodes.end(), [&nodes](Node node) {
      return node.parent() == nodes.front().parent() && node.name() == nodes.front().name();
    });
  }

  Refusal insert(const Operation& operation, const std::vector<Node>& targets) {
    if (operation.index > targets.size())
      return {IssueType::kInvalid, "the index is past the end of the list"};
    if (targets.empty()) return insert_first(operation);
    const Node first = targets.front();
    if (!first.parent() || !one_list(targets))
      return {IssueType::kInvalid, "the path does not name one list"};
    if ((first.row().flags & tree::kRepeats) == 0)
      return {IssueType::kInvalid, "the element does not repeat"};
    const tree::RowId row = row_for(table(), first.parent().row_id(), first.serial_name(), operation.value);
    if (row == tree::kUnknownRow) return no_such_value();
    const bool last = operation.index == targets.size();
    const Node anchor = last ? targets.back() : targets[operation.index];
    return apply({.placement = last ? Placement::kAfter : Placement::kBefore,
                  .anchor = anchor.index(),
                  .moved = {},
                  .value = operation.value,
                  .row = row});
  }

  /// The list is not there yet: its last step names it, what stands before names where.
  Refusal insert_first(const Operation& operation) {
    const std::size_t point = operation.path.rfind('.');
    const std::string_view name = operation.path.substr(point + 1);
    const bool plain = point != std::string_view::npos && std::all_of(name.begin(), name.end(), [](char c) {
                         return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
                       });
    if (!plain) return {IssueType::kNotFound, "the path names no list"};
    const Targets parents = evaluate_path(operation.path.substr(0, point));
    if (parents.refused.text != nullptr || parents.nodes.size() != 1)
      return {IssueType::kNotFound, "the path names no list"};
    return append(parents.nodes.front(), name, operation);
  }

  Refusal remove(const std::vector<Node>& targets) {
    if (targets.empty()) return kDone;
    if (targets.size() > 1) return {IssueType::kInvalid, "the path names more than one element"};
    if (!targets.front().parent()) return {IssueType::kInvalid, "the whole resource cannot be deleted"};
    return apply({.removed = targets.front().index(), .moved = {}, .value = {}});
  }

  Refusal replace(const Operation& operation, const std::vector<Node>& targets) {
    if (targets.empty()) return {IssueType::kNotFound, "the path names nothing in the resource"};
    if (targets.size() > 1) return {IssueType::kInvalid, "the path names more than one element"};
    const Node target = targets.front();
    if (!target.parent()) return {IssueType::kInvalid, "the whole resource cannot be replaced"};
    const tree::RowId row = row_for(table(), target.parent().row_id(), target.name(), operation.value);
    if (row == tree::kUnknownRow) return no_such_value();
    return apply({.removed = target.index(),
                  .placement = Placement::kBefore,
                  .anchor = target.index(),
                  .moved = {},
                  .value = operation.value,
                  .row = row});
  }

  Refusal move(const Operation& operation, const std::vector<Node>& targets) {
    if (operation.index >= targets.size() || operation.destination >= targets.size())
      return {IssueType::kInvalid, "source or destination is past the end of the list"};
    if (!targets.front().parent() || !one_list(targets))
      return {IssueType::kInvalid, "the path does not name one list"};
    if (operation.index == operation.destination) return kDone;
    const Node source = targets[operation.index];
    return apply(
        {.removed = source.index(),
         .placement = operation.destination < operation.index ? Placement::kBefore : Placement::kAfter,
         .anchor = targets[operation.destination].index(),
         .moved = source,
         .value = {}});
  }

  Node root_;
  const PatchLimits& limits_;
  tree::TreePtr tree_;
};

void refuse(IssueList& issues, IssueType type, std::string place, std::string text) {
  issues.add(Severity::kError, type, std::move(place), std::move(text));
}

tree::TreePtr copy_of(Node root) {
  tree::TreeBuilder builder(root.tree()->table());
  const tree::NodeIndex top = builder.add_root(root.row().name, root.row_id());
  for (const Node child : root.children())
    builder.add_copy(top, builder.intern(child.name()), child.row_id(), child);
  return builder.finish();
}

}  // namespace

PatchOutcome apply_fhirpath_patch(Node resource, Node parameters, const PatchLimits& limits) {
  PatchOutcome outcome;
  if (!resource || parameters.type() != "Parameters") {
    refuse(outcome.issues, IssueType::kInvalid, {},
           "A FHIRPath Patch is a Parameters resource, applied to a resource.");
    return outcome;
  }
  tree::TreePtr start = copy_of(resource);
  Patching patching(start->root(), limits);
  std::size_t number = 0;
  for (const Node parameter : parameters.children("parameter")) {
    std::string place = "Parameters.parameter[" + std::to_string(number) + "]";
    if (number++ >= limits.max_operations) {
      refuse(outcome.issues, IssueType::kTooCostly, std::move(place),
             "The patch has more than " + std::to_string(limits.max_operations) + " operations.");
      return outcome;
    }
    const OperationReading reading = read_operation(parameter);
    const Refusal refused =
        reading.operation ? patching.run(*reading.operation) : Refusal{IssueType::kInvalid, reading.fault};
    if (refused.text == nullptr) continue;
    refuse(outcome.issues, refused.type, std::move(place),
           "Operation " + std::to_string(number - 1) + " of the FHIRPath Patch: " + refused.text + ".");
    return outcome;
  }
  outcome.tree = patching.tree() ? patching.tree() : std::move(start);
  return outcome;
}

}  // namespace fhir::patch
