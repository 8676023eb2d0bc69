// The grammar of UCUM 3: terms of components, from the left to the right.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "fhir/ucum/unit.hpp"

namespace fhir::ucum {

/// Reads one unit. With `definition_depth` it also reads the units that define others.
class UnitParser {
 public:
  explicit UnitParser(std::string_view text, int definition_depth = 0)
      : text_(text), definition_depth_(definition_depth) {}

  /// True if the whole text is a unit; unit() is then its reduced form, if it has one.
  [[nodiscard]] bool read();
  [[nodiscard]] const std::optional<Unit>& unit() const noexcept { return unit_; }

 private:
  /// A part that was read: valid, and reduced where that is possible.
  struct Part {
    bool valid = false;
    std::optional<Unit> unit;
  };
  [[nodiscard]] char here() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }
  [[nodiscard]] Part term(int depth);
  [[nodiscard]] Part component(int depth);
  [[nodiscard]] Part factor();
  [[nodiscard]] Part simple();
  [[nodiscard]] Part prefixed(std::string_view code) const;
  [[nodiscard]] std::optional<Unit> define(std::size_t atom) const;
  [[nodiscard]] bool annotations();
  [[nodiscard]] std::optional<int> exponent();

  std::string_view text_;
  std::size_t at_ = 0;
  int definition_depth_;
  std::optional<Unit> unit_;
};

}  // namespace fhir::ucum
