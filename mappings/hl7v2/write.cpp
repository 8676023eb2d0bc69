#include "mappings/hl7v2/write.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

#include "mappings/hl7v2/escape.hpp"

namespace mappings::hl7v2 {
namespace {

namespace tree = fhir::tree;
using tree::Node;

/// The number at the end of a name, from `from` on; 0 when there is none.
std::uint32_t number_of(std::string_view name, std::size_t from) {
  std::uint32_t number = 0;
  if (name.size() <= from) return 0;
  const auto [end, error] = std::from_chars(name.data() + from, name.data() + name.size(), number);
  return error == std::errc() && end == name.data() + name.size() ? number : 0;
}

bool is_segment(Node node) {
  return node.name().size() == 3 && node.parent();  // ACK is a message
}

bool is_null(Node node) {
  return node.child("nullFlag").text() == "true";
}

/// A child with the number its name ends with.
struct Numbered {
  std::uint32_t number = 0;
  Node node;
};

/// The numbered children of `parent` by number; equal numbers stay in order.
std::vector<Numbered> numbered_children(Node parent, std::size_t digits_from) {
  std::vector<Numbered> children;
  for (const Node child : parent.children()) {
    if (const std::uint32_t number = number_of(child.name(), digits_from); number != 0)
      children.push_back({number, child});
  }
  std::stable_sort(children.begin(), children.end(),
                   [](const Numbered& a, const Numbered& b) { return a.number < b.number; });
  return children;
}

/// The children of a message or group: as they were read, or else in the order of their structure, where one
/// without a place follows the one before it.
std::vector<Node> ordered_members(Node group, bool was_read) {
  if (was_read) return {group.children().begin(), group.children().end()};
  std::vector<std::pair<std::uint32_t, Node>> members;
  std::uint32_t order = 0;
  for (const Node child : group.children()) {
    if (child.row().order != 0) order = child.row().order;
    members.emplace_back(order, child);
  }
  std::stable_sort(members.begin(), members.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Node> ordered;
  ordered.reserve(members.size());
  for (const auto& [at, node] : members)
    ordered.push_back(node);
  return ordered;
}

class MessageWriter {
 public:
  MessageWriter(std::string& out, const Delimiters& delimiters, std::string_view character_set)
      : out_(out), delimiters_(delimiters), character_set_(character_set) {}

  void write_message(Node message);

 private:
  void write_segment(Node segment);
  void write_header_start();
  void write_field(Node field);
  void write_parts(Node parent, char delimiter, std::size_t depth);
  void write_leaf(Node node);
  void trim(std::size_t from, char delimiter);

  std::string& out_;
  const Delimiters& delimiters_;
  std::string_view character_set_;  // of MSH-18; empty: that of the tree
};

void MessageWriter::write_message(Node message) {
  const bool was_read = message.source().length != 0;
  std::vector<Node> waiting = {message};
  while (!waiting.empty()) {
    const Node at = waiting.back();
    waiting.pop_back();
    if (is_segment(at)) {
      write_segment(at);
      continue;
    }
    const std::vector<Node> members = ordered_members(at, was_read);
    waiting.insert(waiting.end(), members.rbegin(), members.rend());
  }
}

void MessageWriter::write_header_start() {
  out_ += delimiters_.field;
  out_ += delimiters_.encoding_characters();
}

void MessageWriter::write_segment(Node segment) {
  out_ += segment.name();
  const std::size_t begin = out_.size();
  const bool is_header = segment.name() == "MSH";
  std::uint32_t written = 0;
  if (is_header) {
    write_header_start();
    written = 2;
  }
  const auto fill_to = [&](std::uint32_t number) {
    for (; written < number; ++written)
      out_ += delimiters_.field;
  };
  bool sets_character_set = is_header && !character_set_.empty();
  const auto write_character_set = [&] {
    fill_to(18);
    append_escaped(out_, character_set_, delimiters_, LineFeed::kHexadecimal);
    sets_character_set = false;
  };
  for (const auto& [number, field] : numbered_children(segment, 4)) {
    if (is_header && (number <= 2 || (number == 18 && !character_set_.empty()))) continue;
    if (sets_character_set && number > 18) write_character_set();
    if (number == written) {
      out_ += delimiters_.repetition;
    } else {
      fill_to(number);
    }
    write_field(field);
  }
  if (sets_character_set) write_character_set();
  trim(is_header ? begin + 1 + delimiters_.encoding_characters().size() : begin, delimiters_.field);
  out_ += '\r';
}

void MessageWriter::write_field(Node field) {
  write_parts(field, delimiters_.component, 0);
}

void MessageWriter::write_parts(Node parent, char delimiter, std::size_t depth) {
  if (is_null(parent)) {
    out_ += "\"\"";
    return;
  }
  const std::vector<Numbered> parts = depth < 2 ? numbered_children(parent, 1) : std::vector<Numbered>();
  if (parts.empty()) {
    write_leaf(parent);
    return;
  }
  const std::size_t begin = out_.size();
  std::uint32_t written = 1;
  for (const auto& [number, part] : parts) {
    for (; written < number; ++written)
      out_ += delimiter;
    write_parts(part, delimiters_.subcomponent, depth + 1);
  }
  trim(begin, delimiter);
}

void MessageWriter::write_leaf(Node node) {
  const std::string_view type = node.type();
  const LineFeed line_feed = type == "FT" || type == "TX" ? LineFeed::kCommand : LineFeed::kHexadecimal;
  append_escaped(out_, node.text(), delimiters_, line_feed);
}

void MessageWriter::trim(std::size_t from, char delimiter) {
  while (out_.size() > from && out_.back() == delimiter)
    out_.pop_back();
}

}  // namespace

std::string write(Node message, const WriteOptions& options) {
  std::string out;
  if (message) MessageWriter(out, options.delimiters, {}).write_message(message);
  return out;
}

fhir::Result<std::string> write_in(Node message, const CharacterSet& character_set,
                                   const WriteOptions& options) {
  std::string text;
  if (message) MessageWriter(text, options.delimiters, character_set.code()).write_message(message);
  return character_set.encode(text);
}

}  // namespace mappings::hl7v2
