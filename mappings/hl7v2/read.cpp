#include "mappings/hl7v2/read.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "fhir/base/utf8.hpp"
#include "fhir/tree/tree_builder.hpp"
#include "mappings/hl7v2/field_reader.hpp"
#include "mappings/hl7v2/grammar.hpp"
#include "mappings/hl7v2/header.hpp"
#include "mappings/hl7v2/location.hpp"
#include "mappings/hl7v2/segment_cursor.hpp"
#include "mappings/hl7v2/structure_matcher.hpp"

namespace mappings::hl7v2 {
namespace {

namespace tree = fhir::tree;
using fhir::IssueType;
using fhir::Severity;

constexpr std::size_t kBytesPerNode = 6;      // of ordinary messages
constexpr std::size_t kMostReserved = 4'096;  // a message with a document has few nodes for its bytes

bool is_ascii(std::string_view bytes) {
  unsigned char all = 0;
  for (const char c : bytes)
    all |= static_cast<unsigned char>(c);
  return all < 0x80;
}

/// A message type or event as the standard forms them.
bool is_name(std::string_view text) {
  return text.size() == 3 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
         });
}

/// Reads one message. Made for one call.
class MessageReader final : private FieldReader::Listener {
 public:
  MessageReader(std::string_view bytes, const ReadOptions& options, const fhir::ReadLimits& limits)
      : bytes_(bytes),
        options_(options),
        limits_(limits),
        grammar_(grammar()),
        builder_(grammar_.table, std::min(bytes.size() / kBytesPerNode + 32, kMostReserved)) {}

  tree::ReadOutcome read() {
    if (read_all()) return {builder_.finish(), std::move(issues_)};
    return {nullptr, std::move(issues_)};
  }

 private:
  bool read_all();
  bool check_start(std::size_t start);
  LeafText choose_leaf_text();
  CharacterSet declared_character_set();
  PositionId choose_structure();
  void add_root(PositionId structure);
  bool read_segments(std::size_t start, const LeafText& leaf_text, PositionId structure);
  bool read_segment(std::string_view line, FieldReader& fields, StructureMatcher& matcher);
  tree::NodeIndex add_segment(std::string_view name, SegmentId id, std::uint32_t offset,
                              StructureMatcher& matcher);
  void report_fit(Fit fit, std::uint32_t offset);
  bool fatal(IssueType type, std::string expression, std::string text, std::size_t offset);
  void report(Severity severity, IssueType type, const FieldReader::Place& place, std::string text,
              std::size_t offset);
  void finding(Severity severity, IssueType type, const FieldReader::Place& place, std::string text,
               std::uint32_t offset) override {
    report(severity, type, place, std::move(text), offset);
  }

  std::string_view bytes_;
  const ReadOptions& options_;
  const fhir::ReadLimits& limits_;
  const Grammar& grammar_;
  tree::TreeBuilder builder_;
  fhir::IssueList issues_;
  Header header_;
  bool structure_known_ = false;
  std::vector<std::array<char, 3>> names_;  // of the segments so far
};

