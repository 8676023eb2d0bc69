#include "gateway/security/secure_random.hpp"

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <openssl/rand.h>

namespace gateway::security {

void SecureRandom::fill(std::span<std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const std::size_t count = std::min<std::size_t>(bytes.size(), INT_MAX);
    if (RAND_bytes(bytes.data(), static_cast<int>(count)) != 1) std::abort();
    bytes = bytes.subspan(count);
  }
}

}  // namespace gateway::security
