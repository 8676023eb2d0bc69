// The period a partial date names: `2026-11` is the whole of November.
#pragma once

#include <optional>
#include <string_view>

#include "fhir/base/instant.hpp"

namespace fhir::search {

/// All moments from `low` up to, not including, `high`.
struct Period {
  Instant low{};
  Instant high{};
};

/// Reads a FHIR date, dateTime or instant of any precision. Without an offset the text is taken as UTC. Empty
/// when it is not one.
[[nodiscard]] std::optional<Period> parse_period(std::string_view text);

}  // namespace fhir::search
