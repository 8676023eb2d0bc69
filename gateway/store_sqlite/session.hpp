// What the ports of one transaction share.
#pragma once

#include "gateway/store/store.hpp"
#include "gateway/store_sqlite/names.hpp"

namespace gateway::store_sqlite {

/// Lives during one unit. The audit head moves with each entry and is written to its row before the commit.
struct Session {
  Connection& connection;
  Names& names;
  store::Kind kind;
  const store::Caller& caller;
  store::AuditHead head;
  std::optional<store::MessageSeq> appended = std::nullopt;  ///< The message this unit wrote last.
  std::vector<std::string> audience = {};                    ///< The set of partners last written, sorted,
  std::int64_t audience_name = 0;                            ///< and its number; 0: none yet.

  [[nodiscard]] Statement prepared(Sql sql) { return connection.prepared(sql); }

  /// Every change asks first.
  [[nodiscard]] fhir::Status writing() {
    if (kind == store::Kind::kWrite) return {};
    fhir::Error error{fhir::ErrorCode::kInternal, "write in a read transaction"};
    connection.spend(error);
    return fhir::fail(std::move(error));
  }
  [[nodiscard]] fhir::Status known(store::MessageSeq seq) {
    if (seq == appended) return {};
    return known(Sql::kMessageExists, seq.value(), "no such message");
  }
  [[nodiscard]] fhir::Status known(store::ReferralSeq seq) {
    return known(Sql::kReferralExists, seq.value(), "no such referral");
  }

 private:
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
