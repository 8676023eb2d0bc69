#include "mappings/hl7v2/grammar_builder.hpp"

#include <algorithm>
#include <bit>
#include <stdexcept>

#include "mappings/hl7v2/definition_text.hpp"

namespace mappings::hl7v2 {
namespace {

namespace tree = fhir::tree;

[[noreturn]] void refuse(std::string_view what) {
  throw std::logic_error("HL7 v2 definitions: " + std::string(what));
}

/// Takes the text up to `end` (or all) off the front.
std::string_view take(std::string_view& text, char end) {
  const std::size_t at = text.find(end);
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return taken;
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    if (const std::string_view part = take(text, at); !part.empty()) parts.push_back(part);
  }
  return parts;
}

std::uint32_t slot_count(std::size_t entries) {
  return static_cast<std::uint32_t>(std::bit_ceil(std::max<std::size_t>(entries, 1) * 2));
}

template <class Container>
std::uint32_t count_of(const Container& container) {
  return static_cast<std::uint32_t>(container.size());
}

}  // namespace

Grammar GrammarBuilder::build() {
  grammar_.segment_slots_.fill(kNoSegment);
  grammar_.rows_.emplace_back();  // the unknown row
  grammar_.positions.emplace_back();
  add_fixed_names();
  add_data_types();
  add_segments();
  add_structures();
  add_events();
  index_names();

  tree::TypeTable& table = grammar_.table;
  table.model = tree::Model::kHl7v2;
  table.rows = grammar_.rows_;
  table.children = grammar_.children_;
  table.slots = grammar_.slots_;
  table.names = grammar_.names_;
  table.name_slots = grammar_.name_slots_;
  table.types = grammar_.types_;
  table.text = grammar_.text_.data();
  return std::move(grammar_);
}

std::string_view GrammarBuilder::text(tree::NameId name) const {
  const tree::TextRange range = grammar_.names_[name];
  return std::string_view(grammar_.text_).substr(range.offset, range.length);
}

tree::NameId GrammarBuilder::add_name(std::string_view name) {
  const auto [at, is_new] = name_ids_.try_emplace(std::string(name), count_of(grammar_.names_));
  if (is_new) {
    grammar_.names_.push_back({count_of(grammar_.text_), static_cast<std::uint32_t>(name.size())});
    grammar_.text_.append(name);
  }
  return at->second;
}

tree::RowId GrammarBuilder::add_row(tree::NameId name, tree::NameId type, const Children& children) {
  tree::TypeRow& row = grammar_.rows_.emplace_back();
  row.name = name;
  row.serial_name = name;
  row.type = type;
  row.children_begin = children.begin;
  row.children_count = children.count;
  row.slots_begin = children.slots_begin;
  row.slots_mask = children.slots_mask;
  row.max = 1;
  row.kind = children.count > 1 ? tree::TypeKind::kComplex : tree::TypeKind::kPrimitive;
  row.json = children.count > 1 ? tree::JsonForm::kNone : tree::JsonForm::kString;
  return count_of(grammar_.rows_) - 1;
}

GrammarBuilder::Children GrammarBuilder::add_children(const std::vector<tree::RowId>& rows) {
  Children made{count_of(grammar_.children_), count_of(rows), count_of(grammar_.slots_),
                slot_count(rows.size()) - 1};
  grammar_.children_.insert(grammar_.children_.end(), rows.begin(), rows.end());
  grammar_.slots_.resize(grammar_.slots_.size() + made.slots_mask + 1);
  for (const tree::RowId id : rows) {
    const tree::NameId name = grammar_.rows_[id].serial_name;
    std::uint32_t at = tree::TypeTable::hash_id(name) & made.slots_mask;
    while (grammar_.slots_[made.slots_begin + at].serial_name != tree::kNoName)
      at = (at + 1) & made.slots_mask;
    grammar_.slots_[made.slots_begin + at] = {name, id};
  }
  return made;
}

