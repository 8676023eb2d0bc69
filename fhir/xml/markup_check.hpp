// Refuses XML by its markup alone, before a parser sees it: what can make a parser cost more than a document
// is worth.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "fhir/base/issue.hpp"
#include "fhir/base/limits.hpp"

namespace fhir::xml {

struct MarkupFlaw {
  IssueType type = IssueType::kStructure;
  std::string text;
  std::size_t offset = 0;
};

/// The first reason to refuse `bytes`: over max_bytes, not UTF-8, another declared encoding, a DOCTYPE,
/// elements nested past max_depth, an element with more than max_attributes attributes, a longer name than
/// max_name_bytes. `bytes` has no byte order mark. Cost: linear.
[[nodiscard]] std::optional<MarkupFlaw> find_flaw(std::string_view bytes, const ReadLimits& limits);

}  // namespace fhir::xml
