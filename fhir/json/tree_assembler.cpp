#include "fhir/json/tree_assembler.hpp"

#include <algorithm>
#include <utility>

#include "fhir/base/utf8.hpp"
#include "fhir/json/raw_bytes.hpp"

namespace fhir::json {

using tree::JsonForm;
using tree::kNoNode;
using tree::NodeIndex;
using tree::RowId;
using tree::TypeKind;
using tree::TypeRow;
using tree::ValueKind;

TreeAssembler::TreeAssembler(std::string_view source, tree::TreeBuilder& builder, const ReadLimits& limits,
                             tree::ReadReport& report)
    : source_(source), builder_(builder), table_(builder.table()), limits_(limits), report_(report) {
  frames_.reserve(16);
}

tree::ReadReport::Place TreeAssembler::place() const noexcept {
  if (frames_.empty()) return {builder_.node_count() == 0 ? kNoNode : 0, {}};
  const Frame& frame = frames_.back();
  const Member& member = frame.member;
  if (member.seen == MemberSets::kNone) return {frame.node, {}};
  if (member.mode == Mode::kType) return {frame.node, "resourceType"};
  if (member.row != tree::kUnknownRow) return {frame.node, table_.name(table_.row(member.row).serial_name)};
  return {frame.node, builder_.name(member.name)};
}

bool TreeAssembler::fatal(IssueType type, std::string text, std::size_t offset) {
  report_.fatal(type, place(), std::move(text), offset);
  return false;
}

void TreeAssembler::error(IssueType type, std::string text, std::size_t offset) {
  report_.error(type, place(), std::move(text), offset);
}

void TreeAssembler::error_at(NodeIndex node, IssueType type, std::string text, std::size_t offset) {
  report_.error(type, {node, {}}, std::move(text), offset);
}

bool TreeAssembler::deeper(std::uint32_t offset) {
  if (++depth_ <= limits_.max_depth) return true;
  return fatal(IssueType::kTooCostly,
               "nested deeper than " + std::to_string(limits_.max_depth) + " objects and arrays", offset);
}

// ---- objects

bool TreeAssembler::open_root(std::uint32_t offset) {
  if (limits_.max_nodes == 0) return fatal(IssueType::kTooCostly, "more than 0 elements", offset);
  Frame& frame = frames_.emplace_back();
  frame.node = builder_.add_root(tree::kNoName, tree::kUnknownRow);
  frame.start = offset;
  frame.is_resource = true;
  frame.awaits_type = true;
  frame.members = members_.open();
  frame.member.seen = MemberSets::kNone;
  return true;
}

bool TreeAssembler::start_object(std::uint32_t offset) {
  if (!deeper(offset)) return false;
  if (frames_.empty()) return open_root(offset);
  Frame& outer = top();
  const Member& member = outer.member;
  if (member.mode == Mode::kType)
    return fatal(IssueType::kStructure, "resourceType must be a string", offset);
  const NodeIndex node = next_node(outer, offset);
  if (node == kNoNode) return false;
  const bool misplaced =
      member.mode == Mode::kPlain && (member.kind == TypeKind::kPrimitive || member.kind == TypeKind::kXhtml);
  if (misplaced) error_at(node, IssueType::kStructure, "an object where a primitive value belongs", offset);
  const bool is_resource = (member.flags & tree::kResourceSlot) != 0;
  const RowId row = is_resource ? tree::kUnknownRow : member.row;
  if (is_resource) builder_.set_row(node, row);  // until its type is known

  Frame& frame = frames_.emplace_back();  // `outer` and `member` may have moved
  frame.node = node;
  frame.row = row;
  frame.start = offset;
  frame.is_resource = is_resource;
  frame.awaits_type = is_resource;
  frame.members = members_.open();
  frame.member.seen = MemberSets::kNone;
  return true;
}

bool TreeAssembler::end_object(std::uint32_t end) {
  Frame& frame = top();
  frame.member.seen = MemberSets::kNone;
  if (frame.awaits_type && frames_.size() == 1) {
    return fatal(IssueType::kStructure, "an empty object instead of a resource", frame.start);
  }
  if (members_.size(frame.members) == 0) {
    error(IssueType::kStructure, "an empty object: leave the element out", frame.start);
  }
  tree::NodeRecord& record = builder_.record(frame.node);
  if (record.source.length == 0) record.source = {frame.start, end - frame.start};
  members_.close(frame.members);
  frames_.pop_back();
  --depth_;
  return true;
}

bool TreeAssembler::start_array(std::uint32_t offset) {
  if (frames_.empty()) return fatal(IssueType::kStructure, "an array instead of a resource", offset);
  if (!deeper(offset)) return false;
  Member& member = top().member;
  ++member.arrays;
  if (member.mode == Mode::kType)
    return fatal(IssueType::kStructure, "resourceType must be a string", offset);
  if (member.row == tree::kUnknownRow) return true;
  if (member.arrays > 1) {
    error(IssueType::kStructure, "an array inside an array", offset);
  } else if ((member.flags & tree::kRepeats) == 0) {
    error(IssueType::kStructure, "an array where the element does not repeat", offset);
  }
  return true;
}

bool TreeAssembler::end_array(std::size_t items, std::uint32_t end) {
  if (items == 0) error(IssueType::kStructure, "an empty array: leave the element out", end);
  --top().member.arrays;
  --depth_;
  return true;
}

// ---- members

bool TreeAssembler::key(Token name) {
  Frame& frame = top();
  frame.member.seen = MemberSets::kNone;
  if (name.text.size() > limits_.max_name_bytes) {
    return fatal(IssueType::kTooCostly,
                 "a member name over " + std::to_string(limits_.max_name_bytes) + " bytes", name.offset);
  }
  const std::size_t end = name.offset + name.text.size();
  const bool plain = source_[end] == '"' && (name.text.empty() || source_[end - 1] != '\\');
  if (!plain && !escaped_string(name.text, name.offset, "a member name")) return false;
  if (frame.awaits_type && !resolve_type(frame, name)) return false;
  select_member(frame, name.text);

  Member& member = frame.member;
  const MemberKey key = member.mode == Mode::kType ? kTypeMember
                        : member.row == tree::kUnknownRow
                            ? unknown_member(member.name)
                            : row_member(member.row, member.mode == Mode::kExtension);
  if (MemberSets::may_hold(frame.members, key) && !repeated(frame, key, name.offset)) return false;
  if (members_.size(frame.members) >= limits_.max_members || unknown_names_ > limits_.max_members) {
    return fatal(
        IssueType::kTooCostly,
        "more than " + std::to_string(limits_.max_members) + " members in an object, or unknown names",
        name.offset);
  }
  member.seen = members_.add(frame.members, key);
  return true;
}

/// Fills `frame.member` for a member called `name`.
void TreeAssembler::select_member(Frame& frame, std::string_view name) {
  Member member;
  if (frame.is_resource && name == "resourceType") {
    member.mode = Mode::kType;
    frame.member = member;
    return;
  }
  member.row = table_.child(frame.row, name);
  if (member.row == tree::kUnknownRow && name.starts_with('_')) {
    const RowId row = table_.child(frame.row, name.substr(1));
    if (table_.row(row).kind == TypeKind::kPrimitive) {
      member.row = row;
      member.mode = Mode::kExtension;
    }
  }
  if (member.row == tree::kUnknownRow) {
    member.name = builder_.intern(name);
    if ((member.name & tree::kLocalName) != 0) unknown_names_ = (member.name & ~tree::kLocalName) + 1;
  } else {
    const TypeRow& row = table_.row(member.row);
    member.name = row.name;
    member.kind = row.kind;
    member.form = row.json;
    member.flags = row.flags;
  }
  frame.member = member;
}

/// The member may have been there: refuses it if it was, and pairs it with `x` or `_x` if that was.
bool TreeAssembler::repeated(Frame& frame, MemberKey key, std::uint32_t offset) {
  if (members_.find(frame.members, key) != MemberSets::kNone) {
    return fatal(IssueType::kDuplicate, "the member stands twice in its object", offset);
  }
  if (frame.member.row == tree::kUnknownRow) return true;
  const std::uint32_t other = members_.find(frame.members, partner(key));
  if (other != MemberSets::kNone) {
    frame.member.next = members_[other].first;
    frame.member.left = members_[other].count;
  }
  return true;
}

// ---- the type of a resource

/// Before the first member of a resource: finds its type, which may stand anywhere in the object.
bool TreeAssembler::resolve_type(Frame& frame, Token name) {
  if (name.text == "resourceType") return true;  // its value decides
  frame.awaits_type = false;
  const auto type = find_resource_type(source_, name.offset - 1);
  if (type) return set_type(frame, *type, name.offset);
  frame.is_resource = false;
  if (frames_.size() == 1)
    return fatal(IssueType::kStructure, "no resourceType: not a FHIR resource", frame.start);
  error(IssueType::kStructure, "a resource without resourceType", frame.start);
  return true;
}

bool TreeAssembler::set_type(Frame& frame, std::string_view type, std::uint32_t offset) {
  const RowId row = table_.type_root(type);
  if (table_.row(row).kind != TypeKind::kResource) {
    frame.is_resource = false;  // its resourceType is kept as an unknown member
    if (frames_.size() == 1)
      return fatal(IssueType::kStructure, "resourceType names no resource of this version", offset);
    error(IssueType::kStructure, "resourceType names no resource of this version", offset);
    return true;
  }
  frame.row = row;
  builder_.set_row(frame.node, row);
  if (frames_.size() == 1) builder_.set_name(frame.node, table_.row(row).name);
  return true;
}

bool TreeAssembler::type_value(Token value) {
  Frame& frame = top();
  if (!std::exchange(frame.awaits_type, false)) return true;
  if (!set_type(frame, value.text, value.offset)) return false;
  if (frame.is_resource) return true;
  frame.member.mode = Mode::kPlain;
  frame.member.name = builder_.intern("resourceType");
  frame.member.seen = members_.add(frame.members, unknown_member(frame.member.name));
  return string(value);
}

// ---- values

NodeIndex TreeAssembler::next_node(Frame& frame, std::uint32_t offset) {
  Member& member = frame.member;
  if (member.arrays == 0 && (member.flags & tree::kRepeats) != 0) {
    error(IssueType::kStructure, "the element repeats: its value must be an array", offset);
  }
  if (member.left > 0) {
    const NodeIndex node = member.next;
    member.next = --member.left > 0 ? builder_.record(node).next_sibling : kNoNode;
    return node;
  }
  if (builder_.node_count() >= limits_.max_nodes) {
    (void)fatal(IssueType::kTooCostly, "more than " + std::to_string(limits_.max_nodes) + " elements",
                offset);
    return kNoNode;
  }
  const NodeIndex node = builder_.add(frame.node, member.name, member.row);
  SeenMember& seen = members_[member.seen];
  if (seen.count++ == 0) seen.first = node;
  return node;
}

void TreeAssembler::check_form(NodeIndex node, ValueKind kind, std::size_t offset) {
  const Member& member = top().member;
  if (member.row == tree::kUnknownRow) return;
  if (member.mode == Mode::kExtension) {
    error_at(node, IssueType::kStructure,
             "a member with an underscore holds objects with id and extension only", offset);
  } else if (member.kind == TypeKind::kXhtml) {
    if (kind != ValueKind::kXhtml)
      error_at(node, IssueType::kStructure, "XHTML must be a JSON string", offset);
  } else if (member.kind != TypeKind::kPrimitive) {
    error_at(node, IssueType::kStructure, "a primitive value where an object belongs", offset);
  } else if (member.form == JsonForm::kString && kind != ValueKind::kString) {
    error_at(node, IssueType::kValue, "the value must be a JSON string", offset);
  } else if (member.form == JsonForm::kNumber && kind != ValueKind::kNumber) {
    error_at(node, IssueType::kValue, "the value must be a JSON number", offset);
  } else if (member.form == JsonForm::kBoolean && kind != ValueKind::kBoolean) {
    error_at(node, IssueType::kValue, "the value must be true or false, without quotes", offset);
  }
}

bool TreeAssembler::set_value(Token value, ValueKind kind, tree::SourceSpan span) {
  Frame& frame = top();
  const Member& member = frame.member;
  const NodeIndex node = next_node(frame, span.offset);
  if (node == kNoNode) return false;
  const bool fits = member.mode == Mode::kPlain && member.kind == TypeKind::kPrimitive &&
                    static_cast<int>(member.form) == static_cast<int>(kind);
  if (!fits) check_form(node, kind, span.offset);
  if ((member.flags & tree::kResourceSlot) != 0) builder_.set_row(node, tree::kUnknownRow);  // no resource
  if (value.text.empty()) {
    error_at(node, IssueType::kValue, "an empty string: leave the element out", span.offset);
  }
  if (member.mode == Mode::kExtension) return true;
  tree::NodeRecord& record = builder_.record(node);
  record.kind = kind;
  record.text_offset = value.offset;
  record.text_length = static_cast<std::uint32_t>(value.text.size());
  record.source = span;
  return true;
}

bool TreeAssembler::string(Token value) {
  if (frames_.empty()) return fatal(IssueType::kStructure, "a string instead of a resource", value.offset);
  const Member& member = top().member;
  std::size_t end = value.offset + value.text.size();
  if (source_[end] != '"' || (!value.text.empty() && source_[end - 1] == '\\')) {
    if (!escaped_string(value.text, value.offset, "a string")) return false;
    end = end_of_string(source_, value.offset) - 1;
  }
  if (member.mode == Mode::kType) return type_value(value);
  const ValueKind kind = member.kind == TypeKind::kXhtml ? ValueKind::kXhtml : ValueKind::kString;
  const std::uint32_t quote = value.offset - 1;
  return set_value(value, kind, {quote, static_cast<std::uint32_t>(end) + 1 - quote});
}

bool TreeAssembler::number(Token value) {
  if (frames_.empty()) return fatal(IssueType::kStructure, "a number instead of a resource", value.offset);
  if (top().member.mode == Mode::kType) {
    return fatal(IssueType::kStructure, "resourceType must be a string", value.offset);
  }
  return set_value(value, ValueKind::kNumber, {value.offset, static_cast<std::uint32_t>(value.text.size())});
}

bool TreeAssembler::boolean(Token value) {
  if (frames_.empty()) return fatal(IssueType::kStructure, "a boolean instead of a resource", value.offset);
  if (top().member.mode == Mode::kType) {
    return fatal(IssueType::kStructure, "resourceType must be a string", value.offset);
  }
  return set_value(value, ValueKind::kBoolean, {value.offset, static_cast<std::uint32_t>(value.text.size())});
}

bool TreeAssembler::null(std::uint32_t offset) {
  if (frames_.empty()) return fatal(IssueType::kStructure, "null instead of a resource", offset);
  Frame& frame = top();
  if (frame.member.mode == Mode::kType) {
    return fatal(IssueType::kStructure, "resourceType must be a string", offset);
  }
  if (frame.member.arrays == 0 || frame.member.kind != TypeKind::kPrimitive) {
    error(IssueType::kStructure, "null: leave the element out", offset);
    return true;
  }
  const NodeIndex node = next_node(frame, offset);
  if (node == kNoNode) return false;
  nulls_.push_back(node);
  return true;
}

/// A string with escapes: they may spell what the bytes cannot hold. False after a fatal finding.
bool TreeAssembler::escaped_string(std::string_view decoded, std::uint32_t offset, std::string_view what) {
  if (decoded.find('\0') != std::string_view::npos) {
    return fatal(IssueType::kInvalid, std::string(what) + " with an escaped NUL", offset);
  }
  if (find_invalid_utf8(decoded) != std::string_view::npos) {
    return fatal(IssueType::kInvalid, std::string(what) + " with an unpaired surrogate", offset);
  }
  if (find_bad_byte(decoded)) {
    error(IssueType::kValue,
          std::string(what) + " with an escaped control character other than tab, LF and CR", offset);
  }
  return true;
}

void TreeAssembler::finish() {
  // A null in both arrays of a pair is one node, noted twice.
  std::sort(nulls_.begin(), nulls_.end());
  nulls_.erase(std::unique(nulls_.begin(), nulls_.end()), nulls_.end());
  for (const NodeIndex node : nulls_) {
    const tree::NodeRecord& record = builder_.record(node);
    if (record.kind != ValueKind::kNone || record.first_child != kNoNode) continue;
    report_.error(IssueType::kStructure, {node, {}}, "null without a value or an extension in its place",
                  builder_.record(record.parent).source.offset);
  }
}

}  // namespace fhir::json
