// How long to wait before the next attempt.
#pragma once

#include <chrono>

#include "fhir/base/random.hpp"
#include "gateway/config/config.hpp"

namespace gateway::outbox {

/// The delay after `attempts` finished attempts (at least 1): policy.first * policy.factor^(attempts - 1), at
/// most policy.max, of which the last quarter is random, so that partners coming back are not met by
/// everything at once.
[[nodiscard]] std::chrono::milliseconds backoff(const config::RetryPolicy& policy, int attempts,
                                                fhir::Random& random);

}  // namespace gateway::outbox
