// What the ports of one transaction share.
#pragma once

#include <algorithm>
#include <compare>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "gateway/store/store.hpp"
#include "gateway/store_sqlite/names.hpp"

namespace gateway::store_sqlite {

/// A version this unit wrote, or left as it was.
struct WrittenResource {
  std::string type;
  std::string id;
  std::int64_t seq = 0;
};

/// A row of value_index.
struct IndexedValue {
  std::string value;
  std::int64_t param = 0;
  std::int64_t key = 0;
  std::int64_t system = 0;
  friend auto operator<=>(const IndexedValue&, const IndexedValue&) = default;
};

/// Lives during one unit. The audit head moves with each entry and is written to its row before the commit.
struct Session {
  Connection& connection;
  Names& names;
  store::Kind kind;
  const store::Caller& caller;
  store::AuditHead head;
  std::optional<store::MessageSeq> appended = std::nullopt;   ///< The message this unit wrote last.
  std::optional<store::ReferralSeq> inserted = std::nullopt;  ///< The referral this unit wrote last.
  /// What was added to timelines and is not in their rows yet: one row for each referral of the unit.
  std::map<store::ReferralSeq, std::string> timelines = {};
  std::vector<IndexedValue> values = {};  ///< Rows of the index that are not written yet.
  std::vector<WrittenResource> written = {};
  std::vector<std::string> audience = {};  ///< The set of partners last written, sorted,
  std::int64_t audience_name = 0;          ///< and its number; 0: none yet.

  [[nodiscard]] Statement prepared(Sql sql) { return connection.prepared(sql); }

  /// Every change asks first.
  [[nodiscard]] fhir::Status writing() {
    if (kind == store::Kind::kWrite) return {};
    fhir::Error error{fhir::ErrorCode::kInternal, "write in a read transaction"};
    connection.spend(error);
    return fhir::fail(std::move(error));
  }
  /// At the end of the unit, and before a timeline is read.
  [[nodiscard]] fhir::Status write_timelines() {
    for (const auto& [referral, events] : timelines)
      LIGAMENT_CHECK(prepared(Sql::kEventInsert).bind(referral, Blob{events}).run());
    timelines.clear();
    return {};
  }
  /// At the end of the unit, and before the index is read or rows are taken out: in the order of the index,
  /// and several with one statement.
  [[nodiscard]] fhir::Status write_values() {
    std::ranges::sort(values);
    std::span<const IndexedValue> left(values);
    for (; left.size() >= kValuesTogether; left = left.subspan(kValuesTogether)) {
      Statement insert = prepared(Sql::kValuesInsert);
      for (const IndexedValue& row : left.first(kValuesTogether))
        insert.bind(row.value, row.param, row.key, row.system);
      LIGAMENT_CHECK(insert.run());
    }
    for (const IndexedValue& row : left)
      LIGAMENT_CHECK(prepared(Sql::kValueInsert).bind(row.value, row.param, row.key, row.system).run());
    values.clear();
    return {};
  }
  [[nodiscard]] fhir::Status known(store::MessageSeq seq) {
    if (seq == appended) return {};
    return known(Sql::kMessageExists, seq.value(), "no such message");
  }
  [[nodiscard]] fhir::Status known(store::ReferralSeq seq) {
    if (seq == inserted || timelines.contains(seq)) return {};
    return known(Sql::kReferralExists, seq.value(), "no such referral");
  }

 private:
  static constexpr std::size_t kValuesTogether = 8;  // rows of the statement ValuesInsert
  [[nodiscard]] fhir::Status known(Sql sql, std::int64_t seq, const char* otherwise) {
    LIGAMENT_TRY(const bool found, prepared(sql).bind(seq).step());
    if (!found) return fhir::fail(fhir::ErrorCode::kNotFound, otherwise);
    return {};
  }
};

/// All rows of a statement, each read by `read(statement)`.
template <class Row, class Read>
[[nodiscard]] fhir::Result<std::vector<Row>> rows_of(Statement& statement, Read read) {
  std::vector<Row> rows;
  for (;;) {
    LIGAMENT_TRY(const bool row, statement.step());
    if (!row) return rows;
    rows.push_back(read(statement));
  }
}

/// The first row of a statement, if any.
template <class Row, class Read>
[[nodiscard]] fhir::Result<std::optional<Row>> row_of(Statement& statement, Read read) {
  LIGAMENT_TRY(const bool row, statement.step());
  if (!row) return std::nullopt;
  return std::optional<Row>(read(statement));
}

}  // namespace gateway::store_sqlite
