#include "fhir/terminology/filter.hpp"

#include <algorithm>
#include <memory>
#include <re2/re2.h>
#include <string>
#include <unordered_set>
#include <utility>

#include "fhir/ucum/unit.hpp"

namespace fhir::terminology {
namespace {

using Chosen = std::vector<bool>;

/// A pattern over the whole text; null when RE2 does not take it.
std::shared_ptr<const re2::RE2> compile_pattern(std::string_view pattern) {
  constexpr std::size_t kMaxPattern = 2000;
  constexpr std::int64_t kMaxMemory = 4 << 20;
  if (pattern.size() > kMaxPattern) return nullptr;
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMaxMemory);
  auto compiled = std::make_shared<re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
  return compiled->ok() ? std::move(compiled) : nullptr;
}

bool matches(const re2::RE2& pattern, std::string_view text) {
  return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), pattern);
}

/// The items of `a, b ,c`.
std::unordered_set<std::string_view> listed(std::string_view text) {
  std::unordered_set<std::string_view> items;
  while (true) {
    const std::size_t comma = text.find(',');
    std::string_view item = text.substr(0, comma);
    while (item.starts_with(' '))
      item.remove_prefix(1);
    while (item.ends_with(' '))
      item.remove_suffix(1);
    if (!item.empty()) items.insert(item);
    if (comma == std::string_view::npos) return items;
    text.remove_prefix(comma + 1);
  }
}

/// Over the concept itself: operators of the hierarchy.
class HierarchyFilter {
 public:
  HierarchyFilter(const CodeSystem& system, std::string_view value)
      : system_(system), value_(value), chosen_(system.concepts().size()) {}

  std::optional<Chosen> run(std::string_view op) {
    if (op == "in" || op == "not-in") return listing(op == "in");
    if (op == "regex") return regex();
    if (op == "exists") return every(value_ == "true");
    const auto root = system_.find(value_);
    if (!root) return op == "is-not-a" ? every(true) : std::optional(chosen_);
    if (op == "=") return with({*root});
    if (op == "is-a") return with(system_.descendants_and_self(*root));
    if (op == "descendent-of") return below(*root);
    if (op == "generalizes") return with(system_.ancestors_and_self(*root));
    if (op == "child-of") return with(copy(system_.children(*root)));
    if (op == "is-not-a") {
      const auto inside = with(system_.descendants_and_self(*root));
      chosen_ = *inside;
      chosen_.flip();
      return chosen_;
    }
    return op == "descendent-leaf" ? leaves(*root) : std::nullopt;
  }

 private:
  static std::vector<ConceptIndex> copy(std::span<const ConceptIndex> from) {
    return {from.begin(), from.end()};
  }
  std::optional<Chosen> every(bool value) {
    chosen_.assign(chosen_.size(), value);
    return chosen_;
  }
  std::optional<Chosen> with(const std::vector<ConceptIndex>& found) {
    for (const ConceptIndex index : found)
      chosen_[index] = true;
    return chosen_;
  }
  std::optional<Chosen> below(ConceptIndex root) {
    (void)with(system_.descendants_and_self(root));
    chosen_[root] = false;
    return chosen_;
  }
  std::optional<Chosen> leaves(ConceptIndex root) {
    for (const ConceptIndex index : system_.descendants_and_self(root))
      chosen_[index] = index != root && system_.children(index).empty();
    return chosen_;
  }
  std::optional<Chosen> listing(bool inside) {
    every(!inside);
    for (const std::string_view code : listed(value_)) {
      if (const auto index = system_.find(code)) chosen_[*index] = inside;
    }
    return chosen_;
  }
  std::optional<Chosen> regex() {
    const auto pattern = compile_pattern(value_);
    if (!pattern) return std::nullopt;
    for (ConceptIndex index = 0; index < chosen_.size(); ++index)
      chosen_[index] = matches(*pattern, system_.at(index).code);
    return chosen_;
  }

  const CodeSystem& system_;
  std::string_view value_;
  Chosen chosen_;
};

