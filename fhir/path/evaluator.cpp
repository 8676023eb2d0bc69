#include <algorithm>
#include <limits>
#include <utility>

#include "fhir/path/evaluate.hpp"
#include "fhir/path/evaluation.hpp"
#include "fhir/path/function.hpp"
#include "fhir/path/operators.hpp"

namespace fhir::path {
namespace {

bool is_logic(Operator op) {
  return op >= Operator::kImplies && op <= Operator::kAnd;
}
bool is_comparison(Operator op) {
  return op >= Operator::kIn && op <= Operator::kGreaterOrEqual;
}

}  // namespace

bool Evaluation::fail(const PlanNode& at, std::string message, FailureKind kind) {
  if (failure_.message.empty()) failure_ = Failure{kind, at.offset, std::move(message)};
  return false;
}

Frame Evaluation::root_frame() const noexcept {
  if (context_.focus) return Frame{*context_.focus};
  return Frame{context_.root ? Items(&root_value_, 1) : Items()};
}

bool Evaluation::evaluate(NodeId id, const Frame& frame, Sink& out) {
  const PlanNode& node = body_.nodes[id];
  if (!spend(1, node)) return false;
  switch (node.code) {
    case PlanOp::kEmpty: return true;
    case PlanOp::kConstant: out.push_back(body_.constants[node.datum]); return true;
    case PlanOp::kRootMember: return root_member(node, frame, out);
    case PlanOp::kFunction: return call_function(node, frame, frame.focus, out);
    case PlanOp::kPath: return path(node, frame, out);
    case PlanOp::kThis: out.insert(out.end(), frame.focus.begin(), frame.focus.end()); return true;
    case PlanOp::kIndex:
      if (frame.index >= 0) out.push_back(integer_value(frame.index));
      return true;
    case PlanOp::kTotal:
      if (frame.total != nullptr) out.insert(out.end(), frame.total->begin(), frame.total->end());
      return true;
    case PlanOp::kExternal: return external(node, out);
    case PlanOp::kPlus:
    case PlanOp::kNegate: return unary(node, frame, out);
    case PlanOp::kBinary: return binary(node, frame, out);
    case PlanOp::kIs:
    case PlanOp::kAs: return type_operation(node, frame, out);
    case PlanOp::kMember:
    case PlanOp::kIndexer: return apply_step(node, frame, frame.focus, out);
  }
  return fail(node, "the plan is damaged");
}

bool Evaluation::evaluate_truth(NodeId id, const Frame& frame, Truth& out) {
  const PlanNode& node = body_.nodes[id];
  if (node.code == PlanOp::kBinary && is_logic(node.op)) return spend(1, node) && logic(node, frame, out);
  if (node.code == PlanOp::kBinary && is_comparison(node.op))
    return spend(1, node) && comparison(node, frame, out);
  if (node.code == PlanOp::kPath) return spend(1, node) && path_truth(node, frame, out);
  if (node.code == PlanOp::kFunction && node.function->truth != nullptr) {
    Scratch unused;
    Call call(*this, node, frame, frame.focus, unused);
    return spend(1, node) && node.function->truth(call, out);
  }
  Scratch scratch;
  Items items;
  return evaluate_items(id, frame, scratch, items) && truth_of(items, node, out);
}

bool Evaluation::evaluate_items(NodeId id, const Frame& frame, Scratch& scratch, Items& out) {
  const PlanNode& node = body_.nodes[id];
  if (node.code == PlanOp::kConstant) {
    out = Items(&body_.constants[node.datum], 1);
    return spend(1, node);
  }
  if (node.code == PlanOp::kThis) {
    out = frame.focus;
    return spend(1, node);
  }
  if (!evaluate(id, frame, scratch)) return false;
  out = items_of(scratch);
  return true;
}

bool Evaluation::truth_of(Items items, const PlanNode& at, Truth& out) {
  out = Truth::kEmpty;
  if (items.empty()) return true;
  if (items.size() > 1) return fail(at, "several items where one boolean is needed");
  const auto system = items[0].is_node() && !items[0].node().has_value() ? std::nullopt : as_system(items[0]);
  out = truth(!system || !system->is(ValueType::kBoolean) || system->boolean());
  return true;
}

bool Evaluation::append_member(const Value& item, const PlanName& name, const PlanNode& at, Sink& out) {
  if (!item.is_node()) {
    if (item.is(ValueType::kType)) {
      if (name.text == "name") out.push_back(Value(item.type_name().name));
      if (name.text == "namespace") out.push_back(Value(item.type_name().name_space));
    } else if (item.is(ValueType::kQuantity)) {
      if (name.text == "value") out.push_back(Value(item.quantity().value));
      if (name.text == "unit") out.push_back(Value(item.quantity().unit));
    }
    return true;
  }
  const tree::Node node = item.node();
  const tree::TypeTable& table = node.tree()->table();
  const tree::NameId id =
      &table == body_.table && name.id != tree::kNoName ? name.id : node.tree()->find_name(name.text);
  if (id == tree::kNoName) {
    if (body_.mapping_members && name.text == "value" && node.has_value()) push_read(node, out);
    return true;
  }
  bool found = false;
  for (tree::Node child = node.first_child(); child; child = child.next_sibling()) {
    if (child.name_id() != id) continue;
    push_read(child, out);
    found = true;
  }
  return found || (id & tree::kLocalName) != 0 || append_mapped(node, name, id, at, out);
}

void Evaluation::push_read(tree::Node node, Sink& out) const {
  if (context_.reads != nullptr && node.has_value()) context_.reads->read(node);
  out.push_back(Value(node));
}

bool Evaluation::append_mapped(tree::Node node, const PlanName& name, tree::NameId id, const PlanNode& at,
                               Sink& out) {
  if (body_.mapping_members && name.text == "value" && node.has_value()) {
    push_read(node, out);
    return true;
  }
  const tree::TypeTable& table = node.tree()->table();
  const tree::TypeRow& row = table.row(table.child(node.row_id(), id));
  if ((row.flags & tree::kChoice) == 0 || row.name == id) return true;
  if (!body_.mapping_members) {  // `valueQuantity` never names an element: it is `value`.
    return fail(at, "a choice element is named without its type: '" + std::string(table.name(row.name)) + "'",
                FailureKind::kSemantic);
  }
  for (tree::Node child = node.first_child(); child; child = child.next_sibling()) {
    if (child.row().serial_name == id) push_read(child, out);
  }
  return true;
}

bool Evaluation::root_member(const PlanNode& node, const Frame& frame, Sink& out) {
  const PlanName& name = body_.names[node.datum];
  for (const Value& item : frame.focus) {
    if (name.type.known && item.is_node() && is_type(item.node(), name.type)) {
      out.push_back(item);
    } else if (!append_member(item, name, node, out)) {
      return false;
    }
  }
  return spend(frame.focus.size(), node);
}

bool Evaluation::path(const PlanNode& node, const Frame& frame, Sink& out) {
  const auto links = body_.children(node);
  const std::size_t variables = defined_.size();
  Scratch scratch;
  Items base;
  const bool done =
      evaluate_items(links[0], frame, scratch, base) && steps(links.subspan(1), frame, base, out);
  defined_.resize(std::min(defined_.size(), variables));
  return done;
}

bool Evaluation::path_truth(const PlanNode& node, const Frame& frame, Truth& out) {
  const auto links = body_.children(node);
  const PlanNode& last = body_.nodes[links.back()];
  const bool direct = last.code == PlanOp::kFunction && last.function->truth != nullptr;
  Scratch result;
  if (!direct) return path(node, frame, result) && truth_of(items_of(result), node, out);
  const std::size_t variables = defined_.size();
  Scratch scratch;
  Items input;
  bool done = evaluate_items(links[0], frame, scratch, input);
  if (done && links.size() > 2) {
    done = steps(links.subspan(1, links.size() - 2), frame, input, result);
    input = items_of(result);
  }
  Scratch unused;
  Call call(*this, last, frame, input, unused);
  done = done && spend(1, last) && last.function->truth(call, out);
  defined_.resize(std::min(defined_.size(), variables));
  return done;
}

bool Evaluation::steps(std::span<const NodeId> steps, const Frame& frame, Items input, Sink& out) {
  Scratch first;
  Scratch second;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const bool last = i + 1 == steps.size();
    Sink& target = last ? out : i % 2 == 0 ? static_cast<Sink&>(first) : static_cast<Sink&>(second);
    if (!last) target.clear();
    const PlanNode& step = body_.nodes[steps[i]];
    if (!apply_step(step, frame, input, target)) return false;
    if (target.size() > context_.limits.max_items) return fail(step, "the collection grows past the limit");
    if (!last) input = items_of(target);
  }
  return true;
}

