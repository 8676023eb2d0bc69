// The vocabulary of the search index: texts to integers, cached per connection.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "gateway/store_sqlite/connection.hpp"

namespace gateway::store_sqlite {

/// A name once committed never changes, so a cached one stays true in every later transaction; a new one of a
/// unit that rolled back is forgotten. Used by the thread of its connection.
class Names {
 public:
  explicit Names(Connection& connection) : connection_(&connection) {}

  /// The id of a text, or nothing when no row uses it yet.
  [[nodiscard]] fhir::Result<std::optional<std::int64_t>> find(const std::string& text);
  /// The same, made when it is new.
  [[nodiscard]] fhir::Result<std::int64_t> intern(const std::string& text);

  void begin_unit();
  void roll_back_unit();
  /// Nothing of the running transaction counts any more.
  void forget() { known_.clear(); }

 private:
  static constexpr std::size_t kMostCached = 20'000;
  Connection* connection_;
  std::unordered_map<std::string, std::int64_t> known_;
  std::vector<std::string> fresh_;  // found or made in the running unit
};

}  // namespace gateway::store_sqlite
