#include "fhir/tree/resource_builder.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace fhir::tree {
namespace {

constexpr std::size_t kUsualNodes = 64;
constexpr std::size_t kUsualText = 1024;

}  // namespace

ResourceBuilder::ResourceBuilder(const TypeTable& table, std::string_view resource_type)
    : builder_(table, kUsualNodes, kUsualText) {
  open_.reserve(8);
  const RowId row = table.type_root(resource_type);
  if (row == kUnknownRow) throw std::logic_error("no type " + std::string(resource_type));
  open_.push_back(builder_.add_root(table.row(row).name, row));
}

RowId ResourceBuilder::child_row(std::string_view serial_name) const {
  const TypeTable& table = builder_.table();
  const RowId parent = builder_.record(open_.back()).row;
  const RowId row = table.child(parent, serial_name);
  if (row == kUnknownRow) {
    throw std::logic_error(std::string(table.name(table.row(parent).type)) + " has no element " +
                           std::string(serial_name));
  }
  return row;
}

ResourceBuilder& ResourceBuilder::open(std::string_view serial_name) {
  const RowId row = child_row(serial_name);
  open_.push_back(builder_.add(open_.back(), builder_.table().row(row).name, row));
  return *this;
}

ResourceBuilder& ResourceBuilder::open_resource(std::string_view serial_name,
                                                std::string_view resource_type) {
  open(serial_name);
  const RowId row = builder_.table().type_root(resource_type);
  if (row == kUnknownRow) throw std::logic_error("no type " + std::string(resource_type));
  builder_.set_row(open_.back(), row);
  return *this;
}

ResourceBuilder& ResourceBuilder::close() {
  if (open_.size() < 2) throw std::logic_error("close() without open()");
  open_.pop_back();
  return *this;
}

ResourceBuilder& ResourceBuilder::set(std::string_view serial_name, std::string_view value) {
  const RowId row = child_row(serial_name);
  if (value.empty()) return *this;
  const TypeRow& type = builder_.table().row(row);
  ValueKind kind = ValueKind::kString;
  if (type.kind == TypeKind::kXhtml) {
    kind = ValueKind::kXhtml;
  } else if (type.json == JsonForm::kNumber) {
    kind = ValueKind::kNumber;
  } else if (type.json == JsonForm::kBoolean) {
    kind = ValueKind::kBoolean;
  } else if (type.json == JsonForm::kNone) {
    throw std::logic_error(std::string(serial_name) + " is not a primitive");
  }
  builder_.set_value(builder_.add(open_.back(), type.name, row), kind, value);
  return *this;
}

ResourceBuilder& ResourceBuilder::copy(std::string_view serial_name, Node from) {
  if (from && from.row_id() == kUnknownRow) {
    builder_.add_copy(open_.back(), builder_.intern(serial_name), kUnknownRow, from);
    return *this;
  }
  const RowId row = child_row(serial_name);
  if (!from) return *this;
  const TypeRow& type = builder_.table().row(row);
  const bool resource = (type.flags & kResourceSlot) != 0;
  builder_.add_copy(open_.back(), type.name, resource ? from.row_id() : row, from);
  return *this;
}

ResourceBuilder& ResourceBuilder::copy_children(Node from, std::initializer_list<std::string_view> except) {
  for (const Node child : from.children()) {
    if (std::find(except.begin(), except.end(), child.name()) == except.end())
      copy(child.serial_name(), child);
  }
  return *this;
}

TreePtr ResourceBuilder::finish() {
  if (open_.size() != 1) throw std::logic_error("finish() with an element still open");
  open_.clear();
  return builder_.finish();
}

}  // namespace fhir::tree
