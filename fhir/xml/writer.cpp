#include "fhir/xml/writer.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

#include "fhir/tree/canonical_order.hpp"
#include "fhir/xml/div_text.hpp"
#include "fhir/xml/escape.hpp"
#include "fhir/xml/reader.hpp"

namespace fhir::xml {
namespace {

using tree::Node;
using tree::OrderedChild;
using tree::TypeKind;

/// Stands for the type of a resource that names none.
constexpr std::string_view kUntyped = "Unknown";

/// Writes one element with its own stack, so that no depth of tree can exhaust the thread's.
class ElementWriter {
 public:
  ElementWriter(std::string& out, const tree::Tree& tree, tree::Layout layout)
      : out_(out), tree_(tree), pretty_(layout == tree::Layout::kPretty) {}

  void write(Node node) {
    if (node.row().kind == TypeKind::kXhtml) return write_div(node);
    open(node, node.is_resource() ? node.type() : node.serial_name(), "", kFhirNamespace);
    while (!open_.empty())
      step();
  }

 private:
  struct Element {
    std::string_view name;
    std::string_view slot;  ///< The element around a resource; empty when there is none.
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t at = 0;
  };

  /// Begins an element: its tags, its attributes, and the list of its children.
  void open(Node node, std::string_view name, std::string_view slot, std::string_view name_space);
  void write_attributes(Node node, const Element& element);
  void step();
  void write_child(const OrderedChild& child);
  void write_div(Node node);
  void close();

  [[nodiscard]] bool is_slot(Node node) const {
    const tree::TypeTable& table = tree_.table();
    if (!node.is_resource() && node.row().kind != TypeKind::kUnknown) return false;
    return (table.row(table.child(node.parent().row_id(), node.name_id())).flags & tree::kResourceSlot) != 0;
  }
  /// Attributes of XML, and the name of a resource of unknown type, which became its tag.
  [[nodiscard]] bool is_in_tag(Node child, bool of_untyped_resource) const {
    if ((child.row().flags & tree::kXmlAttribute) != 0)
      return child.parent().row().kind != TypeKind::kResource;
    return of_untyped_resource && child.name() == "resourceType" && !child.first_child();
  }
  void line() {
    if (!pretty_) return;
    if (!out_.empty() && !at_start_) out_.push_back('\n');
    if (!at_start_) out_.append(2 * indent_, ' ');
    at_start_ = false;
  }
  void start_tag(std::string_view name) {
    line();
    out_.push_back('<');
    append_name(out_, name);
  }
  void end_tag(std::string_view name) {
    line();
    out_.append("</");
    append_name(out_, name);
    out_.push_back('>');
  }

  std::string& out_;
  const tree::Tree& tree_;
  bool pretty_;
  bool at_start_ = true;
  std::size_t indent_ = 0;
  std::vector<OrderedChild> children_;
  std::vector<Element> open_;
};

void ElementWriter::open(Node node, std::string_view name, std::string_view slot,
                         std::string_view name_space) {
  if (!slot.empty()) {
    start_tag(slot);
    out_.push_back('>');
    ++indent_;
  }
  start_tag(name);
  if (!name_space.empty()) out_.append(" xmlns=\"").append(name_space).append("\"");
  Element element;
  element.name = name;
  element.slot = slot;
  element.begin = element.at = children_.size();
  append_children(children_, node);
  element.end = children_.size();
  write_attributes(node, element);

  // What went into the tag is no content.
  const bool untyped = !slot.empty() && !node.is_resource();
  std::size_t kept = element.begin;
  for (std::size_t i = element.begin; i < element.end; ++i) {
    if (!is_in_tag(Node(&tree_, children_[i].node), untyped)) children_[kept++] = children_[i];
  }
  children_.resize(kept);
  element.end = kept;
  if (element.begin == element.end && slot.empty()) {
    out_.append("/>");
    return;
  }
  out_.append(element.begin == element.end ? "/>" : ">");
  ++indent_;
  open_.push_back(element);
}

void ElementWriter::write_attributes(Node node, const Element& element) {
  tree::NameId last = tree::kNoName;
  for (std::size_t i = element.begin; i < element.end; ++i) {
    const Node child(&tree_, children_[i].node);
    const bool attribute = (child.row().flags & tree::kXmlAttribute) != 0 && !node.is_resource();
    if (!attribute || !child.has_value() || child.name_id() == last) continue;
    last = child.name_id();
    out_.append(" ").append(child.serial_name()).append("=\"");
    append_escaped(out_, child.text());
    out_.push_back('"');
  }
  if (!node.has_value()) return;
  out_.append(" value=\"");
  append_escaped(out_, node.text());
  out_.push_back('"');
}

void ElementWriter::step() {
  Element& element = open_.back();
  if (element.at == element.end) return close();
  write_child(children_[element.at++]);
}

void ElementWriter::write_child(const OrderedChild& child) {
  const Node node(&tree_, child.node);
  if (node.row().kind == TypeKind::kXhtml) return write_div(node);
  const std::string_view name = tree_.name(child.serial_name);
  if (!is_slot(node)) return open(node, name, "", "");
  std::string_view type = node.type();
  if (type.empty()) type = node.child("resourceType").text();
  open(node, type.empty() ? kUntyped : type, name, "");
}

void ElementWriter::write_div(Node node) {
  if (!node.has_value()) return;
  line();
  if (const auto div = embeddable_div(node.text())) {
    out_.append(*div);
    return;
  }
  out_.append("<div xmlns=\"").append(kXhtmlNamespace).append("\">");
  append_escaped(out_, node.text());
  out_.append("</div>");
}

void ElementWriter::close() {
  const Element element = open_.back();
  open_.pop_back();
  --indent_;
  if (element.begin != element.end) end_tag(element.name);
  if (!element.slot.empty()) {
    --indent_;
    end_tag(element.slot);
  }
  children_.resize(element.begin);
}

}  // namespace

void append(std::string& out, tree::Node node, tree::Layout layout) {
  if (!node) return;
  ElementWriter(out, *node.tree(), layout).write(node);
}

std::string write(tree::Node node, tree::Layout layout) {
  std::string out;
  append(out, node, layout);
  return out;
}

}  // namespace fhir::xml