bool Evaluation::apply_step(const PlanNode& step, const Frame& frame, Items input, Sink& out) {
  if (!spend(input.size() + 1, step)) return false;
  switch (step.code) {
    case PlanOp::kMember: {
      const PlanName& name = body_.names[step.datum];
      for (const Value& item : input) {
        if (!append_member(item, name, step, out)) return false;
      }
      return true;
    }
    case PlanOp::kFunction: return call_function(step, frame, input, out);
    case PlanOp::kIndexer: return index(step, frame, input, out);
    case PlanOp::kThis: out.insert(out.end(), input.begin(), input.end()); return true;
    default: return evaluate(static_cast<NodeId>(&step - body_.nodes.data()), frame, out);
  }
}

bool Evaluation::index(const PlanNode& step, const Frame& frame, Items input, Sink& out) {
  Scratch scratch;
  Items at;
  if (!evaluate_items(body_.children(step)[0], frame, scratch, at)) return false;
  if (at.empty()) return true;
  const auto value = at.size() == 1 ? as_system(at[0]) : std::nullopt;
  if (!value || !value->is_integral()) return fail(step, "an index is one integer");
  if (value->integer() < 0 || static_cast<std::uint64_t>(value->integer()) >= input.size()) return true;
  out.push_back(input[static_cast<std::size_t>(value->integer())]);
  return true;
}

