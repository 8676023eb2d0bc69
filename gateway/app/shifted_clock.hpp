// A clock that runs from another instant, so that past contracts can be tried (`serve --dev --as-of`).
#pragma once

#include <optional>

#include "fhir/base/instant.hpp"

namespace gateway::app {

/// `base` outlives it. Without `start` it is the base itself.
class ShiftedClock final : public fhir::Clock {
 public:
  ShiftedClock(const fhir::Clock& base, std::optional<fhir::Instant> start)
      : base_(base), shift_(start ? *start - base.now() : fhir::Instant::duration::zero()) {}
  [[nodiscard]] fhir::Instant now() const override { return base_.now() + shift_; }
  [[nodiscard]] fhir::Monotonic monotonic() const override { return base_.monotonic(); }

 private:
  const fhir::Clock& base_;
  fhir::Instant::duration shift_;
};

}  // namespace gateway::app
