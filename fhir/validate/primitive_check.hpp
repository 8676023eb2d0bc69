// Values of primitive elements: their form, and what HL7's validator asks of texts beside it.
#pragma once

#include "fhir/validate/walk.hpp"

namespace fhir::validate {

class PrimitiveCheck {
 public:
  explicit PrimitiveCheck(Walk& walk) : walk_(walk) {}
  /// `node` has a value.
  void check(tree::Node node, const tree::TypeRow& row);
  /// Attachment: the size stated is that of the content.
  void check_attachment(tree::Node attachment);
  /// Identifier: the system is an absolute URI, and so is a value that is a URI by its system.
  void check_identifier(tree::Node identifier);

 private:
  Walk& walk_;
};

/// A scheme, a colon and something behind it.
[[nodiscard]] bool is_absolute_uri(std::string_view uri) noexcept;

/// `<b>`, `<script src=...>`, `<name`: something a browser would take for a tag.
[[nodiscard]] bool looks_like_html(std::string_view text) noexcept;

}  // namespace fhir::validate
