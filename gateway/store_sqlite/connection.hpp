// One SQLite connection with its statement cache, and the translation of SQLite's result codes.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "fhir/base/result.hpp"
#include "gateway/store_sqlite/statement.hpp"
#include "sql_texts.hpp"

struct sqlite3;

namespace gateway::store_sqlite {

enum class Access : std::uint8_t { kReadWrite, kReadOnly };

struct ConnectionOptions {
  std::string path;
  std::string vfs;  ///< Empty: SQLite's own.
  Access access = Access::kReadWrite;
  std::chrono::milliseconds busy_timeout{5000};
  int cache_kib = 8192;  ///< Taken as it is used. A transaction may go over it: dirty pages are not spilled
                         ///< before the commit.
};

/// Used by one thread at a time.
class Connection {
 public:
  [[nodiscard]] static fhir::Result<std::unique_ptr<Connection>> open(const ConnectionOptions& options);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  /// The cached statement of `sql`. One use at a time.
  [[nodiscard]] Statement prepared(Sql sql);
  /// Runs text without values, also several statements.
  [[nodiscard]] fhir::Status execute(const char* text);
  /// A statement made for one use. Finalised with the connection's next one.
  [[nodiscard]] Statement prepare_once(const std::string& text);

  [[nodiscard]] std::int64_t last_row() const;
  [[nodiscard]] std::int64_t changes() const;
  [[nodiscard]] bool in_transaction() const;
  [[nodiscard]] sqlite3* handle() const noexcept { return db_; }

  /// Makes the error of a failed call. Any but a broken constraint also spends the transaction: see spent().
  [[nodiscard]] fhir::Error failure(int result);
  /// The first failure since forgive() after which nothing of the transaction may be kept.
  [[nodiscard]] const std::optional<fhir::Error>& spent() const noexcept { return spent_; }
  void forgive() { spent_.reset(); }
  void spend(fhir::Error error);

  /// From now on closing does not write to the files: after a failed sync nothing may be built on what was
  /// written.
  void leave_files_alone();

 private:
  explicit Connection(sqlite3* db) : db_(db) {}
  sqlite3* db_;
  std::array<sqlite3_stmt*, kSqlCount> cache_{};
  sqlite3_stmt* once_ = nullptr;
  std::optional<fhir::Error> spent_;
};

/// The code that stands for a SQLite result code.
[[nodiscard]] fhir::ErrorCode code_of(int result) noexcept;

}  // namespace gateway::store_sqlite
