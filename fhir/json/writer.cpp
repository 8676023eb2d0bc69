#include "fhir/json/writer.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

#include "fhir/json/output.hpp"
#include "fhir/tree/canonical_order.hpp"

namespace fhir::json {
namespace {

using tree::Node;
using tree::NodeRecord;
using tree::OrderedChild;
using tree::TypeKind;

/// Writes one element with its own stack, so that no depth of tree can exhaust the thread's.
class ElementWriter {
 public:
  ElementWriter(Output& out, const tree::Tree& tree, tree::Layout layout)
      : out_(out), tree_(tree), pretty_(layout == tree::Layout::kPretty) {
    children_.reserve(64);
    open_.reserve(16);
  }

  void write(Node node) {
    open(node);
    while (!open_.empty())
      step();
  }

 private:
  /// An object being written: its children are a range of `children_`, of which [at, group_end) is the group
  /// in hand.
  struct Object {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t at = 0;
    std::size_t group_end = 0;
    bool in_array = false;
    bool has_member = false;
    bool items_begun = false;
  };

  [[nodiscard]] const NodeRecord& record(const OrderedChild& child) const { return tree_.record(child.node); }
  [[nodiscard]] bool has_children(const OrderedChild& child) const {
    return record(child).first_child != tree::kNoNode;
  }
  [[nodiscard]] bool is_primitive(const OrderedChild& child) const {
    const TypeKind kind = tree_.table().row(record(child).row).kind;
    return kind == TypeKind::kPrimitive || kind == TypeKind::kXhtml;
  }

  void open(Node node);
  void step();
  void write_group(std::size_t begin, std::size_t end);
  void write_values(std::size_t begin, std::size_t end, bool array);
  void begin_objects(bool array);
  void write_item();
  void close();

  void line() {
    if (!pretty_) return;
    out_.put('\n');
    out_.fill(2 * indent_, ' ');
  }
  void member_name(std::string_view underscore, tree::NameId name) {
    if (open_.back().has_member) out_.put(',');
    open_.back().has_member = true;
    line();
    const std::string_view text = tree_.name(name);
    if ((name & tree::kLocalName) != 0) {
      out_.put_string(std::string(underscore).append(text));
    } else {
      out_.put('"');
      out_.put(underscore);
      out_.put(text);
      out_.put('"');
    }
    out_.put(':');
    if (pretty_) out_.put(' ');
  }

  Output& out_;
  const tree::Tree& tree_;
  bool pretty_;
  std::size_t indent_ = 0;
  std::vector<OrderedChild> children_;
  std::vector<Object> open_;
};

void ElementWriter::open(Node node) {
  out_.put('{');
  ++indent_;
  Object object;
  object.begin = object.at = object.group_end = children_.size();
  append_children(children_, node);
  object.end = children_.size();
  if (node.is_resource()) {
    line();
    out_.put(std::string_view(pretty_ ? "\"resourceType\": \"" : "\"resourceType\":\""));
    out_.put(node.type());
    out_.put('"');
    object.has_member = true;
  }
  open_.push_back(object);
}

/// Goes on with the innermost open object by one object of the group in hand, or by one group.
void ElementWriter::step() {
  Object& object = open_.back();
  if (object.at < object.group_end) return write_item();
  if (object.in_array) {
    object.in_array = false;
    --indent_;
    line();
    out_.put(']');
  }
  if (object.at == object.end) return close();
  std::size_t end = object.at + 1;
  while (end < object.end && children_[end].serial_name == children_[object.at].serial_name)
    ++end;
  write_group(object.at, end);
}

void ElementWriter::write_group(std::size_t begin, std::size_t end) {
  const OrderedChild& first = children_[begin];
  const bool array = first.repeats || end - begin > 1;
  Object& object = open_.back();
  object.group_end = end;
  if (!is_primitive(first)) {
    member_name("", first.serial_name);
    return begin_objects(array);
  }
  bool any_value = false;
  bool any_children = false;
  for (std::size_t i = begin; i < end; ++i) {
    any_value = any_value || record(children_[i]).kind != tree::ValueKind::kNone;
    any_children = any_children || has_children(children_[i]);
  }
  if (any_value) {
    member_name("", first.serial_name);
    write_values(begin, end, array);
  }
  if (!any_children) {
    object.at = end;
    return;
  }
  member_name("_", first.serial_name);
  begin_objects(array);
}

void ElementWriter::write_values(std::size_t begin, std::size_t end, bool array) {
  if (array) {
    out_.put('[');
    ++indent_;
  }
  for (std::size_t i = begin; i < end; ++i) {
    if (i > begin) out_.put(',');
    if (array) line();
    out_.put_value(record(children_[i]).kind, tree_.text(record(children_[i])));
  }
  if (array) {
    --indent_;
    line();
    out_.put(']');
  }
}

void ElementWriter::begin_objects(bool array) {
  Object& object = open_.back();
  object.in_array = array;
  object.items_begun = false;
  if (!array) return;
  out_.put('[');
  ++indent_;
}

void ElementWriter::write_item() {
  Object& object = open_.back();
  const OrderedChild child = children_[object.at++];
  if (object.items_begun) out_.put(',');
  object.items_begun = true;
  if (object.in_array) line();
  if (has_children(child)) return open(Node(&tree_, child.node));
  if (is_primitive(child)) {
    out_.put(std::string_view("null"));
  } else if (record(child).kind != tree::ValueKind::kNone) {
    out_.put_value(record(child).kind, tree_.text(record(child)));
  } else {
    open(Node(&tree_, child.node));
  }
}

void ElementWriter::close() {
  const Object object = open_.back();
  open_.pop_back();
  children_.resize(object.begin);
  --indent_;
  if (object.has_member) line();
  out_.put('}');
}

}  // namespace

void append(std::string& out, tree::Node node, tree::Layout layout) {
  if (!node) return;
  const TypeKind kind = node.row().kind;
  const bool is_value =
      kind == TypeKind::kPrimitive || kind == TypeKind::kXhtml || (node.has_value() && !node.first_child());
  Output output;
  if (is_value) {
    output.put_value(node.kind(), node.text());
  } else {
    ElementWriter(output, *node.tree(), layout).write(node);
  }
  output.append_to(out);
}

std::string write(tree::Node node, tree::Layout layout) {
  std::string out;
  append(out, node, layout);
  return out;
}

}  // namespace fhir::json
