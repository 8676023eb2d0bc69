#include "fhir/path/equality.hpp"

#include <algorithm>
#include <functional>
#include <string>

namespace fhir::path {
namespace {

constexpr int kMaxDepth = 200;

std::optional<Decimal> number_of(const Value& value) {
  if (value.is(ValueType::kDecimal)) return value.decimal();
  if (value.is_integral()) return Decimal::from_integer(value.integer());
  return std::nullopt;
}

/// Integer and Decimal stand for a Quantity of unit 1 where the other side is one.
std::optional<Quantity> quantity_of(const Value& value) {
  if (value.is(ValueType::kQuantity)) return value.quantity();
  const auto number = number_of(value);
  return number ? std::optional(Quantity{*number, "1", false}) : std::nullopt;
}

std::optional<bool> equal_system(const Value& a, const Value& b) {
  if (a.is(ValueType::kString) && b.is(ValueType::kString)) return a.string() == b.string();
  if (a.is_integral() && b.is_integral()) return a.integer() == b.integer();
  if (a.is_number() && b.is_number()) return *number_of(a) == *number_of(b);
  if (a.is(ValueType::kBoolean) && b.is(ValueType::kBoolean)) return a.boolean() == b.boolean();
  if (a.is(ValueType::kTemporal) && b.is(ValueType::kTemporal)) return equal(a.temporal(), b.temporal());
  if (a.is(ValueType::kType) && b.is(ValueType::kType)) return a.type_name() == b.type_name();
  if (a.is(ValueType::kQuantity) || b.is(ValueType::kQuantity)) {
    const auto left = quantity_of(a);
    const auto right = quantity_of(b);
    return left && right ? equal(*left, *right) : std::optional(false);
  }
  return false;
}

/// Lower case of ASCII and runs of white space as one space: FHIRPath 2.0, 6.1.2.
std::string folded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      if (!out.empty() && out.back() != ' ') out.push_back(' ');
    } else {
      out.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

bool equivalent_numbers(const Decimal& a, const Decimal& b) {
  const int scale = std::min(a.stripped().scale(), b.stripped().scale());
  return a.with_scale(scale, Rounding::kHalfUp) == b.with_scale(scale, Rounding::kHalfUp);
}

bool equivalent_system(const Value& a, const Value& b) {
  if (a.is(ValueType::kString) && b.is(ValueType::kString)) return folded(a.string()) == folded(b.string());
  if (a.is_number() && b.is_number()) return equivalent_numbers(*number_of(a), *number_of(b));
  if (a.is(ValueType::kTemporal) && b.is(ValueType::kTemporal)) return equivalent(a.temporal(), b.temporal());
  if (a.is(ValueType::kQuantity) || b.is(ValueType::kQuantity)) {
    const auto left = quantity_of(a);
    const auto right = quantity_of(b);
    return left && right && equivalent(*left, *right);
  }
  return equal_system(a, b).value_or(false);
}

using Nodes = std::vector<tree::Node>;

/// The children of an element by name, so that source order between different names does not matter.
Nodes sorted_children(tree::Node node) {
  Nodes children;
  for (const tree::Node child : node.children())
    children.push_back(child);
  std::stable_sort(children.begin(), children.end(),
                   [](tree::Node a, tree::Node b) { return a.name() < b.name(); });
  return children;
}

std::optional<bool> equal_nodes(tree::Node a, tree::Node b, int depth);

std::optional<bool> equal_children(tree::Node a, tree::Node b, int depth) {
  const Nodes left = sorted_children(a);
  const Nodes right = sorted_children(b);
  if (left.size() != right.size()) return false;
  bool open = false;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (left[i].name() != right[i].name()) return false;
    const auto same = equal_nodes(left[i], right[i], depth + 1);
    if (same == false) return false;
    open = open || !same;
  }
  return open ? std::nullopt : std::optional(true);
}

std::optional<bool> equal_nodes(tree::Node a, tree::Node b, int depth) {
  if (a == b) return true;
  if (depth > kMaxDepth) return false;
  if (a.has_value() || b.has_value()) {
    if (!a.has_value() || !b.has_value()) return false;
    if (a.type() == b.type() && a.text() == b.text()) return true;
    const auto left = as_system(Value(a));
    const auto right = as_system(Value(b));
    return left && right ? equal_system(*left, *right) : std::optional(false);
  }
  return equal_children(a, b, depth);
}

bool equivalent_nodes(tree::Node a, tree::Node b, int depth);

/// Whether the children of one name match pairwise in some order. Equivalence is transitive enough for greedy
/// matching.
bool equivalent_group(const Nodes& left, const Nodes& right, std::size_t begin, std::size_t end, int depth) {
  std::vector<bool> used(end - begin, false);
  for (std::size_t i = begin; i < end; ++i) {
    bool found = false;
    for (std::size_t j = begin; j < end && !found; ++j) {
      if (used[j - begin] || !equivalent_nodes(left[i], right[j], depth + 1)) continue;
      used[j - begin] = true;
      found = true;
    }
    if (!found) return false;
  }
  return true;
}

bool equivalent_nodes(tree::Node a, tree::Node b, int depth) {
  if (a == b) return true;
  if (depth > kMaxDepth) return false;
  if (a.has_value() || b.has_value()) {
    const auto left = as_system(Value(a));
    const auto right = as_system(Value(b));
    return left && right && equivalent_system(*left, *right);
  }
  const Nodes left = sorted_children(a);
  const Nodes right = sorted_children(b);
  if (left.size() != right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (left[i].name() != right[i].name()) return false;
  }
  for (std::size_t begin = 0; begin < left.size();) {
    std::size_t end = begin + 1;
    while (end < left.size() && left[end].name() == left[begin].name())
      ++end;
    if (!equivalent_group(left, right, begin, end, depth)) return false;
    begin = end;
  }
  return true;
}

std::size_t hash_text(std::string_view text) {
  return std::hash<std::string_view>()(text);
}

/// A sum over the string leaves, so that the order of children does not matter.
std::size_t hash_element(tree::Node element) {
  std::size_t sum = 7;
  tree::Node at = element.first_child();
  while (at) {
    if (const auto text = string_of(Value(at))) sum += hash_text(*text);
    if (at.first_child() && !at.has_value()) {
      at = at.first_child();
      continue;
    }
    while (at && at != element && !at.next_sibling())
      at = at.parent();
    if (!at || at == element) break;
    at = at.next_sibling();
  }
  return sum;
}

/// Equal items hash equal. Quantities share one bucket: their equality has too many forms.
std::size_t hash_of(const Value& value) {
  if (const auto text = string_of(value)) return hash_text(*text);
  const auto system = as_system(value);
  if (!system) return value.is_node() ? hash_element(value.node()) : 7;
  if (const auto number = number_of(*system))
    return hash_text(number->stripped().is_zero() ? "0" : number->stripped().text());
  if (system->is(ValueType::kBoolean)) return system->boolean() ? 1 : 2;
  return system->is(ValueType::kTemporal) ? hash(system->temporal()) : 3;
}

}  // namespace

