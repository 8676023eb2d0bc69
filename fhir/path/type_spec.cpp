#include "fhir/path/type_spec.hpp"

#include <algorithm>

namespace fhir::path {
namespace {

struct BaseRow {
  std::string_view type;
  std::string_view base;
};

// FHIR R4 2.24: the specialisations that are not plain Element, and the resources that are not
// DomainResource.
constexpr BaseRow kBases[] = {
    {"code", "string"},
    {"id", "string"},
    {"markdown", "string"},
    {"url", "uri"},
    {"canonical", "uri"},
    {"uuid", "uri"},
    {"oid", "uri"},
    {"unsignedInt", "integer"},
    {"positiveInt", "integer"},
    {"Age", "Quantity"},
    {"Distance", "Quantity"},
    {"Duration", "Quantity"},
    {"Count", "Quantity"},
    {"SimpleQuantity", "Quantity"},
    {"MoneyQuantity", "Quantity"},
    {"BackboneElement", "Element"},
    {"Timing", "BackboneElement"},
    {"Dosage", "BackboneElement"},
    {"ElementDefinition", "BackboneElement"},
    {"DomainResource", "Resource"},
    {"Bundle", "Resource"},
    {"Binary", "Resource"},
    {"Parameters", "Resource"},
    {"Element", ""},
    {"Resource", ""},
};

constexpr std::string_view kPrimitives[] = {
    "base64Binary", "boolean", "canonical",   "code",      "date",     "dateTime", "decimal",
    "id",           "instant", "integer",     "integer64", "markdown", "oid",      "positiveInt",
    "string",       "time",    "unsignedInt", "uri",       "url",      "uuid",     "xhtml"};

constexpr std::string_view kSystem[] = {"Any",     "Boolean", "Date",           "DateTime",
                                        "Decimal", "Integer", "Long",           "Quantity",
                                        "String",  "Time",    "SimpleTypeInfo", "ClassInfo"};

template <std::size_t N>
bool contains(const std::string_view (&list)[N], std::string_view text) {
  return std::find(std::begin(list), std::end(list), text) != std::end(list);
}

bool is_fhir_type(std::string_view name, const tree::TypeTable& table) {
  if (name == "Element" || name == "Resource" || name == "DomainResource" || name == "BackboneElement")
    return true;
  return is_primitive_type(name) || table.type_root(name) != tree::kUnknownRow ||
         !base_type(name, table).empty();
}

}  // namespace

bool is_primitive_type(std::string_view type) noexcept {
  return contains(kPrimitives, type);
}

std::string_view base_type(std::string_view type, const tree::TypeTable& table) noexcept {
  const auto* row =
      std::find_if(std::begin(kBases), std::end(kBases), [type](const BaseRow& r) { return r.type == type; });
  if (row != std::end(kBases)) return row->base;
  const tree::RowId root = table.type_root(type);
  if (root != tree::kUnknownRow && table.row(root).kind == tree::TypeKind::kResource) return "DomainResource";
  return root != tree::kUnknownRow || is_primitive_type(type) ? "Element" : "";
}

TypeSpec resolve_type(std::string_view text, const tree::TypeTable& table) {
  TypeSpec spec;
  const auto strip = [&text](std::string_view prefix) {
    if (!text.starts_with(prefix)) return false;
    text.remove_prefix(prefix.size());
    return true;
  };
  if (strip("System.")) {
    spec.space = TypeSpace::kSystem;
  } else if (strip("FHIR.")) {
    spec.space = TypeSpace::kFhir;
  }
  spec.name = text;
  spec.id = table.find_name(text);
  spec.table = &table;
  const bool system = contains(kSystem, text);
  spec.known = spec.space == TypeSpace::kSystem || (spec.space == TypeSpace::kAny && system) ||
               is_fhir_type(text, table);
  return spec;
}

bool is_type(tree::Node node, const TypeSpec& spec) noexcept {
  const tree::TypeRow& row = node.row();
  const tree::TypeTable& table = node.tree()->table();
  if (&table == spec.table && row.type == spec.id && spec.id != tree::kNoName) return true;
  for (std::string_view type = node.type(); !type.empty(); type = base_type(type, table)) {
    if (type == spec.name) return true;
  }
  return false;
}

bool is_type(const Value& value, const TypeSpec& spec) noexcept {
  if (value.is_node()) return spec.space != TypeSpace::kSystem && is_type(value.node(), spec);
  return spec.space != TypeSpace::kFhir && (type_of(value).name == spec.name || spec.name == "Any");
}

bool is_type_for_cast(const Value& value, const TypeSpec& spec) noexcept {
  if (!value.is_node() || !is_primitive_type(value.node().type())) return is_type(value, spec);
  const std::string_view type = value.node().type();
  return spec.space != TypeSpace::kSystem &&
         (type == spec.name || (!spec.primitive.empty() && type == spec.primitive));
}

}  // namespace fhir::path
