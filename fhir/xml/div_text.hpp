// The narrative `div` as text: as it stood in its document when it can stand on its own so, else written
// anew.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/limits.hpp"
#include "fhir/xml/parser.hpp"

namespace fhir::xml {

/// Takes the events of one div, its own start and end included. Used once. Not thread-safe.
class DivText {
 public:
  /// `source` is the document the offsets of the events count in.
  explicit DivText(std::string_view source) : source_(source) {}
  void start(const StartTag& tag);
  void text(std::string_view piece);
  /// True when this was the end of the div itself.
  bool end(std::size_t end);
  /// After that end: the bytes of the source if they declare the XHTML namespace and borrow no prefix, else
  /// the div written anew.
  [[nodiscard]] std::string_view result() const;
  [[nodiscard]] std::size_t offset() const noexcept { return begin_; }

 private:
  struct Open {
    std::string name;
    std::string name_space;
    bool empty = true;
  };
  void close_start_tag();
  std::string_view source_;
  std::string written_;
  std::vector<Open> open_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool as_it_stood_ = true;
};

/// The text of a div that may stand inside an XML document, or nothing when `text` is no well-formed div
/// element alone. White space around it is dropped, a missing XHTML namespace added. Cost: linear.
[[nodiscard]] std::optional<std::string> embeddable_div(std::string_view text);

}  // namespace fhir::xml
