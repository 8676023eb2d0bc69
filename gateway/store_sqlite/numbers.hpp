// Numbers in columns of our own encoding: base 128, the low part first.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gateway::store_sqlite {

void put_number(std::string& out, std::uint64_t number);

/// Takes from the front; `good` once false stays so.
struct ColumnInput {
  std::string_view rest;
  bool good = true;

  /// Empty when there are not so many.
  std::string_view bytes(std::uint64_t count);
  /// Zero when none stands here.
  std::uint64_t number();
};

}  // namespace gateway::store_sqlite
