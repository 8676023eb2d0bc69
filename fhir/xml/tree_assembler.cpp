#include "fhir/xml/tree_assembler.hpp"

#include <algorithm>
#include <utility>

#include "fhir/xml/reader.hpp"

namespace fhir::xml {

using tree::kNoNode;
using tree::kUnknownRow;
using tree::NameId;
using tree::NodeIndex;
using tree::RowId;
using tree::TypeKind;
using tree::TypeRow;
using tree::ValueKind;

namespace {

constexpr std::string_view kInstanceNamespace = "http://www.w3.org/2001/XMLSchema-instance";

ValueKind kind_of(tree::JsonForm form) {
  switch (form) {
    case tree::JsonForm::kNumber: return ValueKind::kNumber;
    case tree::JsonForm::kBoolean: return ValueKind::kBoolean;
    default: return ValueKind::kString;
  }
}

}  // namespace

TreeAssembler::TreeAssembler(std::string_view source, tree::TreeBuilder& builder, const ReadLimits& limits,
                             tree::ReadReport& report)
    : source_(source), builder_(builder), table_(builder.table()), limits_(limits), report_(report) {}

tree::ReadReport::Place TreeAssembler::place() const noexcept {
  if (div_) return {div_node_, {}};
  if (!frames_.empty()) return {frames_.back().node, {}};
  return {builder_.node_count() == 0 ? kNoNode : 0, {}};
}

bool TreeAssembler::fatal(IssueType type, std::string text, std::size_t offset) {
  report_.fatal(type, place(), std::move(text), offset);
  return false;
}

void TreeAssembler::error(NodeIndex node, IssueType type, std::string text, std::size_t offset) {
  report_.error(type, {node, {}}, std::move(text), offset);
}

bool TreeAssembler::start(const StartTag& tag) {
  if (div_) {
    div_->start(tag);
    return true;
  }
  if (frames_.empty()) return start_root(tag);
  Frame& parent = frames_.back();
  return parent.slot != kUnknownRow ? start_resource(tag, parent) : start_child(tag, parent);
}

// ---- elements

bool TreeAssembler::start_root(const StartTag& tag) {
  if (tag.name_space != kFhirNamespace) {
    return fatal(IssueType::kStructure, "the root element is not in the namespace http://hl7.org/fhir",
                 tag.offset);
  }
  const RowId row = table_.type_root(tag.name);
  if (table_.row(row).kind != TypeKind::kResource) {
    return fatal(IssueType::kStructure, "the root element names no resource of this version", tag.offset);
  }
  if (limits_.max_nodes == 0) return fatal(IssueType::kTooCostly, "more than 0 elements", tag.offset);
  return open(tag, builder_.add_root(table_.row(row).name, row), row);
}

bool TreeAssembler::start_resource(const StartTag& tag, Frame& slot) {
  RowId row = tag.name_space == kFhirNamespace ? table_.type_root(tag.name) : kUnknownRow;
  if (table_.row(row).kind != TypeKind::kResource) row = kUnknownRow;
  const NodeIndex node = add(slot.node, table_.row(slot.slot).name, row, tag.offset);
  if (node == kNoNode) return false;
  if (++slot.resources > 1) {
    error(node, IssueType::kStructure, "the element holds exactly one resource", tag.offset);
  }
  if (row == kUnknownRow) {
    // The name stays known as JSON has it, so that nothing is lost.
    error(node, IssueType::kStructure, "an element that names no resource of this version", tag.offset);
    const NodeIndex type = add(node, builder_.intern("resourceType"), kUnknownRow, tag.offset);
    if (type == kNoNode) return false;
    builder_.set_value(type, ValueKind::kString, tag.name);
  }
  return open(tag, node, row);
}

bool TreeAssembler::start_child(const StartTag& tag, Frame& parent) {
  const RowId row = table_.child(parent.row, tag.name);
  const TypeRow& type = table_.row(row);
  const bool is_div = type.kind == TypeKind::kXhtml;
  const NodeIndex owner = parent.node;
  check_adjacent(parent, row, owner, tag.offset);
  if ((type.flags & tree::kResourceSlot) != 0) {
    for (const Attribute& attribute : tag.attributes) {
      if (attribute.name_space != kInstanceNamespace) {
        error(owner, IssueType::kStructure, "an attribute on an element that holds a resource", tag.offset);
      }
    }
    Frame frame;
    frame.node = owner;
    frame.slot = row;
    frame.start = tag.offset;
    frames_.push_back(std::move(frame));
    return true;
  }
  NameId name = type.name;
  if (row == kUnknownRow && !intern(tag.name, tag.offset, name)) return false;
  const NodeIndex node = add(owner, name, row, tag.offset);
  if (node == kNoNode) return false;
  const std::string_view expected = is_div ? kXhtmlNamespace : kFhirNamespace;
  if (tag.name_space != expected) {
    error(node, IssueType::kStructure, "the element is not in the namespace " + std::string(expected),
          tag.offset);
  }
  if (is_div) {
    div_.emplace(source_);
    div_node_ = node;
    div_->start(tag);
    return true;
  }
  return open(tag, node, row);
}

/// Repeats of an element stand together. `row` is the row of the next child.
void TreeAssembler::check_adjacent(Frame& parent, RowId row, NodeIndex node, std::size_t offset) {
  if (row == parent.last_child) return;
  std::vector<RowId>& rows = parent.child_rows;
  if (parent.last_child != kUnknownRow &&
      std::find(rows.begin(), rows.end(), parent.last_child) == rows.end()) {
    rows.push_back(parent.last_child);
  }
  parent.last_child = row;
  if (row == kUnknownRow || std::find(rows.begin(), rows.end(), row) == rows.end()) return;
  report_.error(IssueType::kStructure, {node, table_.name(table_.row(row).serial_name)},
                "repeats of an element stand apart from each other", offset);
}

NodeIndex TreeAssembler::add(NodeIndex parent, NameId name, RowId row, std::size_t offset) {
  if (builder_.node_count() >= limits_.max_nodes) {
    (void)fatal(IssueType::kTooCostly, "more than " + std::to_string(limits_.max_nodes) + " elements",
                offset);
    return kNoNode;
  }
  return builder_.add(parent, name, row);
}

bool TreeAssembler::intern(std::string_view name, std::size_t offset, NameId& id) {
  id = builder_.intern(name);
  if ((id & tree::kLocalName) == 0 || (id & ~tree::kLocalName) < limits_.max_members) return true;
  return fatal(IssueType::kTooCostly, "more than " + std::to_string(limits_.max_members) + " unknown names",
               offset);
}

bool TreeAssembler::open(const StartTag& tag, NodeIndex node, RowId row) {
  Frame frame;
  frame.node = node;
  frame.row = row;
  frame.start = tag.offset;
  frames_.push_back(std::move(frame));
  return take_attributes(tag, node, row);
}

bool TreeAssembler::end(std::size_t end) {
  const auto span = [end](std::size_t start) {
    return tree::SourceSpan{static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(end - start)};
  };
  if (div_) {
    if (!div_->end(end)) return true;
    builder_.set_value(div_node_, ValueKind::kXhtml, div_->result());
    builder_.set_source(div_node_, span(div_->offset()));
    div_.reset();
    return true;
  }
  const Frame& frame = frames_.back();
  if (frame.slot != kUnknownRow) {
    if (frame.resources == 0) {
      report_.error(IssueType::kStructure, {frame.node, table_.name(table_.row(frame.slot).serial_name)},
                    "the element holds no resource", frame.start);
    }
  } else {
    const tree::NodeRecord& record = builder_.record(frame.node);
    builder_.set_source(frame.node, span(frame.start));
    const bool is_resource = table_.row(frame.row).kind == TypeKind::kResource;
    if (!is_resource && record.kind == ValueKind::kNone && record.first_child == kNoNode) {
      error(frame.node, IssueType::kStructure, "an empty element: leave it out", frame.start);
    }
  }
  frames_.pop_back();
  return true;
}

bool TreeAssembler::text(std::string_view piece) {
  if (div_) {
    div_->text(piece);
    return true;
  }
  if (frames_.empty() || piece.find_first_not_of(" \t\r\n") == std::string_view::npos) return true;
  Frame& frame = frames_.back();
  if (!std::exchange(frame.text_reported, true)) {
    error(frame.node, IssueType::kStructure, "text inside an element: values stand in the attribute value",
          frame.start);
  }
  return true;
}

// ---- attributes

bool TreeAssembler::take_attributes(const StartTag& tag, NodeIndex node, RowId row) {
  for (const Attribute& attribute : tag.attributes) {
    if (attribute.name_space == kInstanceNamespace) continue;
    if (!take_attribute(attribute, tag, node, row)) return false;
  }
  return true;
}

bool TreeAssembler::take_attribute(const Attribute& attribute, const StartTag& tag, NodeIndex node,
                                   RowId row) {
  const TypeRow& type = table_.row(row);
  const bool plain = attribute.name_space.empty();
  if (plain && attribute.name == "value" && (row == kUnknownRow || type.kind == TypeKind::kPrimitive)) {
    set_value(node, attribute.value, tag.offset);
    return true;
  }
  const RowId child = plain ? table_.child(row, attribute.name) : kUnknownRow;
  const bool known = (table_.row(child).flags & tree::kXmlAttribute) != 0 && type.kind != TypeKind::kResource;
  if (!known && (row != kUnknownRow || !plain)) {
    report_.error(IssueType::kStructure, {node, {}}, "an attribute that does not belong here", tag.offset);
    return true;
  }
  NameId name = table_.row(child).name;
  if (!known && !intern(attribute.name, tag.offset, name)) return false;
  const NodeIndex made = add(node, name, known ? child : kUnknownRow, tag.offset);
  if (made == kNoNode) return false;
  builder_.set_source(made, {static_cast<std::uint32_t>(tag.offset), 0});
  set_value(made, attribute.value, tag.offset);
  return true;
}

void TreeAssembler::set_value(NodeIndex node, std::string_view value, std::size_t offset) {
  if (value.empty()) error(node, IssueType::kValue, "an empty value: leave it out", offset);
  builder_.set_value(node, kind_of(table_.row(builder_.record(node).row).json), value);
}

}  // namespace fhir::xml
