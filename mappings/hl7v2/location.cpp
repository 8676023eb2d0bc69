#include "mappings/hl7v2/location.hpp"

#include <charconv>
#include <unordered_map>

namespace mappings::hl7v2 {
namespace {

using fhir::tree::Node;

/// Segments have names of three characters that begin with a capital: `c10` is a component, and the root a
/// message.
bool is_segment(Node node) {
  const std::string_view name = node.name();
  return name.size() == 3 && name[0] >= 'A' && name[0] <= 'Z' && node.parent();
}

/// The number a name ends with: 3 of `PID_3` and of `c3`.
std::uint32_t number_of(std::string_view name, std::size_t from) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(name.data() + from, name.data() + name.size(), number);
  return error == std::errc() && end == name.data() + name.size() ? number : 0;
}

/// The node after `node` in the order of the document, not going into segments.
Node next_outside(Node node) {
  if (!is_segment(node) && node.first_child()) return node.first_child();
  while (node && !node.next_sibling())
    node = node.parent();
  return node.next_sibling();
}

std::uint32_t sequence_of(Node segment) {
  Node root = segment;
  while (root.parent())
    root = root.parent();
  std::uint32_t count = 1;
  for (Node at = root; at && at != segment; at = next_outside(at)) {
    if (is_segment(at) && at.name() == segment.name()) ++count;
  }
  return count;
}

/// Fields of the same name from `from` up to `field`.
std::uint32_t count_between(Node from, Node field) {
  std::uint32_t count = 0;
  for (Node at = from; at && at != field; at = at.next_sibling()) {
    if (at.name_id() == field.name_id()) ++count;
  }
  return count;
}

bool is_field(std::string_view name) {
  return name.size() > 4 && name[3] == '_';
}

/// All but the repetition of a field.
void fill_level(Location& place, Node at) {
  const std::string_view name = at.name();
  if (name == "nullFlag") return;
  if (is_field(name)) {
    place.field = number_of(name, 4);
  } else if (name.size() > 1 && name[0] == 'c') {
    place.component = number_of(name, 1);
  } else if (name.size() > 1 && name[0] == 's') {
    place.subcomponent = number_of(name, 1);
  }
}

/// The segment around a node, or the first of a message or group; `field` is the field on the way.
Node segment_of(Node node, Location& place, Node& field) {
  Node at = node;
  for (; at && !is_segment(at); at = at.parent()) {
    fill_level(place, at);
    if (is_field(at.name())) field = at;
  }
  if (at) return at;
  place = {};
  field = {};
  for (at = node.first_child(); at && !is_segment(at);)
    at = at.first_child();
  return at;
}

/// Reads `[2]` off the front; 1 when there is none, 0 when it is malformed.
std::uint32_t take_index(std::string_view& text) {
  if (!text.starts_with('[')) return 1;
  const std::size_t end = text.find(']');
  if (end == std::string_view::npos) return 0;
  const std::uint32_t index = number_of(text.substr(0, end), 1);
  text.remove_prefix(end + 1);
  return index;
}

/// Reads a separator and a number off the front; 0 when they are not there.
std::uint32_t take_number(std::string_view& text, char separator) {
  if (!text.starts_with(separator)) return 0;
  const std::size_t end = std::min(text.find_first_not_of("0123456789", 1), text.size());
  const std::uint32_t number = number_of(text.substr(0, end), 1);
  text.remove_prefix(number == 0 ? 0 : end);
  return number;
}

}  // namespace

Location location(Node node) {
  Location place;
  Node field;
  const Node segment = segment_of(node, place, field);
  if (!segment) return {};
  if (field) place.repetition = 1 + count_between(field.parent().first_child(), field);
  place.segment = segment.name();
  place.sequence = sequence_of(segment);
  return place;
}

Locations::Locations(const fhir::tree::Tree& message) : sequences_(message.node_count()) {
  std::unordered_map<fhir::tree::NameId, std::uint32_t> counts;
  for (Node at = message.root(); at; at = next_outside(at)) {
    if (is_segment(at)) sequences_[at.index()] = ++counts[at.name_id()];
  }
}

Location Locations::of(Node node) {
  Location place;
  Node field;
  const Node segment = segment_of(node, place, field);
  if (!segment) return {};
  if (field) {
    const bool on = field_ && field_.parent() == field.parent() && field_.name_id() == field.name_id() &&
                    field_.index() <= field.index();
    repetition_ = on ? repetition_ + count_between(field_, field)
                     : 1 + count_between(field.parent().first_child(), field);
    field_ = field;
    place.repetition = repetition_;
  }
  place.segment = segment.name();
  place.sequence = sequences_[segment.index()];
  return place;
}

std::string to_text(const Location& location) {
  if (location.segment.empty()) return {};
  std::string text = location.segment + "[" + std::to_string(location.sequence) + "]";
  if (location.field == 0) return text;
  text += "-" + std::to_string(location.field) + "[" + std::to_string(location.repetition) + "]";
  if (location.component == 0) return text;
  text += "." + std::to_string(location.component);
  if (location.subcomponent != 0) text += "." + std::to_string(location.subcomponent);
  return text;
}

std::optional<Location> parse_location(std::string_view text) {
  Location place;
  if (text.size() < 3) return std::nullopt;
  for (const char c : text.substr(0, 3)) {
    if ((c < 'A' || c > 'Z') && (c < '0' || c > '9')) return std::nullopt;
  }
  place.segment = text.substr(0, 3);
  text.remove_prefix(3);
  place.sequence = take_index(text);
  if (place.sequence == 0) return std::nullopt;
  if (text.empty()) return place;
  place.field = take_number(text, '-');
  place.repetition = take_index(text);
  if (place.field == 0 || place.repetition == 0) return std::nullopt;
  place.component = take_number(text, '.');
  if (place.component != 0) place.subcomponent = take_number(text, '.');
  if (!text.empty()) return std::nullopt;
  return place;
}

}  // namespace mappings::hl7v2
