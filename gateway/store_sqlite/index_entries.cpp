#include "gateway/store_sqlite/index_entries.hpp"

#include "gateway/store_sqlite/numbers.hpp"

namespace gateway::store_sqlite {

using fhir::Instant;
using fhir::search::IndexKind;

namespace {

constexpr std::size_t kMomentBytes = 8;

void put_moment(std::string& out, Instant moment) {
  auto bits = static_cast<std::uint64_t>(moment.time_since_epoch().count());
  for (std::size_t i = 0; i < kMomentBytes; ++i, bits >>= 8u)
    out += static_cast<char>(bits & 0xFFu);
}

Instant take_moment(ColumnInput& input) {
  std::uint64_t bits = 0;
  const std::string_view taken = input.bytes(kMomentBytes);
  for (std::size_t i = taken.size(); i > 0; --i)
    bits = bits << 8u | static_cast<unsigned char>(taken[i - 1]);
  return Instant(std::chrono::microseconds(static_cast<std::int64_t>(bits)));
}

StoredEntry take_entry(ColumnInput& input) {
  StoredEntry entry;
  const std::string_view kind = input.bytes(1);
  if (!input.good) return entry;
  entry.kind = static_cast<IndexKind>(kind.front());
  entry.param = static_cast<std::int64_t>(input.number());
  entry.system = static_cast<std::int64_t>(input.number());
  const std::string_view value = input.bytes(input.number());
  if (entry.kind != IndexKind::kDate) {
    entry.value = value;
    return entry;
  }
  ColumnInput moments{value};
  entry.low = take_moment(moments);
  entry.high = take_moment(moments);
  input.good = input.good && moments.good && moments.rest.empty();
  return entry;
}

}  // namespace

std::string encode_entries(const std::vector<StoredEntry>& entries) {
  std::string out;
  for (const StoredEntry& entry : entries) {
    out += static_cast<char>(entry.kind);
    put_number(out, static_cast<std::uint64_t>(entry.param));
    put_number(out, static_cast<std::uint64_t>(entry.system));
    const bool date = entry.kind == IndexKind::kDate;
    put_number(out, date ? 2 * kMomentBytes : entry.value.size());
    if (date) {
      put_moment(out, entry.low);
      put_moment(out, entry.high);
    } else {
      out += entry.value;
    }
  }
  return out;
}

std::optional<std::vector<StoredEntry>> decode_entries(std::string_view column) {
  std::vector<StoredEntry> entries;
  ColumnInput input{column};
  while (!input.rest.empty() && input.good)
    entries.push_back(take_entry(input));
  if (!input.good) return std::nullopt;
  return entries;
}

}  // namespace gateway::store_sqlite
