#include "gateway/store_sqlite/bodies.hpp"

#include <algorithm>

#include "gateway/store_sqlite/numbers.hpp"

namespace gateway::store_sqlite {

using fhir::ErrorCode;
using fhir::fail;
using fhir::Result;
using fhir::Status;

namespace {

constexpr int kVersionBits = 20;

/// The version that is current now; mostly one this unit wrote.
Result<std::int64_t> current_seq(Session& session, const store::BodyInsert& insert) {
  for (const WrittenResource& written : session.written) {
    if (written.id == insert.id && written.type == insert.type) return written.seq;
  }
  LIGAMENT_TRY(const std::optional<std::int64_t> type, session.names.find(insert.type));
  if (!type) return fail(ErrorCode::kNotFound, "no such resource");
  Statement select = session.prepared(Sql::kResourceVersion);
  LIGAMENT_TRY(const bool row, select.bind(*type, insert.id).step());
  if (!row) return fail(ErrorCode::kNotFound, "no such resource");
  return version_seq(select.integer(0), select.integer(1));
}

Status append_json(Session& session, std::int64_t seq, std::string& out) {
  {
    Statement current = session.prepared(Sql::kResourceJson);
    LIGAMENT_TRY(const bool row, current.bind(seq >> kVersionBits, version_of(seq)).step());
    if (row) {
      out += current.view(0);
      return {};
    }
  }
  Statement before = session.prepared(Sql::kResourceVersions);
  LIGAMENT_TRY(const bool row, before.bind(seq, seq, std::int64_t{1}).step());
  if (!row) return fail(ErrorCode::kCorrupt, "a version that a body needs is missing");
  out += before.view(3);
  return {};
}

}  // namespace

std::int64_t version_seq(std::int64_t key, std::int64_t version) noexcept {
  return (key << kVersionBits) | version;
}

std::int64_t version_of(std::int64_t seq) noexcept {
  return seq & kLastVersion;
}

Result<std::optional<std::string>> encode_inserts(Session& session, std::size_t size,
                                                  const store::BodyInserts& inserts) {
  std::optional<std::string> column;
  std::size_t last = 0;
  for (const store::BodyInsert& insert : inserts) {
    if (insert.at < last || insert.at > size)
      return fail(ErrorCode::kInvalidRequest, "an insert stands outside of its body");
    LIGAMENT_TRY(const std::int64_t seq, current_seq(session, insert));
    if (!column) column.emplace();
    put_number(*column, insert.at - last);
    put_number(*column, static_cast<std::uint64_t>(seq));
    last = insert.at;
  }
  return column;
}

Result<std::string> whole_body(Session& session, std::string_view text, std::string_view column) {
  std::string body;
  ColumnInput input{column};
  ColumnInput own{text};
  while (!input.rest.empty()) {
    body += own.bytes(input.number());
    const auto seq = static_cast<std::int64_t>(input.number());
    if (!input.good || !own.good) return fail(ErrorCode::kCorrupt, "the inserts of a body cannot be read");
    LIGAMENT_CHECK(append_json(session, seq, body));
  }
  body += own.rest;
  return body;
}

}  // namespace gateway::store_sqlite
