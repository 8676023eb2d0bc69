// FHIRPath 2.0, 5.2; aggregate() of 7; sort() of the 3.0 draft.
#include <algorithm>
#include <deque>
#include <set>
#include <utility>
#include <vector>

#include "fhir/path/function.hpp"
#include "fhir/path/operators.hpp"

namespace fhir::path {
namespace {

bool where(Call& call) {
  for (std::size_t i = 0; i < call.input.size(); ++i) {
    Truth met = Truth::kEmpty;
    if (!call.run.evaluate_truth(call.argument_node(0), call.item_frame(call.input[i], i), met)) return false;
    if (met == Truth::kTrue) call.out.push_back(call.input[i]);
  }
  return true;
}

bool select(Call& call) {
  for (std::size_t i = 0; i < call.input.size(); ++i) {
    if (!call.run.evaluate(call.argument_node(0), call.item_frame(call.input[i], i), call.out)) return false;
    if (call.out.size() > call.run.context().limits.max_items)
      return call.fail("the collection grows past the limit");
  }
  return true;
}

/// Elements already seen by identity, values by equality. Items stand in a deque, where they keep their
/// place.
class Seen {
 public:
  bool insert(const Value& item) {
    if (item.is_node()) return nodes_.insert({item.node().tree(), item.node().index()}).second;
    return values_.insert(item);
  }

 private:
  std::set<std::pair<const tree::Tree*, tree::NodeIndex>> nodes_;
  ItemSet values_;
};

/// Applies the projection to its own results until nothing new comes. No recursion.
template <bool kDuplicates>
bool repeat(Call& call) {
  std::deque<Value> found;
  Seen seen;
  const auto project = [&](const Value& item, std::size_t index) {
    Scratch next;
    if (!call.run.evaluate(call.argument_node(0), call.item_frame(item, index), next)) return false;
    for (Value& value : next) {
      found.push_back(std::move(value));
      if (!kDuplicates && !seen.insert(found.back())) found.pop_back();
    }
    return found.size() <= call.run.context().limits.max_items ||
           call.fail("the collection grows past the limit");
  };
  for (std::size_t i = 0; i < call.input.size(); ++i) {
    if (!project(call.input[i], i)) return false;
  }
  for (std::size_t i = 0; i < found.size(); ++i) {
    const Value item = found[i];
    if (!project(item, i)) return false;
  }
  call.out.insert(call.out.end(), found.begin(), found.end());
  return true;
}

bool aggregate(Call& call) {
  Scratch total;
  if (call.argument_count() == 2 && !call.argument(1, total)) return false;
  for (std::size_t i = 0; i < call.input.size(); ++i) {
    const Items before = items_of(total);
    Frame frame = call.item_frame(call.input[i], i);
    frame.total = &before;
    Scratch after;
    if (!call.run.evaluate(call.argument_node(0), frame, after)) return false;
    total = std::move(after);
  }
  call.out.insert(call.out.end(), total.begin(), total.end());
  return true;
}

struct SortKey {
  std::optional<Value> value;
};
struct SortRow {
  std::size_t item = 0;
  std::vector<SortKey> keys;
};

/// An argument `-x` sorts by x, descending.
struct SortColumn {
  NodeId node = 0;
  bool descending = false;
};

std::vector<SortColumn> sort_columns(const Call& call) {
  std::vector<SortColumn> columns;
  for (std::size_t i = 0; i < call.argument_count(); ++i) {
    SortColumn column{call.argument_node(i), false};
    const PlanNode& node = call.run.body().nodes[column.node];
    if (node.code == PlanOp::kNegate) column = {call.run.body().children(node)[0], true};
    columns.push_back(column);
  }
  return columns;
}

/// Without a value comes last. Items that cannot be compared keep their order.
int compare_keys(const SortKey& a, const SortKey& b) {
  if (!a.value || !b.value) return a.value ? -1 : b.value ? 1 : 0;
  const OrderResult found = order(*a.value, *b.value);
  if (found.fit != Fit::kValue || found.order == std::weak_ordering::equivalent) return 0;
  return found.order == std::weak_ordering::less ? -1 : 1;
}

/// Keys of one column must have an order among themselves, or std::sort would be undefined.
bool orderable(const std::vector<SortRow>& rows, std::size_t column) {
  const Value* first = nullptr;
  for (const SortRow& row : rows) {
    const auto& value = row.keys[column].value;
    if (!value) continue;
    if (first == nullptr) first = &*value;
    const bool same = value->type() == first->type() || (value->is_number() && first->is_number());
    if (!same || order(*first, *value).fit == Fit::kUnfit) return false;
  }
  return true;
}

bool sort(Call& call) {
  const std::vector<SortColumn> columns = sort_columns(call);
  std::vector<SortRow> rows(call.input.size());
  const std::size_t key_count = std::max<std::size_t>(1, columns.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].item = i;
    rows[i].keys.resize(key_count);
    if (columns.empty()) rows[i].keys[0].value = as_system(call.input[i]);
    for (std::size_t k = 0; k < columns.size(); ++k) {
      Scratch scratch;
      if (!call.run.evaluate(columns[k].node, call.item_frame(call.input[i], i), scratch)) return false;
      if (scratch.size() > 1) return call.fail("a sort key has several items");
      if (!scratch.empty()) rows[i].keys[k].value = as_system(scratch[0]);
    }
  }
  if (!call.run.spend(rows.size() * key_count, call.node)) return false;
  // From the last key to the first, each stably: partial orders (dates of differing precision) stay harmless.
  for (std::size_t k = key_count; k-- > 0;) {
    if (!orderable(rows, k)) return call.fail("the keys cannot be compared");
    const bool descending = k < columns.size() && columns[k].descending;
    std::stable_sort(rows.begin(), rows.end(), [k, descending](const SortRow& a, const SortRow& b) {
      const int found = compare_keys(a.keys[k], b.keys[k]);
      return descending ? found > 0 : found < 0;
    });
  }
  for (const SortRow& row : rows)
    call.out.push_back(call.input[row.item]);
  return true;
}

bool of_type(Call& call) {
  const TypeSpec& spec = call.run.body().types[call.node.type];
  if (!spec.known) return call.fail("no type '" + spec.name + "'");
  for (const Value& item : call.input) {
    if (is_type_for_cast(item, spec)) call.out.push_back(item);
  }
  return true;
}

constexpr FunctionRow kRows[] = {
    {"where", 1, 1, where},
    {"select", 1, 1, select},
    {"repeat", 1, 1, repeat<false>},
    {"repeatAll", 1, 1, repeat<true>},
    {"aggregate", 1, 2, aggregate},
    {"sort", 0, 8, sort},
    {"ofType", 1, 1, of_type, ArgumentShape::kType},
};

}  // namespace

std::span<const FunctionRow> filtering_functions() {
  return kRows;
}

}  // namespace fhir::path
