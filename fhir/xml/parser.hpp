// The one place in the code base that makes an XML parser. There is no other, so there is none left
// unhardened.
//
// No document type declarations, hence no entities but the five of XML and no external anything; no network;
// no recovery from errors: the first one ends parsing.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "fhir/base/limits.hpp"
#include "fhir/xml/markup_check.hpp"

namespace fhir::xml {

/// Views are good during the event only. `value` is unescaped.
struct Attribute {
  std::string_view name;
  std::string_view prefix;
  std::string_view name_space;
  std::string_view value;
};

struct StartTag {
  std::string_view name;  ///< Without prefix.
  std::string_view prefix;
  std::string_view name_space;
  bool declares_default = false;          ///< The tag itself has xmlns="...".
  std::span<const Attribute> attributes;  ///< Without namespace declarations.
  std::size_t offset = 0;                 ///< Of its `<`.
};

/// What a document is made of. Comments and processing instructions are not told. False stops the parser.
class Events {
 public:
  Events() = default;
  Events(const Events&) = delete;
  Events& operator=(const Events&) = delete;
  virtual ~Events() = default;
  virtual bool start(const StartTag& tag) = 0;
  /// `end` is the offset after the element.
  virtual bool end(std::size_t end) = 0;
  /// A piece of text, unescaped. One text may come in several pieces.
  virtual bool text(std::string_view piece) = 0;
};

/// Parses a whole document, or a fragment of one element. Nothing when it is well-formed or `events` stopped
/// it, else the flaw. Applies the limits of find_flaw() first. A byte order mark is passed over; offsets
/// count it. Any thread. Cost: linear.
[[nodiscard]] std::optional<MarkupFlaw> parse(std::string_view bytes, const ReadLimits& limits,
                                              Events& events);

}  // namespace fhir::xml
