#include "fhir/snapshot/element.hpp"

#include <algorithm>
#include <utility>

namespace fhir::snapshot {
namespace {

/// Parts of a path: the tree is taken down by recursion.
constexpr std::size_t kMaxDepth = 128;

struct Written {
  const Element* element;
  std::string path;
  std::string id;
};

std::string joined(const std::string& parent, const std::string& name) {
  return parent.empty() ? name : parent + "." + name;
}

void make_absolute(Definition& definition, std::string_view type_url) {
  const std::string_view reference = definition.text("contentReference");
  if (!type_url.empty() && reference.substr(0, 1) == "#")
    definition.set("contentReference", std::string(type_url) + std::string(reference));
}

/// Markdown with links to pages of the specification as URLs.
std::string with_absolute_links(std::string_view text) {
  std::string out;
  for (;;) {
    const std::size_t link = text.find("](");
    if (link == std::string_view::npos) break;
    out.append(text.substr(0, link + 2));
    text.remove_prefix(link + 2);
    const std::string_view target = text.substr(0, text.find(')'));
    const bool is_page = !target.empty() && target.find(':') == std::string_view::npos &&
                         target.front() != '#' && target.front() != '/';
    if (is_page) out += "http://hl7.org/fhir/R4/";
  }
  return out.append(text);
}

void make_links_absolute(Definition& definition) {
  for (const std::string_view name : {"definition", "comment", "requirements"}) {
    const std::string_view text = definition.text(name);
    if (text.find("](") != std::string_view::npos) definition.set(name, with_absolute_links(text));
  }
}

/// A rule is of the structure that states it, also where that says so only by having it.
void name_source(Definition& definition, std::string_view url) {
  for (Piece& piece : definition.pieces()) {
    if (piece.name() == "constraint" && piece.text_of("source").empty()) piece.set("source", url);
  }
}

}  // namespace

Element* Element::child(std::string_view child_name) const {
  return child(child_name, {});
}

Element* Element::child(std::string_view child_name, std::string_view child_slice) const {
  for (const std::unique_ptr<Element>& each : children) {
    if (each->slice == child_slice && each->name == child_name) return each.get();
  }
  return nullptr;
}

std::size_t Element::count() const {
  std::size_t total = 0;
  std::vector<const Element*> pending{this};
  while (!pending.empty()) {
    const Element* at = pending.back();
    pending.pop_back();
    ++total;
    for (const auto& each : at->children)
      pending.push_back(each.get());
  }
  return total;
}

std::unique_ptr<Element> clone(const Element& element) {
  auto out = std::make_unique<Element>();
  std::vector<std::pair<const Element*, Element*>> pending{{&element, out.get()}};
  while (!pending.empty()) {
    const auto [from, to] = pending.back();
    pending.pop_back();
    to->name = from->name;
    to->slice = from->slice;
    to->definition = from->definition;
    for (const auto& each : from->children) {
      to->children.push_back(std::make_unique<Element>());
      pending.emplace_back(each.get(), to->children.back().get());
    }
  }
  return out;
}

Result<std::unique_ptr<Element>> read_snapshot(tree::Node structure, std::string_view root_name,
                                               std::string_view type_url) {
  std::unique_ptr<Element> root;
  std::vector<Element*> open;
  const std::string_view url = structure.child("url").text();
  const bool is_quoted = !type_url.empty() && url.substr(0, 20) == "http://hl7.org/fhir/";
  for (const tree::Node node : structure.child("snapshot").children("element")) {
    const std::string_view path = node.child("path").text();
    const auto depth = static_cast<std::size_t>(std::count(path.begin(), path.end(), '.'));
    if (path.empty() || depth > kMaxDepth || depth > open.size() || (depth == 0) != open.empty()) {
      return fail(ErrorCode::kUnprocessable, "the paths of the snapshot do not make a tree");
    }
    auto element = std::make_unique<Element>();
    element->name = depth == 0 ? root_name : path.substr(path.rfind('.') + 1);
    element->slice = node.child("sliceName").text();
    element->definition = Definition(node);
    make_absolute(element->definition, type_url);
    name_source(element->definition, url);
    if (is_quoted) make_links_absolute(element->definition);
    open.resize(depth);
    Element* at = element.get();
    if (depth == 0) {
      element->slice.clear();
      root = std::move(element);
    } else {
      open.back()->children.push_back(std::move(element));
    }
    open.push_back(at);
  }
  if (root == nullptr) return fail(ErrorCode::kUnprocessable, "there is no snapshot");
  return root;
}

void write_elements(const Element& root, tree::ResourceBuilder& out) {
  std::vector<Written> pending{{&root, root.name, root.name}};
  while (!pending.empty()) {
    const Written at = std::move(pending.back());
    pending.pop_back();
    out.open("element").set("id", at.id).set("path", at.path).set("sliceName", at.element->slice);
    for (const Piece& piece : at.element->definition.pieces())
      piece.write(out);
    out.close();
    for (auto child = at.element->children.rbegin(); child != at.element->children.rend(); ++child) {
      const Element& each = **child;
      const std::string name = each.slice.empty() ? each.name : each.name + ":" + each.slice;
      pending.push_back({&each, joined(at.path, each.name), joined(at.id, name)});
    }
  }
}

}  // namespace fhir::snapshot
