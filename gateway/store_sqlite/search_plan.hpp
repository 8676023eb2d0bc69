// A search made ready for this file: the SELECT that gives candidates, and the comparison that every
// candidate must pass.
#pragma once

#include <string>
#include <unordered_set>
#include <variant>
#include <vector>

#include "fhir/search/query.hpp"
#include "gateway/store_sqlite/index_entries.hpp"
#include "gateway/store_sqlite/names.hpp"

namespace gateway::store_sqlite {

/// A resource as far as searches compare it. Views live as long as the statement stands on its row.
struct Candidate {
  std::string_view id;
  fhir::Instant at{};
  std::int64_t audience = 0;
  std::vector<StoredEntry> entries;
};

/// Lives while the query does.
class SearchPlan {
 public:
  /// Looks the names of the query up. The audience's sets are read now. `before`: only keys below it.
  [[nodiscard]] static fhir::Result<SearchPlan> make(const fhir::search::Query& query,
                                                     std::optional<std::int64_t> before, Names& names,
                                                     Connection& connection);

  /// Some name of the query was never stored, so nothing can match.
  [[nodiscard]] bool impossible() const noexcept { return impossible_; }

  /// SELECT of keys of candidates, highest first, a key perhaps several times. The text has no values in it:
  /// every one is bound.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  [[nodiscard]] const std::vector<std::variant<std::int64_t, std::string>>& values() const noexcept {
    return values_;
  }

  [[nodiscard]] bool holds(const Candidate& candidate) const;

 private:
  /// An operand whose system has its number; none: any system.
  struct Operand {
    const fhir::search::Operand* asked;
    std::optional<std::int64_t> system;
  };
  struct Clause {
    const fhir::search::Clause* asked;
    std::int64_t param = 0;
    std::vector<Operand> any_of;  // without those whose system was never stored
  };
  SearchPlan() = default;
  [[nodiscard]] fhir::Status add(const fhir::search::Clause& clause, const std::string& type, Names& names);
  void choose(std::int64_t type, std::optional<std::int64_t> before);
  [[nodiscard]] std::string value(std::variant<std::int64_t, std::string> bound);
  [[nodiscard]] static bool holds(const Clause& clause, const Operand& operand, const Candidate& candidate);

  bool impossible_ = false;
  std::vector<Clause> all_of_;
  std::optional<std::unordered_set<std::int64_t>> audiences_;  // none: everything is shown
  std::string text_;
  std::vector<std::variant<std::int64_t, std::string>> values_;
};

}  // namespace gateway::store_sqlite
