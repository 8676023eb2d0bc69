#include <algorithm>

#include "fhir/path/type_spec.hpp"
#include "mappings/engine/executor.hpp"

namespace mappings::engine {

using fhir::IssueType;
using fhir::Severity;
using fhir::tree::kNoName;
using fhir::tree::kNoNode;

bool Executor::has_type(NodeIndex item, fhir::tree::NameId type) const {
  const Node at = node(item);
  if (at.row().type == type) return true;
  const fhir::tree::TypeTable& table = source_.tree()->table();
  if (table.model == fhir::tree::Model::kHl7v2) return false;
  const std::string_view wanted = table.name(type);
  for (std::string_view name = at.type(); !name.empty(); name = fhir::path::base_type(name, table)) {
    if (name == wanted) return true;
  }
  return false;
}

bool Executor::rule_sources(const RulePlan& rule, std::uint32_t index) {
  if (index == rule.sources.count) return fire(rule);
  const SourcePlan& source = body_.sources[rule.sources.begin + index];
  if (source.plain && slot(source.slot).held == Held::kSource) {
    const NodeIndex from = slot(source.slot).node;
    const bool itself = source.names.count == 0;
    const NodeIndex first = itself ? from : index_.first(from, name_of(body_.names[source.names.begin].id));
    return spend() && plain_source(rule, source, index, from, first);
  }
  const Atom from = slot(source.slot);
  boost::container::small_vector<NodeIndex, 8> items;
  if (from.held == Held::kSource) {
    each(from.node, source.names, [&items](NodeIndex at) {
      items.push_back(at);
      return true;
    });
  } else if (source.names.count == 0 && from.held != Held::kNothing) {
    // A value: it is there once, and has no type to filter by.
    slot(source.variable) = from;
    bool wanted = true;
    if (!spend() || (source.guarded && !passes(source, from, wanted))) return false;
    return !wanted || rule_sources(rule, index + 1);
  }
  if (!spend(static_cast<std::uint32_t>(1 + items.size()))) return false;
  if (source.type != kNoName) {
    const auto other = [&](NodeIndex item) { return !has_type(item, source.type); };
    items.erase(std::remove_if(items.begin(), items.end(), other), items.end());
  }
  if (source.bounded && items.size() > source.max) {
    return fail(
        IssueType::kBusinessRule,
        "there are more of these than one message may have here: at most " + std::to_string(source.max),
        node(items[source.max]));
  }
  if (source.bounded && items.size() < source.min) {
    return fail(IssueType::kRequired, "the source has not as many elements as the map demands",
                from.held == Held::kSource ? node(from.node) : Node{});
  }
  if (items.empty() && source.fallback != kNoId) {
    Atoms fallback;
    if (!values(source.fallback, {}, fallback)) return false;
    if (fallback.size() != 1) return fail(IssueType::kProcessing, "default() gives one value");
    slot(source.variable) = fallback[0];
    return rule_sources(rule, index + 1);
  }
  return rule_items(rule, source, index, items);
}

/// All elements of a path, one after the other; `first` is the first child of the path's first name.
bool Executor::plain_source(const RulePlan& rule, const SourcePlan& source, std::uint32_t index,
                            NodeIndex from, NodeIndex first) {
  if (source.names.count == 0) return spend() && rule_item(rule, source, index, from);
  const ChildName* name = &body_.names[source.names.begin];
  const std::uint32_t left = source.names.count - 1;
  const auto one = [&](NodeIndex at) { return spend() && rule_item(rule, source, index, at); };
  if (first == kNoNode)
    return !name->value_itself || !node(from).has_value() || each(from, name + 1, left, one);
  for (; first != kNoNode; first = index_.next(first)) {
    if (left == 0 ? !one(first) : !each(first, name + 1, left, one)) return false;
  }
  return true;
}

/// One element of a source that takes all of them: filter, check, log, then the rest of the rule.
bool Executor::rule_item(const RulePlan& rule, const SourcePlan& source, std::uint32_t index,
                         NodeIndex item) {
  slot(source.variable) = source_atom(item);
  if (source.guarded) {
    bool wanted = true;
    if (!passes(source, source_atom(item), wanted)) return false;
    if (!wanted) return true;
  }
  const bool last = index + 1 == rule.sources.count;
  if (!(last ? fire(rule) : rule_sources(rule, index + 1))) return false;
  rule_ = &rule;
  return true;
}

/// Filter, check, log; then the list option; then the rest of the rule for each item.
bool Executor::rule_items(const RulePlan& rule, const SourcePlan& source, std::uint32_t index,
                          std::span<const NodeIndex> items) {
  boost::container::small_vector<NodeIndex, 8> kept;
  const bool all = source.list == SourceList::kAll;
  for (const NodeIndex item : items) {
    if (all) {
      if (!rule_item(rule, source, index, item)) return false;
      continue;
    }
    const Atom atom = source_atom(item);
    slot(source.variable) = atom;
    bool wanted = true;
    if (source.guarded && !passes(source, atom, wanted)) return false;
    if (wanted) kept.push_back(item);
  }
  if (all || kept.empty()) return true;
  if (source.list == SourceList::kOnlyOne && kept.size() > 1)
    return fail(IssueType::kProcessing, "several elements where the map takes only one", node(kept[1]));
  const bool skip_first = source.list == SourceList::kNotFirst;
  const bool skip_last = source.list == SourceList::kNotLast;
  std::size_t begin = skip_first ? 1 : 0;
  std::size_t end = kept.size() - (skip_last ? 1 : 0);
  if (source.list == SourceList::kFirst) end = 1;
  if (source.list == SourceList::kLast) begin = kept.size() - 1;
  for (std::size_t i = begin; i < end; ++i) {
    slot(source.variable) = source_atom(kept[i]);
    if (!rule_sources(rule, index + 1)) return false;
    rule_ = &rule;
  }
  return true;
}

bool Executor::passes(const SourcePlan& source, const Atom& item, bool& wanted) {
  if (source.where != kNoId) {
    const Decision decision = decide(source.where, item);
    if (decision == Decision::kFailed) return false;
    wanted = decision == Decision::kYes;
    if (!wanted) return true;
  }
  const Node at = item.held == Held::kSource ? node(item.node) : Node{};
  if (source.check != kNoId) {
    const Decision decision = decide(source.check, item);
    if (decision == Decision::kFailed) return false;
    if (decision != Decision::kYes)
      return fail(IssueType::kInvariant, "a check of the map does not hold", at);
  }
  if (source.log != kNoId) note(Severity::kInformation, IssueType::kInformational, "log", at);
  return true;
}

}  // namespace mappings::engine