/// The values of one property of one concept; display and definition count as properties.
std::vector<std::string_view> values_of(const CodeSystem& system, ConceptIndex index,
                                        std::string_view property) {
  std::vector<std::string_view> values;
  const Concept& found = system.at(index);
  const auto add_from = [&](tree::Node node) {
    for (const tree::Node item : node.children("property")) {
      if (item.child("code").text() == property) values.push_back(property_value(item));
    }
  };
  if (property == "display" || property == "definition") {
    if (const tree::Node text = found.node.child(property)) values.push_back(text.text());
  } else if (property == "parent") {
    for (const ConceptIndex parent : system.parents(index))
      values.push_back(system.at(parent).code);
  } else if (property == "child") {
    for (const ConceptIndex child : system.children(index))
      values.push_back(system.at(child).code);
  } else {
    add_from(found.node);
    for (const tree::Node more : system.supplements(index))
      add_from(more);
  }
  return values;
}

bool is_property(const CodeSystem& system, std::string_view name) {
  if (name == "display" || name == "definition" || name == "parent" || name == "child") return true;
  for (const char* list : {"property", "filter"}) {
    for (const tree::Node defined : system.resource().children(list)) {
      if (defined.child("code").text() == name) return true;
    }
  }
  return false;
}

/// Decides by the values a concept has for the property. Null for an operator that is not understood.
using ValueTest = std::function<bool(const std::vector<std::string_view>&)>;

ValueTest any_value(std::function<bool(std::string_view)> test) {
  return [test = std::move(test)](const std::vector<std::string_view>& values) {
    return std::any_of(values.begin(), values.end(), test);
  };
}

ValueTest test_of(const CodeSystem& system, std::string_view op, std::string_view value) {
  if (op == "=") return any_value([value](std::string_view at) { return at == value; });
  if (op == "exists") {
    return [wanted = value == "true"](const std::vector<std::string_view>& values) {
      return values.empty() != wanted;
    };
  }
  if (op == "in")
    return any_value([items = listed(value)](std::string_view at) { return items.contains(at); });
  if (op == "not-in") {
    return [items = listed(value)](const std::vector<std::string_view>& values) {
      return std::none_of(values.begin(), values.end(),
                          [&items](std::string_view at) { return items.contains(at); });
    };
  }
  if (op == "regex") {
    const auto pattern = compile_pattern(value);
    if (!pattern) return nullptr;
    return any_value([pattern](std::string_view at) { return matches(*pattern, at); });
  }
  // The property holds a code of the system, and the hierarchy decides about that code.
  const auto inside = HierarchyFilter(system, value).run(op);
  if (!inside) return nullptr;
  return any_value([&system, chosen = *inside](std::string_view at) {
    const auto index = system.find(at);
    return index && chosen[*index];
  });
}

}  // namespace

std::optional<std::vector<bool>> select(const CodeSystem& system, tree::Node filter) {
  const std::string_view property = filter.child("property").text();
  const std::string_view op = filter.child("op").text();
  const std::string_view value = filter.child("value").text();
  if (property == "concept" || property == "code") return HierarchyFilter(system, value).run(op);
  if (!is_property(system, property)) return std::nullopt;
  const ValueTest test = test_of(system, op, value);
  if (!test) return std::nullopt;
  Chosen chosen(system.concepts().size());
  for (ConceptIndex index = 0; index < chosen.size(); ++index)
    chosen[index] = test(values_of(system, index, property));
  return chosen;
}

std::function<bool(std::string_view)> code_test(Syntax syntax, tree::Node filter) {
  const std::string_view property = filter.child("property").text();
  const std::string_view op = filter.child("op").text();
  const std::string_view value = filter.child("value").text();
  if ((property == "code" || property == "concept") && op == "regex") {
    const auto pattern = compile_pattern(value);
    if (!pattern) return nullptr;
    return [pattern](std::string_view code) { return matches(*pattern, code); };
  }
  if (syntax == Syntax::kUcum && property == "canonical" && op == "=") {
    const auto canonical = ucum::reduce(value);
    if (!canonical) return nullptr;
    return [dimension = canonical->dimension](std::string_view code) {
      const auto unit = ucum::reduce(code);
      return unit && unit->dimension == dimension;
    };
  }
  return nullptr;
}

bool is_regular_expression(std::string_view text) {
  RE2::Options quiet;
  quiet.set_log_errors(false);
  return RE2(re2::StringPiece(text.data(), text.size()), quiet).ok();
}

}  // namespace fhir::terminology
