// JSON as people write it, made JSON: for tools that rather tell all that is wrong with a document than stop
// at its first comma.
//
// Mended, each with an error of its own: comments, commas that are missing or stand before a closing bracket,
// names and values without quotes. Line breaks are kept, so that lines count as in the original. Never for
// messages that are acted on: readers refuse what this mends.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fhir/base/issue.hpp"

namespace fhir::json {

struct RepairedJson {
  std::string text;
  IssueList issues;  ///< Places are elements as the names in the document have them.
};

enum class Comments : std::uint8_t { kRefused, kAllowed };

/// Empty: the document has another fault, and no repair would be certain. Cost: linear; no recursion.
[[nodiscard]] std::optional<RepairedJson> repair(std::string_view bytes,
                                                 Comments comments = Comments::kRefused);

}  // namespace fhir::json