bool Evaluation::call_function(const PlanNode& node, const Frame& frame, Items input, Sink& out) {
  Call call(*this, node, frame, input, out);
  return node.function->call(call);
}

bool Evaluation::external(const PlanNode& node, Sink& out) {
  const std::string& name = body_.names[node.datum].text;
  const auto node_value = [&out](tree::Node value) {
    if (value) out.push_back(Value(value));
    return true;
  };
  const auto known = std::find_if(context_.variables.begin(), context_.variables.end(),
                                  [&name](const Variable& variable) { return variable.name == name; });
  if (known != context_.variables.end()) {
    out.insert(out.end(), known->value.begin(), known->value.end());
    return true;
  }
  for (const DefinedVariable& variable : defined_) {
    if (variable.name != name) continue;
    out.insert(out.end(), variable.value.begin(), variable.value.end());
    return true;
  }
  if (name == "resource") return node_value(context_.root);
  if (name == "rootResource")
    return node_value(context_.root_resource ? context_.root_resource : context_.root);
  if (name == "context") {
    const Frame root = root_frame();
    out.insert(out.end(), root.focus.begin(), root.focus.end());
    return true;
  }
  static constexpr std::pair<std::string_view, std::string_view> kFixed[] = {
      {"sct", "http://snomed.info/sct"},
      {"loinc", "http://loinc.org"},
      {"ucum", "http://unitsofmeasure.org"}};
  for (const auto& [fixed, url] : kFixed) {
    if (name != fixed) continue;
    out.push_back(Value(url));
    return true;
  }
  static constexpr std::pair<std::string_view, std::string_view> kPrefixed[] = {
      {"vs-", "http://hl7.org/fhir/ValueSet/"}, {"ext-", "http://hl7.org/fhir/StructureDefinition/"}};
  for (const auto& [prefix, url] : kPrefixed) {
    if (!name.starts_with(prefix)) continue;
    out.push_back(Value(std::string(url).append(name, prefix.size())));
    return true;
  }
  return fail(node, "no variable %" + name);
}

std::optional<Instant> Evaluation::now() {
  if (!now_ && context_.clock != nullptr) now_ = context_.clock->now();
  return now_;
}

bool Evaluation::define_variable(std::string name, Items value) {
  const auto taken = [&name](const DefinedVariable& variable) { return variable.name == name; };
  if (std::any_of(defined_.begin(), defined_.end(), taken)) return false;
  defined_.push_back({std::move(name), Collection(value.begin(), value.end())});
  return true;
}

Outcome<Collection> evaluate(const Plan& plan, const EvalContext& context) {
  Evaluation run(plan.body(), context);
  Collection result;
  if (!run.evaluate(plan.body().root, run.root_frame(), result))
    return tl::unexpected<Failure>(run.failure());
  return result;
}

Outcome<std::optional<bool>> evaluate_boolean(const Plan& plan, const EvalContext& context) {
  Evaluation run(plan.body(), context);
  Truth result = Truth::kEmpty;
  if (!run.evaluate_truth(plan.body().root, run.root_frame(), result))
    return tl::unexpected<Failure>(run.failure());
  return result == Truth::kEmpty ? std::optional<bool>() : std::optional(result == Truth::kTrue);
}

}  // namespace fhir::path
