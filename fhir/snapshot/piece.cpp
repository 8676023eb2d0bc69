#include "fhir/snapshot/piece.hpp"

#include <algorithm>
#include <utility>

namespace fhir::snapshot {

Piece Piece::copy_of(tree::Node node) {
  Piece out;
  out.name_ = node.name();
  out.serial_ = node.serial_name();
  out.node_ = node;
  return out;
}

Piece Piece::of_text(std::string_view name, std::string_view text) {
  Piece out;
  out.name_ = name;
  out.serial_ = name;
  out.text_ = text;
  return out;
}

Piece Piece::group(std::string_view name) {
  Piece out;
  out.name_ = name;
  out.serial_ = name;
  out.is_group_ = true;
  return out;
}

std::string_view Piece::text() const {
  return node_ ? node_.text() : std::string_view(text_);
}

std::string_view Piece::text_of(std::string_view child) const {
  if (node_) return node_.child(child).text();
  for (const Piece& part : parts_) {
    if (part.name_ == child) return part.text();
  }
  return {};
}

std::vector<std::string_view> Piece::texts_of(std::string_view child) const {
  std::vector<std::string_view> out;
  if (node_) {
    for (const tree::Node node : node_.children(child))
      out.push_back(node.text());
  }
  for (const Piece& part : parts_) {
    if (part.name_ == child) out.push_back(part.text());
  }
  return out;
}

std::vector<Piece>& Piece::parts() {
  if (node_) {
    for (const tree::Node child : node_.children())
      parts_.push_back(copy_of(child));
    text_ = node_.text();
    node_ = {};
    is_group_ = true;
  }
  return parts_;
}

void Piece::set(std::string_view child, std::string_view text) {
  erase(child);
  parts_.push_back(of_text(child, text));
}

void Piece::erase(std::string_view child) {
  std::vector<Piece>& all = parts();
  all.erase(
      std::remove_if(all.begin(), all.end(), [child](const Piece& part) { return part.name_ == child; }),
      all.end());
}

bool Piece::same_as(const Piece& other) const {
  if (serial_ != other.serial_ || text() != other.text()) return false;
  if (node_ && other.node_) return same_content(node_, other.node_);
  Piece left = *this;
  Piece right = other;
  return std::equal(left.parts().begin(), left.parts().end(), right.parts().begin(), right.parts().end(),
                    [](const Piece& a, const Piece& b) { return a.same_as(b); });
}

void Piece::write(tree::ResourceBuilder& out) const {
  if (node_) {
    out.copy(serial_, node_);
  } else if (is_group_) {
    out.open(serial_);
    for (const Piece& part : parts_)
      part.write(out);
    out.close();
  } else {
    out.set(serial_, text_);
  }
}

bool same_content(tree::Node a, tree::Node b) {
  std::vector<std::pair<tree::Node, tree::Node>> pending{{a, b}};
  while (!pending.empty()) {
    const auto [left, right] = pending.back();
    pending.pop_back();
    if (left.serial_name() != right.serial_name() || left.text() != right.text()) return false;
    tree::Node one = left.first_child();
    tree::Node other = right.first_child();
    for (; one && other; one = one.next_sibling(), other = other.next_sibling())
      pending.emplace_back(one, other);
    if (one || other) return false;
  }
  return true;
}

}  // namespace fhir::snapshot
