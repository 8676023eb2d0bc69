// The source of randomness, injected wherever a random value is needed, so that a run can be repeated from
// its seed.
#pragma once

#include <cstdint>
#include <span>

namespace fhir {

class Random {
 public:
  Random() = default;
  Random(const Random&) = delete;
  Random& operator=(const Random&) = delete;
  virtual ~Random() = default;
  /// Fills `bytes`. The production source (gateway/security) is cryptographic.
  virtual void fill(std::span<std::uint8_t> bytes) = 0;
  /// Uniform in [0, bound). `bound` is not 0.
  [[nodiscard]] std::uint64_t below(std::uint64_t bound);
};

/// Repeatable, for tests and simulations; never for secrets. splitmix64. Not thread-safe.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  void fill(std::span<std::uint8_t> bytes) override;

 private:
  std::uint64_t next();
  std::uint64_t state_;
};

}  // namespace fhir
