#include "mappings/hl7v2/field_reader.hpp"

#include "mappings/hl7v2/escape.hpp"

namespace mappings::hl7v2 {

namespace tree = fhir::tree;
using fhir::IssueType;
using fhir::Severity;

FieldReader::FieldReader(const Grammar& grammar, tree::TreeBuilder& builder, std::string_view bytes,
                         const Delimiters& delimiters, LeafText leaf_text, const fhir::ReadLimits& limits)
    : grammar_(&grammar),
      builder_(&builder),
      bytes_(bytes),
      delimiters_(delimiters),
      leaf_text_(leaf_text),
      limits_(limits) {
  for (std::size_t byte = 0; byte < classes_.size(); ++byte) {
    const bool is_control = (byte < 0x20 && byte != '\t') || byte == 0x7F;
    const bool is_foreign = byte >= 0x80 && !leaf_text_.is_utf8;
    classes_[byte] = is_control || is_foreign ? kSpecial : kPlain;
  }
  const auto classify = [this](char delimiter, Class as) {
    if (delimiter != '\0') classes_[static_cast<unsigned char>(delimiter)] = as;
  };
  classify(delimiters.field, kField);
  classify(delimiters.repetition, kRepetition);
  classify(delimiters.component, kComponent);
  classify(delimiters.subcomponent, kSubcomponent);
  classify(delimiters.escape, kSpecial);
}

bool FieldReader::read(tree::NodeIndex node, SegmentId segment, std::uint32_t begin, std::uint32_t end,
                       Listener& listener) {
  listener_ = &listener;
  segment_name_ = bytes_.substr(begin, 3);
  observation_row_ = tree::kUnknownRow;
  std::uint32_t at = begin + 4;
  place_ = {1, 1, 0, 0};
  if (segment == grammar_->msh) {
    add_encoding_characters(node);
    at = scan(at, end, kField).end + 1;
    place_.field = 3;
  }
  for (; at < end; ++place_.field) {
    if (place_.field > limits_.max_members) {
      report(Severity::kFatal, IssueType::kTooCostly, "more fields in a segment than the limit allows", at);
      return false;
    }
    name_field(segment, place_.field);
    for (place_.repetition = 1;; ++place_.repetition) {
      const Range range = scan(at, end, kField | kRepetition);
      add_repetition(node, range);
      if (over_limit_ || place_.repetition > limits_.max_members) {
        report(Severity::kFatal, IssueType::kTooCostly,
               "more repetitions, parts or elements than the limit allows", at);
        return false;
      }
      at = range.end + 1;
      if (range.end >= end || classes_[static_cast<unsigned char>(bytes_[range.end])] == kField) break;
    }
  }
  return true;
}

void FieldReader::add_encoding_characters(tree::NodeIndex node) {
  const Segment& msh = grammar_->segments[grammar_->msh];
  const std::uint32_t begin = builder_->record(node).source.offset;
  const Range separator{begin + 3, begin + 4, 0};
  const Range characters{begin + 4,
                         begin + 4 + static_cast<std::uint32_t>(delimiters_.encoding_characters().size()), 0};
  std::uint32_t number = 0;
  for (const Range& range : {separator, characters}) {
    const tree::NodeIndex field =
        add(node, msh.first_field_name + number, grammar_->fields[msh.fields_begin + number], range);
    builder_->set_value(field, tree::ValueKind::kString, range.begin, range.end - range.begin);
    ++number;
  }
}

FieldReader::Range FieldReader::scan(std::uint32_t from, std::uint32_t end,
                                     std::uint8_t stops) const noexcept {
  Range range{from, from, 0};
  for (; range.end < end; ++range.end) {
    const std::uint8_t kind = classes_[static_cast<unsigned char>(bytes_[range.end])];
    if (kind == kPlain) continue;
    if ((kind & stops) != 0) break;
    range.seen |= kind;
  }
  return range;
}

bool FieldReader::is_empty(const Range& range) const noexcept {
  if (range.begin >= range.end) return true;
  for (std::uint32_t at = range.begin; at < range.end; ++at) {
    const char c = bytes_[at];
    const std::uint8_t kind = classes_[static_cast<unsigned char>(c)];
    if (c != ' ' && c != '\t' && kind != kComponent && kind != kSubcomponent) return false;
  }
  return true;
}

bool FieldReader::is_null(const Range& range) const noexcept {
  return range.end - range.begin == 2 && bytes_[range.begin] == '"' && bytes_[range.begin + 1] == '"';
}

tree::NodeIndex FieldReader::add(tree::NodeIndex parent, tree::NameId name, tree::RowId row,
                                 const Range& range) {
  over_limit_ = over_limit_ || builder_->node_count() >= limits_.max_nodes;
  const tree::NodeIndex node = builder_->add(parent, name, row);
  builder_->set_source(node, {range.begin, range.end - range.begin});
  return node;
}

tree::NameId FieldReader::numbered(tree::NameId first, char letter, std::uint32_t number) {
  if (number <= kNumberedNames) return first + number - 1;
  return builder_->intern(letter + std::to_string(number));
}

tree::RowId FieldReader::part_row(tree::RowId of, std::uint32_t number) const noexcept {
  const tree::TypeRow& row = grammar_->table.row(of);
  if (number >= row.children_count) return tree::kUnknownRow;  // the last child is nullFlag
  return grammar_->table.children[row.children_begin + number - 1];
}

FieldReader::Range FieldReader::without_empty_end(const Range& range) const noexcept {
  if ((range.seen & (kComponent | kSubcomponent)) == 0) return range;
  std::uint32_t end = range.end;
  for (std::uint32_t at = range.end; at > range.begin; --at) {
    const char c = bytes_[at - 1];
    const std::uint8_t kind = classes_[static_cast<unsigned char>(c)];
    if (kind == kComponent || kind == kSubcomponent) {
      end = at - 1;
    } else if (c != ' ' && c != '\t') {
      break;
    }
  }
  return end == range.end ? range : scan(range.begin, end, kField);
}

bool FieldReader::keeps_separators(tree::RowId row, bool also_short_text) const noexcept {
  const tree::NameId type = grammar_->table.row(row).type;
  if (type == grammar_->text_types.formatted || type == grammar_->text_types.text) return true;
  return also_short_text && type == grammar_->text_types.string;
}

void FieldReader::name_field(SegmentId segment, std::uint32_t number) {
  field_row_ = tree::kUnknownRow;
  if (segment != kNoSegment && number <= grammar_->segments[segment].field_count) {
    const Segment& known = grammar_->segments[segment];
    field_name_ = known.first_field_name + number - 1;
    field_row_ = grammar_->fields[known.fields_begin + number - 1];
    if (segment == grammar_->obx && number == 5) field_row_ = observation_row_;
    return;
  }
  std::string name(segment_name_);
  name += '_';
  name += std::to_string(number);
  field_name_ = builder_->intern(name);
}

void FieldReader::add_repetition(tree::NodeIndex segment, const Range& range) {
  if (is_empty(range)) return;
  place_.component = 0;
  place_.subcomponent = 0;
  const tree::NodeIndex field = add(segment, field_name_, field_row_, range);
  const bool composite = is_composite(field_row_);
  const bool is_text = keeps_separators(field_row_, false);
  const Range value = is_text ? range : without_empty_end(range);
  if (is_null(value)) return set_null(field, value);
  if (segment_name_ == "OBX" && place_.field == 2)
    observation_row_ = grammar_->observation_row(text_of(value));

  const bool has_parts = (value.seen & (kComponent | kSubcomponent)) != 0;
  if (!composite && (is_text || !has_parts)) return set_leaf(field, value);
  for (std::uint32_t at = value.begin; at <= value.end && !over_limit_;) {
    const Range part = has_parts ? scan(at, value.end, kComponent) : value;
    over_limit_ = ++place_.component > limits_.max_members;
    if (!is_empty(part)) {
      const tree::RowId row = part_row(field_row_, place_.component);
      const tree::NameId name = numbered(grammar_->component_names, 'c', place_.component);
      add_component(add(field, name, row, part), row, part);
    }
    at = part.end + 1;
  }
  place_.component = 0;
  if (!composite) copy_first(field, grammar_->component_names);
}

void FieldReader::add_component(tree::NodeIndex node, tree::RowId row, const Range& range) {
  place_.subcomponent = 0;
  const bool composite = is_composite(row);
  const bool is_text = keeps_separators(row, true);
  const Range value = is_text ? range : without_empty_end(range);
  if (is_null(value)) return set_null(node, value);

  const bool has_parts = (value.seen & kSubcomponent) != 0;
  if (!composite && (is_text || !has_parts)) return set_leaf(node, value);
  for (std::uint32_t at = value.begin; at <= value.end && !over_limit_;) {
    const Range part = has_parts ? scan(at, value.end, kSubcomponent) : value;
    over_limit_ = ++place_.subcomponent > limits_.max_members;
    if (!is_empty(part)) {
      const tree::NameId name = numbered(grammar_->subcomponent_names, 's', place_.subcomponent);
      const tree::NodeIndex sub = add(node, name, part_row(row, place_.subcomponent), part);
      is_null(part) ? set_null(sub, part) : set_leaf(sub, part);
    }
    at = part.end + 1;
  }
  place_.subcomponent = 0;
  if (composite) return;
  if (row == tree::kUnknownRow) return set_leaf(node, value);
  copy_first(node, grammar_->subcomponent_names);
}

void FieldReader::set_null(tree::NodeIndex node, const Range& range) {
  const tree::NodeIndex flag = add(node, grammar_->null_flag_name, grammar_->null_flag_row, range);
  builder_->set_value(flag, tree::ValueKind::kBoolean, "true");
}

void FieldReader::set_leaf(tree::NodeIndex node, const Range& range) {
  if ((range.seen & kSpecial) == 0) {
    builder_->set_value(node, tree::ValueKind::kString, range.begin, range.end - range.begin);
    return;
  }
  raw_.clear();
  const LeafFindings findings = append_unescaped(raw_, text_of(range), delimiters_);
  if (findings.control_character)
    report(Severity::kWarning, IssueType::kValue, "a control character was replaced by a blank", range.begin);
  if (findings.line_feed) {
    report(Severity::kWarning, IssueType::kValue, "a line feed inside a segment was taken as text",
           range.begin);
  }
  decoded_.clear();
  if (leaf_text_.character_set.decode(decoded_, raw_) != std::string::npos) {
    report(Severity::kError, IssueType::kValue,
           "bytes that are no character of " + std::string(leaf_text_.character_set.code()), range.begin);
    return;
  }
  builder_->set_value(node, tree::ValueKind::kString, decoded_);
}

void FieldReader::copy_first(tree::NodeIndex node, std::uint32_t first_name) {
  const tree::NodeIndex first = builder_->record(node).first_child;
  if (first == tree::kNoNode || builder_->record(first).name != first_name) return;
  const tree::NodeRecord& from = builder_->record(first);
  if (from.kind != tree::ValueKind::kNone)
    builder_->set_value(node, from.kind, from.text_offset, from.text_length);
}

void FieldReader::report(Severity severity, IssueType type, std::string text, std::uint32_t offset) {
  listener_->finding(severity, type, place_, std::move(text), offset);
}

}  // namespace mappings::hl7v2
