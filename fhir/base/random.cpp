#include "fhir/base/random.hpp"

#include <array>
#include <cstring>

namespace fhir {

std::uint64_t Random::below(std::uint64_t bound) {
  // Values past the largest multiple of bound are drawn again: the remainder alone would favour small
  // results.
  const std::uint64_t reject_from = ~std::uint64_t{0} - (~std::uint64_t{0} % bound);
  std::uint64_t value = 0;
  do {
    std::array<std::uint8_t, sizeof value> bytes{};
    fill(bytes);
    std::memcpy(&value, bytes.data(), sizeof value);
  } while (value >= reject_from);
  return value % bound;
}

std::uint64_t SeededRandom::next() {
  state_ += 0x9E3779B97F4A7C15u;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

void SeededRandom::fill(std::span<std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const std::uint64_t word = next();
    const std::size_t count = bytes.size() < sizeof word ? bytes.size() : sizeof word;
    std::memcpy(bytes.data(), &word, count);
    bytes = bytes.subspan(count);
  }
}

}  // namespace fhir
