// The Task of a referral with what a partner says about it.
#pragma once

#include "fhir/base/instant.hpp"
#include "fhir/tree/tree.hpp"
#include "gateway/partner/script.hpp"

namespace gateway::partner {

/// What a word sets; empty stays as it is.
struct WordRow {
  Word word;
  std::string_view status;
  std::string_view business_status;
};
[[nodiscard]] const WordRow& row(Word word) noexcept;

/// A copy of `task` (FHIR R4) with the word, reason, note, owner and times of `action`. `action.word` is set.
[[nodiscard]] fhir::tree::TreePtr with_word(fhir::tree::Node task, const Action& action, fhir::Instant now);

}  // namespace gateway::partner
