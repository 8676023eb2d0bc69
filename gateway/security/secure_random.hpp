// The production source of randomness: OpenSSL's generator, seeded by the kernel.
#pragma once

#include "fhir/base/random.hpp"

namespace gateway::security {

/// Any thread. Ends the process when the generator fails: no secret may be made from anything less.
class SecureRandom final : public fhir::Random {
 public:
  void fill(std::span<std::uint8_t> bytes) override;
};

}  // namespace gateway::security