void GrammarBuilder::add_type(tree::NameId type, tree::RowId row) {
  grammar_.types_.push_back({type, row});
}

void GrammarBuilder::add_fixed_names() {
  grammar_.component_names = count_of(grammar_.names_);
  for (std::uint32_t i = 1; i <= kNumberedNames; ++i)
    add_name("c" + std::to_string(i));
  grammar_.subcomponent_names = count_of(grammar_.names_);
  for (std::uint32_t i = 1; i <= kNumberedNames; ++i)
    add_name("s" + std::to_string(i));
  grammar_.null_flag_name = add_name("nullFlag");
  const tree::NameId boolean = add_name("boolean");
  grammar_.null_flag_row = add_row(grammar_.null_flag_name, boolean, {});
  grammar_.rows_[grammar_.null_flag_row].json = tree::JsonForm::kBoolean;
  add_type(boolean, add_row(boolean, boolean, {}));
  null_flag_only_ = add_children({grammar_.null_flag_row});
}

void GrammarBuilder::add_data_types() {
  std::vector<std::string_view> names;
  for (const std::string_view line : split(kDataTypeText, '\n')) {
    std::vector<std::string_view> words = split(line, ' ');
    names.push_back(words.front());
    words.erase(words.begin());
    data_types_.emplace(names.back(), DataType{std::move(words), null_flag_only_, null_flag_only_});
  }
  for (const std::string_view name : names)
    add_parts(data_types_.at(name), false);
  for (const std::string_view name : names)
    add_parts(data_types_.at(name), true);
  grammar_.text_types = {add_name("ST"), add_name("TX"), add_name("FT")};
  for (const std::string_view name : names)
    add_data_type_root(name, data_types_.at(name));
}

void GrammarBuilder::add_parts(DataType& type, bool as_field) {
  if (type.components.empty()) return;
  std::vector<tree::RowId> rows;
  const tree::NameId first = as_field ? grammar_.component_names : grammar_.subcomponent_names;
  for (const std::string_view part : type.components) {
    const Children& below = as_field ? data_type(part).as_component : null_flag_only_;
    const tree::RowId row = add_row(first + count_of(rows), add_name(part), below);
    grammar_.rows_[row].order = static_cast<std::uint16_t>(rows.size() + 1);
    rows.push_back(row);
  }
  rows.push_back(grammar_.null_flag_row);
  (as_field ? type.as_field : type.as_component) = add_children(rows);
}

void GrammarBuilder::add_data_type_root(std::string_view name, const DataType& type) {
  const tree::NameId id = add_name(name);
  add_type(id, add_row(id, id, type.as_field));
}

const GrammarBuilder::DataType& GrammarBuilder::data_type(std::string_view name) const {
  const auto found = data_types_.find(name);
  if (found == data_types_.end()) refuse("no data type " + std::string(name));
  return found->second;
}

void GrammarBuilder::add_segments() {
  for (const std::string_view line : split(kSegmentText, '\n'))
    add_segment(line);
  if (grammar_.segments.size() > kMaxSegments) refuse("too many segments");
  grammar_.msh = grammar_.find_segment("MSH");
  grammar_.obx = grammar_.find_segment("OBX");
  for (const std::string_view name : {"NTE", "PRT"})
    grammar_.followers.set(grammar_.find_segment(name));
}

