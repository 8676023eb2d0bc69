#include "fhir/validate/element_definition_check.hpp"

#include <algorithm>
#include <array>

#include "fhir/path/plan.hpp"

namespace fhir::validate {

namespace {

using tree::Node;
using tree::RowId;

constexpr std::string_view kTypeExtension =
    "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type";

/// What an element of a type may be asked for.
struct TypeTraits {
  std::string_view type;
  bool has_range = false;   ///< minValue, maxValue
  bool has_length = false;  ///< maxLength
  bool can_bind = false;
  bool has_target = false;
};

constexpr auto kTraits = std::to_array<TypeTraits>({
    {.type = "integer", .has_range = true, .has_length = true},
    {.type = "decimal", .has_range = true, .has_length = true},
    {.type = "instant", .has_range = true, .has_length = true},
    {.type = "string", .has_length = true, .can_bind = true},
    {.type = "uri", .has_length = true, .can_bind = true},
    {.type = "date", .has_range = true, .has_length = true},
    {.type = "dateTime", .has_range = true, .has_length = true},
    {.type = "time", .has_range = true, .has_length = true},
    {.type = "canonical", .has_length = true, .can_bind = true, .has_target = true},
    {.type = "code", .has_length = true, .can_bind = true},
    {.type = "id", .has_length = true},
    {.type = "markdown", .has_length = true},
    {.type = "oid", .has_length = true, .can_bind = true},
    {.type = "positiveInt", .has_range = true, .has_length = true},
    {.type = "unsignedInt", .has_range = true, .has_length = true},
    {.type = "url", .has_length = true, .can_bind = true},
    {.type = "uuid", .has_length = true, .can_bind = true},
    {.type = "Age", .has_range = true, .can_bind = true},
    {.type = "CodeableConcept", .can_bind = true},
    {.type = "Coding", .can_bind = true},
    {.type = "Count", .has_range = true, .can_bind = true},
    {.type = "Distance", .has_range = true, .can_bind = true},
    {.type = "Duration", .has_range = true, .can_bind = true},
    {.type = "Money", .has_range = true},
    {.type = "Quantity", .has_range = true, .can_bind = true},
    {.type = "SimpleQuantity", .has_range = true, .can_bind = true},
    {.type = "MoneyQuantity", .has_range = true, .can_bind = true},
    {.type = "Range", .can_bind = true},
    {.type = "Reference", .has_target = true},
    {.type = "Extension", .can_bind = true},
});

TypeTraits traits_of(std::string_view type) {
  const auto* const found = std::find_if(kTraits.begin(), kTraits.end(),
                                         [type](const TypeTraits& row) { return row.type == type; });
  return found == kTraits.end() ? TypeTraits{.type = type} : *found;
}

std::string_view code_of(Node type) {
  for (const Node at : {type, type.child("code")}) {
    for (const Node extension : at.children("extension")) {
      if (extension.child("url").text() == kTypeExtension) return extension.child("value").text();
    }
  }
  return type.child("code").text();
}

/// Without a path every type the profile leaves to the base is possible.
std::vector<std::string_view> codes_of(Node element, std::string_view path) {
  std::vector<std::string_view> codes;
  if (path.find('.') == std::string_view::npos) codes.push_back(path);
  for (const Node type : element.children("type")) {
    if (const std::string_view code = code_of(type); !code.empty()) codes.push_back(code);
  }
  return codes;
}

}  // namespace

RowId row_of_path(const definitions::Definitions& definitions, std::string_view path) {
  const tree::TypeTable& table = definitions.table;
  const std::size_t dot = path.find('.');
  RowId row = table.type_root(path.substr(0, dot));
  path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  while (!path.empty() && row != tree::kUnknownRow) {
    const std::size_t end = path.find('.');
    std::string_view step = path.substr(0, end);
    path = end == std::string_view::npos ? std::string_view() : path.substr(end + 1);
    if (step.ends_with("[x]")) step.remove_suffix(3);
    const tree::TypeRow& owner = table.rows[row];
    RowId found = table.child(row, step);
    for (std::uint32_t i = 0; found == tree::kUnknownRow && i < owner.children_count; ++i) {
      const RowId child = table.children[owner.children_begin + i];
      if (table.name(table.row(child).name) == step) found = child;
    }
    row = found;
  }
  return row;
}

ElementDefinitionCheck::ElementDefinitionCheck(Walk& walk, Node structure, Node view, Node base)
    : walk_(walk),
      structure_(structure),
      view_(view),
      is_snapshot_(view.name() == "snapshot"),
      type_(structure.child("type").text()) {
  if (const std::size_t slash = type_.rfind('/'); slash != std::string_view::npos)
    type_.remove_prefix(slash + 1);
  for (const Node element : base.child("snapshot").children("element")) {
    for (const Node constraint : element.children("constraint"))
      base_constraints_.emplace(constraint.child("key").text(), constraint.child("expression").text());
  }
}

void ElementDefinitionCheck::error(Node at, std::string_view text) {
  walk_.findings().error(at, IssueType::kBusinessRule, {text});
}

void ElementDefinitionCheck::run() {
  for (const Node element : view_.children("element"))
    check(element);
}

void ElementDefinitionCheck::check(Node element) {
  const std::string_view path = element.child("path").text();
  if (path.empty()) return;
  check_path(element, path);
  check_slicing(element, path);
  check_types(element, path);
  for (const Node constraint : element.children("constraint"))
    check_constraint(constraint);
  if (const Node binding = element.child("binding")) check_binding(binding);
}

void ElementDefinitionCheck::check_path(Node element, std::string_view path) {
  const bool within = path == type_ || (path.starts_with(type_) && path[type_.size()] == '.');
  if (!type_.empty() && !within) error(element, "the path does not start with the type of the structure");
  const bool constrains = structure_.child("derivation").text() == "constraint";
  const bool may_be_missing = path == "Extension" || path.ends_with(".extension");
  if (!is_snapshot_ && constrains && element.child("meaningWhenMissing") && !may_be_missing)
    error(element, "a profile does not say what it means that an element is missing");
}

void ElementDefinitionCheck::check_slicing(Node element, std::string_view path) {
  const Node slicing = element.child("slicing");
  if (!slicing) return;
  const definitions::Definitions& definitions = walk_.shared().definitions;
  const RowId row = row_of_path(definitions, path);
  if (row != tree::kUnknownRow && path.find('.') != std::string_view::npos) {
    const tree::TypeRow& known = definitions.table.row(row);
    if (known.max == 1 && (known.flags & tree::kChoice) == 0)
      error(slicing, "an element that occurs once cannot be sliced");
  }
  for (const Node discriminator : slicing.children("discriminator")) {
    const Node where = discriminator.child("path");
    if (where.has_value() && !is_expression(where.text()))
      error(discriminator, "the path of the discriminator is not FHIRPath");
  }
}

bool ElementDefinitionCheck::is_expression(std::string_view text) const {
  path::CompileOptions options;
  options.as_filters = true;
  return path::Plan::compile(text, walk_.shared().definitions.table, options).has_value();
}

void ElementDefinitionCheck::check_types(Node element, std::string_view path) {
  const std::vector<std::string_view> codes = codes_of(element, path);
  if (codes.empty()) return;
  const auto any = [&codes](auto trait) {
    return std::any_of(codes.begin(), codes.end(),
                       [trait](std::string_view code) { return traits_of(code).*trait; });
  };
  for (const Node type : element.children("type")) {
    const std::string_view code = code_of(type);
    const bool known = walk_.shared().definitions.table.type_root(code) != tree::kUnknownRow;
    if (known && type.child("targetProfile") && !traits_of(code).has_target)
      error(element, "only references and canonicals have targets");
  }
  const bool all_known = std::all_of(codes.begin(), codes.end(), [this](std::string_view code) {
    return walk_.shared().definitions.table.type_root(code) != tree::kUnknownRow;
  });
  if (!all_known) return;
  if (element.child("binding") && !any(&TypeTraits::can_bind))
    error(element, "an element of this type is bound to no value set");
  if (element.child("maxLength") && !any(&TypeTraits::has_length))
    error(element, "an element of this type has no length");
  if ((element.child("minValue") || element.child("maxValue")) && !any(&TypeTraits::has_range))
    error(element, "an element of this type has no least or greatest value");
  if (is_snapshot_ && path.find('.') != std::string_view::npos) check_value_types(element, codes);
}

void ElementDefinitionCheck::check_value_types(Node element, const std::vector<std::string_view>& types) {
  for (const std::string_view name : {"defaultValue", "fixed", "pattern"}) {
    const Node value = element.child(name);
    if (value && std::find(types.begin(), types.end(), value.type()) == types.end())
      error(value, "the value is not of a type of the element");
  }
}

void ElementDefinitionCheck::check_constraint(Node constraint) {
  const std::string_view key = constraint.child("key").text();
  const std::string_view expression = constraint.child("expression").text();
  const std::string_view source = constraint.child("source").text();
  const std::string_view url = structure_.child("url").text();
  if (key.empty() || expression.empty()) return;
  const bool own = source.empty() || source.substr(0, source.find('|')) == url;
  if (!is_snapshot_ && !own) return error(constraint, "a constraint of a differential is its own");
  const auto [known, fresh] = constraints_.emplace(key, expression);
  if (!fresh && known->second != expression && key != "ele-1")
    error(constraint, "another constraint has the same key");
  const auto inherited = base_constraints_.find(key);
  if (!is_snapshot_ && inherited != base_constraints_.end() && inherited->second != expression)
    error(constraint, "the base has another constraint with the same key");
  if (own && !is_expression(expression)) error(constraint, "the expression is not FHIRPath");
}

void ElementDefinitionCheck::check_binding(Node binding) {
  const Node canonical = binding.child("valueSet");
  if (!canonical.has_value() || canonical.text().starts_with('#')) return;
  const packages::Registry& registry = walk_.shared().registry;
  if (!registry.find("ValueSet", canonical.text()) && registry.find(canonical.text()))
    error(binding, "what the element is bound to is no value set");
}

}  // namespace fhir::validate