bool MessageReader::read_all() {
  if (bytes_.size() > limits_.max_bytes || bytes_.size() > 0xFFFF'FFF0u)
    return fatal(IssueType::kTooLong, "", "more bytes than the limit allows", 0);
  const std::size_t start = skip_lead_in(bytes_);
  if (!check_start(start)) return false;
  const LeafText leaf_text = choose_leaf_text();
  const PositionId structure = choose_structure();
  structure_known_ = structure != kNoPosition;

  std::string text;
  text.reserve(bytes_.size() + bytes_.size() / 8 + 64);  // values with escapes are added behind the bytes
  text.append(bytes_);
  builder_.adopt_text(std::move(text));
  add_root(structure);
  return read_segments(start, leaf_text, structure);
}

bool MessageReader::check_start(std::size_t start) {
  const std::string_view rest = bytes_.substr(start);
  if (rest.starts_with("FHS") || rest.starts_with("BHS"))
    return fatal(IssueType::kStructure, "", "a batch where one message is expected", start);
  if (!rest.starts_with("MSH"))
    return fatal(IssueType::kStructure, "", "a message begins with the segment MSH", start);
  std::optional<Header> header = read_header(bytes_);
  if (!header) {
    return fatal(IssueType::kInvalid, "MSH[1]-2[1]",
                 "MSH-1 and MSH-2 must be distinct, printable characters other than letters and digits",
                 start);
  }
  header_ = std::move(*header);
  return true;
}

CharacterSet MessageReader::declared_character_set() {
  const std::string& declared = header_.character_set;
  std::optional<CharacterSet> found;
  if (!declared.empty()) {
    found = CharacterSet::find(declared);
    if (!found) {
      report(Severity::kError, IssueType::kCodeInvalid, {18, 1, 0, 0},
             "a character set that is not read here, and characters that need it", 0);
      return CharacterSet::find("ASCII").value_or(CharacterSet());
    }
    if (found->form() == CharacterSet::Form::kAscii) {
      report(Severity::kInformation, IssueType::kCodeInvalid, {18, 1, 0, 0},
             "the message is not ASCII; it was read in the partner's default character set", 0);
      found.reset();
    }
  }
  if (!found) found = CharacterSet::find(options_.default_character_set);
  if (!found) return {};
  return options_.treat_latin1_as_windows1252 ? found->as_windows1252() : *found;
}

LeafText MessageReader::choose_leaf_text() {
  names_.push_back({'M', 'S', 'H'});  // for the places of what follows
  LeafText chosen;
  if (!is_ascii(bytes_)) {
    chosen.character_set = declared_character_set();
    const bool is_utf8 = chosen.character_set.form() == CharacterSet::Form::kUtf8;
    chosen.is_utf8 = is_utf8 && fhir::find_invalid_utf8(bytes_) == std::string_view::npos;
  } else if (bytes_.find("\\X") != std::string_view::npos || header_.delimiters.escape != '\\') {
    // Hexadecimal escapes may stand for characters of the declared set.
    const std::optional<CharacterSet> declared =
        CharacterSet::find(header_.character_set.empty() ? std::string_view(options_.default_character_set)
                                                         : header_.character_set);
    if (declared)
      chosen.character_set = options_.treat_latin1_as_windows1252 ? declared->as_windows1252() : *declared;
  }
  names_.clear();
  return chosen;
}

PositionId MessageReader::choose_structure() {
  const PositionId named = grammar_.find_structure(header_.structure);
  return named != kNoPosition ? named : grammar_.structure_of(header_.type, header_.event);
}

void MessageReader::add_root(PositionId structure) {
  if (structure != kNoPosition) {
    builder_.add_root(grammar_.positions[structure].name, grammar_.positions[structure].row);
  } else {
    std::string name = "MESSAGE";
    if (is_name(header_.type)) name = header_.type;
    if (is_name(header_.type) && is_name(header_.event)) name += "_" + header_.event;
    builder_.add_root(builder_.intern(name), tree::kUnknownRow);
  }
  builder_.set_source(0, {0, static_cast<std::uint32_t>(bytes_.size())});
}

bool MessageReader::read_segments(std::size_t start, const LeafText& leaf_text, PositionId structure) {
  FieldReader fields(grammar_, builder_, bytes_, header_.delimiters, leaf_text, limits_);
  StructureMatcher matcher(grammar_, builder_, structure, 0);
  SegmentCursor cursor(bytes_.substr(start), header_.delimiters.field);
  while (const std::optional<std::string_view> line = cursor.next()) {
    if (!cursor.is_segment(*line)) {
      report(Severity::kError, IssueType::kStructure, {}, "a line after this segment is not a segment",
             static_cast<std::size_t>(line->data() - bytes_.data()));
      continue;
    }
    if (!read_segment(*line, fields, matcher)) return false;
    if (names_.size() > 1) continue;
    if (!is_name(header_.type)) {
      report(Severity::kError, IssueType::kRequired, {9, 1, 1, 0},
             "a message type of three characters is required", start);
    } else if (!structure_known_) {
      report(Severity::kWarning, IssueType::kNotSupported, {9, 1, 0, 0},
             "a message structure that is not known here; its segments are read without groups", start);
    }
  }
  return true;
}

bool MessageReader::read_segment(std::string_view line, FieldReader& fields, StructureMatcher& matcher) {
  const auto offset = static_cast<std::uint32_t>(line.data() - bytes_.data());
  const auto end = static_cast<std::uint32_t>(offset + line.size());
  const std::string_view name = line.substr(0, 3);
  if (name == "MSH" && !names_.empty())
    return fatal(IssueType::kStructure, "MSH[2]", "more than one message", offset);
  if (names_.size() >= limits_.max_members || builder_.node_count() >= limits_.max_nodes)
    return fatal(IssueType::kTooCostly, "", "more segments or elements than the limit allows", offset);
  names_.push_back({name[0], name[1], name[2]});
  const SegmentId id = grammar_.find_segment(name);
  const tree::NodeIndex node = add_segment(name, id, offset, matcher);
  builder_.set_source(node, {offset, end - offset});
  matcher.ends_at(end);
  return fields.read(node, id, offset, end, *this);
}

tree::NodeIndex MessageReader::add_segment(std::string_view name, SegmentId id, std::uint32_t offset,
                                           StructureMatcher& matcher) {
  if (id == kNoSegment) {
    if (name[0] != 'Z' && structure_known_) report_fit(Fit::kForeign, offset);
    return builder_.add(matcher.innermost(), builder_.intern(name), tree::kUnknownRow);
  }
  const Segment& segment = grammar_.segments[id];
  if (name[0] == 'Z') {  // Stands anywhere, and closes no group.
    const tree::RowId row = matcher.row_at_root(id);
    return row == tree::kUnknownRow ? builder_.add(matcher.innermost(), segment.name, segment.root)
                                    : builder_.add(0, segment.name, row);
  }
  const Placement placed = matcher.place(id, offset);
  if (placed.fit != Fit::kInOrder && structure_known_) report_fit(placed.fit, offset);
  return builder_.add(placed.parent, segment.name,
                      placed.row == tree::kUnknownRow ? segment.root : placed.row);
}

void MessageReader::report_fit(Fit fit, std::uint32_t offset) {
  const char* text = "the message structure has no place for the segment; it stands with the one before it";
  if (fit == Fit::kLate) text = "the segment comes later than its place in the message structure";
  if (fit == Fit::kGroupOpenedWithoutItsFirst)
    text = "the segment that opens the group of this one is missing";
  report(Severity::kInformation, IssueType::kStructure, {}, text, offset);
}

bool MessageReader::fatal(IssueType type, std::string expression, std::string text, std::size_t offset) {
  issues_.add(Severity::kFatal, type, std::move(expression), std::move(text), {offset, 0, 0});
  return false;
}

void MessageReader::report(Severity severity, IssueType type, const FieldReader::Place& place,
                           std::string text, std::size_t offset) {
  Location location;
  // Past its capacity the list keeps nothing but the first error, and counting segments would cost their
  // square.
  const bool is_kept = issues_.items().size() < fhir::IssueList::kDefaultCapacity ||
                       (severity <= Severity::kError && !issues_.has_error());
  if (!names_.empty() && is_kept) {
    location.segment.assign(names_.back().data(), names_.back().size());
    location.sequence = static_cast<std::uint32_t>(std::count(names_.begin(), names_.end(), names_.back()));
  }
  location.field = place.field;
  location.repetition = place.field == 0 ? 0 : std::max(place.repetition, 1u);
  location.component = place.component;
  location.subcomponent = place.subcomponent;
  issues_.add(severity, type, to_text(location), std::move(text), {offset, 0, 0});
}

}  // namespace

tree::ReadOutcome read(std::string_view bytes, const ReadOptions& options, const fhir::ReadLimits& limits) {
  return MessageReader(bytes, options, limits).read();
}

}  // namespace mappings::hl7v2
