// A hand-made type table of one resource, so that the tree is tested without the definitions.
//
//   Thing { status: code 0..1, tag: string 0..*, part: BackboneElement 0..* { code: code, part: like the
//   outer }, value[x]: string }
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/tree/type_table.hpp"

namespace fhir::tree {

class TinyTable {
 public:
  TinyTable() {
    rows_.resize(1);
    const RowId thing = add_row("Thing", "Thing", "Thing", TypeKind::kResource, JsonForm::kNone, 0);
    const RowId status = add_row("status", "status", "code", TypeKind::kPrimitive, JsonForm::kString, 0);
    const RowId tag = add_row("tag", "tag", "string", TypeKind::kPrimitive, JsonForm::kString, kRepeats);
    const RowId part =
        add_row("part", "part", "BackboneElement", TypeKind::kBackbone, JsonForm::kNone, kRepeats);
    const RowId value =
        add_row("value", "valueString", "string", TypeKind::kPrimitive, JsonForm::kString, kChoice);
    const RowId number =
        add_row("value", "valueDecimal", "decimal", TypeKind::kPrimitive, JsonForm::kNumber, kChoice);
    const RowId code = add_row("code", "code", "code", TypeKind::kPrimitive, JsonForm::kString, 0);
    set_children(thing, {status, tag, part, value, number});
    set_children(part, {code, part});
    type_name_ = id("Thing");
    types_ = {{type_name_, thing}};
    index_names();
    table_.rows = rows_;
    table_.children = children_;
    table_.slots = slots_;
    table_.names = names_;
    table_.name_slots = name_slots_;
    table_.types = types_;
    table_.text = text_.data();
  }
  TinyTable(const TinyTable&) = delete;
  TinyTable& operator=(const TinyTable&) = delete;
  [[nodiscard]] const TypeTable& table() const { return table_; }

 private:
  NameId id(std::string_view name) {
    for (NameId i = 0; i < names_.size(); ++i) {
      if (std::string_view(text_).substr(names_[i].offset, names_[i].length) == name) return i;
    }
    names_.push_back({static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(name.size())});
    text_.append(name);
    return static_cast<NameId>(names_.size() - 1);
  }
  RowId add_row(std::string_view name, std::string_view serial, std::string_view type, TypeKind kind,
                JsonForm json, unsigned flags) {
    TypeRow row;
    row.name = id(name);
    row.serial_name = id(serial);
    row.type = id(type);
    row.kind = kind;
    row.json = json;
    row.flags = static_cast<std::uint16_t>(flags);
    row.max = (flags & kRepeats) != 0 ? kUnbounded : 1;
    rows_.push_back(row);
    return static_cast<RowId>(rows_.size() - 1);
  }
  void set_children(RowId parent, const std::vector<RowId>& children) {
    TypeRow& row = rows_[parent];
    row.children_begin = static_cast<std::uint32_t>(children_.size());
    row.children_count = static_cast<std::uint32_t>(children.size());
    children_.insert(children_.end(), children.begin(), children.end());
    row.slots_begin = static_cast<std::uint32_t>(slots_.size());
    row.slots_mask = 15;
    slots_.resize(slots_.size() + 16);
    std::uint16_t order = 0;
    for (const RowId child : children) {
      rows_[child].order = order++;
      std::uint32_t at = TypeTable::hash_id(rows_[child].serial_name) & 15u;
      while (slots_[row.slots_begin + at].serial_name != kNoName)
        at = (at + 1) & 15u;
      slots_[row.slots_begin + at] = {rows_[child].serial_name, child};
    }
  }
  void index_names() {
    name_slots_.assign(64, kNoName);
    for (NameId i = 0; i < names_.size(); ++i) {
      std::uint32_t at =
          TypeTable::hash_name(std::string_view(text_).substr(names_[i].offset, names_[i].length)) & 63u;
      while (name_slots_[at] != kNoName)
        at = (at + 1) & 63u;
      name_slots_[at] = i;
    }
  }

  std::string text_;
  std::vector<TypeRow> rows_;
  std::vector<RowId> children_;
  std::vector<ChildSlot> slots_;
  std::vector<TextRange> names_;
  std::vector<NameId> name_slots_;
  std::vector<ChildSlot> types_;
  NameId type_name_ = kNoName;
  TypeTable table_;
};

}  // namespace fhir::tree