void GrammarBuilder::add_segment(std::string_view line) {
  std::string_view rest = line;
  const std::string_view name = take(rest, ' ');
  Segment segment;
  segment.name = add_name(name);
  segment.fields_begin = count_of(grammar_.fields);
  const std::vector<std::string_view> types = split(rest, ' ');
  for (std::size_t i = 1; i <= types.size(); ++i) {  // together, so that they are numbered in a row
    const tree::NameId field = add_name(std::string(name) + "_" + std::to_string(i));
    if (i == 1) segment.first_field_name = field;
  }
  std::vector<tree::RowId> rows;
  std::uint16_t number = 0;
  for (std::string_view type : types) {
    const bool repeats = type.ends_with('*');
    if (repeats) type.remove_suffix(1);
    const tree::NameId field = segment.first_field_name + number++;
    if (type == "varies") {
      grammar_.fields.push_back(tree::kUnknownRow);
      add_observation_rows(field, number, rows);
    } else {
      grammar_.fields.push_back(add_field(field, type, number, repeats));
      rows.push_back(grammar_.fields.back());
    }
  }
  segment.field_count = number;
  segment_children_.push_back(add_children(rows));
  segment.root = add_row(segment.name, segment.name, segment_children_.back());
  grammar_.rows_[segment.root].kind = tree::TypeKind::kBackbone;
  grammar_.rows_[segment.root].json = tree::JsonForm::kNone;
  add_type(segment.name, segment.root);

  std::size_t slot = Grammar::segment_slot(name);
  while (grammar_.segment_slots_[slot] != kNoSegment)
    slot = (slot + 1) % Grammar::kSegmentSlots;
  grammar_.segment_slots_[slot] = static_cast<SegmentId>(grammar_.segments.size());
  grammar_.segments.push_back(segment);
}

tree::RowId GrammarBuilder::add_field(tree::NameId name, std::string_view type, std::uint16_t number,
                                      bool repeats) {
  const tree::RowId id = add_row(name, add_name(type), data_type(type).as_field);
  tree::TypeRow& row = grammar_.rows_[id];
  row.order = number;
  if (repeats) {
    row.max = tree::kUnbounded;
    row.flags = tree::kRepeats;
  }
  return id;
}

void GrammarBuilder::add_observation_rows(tree::NameId name, std::uint16_t number,
                                          std::vector<tree::RowId>& rows) {
  for (const std::string_view type : split(kObservationTypeText, ' ')) {
    const tree::RowId id = add_field(name, type, number, true);
    grammar_.rows_[id].serial_name = add_name(std::string(text(name)) + "_" + std::string(type));
    grammar_.rows_[id].flags |= tree::kChoice;
    rows.push_back(id);
    grammar_.observation_types_.push_back({type, id});
  }
  grammar_.observation_types_.push_back({"CE", grammar_.observation_row("CWE")});
  grammar_.observation_types_.push_back({"CF", grammar_.observation_row("CWE")});
  grammar_.observation_types_.push_back({"TS", grammar_.observation_row("DTM")});
}

void GrammarBuilder::add_structures() {
  for (const std::string_view line : split(kStructureText, '\n'))
    grammar_.structures.push_back(add_structure(line));
  const auto name_of = [this](PositionId id) { return text(grammar_.positions[id].name); };
  std::sort(grammar_.structures.begin(), grammar_.structures.end(),
            [&](PositionId a, PositionId b) { return name_of(a) < name_of(b); });
}

PositionId GrammarBuilder::add_structure(std::string_view line) {
  std::string_view rest = line;
  const std::string_view name = take(rest, ' ');
  const PositionId root = add_position(name, kNoPosition, name);
  PositionId open = root;
  for (const std::string_view token : split(rest, ' ')) {
    if (token == "}") {
      finish_group(open);
      open = grammar_.positions[open].parent;
    } else {
      const PositionId made = add_position(token, open, name);
      if (token.ends_with('{')) open = made;
    }
  }
  if (open != root) refuse("unbalanced groups in " + std::string(name));
  finish_group(root);
  grammar_.rows_[grammar_.positions[root].row].kind = tree::TypeKind::kResource;
  add_type(grammar_.positions[root].name, grammar_.positions[root].row);
  return root;
}

