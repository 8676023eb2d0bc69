// A child of an ElementDefinition while a snapshot is being made: a copy of a node, until somebody changes
// it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/tree/resource_builder.hpp"
#include "fhir/tree/tree.hpp"

namespace fhir::snapshot {

/// Copy, text or group. Nodes referred to outlive the piece. Value semantics.
class Piece {
 public:
  [[nodiscard]] static Piece copy_of(tree::Node node);
  [[nodiscard]] static Piece of_text(std::string_view name, std::string_view text);
  [[nodiscard]] static Piece group(std::string_view name);

  /// FHIRPath name: `fixed` for fixedUri.
  [[nodiscard]] std::string_view name() const { return name_; }
  [[nodiscard]] std::string_view serial_name() const { return serial_; }
  /// The value, when it is a primitive.
  [[nodiscard]] std::string_view text() const;
  /// The value of the first child of a name; empty when there is none.
  [[nodiscard]] std::string_view text_of(std::string_view child) const;
  /// The values of all children of a name.
  [[nodiscard]] std::vector<std::string_view> texts_of(std::string_view child) const;

  /// The children, editable; a copy becomes a group.
  [[nodiscard]] std::vector<Piece>& parts();
  /// Replaces all children of a name by one with this value.
  void set(std::string_view child, std::string_view text);
  void erase(std::string_view child);

  /// JSON-like equality of name and content.
  [[nodiscard]] bool same_as(const Piece& other) const;

  void write(tree::ResourceBuilder& out) const;

 private:
  Piece() = default;
  std::string name_;
  std::string serial_;
  tree::Node node_;           ///< Set: a copy.
  std::string text_;          ///< Of a text.
  std::vector<Piece> parts_;  ///< Of a group.
  bool is_group_ = false;
};

/// True when two nodes hold the same values at the same places; order of children counts.
[[nodiscard]] bool same_content(tree::Node a, tree::Node b);

}  // namespace fhir::snapshot
