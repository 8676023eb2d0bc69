#include "fhir/patch/material.hpp"

namespace fhir::patch {

namespace {

using tree::JsonForm;
using tree::kUnknownRow;
using tree::Node;
using tree::RowId;
using tree::TypeKind;
using tree::TypeRow;
using tree::TypeTable;

bool has_parts(Node value) {
  return !value.children("part").empty();
}

bool primitive(const TypeRow& row) {
  return row.kind == TypeKind::kPrimitive || row.kind == TypeKind::kXhtml;
}

JsonForm form_of(const TypeRow& row) {
  return row.kind == TypeKind::kXhtml ? JsonForm::kString : row.json;
}

/// May an element of `row` hold what the part gives?
bool takes(const TypeTable& table, const TypeRow& row, Node value) {
  if (value.child("resource")) return (row.flags & tree::kResourceSlot) != 0;
  if (has_parts(value)) return row.kind == TypeKind::kBackbone || row.kind == TypeKind::kComplex;
  const Node given = value.child("value");
  if (!given) return false;
  if (primitive(row)) return primitive(given.row()) && form_of(row) == form_of(given.row());
  return row.kind == TypeKind::kComplex && table.name(row.type) == given.type();
}

/// Of the types of a choice the one that is given wins over those that would take it.
bool same_type(const TypeTable& table, const TypeRow& row, Node value) {
  return table.name(row.type) == value.child("value").type();
}

}  // namespace

std::string_view plain_name(std::string_view name) {
  if (name.ends_with("[x]")) name.remove_suffix(3);
  return name;
}

RowId row_for(const TypeTable& table, RowId parent, std::string_view name, Node value) {
  name = plain_name(name);
  RowId fits = kUnknownRow;
  for (const RowId id : table.children_of(parent)) {
    const TypeRow& row = table.row(id);
    if (table.name(row.name) != name && table.name(row.serial_name) != name) continue;
    if (!takes(table, row, value)) continue;
    if (same_type(table, row, value)) return id;
    const bool choice = (row.flags & tree::kChoice) != 0 && table.name(row.serial_name) != name;
    if (fits == kUnknownRow && !choice) fits = id;
  }
  return fits;
}

const char* add_material(tree::TreeBuilder& builder, tree::NodeIndex parent, RowId row, Node value) {
  const TypeTable& table = builder.table();
  const TypeRow& type = table.row(row);
  if (const Node resource = value.child("resource")) {
    builder.add_copy(parent, type.name, resource.row_id(), resource);
    return nullptr;
  }
  if (!has_parts(value)) {
    const Node given = value.child("value");
    const tree::NodeIndex made = builder.add_copy(parent, type.name, row, given);
    if (type.kind == TypeKind::kXhtml) builder.record(made).kind = tree::ValueKind::kXhtml;
    return nullptr;
  }
  const tree::NodeIndex made = builder.add(parent, type.name, row);
  for (const Node part : value.children("part")) {
    const RowId below = row_for(table, row, part.child("name").text(), part);
    if (below == kUnknownRow) return "a nested part names no element, or gives it a value of another type";
    const bool single = (table.row(below).flags & tree::kRepeats) == 0;
    for (tree::NodeIndex at = builder.record(made).first_child; single && at != tree::kNoNode;
         at = builder.record(at).next_sibling) {
      if (builder.record(at).name == table.row(below).name) return "a nested part gives an element twice";
    }
    if (const char* const fault = add_material(builder, made, below, part)) return fault;
  }
  return nullptr;
}

}  // namespace fhir::patch