PositionId GrammarBuilder::add_position(std::string_view token, PositionId parent,
                                        std::string_view structure) {
  const bool is_group = token.ends_with('{') || parent == kNoPosition;
  if (token.ends_with('{')) token.remove_suffix(1);
  const char count = token.back();
  const std::string_view name = token.substr(0, token.find_first_of("?*+"));
  Position position;
  position.name = add_name(name);
  position.parent = parent;
  position.required = count != '?' && count != '*';
  position.repeats = count == '*' || count == '+';
  const auto id = static_cast<PositionId>(grammar_.positions.size());
  if (is_group) {
    const std::string type =
        parent == kNoPosition ? std::string(name) : std::string(structure) + "." + std::string(name);
    position.row = add_row(position.name, add_name(type), {});
  } else {
    position.segment = grammar_.find_segment(name);
    if (position.segment == kNoSegment) refuse("no segment " + std::string(name));
    position.row = add_row(position.name, position.name, segment_children_[position.segment]);
    position.members.set(position.segment);
    position.openers = position.members;
  }
  tree::TypeRow& row = grammar_.rows_[position.row];
  row.kind = tree::TypeKind::kBackbone;
  row.json = tree::JsonForm::kNone;
  row.min = position.required ? 1 : 0;
  row.max = position.repeats ? tree::kUnbounded : 1;
  row.flags = position.repeats ? tree::kRepeats : 0;
  grammar_.positions.push_back(position);

  if (parent != kNoPosition) {
    PositionId* link = &grammar_.positions[parent].first_child;
    while (*link != kNoPosition)
      link = &grammar_.positions[*link].next;
    *link = id;
  }
  return id;
}

void GrammarBuilder::finish_group(PositionId group) {
  std::vector<tree::RowId> rows;
  std::uint16_t order = 0;
  for (PositionId at = grammar_.positions[group].first_child; at != kNoPosition;
       at = grammar_.positions[at].next) {
    const tree::RowId id = grammar_.positions[at].row;
    grammar_.rows_[id].order = ++order;
    const auto same = std::find_if(rows.begin(), rows.end(), [&](tree::RowId other) {
      return grammar_.rows_[other].name == grammar_.rows_[id].name;
    });
    if (same == rows.end()) {
      rows.push_back(id);
    } else {  // a second place of the same name: one element that repeats
      grammar_.rows_[*same].max = tree::kUnbounded;
      grammar_.rows_[*same].flags |= tree::kRepeats;
    }
  }
  const Children children = add_children(rows);
  tree::TypeRow& row = grammar_.rows_[grammar_.positions[group].row];
  row.children_begin = children.begin;
  row.children_count = children.count;
  row.slots_begin = children.slots_begin;
  row.slots_mask = children.slots_mask;
  fill_sets(group);
}

void GrammarBuilder::fill_sets(PositionId group) {
  Position& filled = grammar_.positions[group];
  bool still_first = true;
  for (PositionId at = filled.first_child; at != kNoPosition; at = grammar_.positions[at].next) {
    const Position& child = grammar_.positions[at];
    filled.members |= child.members;
    if (still_first) filled.openers |= child.openers;
    still_first = still_first && !child.required;
  }
}

void GrammarBuilder::add_events() {
  for (const std::string_view line : split(kEventText, '\n')) {
    std::string_view rest = line;
    const PositionId structure = grammar_.find_structure(take(rest, ' '));
    if (structure == kNoPosition) refuse("events of no structure");
    const std::string_view type = take(rest, ':');
    for (const std::string_view event : split(rest, ' '))
      grammar_.events_.push_back({type, event, structure});
  }
}

void GrammarBuilder::index_names() {
  grammar_.name_slots_.assign(slot_count(grammar_.names_.size()), tree::kNoName);
  const std::uint32_t mask = count_of(grammar_.name_slots_) - 1;
  for (tree::NameId id = 0; id < grammar_.names_.size(); ++id) {
    std::uint32_t at = tree::TypeTable::hash_name(text(id)) & mask;
    while (grammar_.name_slots_[at] != tree::kNoName)
      at = (at + 1) & mask;
    grammar_.name_slots_[at] = id;
  }
  std::sort(grammar_.types_.begin(), grammar_.types_.end(),
            [this](const tree::ChildSlot& a, const tree::ChildSlot& b) {
              return text(a.serial_name) < text(b.serial_name);
            });
}

}  // namespace mappings::hl7v2
