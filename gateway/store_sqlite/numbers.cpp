#include "gateway/store_sqlite/numbers.hpp"

namespace gateway::store_sqlite {

namespace {

constexpr unsigned kGroupBits = 7;
constexpr std::uint64_t kGroup = (1u << kGroupBits) - 1;
constexpr unsigned kMostBits = 63;

}  // namespace

void put_number(std::string& out, std::uint64_t number) {
  for (; number > kGroup; number >>= kGroupBits)
    out += static_cast<char>((number & kGroup) | (kGroup + 1));
  out += static_cast<char>(number);
}

std::string_view ColumnInput::bytes(std::uint64_t count) {
  good = good && count <= rest.size();
  if (!good) return {};
  const std::string_view taken = rest.substr(0, count);
  rest.remove_prefix(count);
  return taken;
}

std::uint64_t ColumnInput::number() {
  std::uint64_t number = 0;
  for (unsigned shift = 0; shift < kMostBits; shift += kGroupBits) {
    const std::string_view byte = bytes(1);
    if (!good) return 0;
    const auto group = static_cast<unsigned char>(byte.front());
    number |= (group & kGroup) << shift;
    if (group <= kGroup) return number;
  }
  good = false;
  return 0;
}

}  // namespace gateway::store_sqlite
