// A prepared statement borrowed from its connection for one use.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fhir/base/instant.hpp"
#include "fhir/base/result.hpp"
#include "fhir/base/strong_id.hpp"
#include "gateway/store/ids.hpp"

struct sqlite3_stmt;

namespace gateway::store_sqlite {

class Connection;

/// Bytes bound as BLOB rather than TEXT.
struct Blob {
  std::string_view bytes;
};

inline Blob blob(const store::Digest& digest) {
  return {{reinterpret_cast<const char*>(digest.data()), digest.size()}};  // NOLINT: bytes as characters
}

/// NULL for a column that is absent.
inline std::optional<Blob> maybe_blob(const std::optional<std::string>& column) {
  return column ? std::optional(Blob{*column}) : std::nullopt;
}

/// Bound values are not copied: they outlive the statement. Errors of binding come out of the next step.
/// Resets itself at the end. Not copyable; used by the thread of its connection.
class Statement {
 public:
  Statement(Connection& connection, sqlite3_stmt* statement);
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  /// Binds ?1, ?2, ... in order.
  template <class... Values>
  Statement& bind(const Values&... values) {
    (put(values), ...);
    return *this;
  }

  /// True: a row stands ready. False: done.
  [[nodiscard]] fhir::Result<bool> step();
  /// Steps to the end and ignores rows.
  [[nodiscard]] fhir::Status run();

  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string text(int column) const;       ///< Of TEXT or BLOB.
  [[nodiscard]] std::string_view view(int column) const;  ///< The same, until the next step.
  [[nodiscard]] fhir::Instant instant(int column) const {
    return fhir::Instant(std::chrono::microseconds(integer(column)));
  }
  [[nodiscard]] std::optional<fhir::Instant> maybe_instant(int column) const {
    return is_null(column) ? std::nullopt : std::optional(instant(column));
  }
  /// Zeros when the stored bytes are not 32.
  [[nodiscard]] store::Digest digest(int column) const;
  template <class Id>
  [[nodiscard]] std::optional<Id> maybe_id(int column) const {
    return is_null(column) ? std::nullopt : std::optional(Id(integer(column)));
  }

 private:
  void keep_error(int result);
  void put(std::nullopt_t);
  void put(std::int64_t value);
  void put(std::string_view value);
  void put(Blob value);
  void put(int value) { put(std::int64_t{value}); }
  void put(std::uint32_t value) { put(std::int64_t{value}); }
  void put(bool value) { put(std::int64_t{value ? 1 : 0}); }
  void put(const std::string& value) { put(std::string_view(value)); }
  void put(fhir::Instant value) { put(std::int64_t{value.time_since_epoch().count()}); }
  template <class Tag>
  void put(const fhir::StrongId<Tag, std::int64_t>& id) {
    put(id.value());
  }
  template <class Enum>
    requires std::is_enum_v<Enum>
  void put(Enum value) {
    put(static_cast<std::int64_t>(value));
  }
  template <class T>
  void put(const std::optional<T>& value) {
    if (value) {
      put(*value);
    } else {
      put(std::nullopt);
    }
  }

  Connection* connection_;
  sqlite3_stmt* statement_;
  int next_ = 1;
  int bind_error_ = 0;
};

/// LIMIT of a size: SQLite takes a negative one for "no limit".
inline std::int64_t limit_of(std::size_t limit) {
  constexpr std::size_t kMost = 1'000'000'000;
  return static_cast<std::int64_t>(limit < kMost ? limit : kMost);
}

}  // namespace gateway::store_sqlite
