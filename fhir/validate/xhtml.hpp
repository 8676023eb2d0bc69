// The XHTML of narratives (FHIR R4 2.4.0): one well-formed `<div>` of static content.
#pragma once

#include <cstdint>
#include <string_view>

namespace fhir::validate {

enum class XhtmlFault : std::uint8_t {
  kNone,
  kNotADiv,        ///< The root is not one `div`.
  kNamespace,      ///< The root does not declare http://www.w3.org/1999/xhtml.
  kNotWellFormed,  ///< Tags, attributes, comments or references are broken, or a DTD, CDATA or processing
                   ///< instruction stands there.
  kTooDeep,        ///< Over 128 levels.
  kElement,        ///< An element narratives may not have: script, form, object ...
  kAttribute,      ///< An attribute narratives may not have: event handlers, ...
  kEmpty,          ///< Neither text nor image.
};

/// Pure; any thread; linear in the text; no allocation. Names of elements may carry no prefix.
[[nodiscard]] XhtmlFault check_xhtml(std::string_view text) noexcept;

/// What the fault means, as a sentence about the div.
[[nodiscard]] std::string_view to_text(XhtmlFault fault) noexcept;

}  // namespace fhir::validate
