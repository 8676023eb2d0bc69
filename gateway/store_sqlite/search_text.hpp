// Turns an abstract query into one SELECT of resource keys.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "fhir/search/query.hpp"
#include "gateway/store_sqlite/names.hpp"

namespace gateway::store_sqlite {

/// The text has no values in it: every one is bound.
struct SearchText {
  std::string text;
  std::vector<std::variant<std::int64_t, std::string>> values;
};

/// SELECT of the keys, newest first, below `before`, at most `limit`. Empty: some name of the query was never
/// stored, so nothing can match.
[[nodiscard]] fhir::Result<std::optional<SearchText>> search_keys(const fhir::search::Query& query,
                                                                  Names& names, std::int64_t before,
                                                                  std::int64_t limit);
/// SELECT of the number of matches.
[[nodiscard]] fhir::Result<std::optional<SearchText>> search_total(const fhir::search::Query& query,
                                                                   Names& names);

}  // namespace gateway::store_sqlite
