// How codes and displays are compared where case or spacing does not count.
#pragma once

#include <string>
#include <string_view>

namespace fhir::terminology {

/// ASCII letters in lower case; other bytes as they are.
[[nodiscard]] std::string fold_case(std::string_view text);

/// Equal but for the case of ASCII letters, runs of white space, and white space at the ends.
[[nodiscard]] bool same_display(std::string_view a, std::string_view b) noexcept;

/// `part` occurs in `text`, whatever the case of ASCII letters.
[[nodiscard]] bool contains_folded(std::string_view text, std::string_view part) noexcept;

}  // namespace fhir::terminology