std::optional<bool> equal(const Value& a, const Value& b) {
  const auto left_text = string_of(a);
  const auto right_text = left_text ? string_of(b) : std::nullopt;
  if (left_text && right_text) return *left_text == *right_text;
  if (a.is_node() && b.is_node()) return equal_nodes(a.node(), b.node(), 0);
  const auto left = as_system(a);
  const auto right = as_system(b);
  return left && right ? equal_system(*left, *right) : std::optional(false);
}

bool equivalent(const Value& a, const Value& b) {
  if (a.is_node() && b.is_node()) return equivalent_nodes(a.node(), b.node(), 0);
  const auto left = as_system(a);
  const auto right = as_system(b);
  return left && right && equivalent_system(*left, *right);
}

std::optional<bool> equal(Items a, Items b) {
  if (a.empty() || b.empty()) return std::nullopt;
  if (a.size() != b.size()) return false;
  bool open = false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto same = equal(a[i], b[i]);
    if (same == false) return false;
    open = open || !same;
  }
  return open ? std::nullopt : std::optional(true);
}

bool equivalent(Items a, Items b) {
  if (a.size() != b.size()) return false;
  std::vector<bool> used(b.size(), false);
  for (const Value& left : a) {
    bool found = false;
    for (std::size_t i = 0; i < b.size() && !found; ++i) {
      if (used[i] || !equivalent(left, b[i])) continue;
      used[i] = true;
      found = true;
    }
    if (!found) return false;
  }
  return true;
}

bool contains(Items items, const Value& value) {
  return std::any_of(items.begin(), items.end(),
                     [&value](const Value& item) { return equal(item, value).value_or(false); });
}

bool ItemSet::find(const Value& value, std::size_t hash) const {
  if (slots_.empty()) {
    return std::any_of(items_.begin(), items_.end(), [&](const Entry& entry) {
      return entry.hash == hash && equal(*entry.value, value).value_or(false);
    });
  }
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = hash & mask; slots_[at] != 0; at = (at + 1) & mask) {
    const Entry& entry = items_[slots_[at] - 1];
    if (entry.hash == hash && equal(*entry.value, value).value_or(false)) return true;
  }
  return false;
}

bool ItemSet::contains(const Value& value) const {
  return find(value, hash_of(value));
}

bool ItemSet::insert(const Value& value) {
  const std::size_t hash = hash_of(value);
  if (find(value, hash)) return false;
  items_.push_back({&value, hash});
  if (items_.size() <= kLinear) return true;
  if (items_.size() * 2 > slots_.size()) {
    rehash();
    return true;
  }
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash & mask;
  while (slots_[at] != 0)
    at = (at + 1) & mask;
  slots_[at] = static_cast<std::uint32_t>(items_.size());
  return true;
}

void ItemSet::rehash() {
  std::size_t size = 32;
  while (size < items_.size() * 4)
    size *= 2;
  slots_.assign(size, 0);
  for (std::size_t i = 0; i < items_.size(); ++i) {
    std::size_t at = items_[i].hash & (size - 1);
    while (slots_[at] != 0)
      at = (at + 1) & (size - 1);
    slots_[at] = static_cast<std::uint32_t>(i + 1);
  }
}

}  // namespace fhir::path
