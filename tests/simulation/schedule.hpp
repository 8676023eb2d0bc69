// What happens in one run, drawn from its seed before it begins.
#pragma once

#include <optional>
#include <vector>

#include "gateway/async/network.hpp"
#include "tests/simulation/draft.hpp"
#include "tests/simulation/records.hpp"

namespace tests::simulation {

/// A time of bad network on one link.
struct Weather {
  enum class Kind : std::uint8_t {
    kSlow,
    kRefuse,
    kBlackHole,
    kDropReplies,
    kDropRequests,
    kBreakOnReply,
    kBreakOnRequest,
    kBreakNow
  };
  Kind kind = Kind::kSlow;
  gateway::async::Address link;
  fhir::Monotonic from{};
  fhir::Monotonic until{};
  std::uint64_t amount = 0;  ///< Milliseconds of delay, or bytes that still pass.
};

/// An end of the gateway that nobody asked for.
struct Crash {
  enum class Kind : std::uint8_t {
    kPowerLoss,  ///< After `completions` more steps of the loop: what was not synced is dropped or torn.
    kKill,       ///< The same, but the machine stays: every write is still there.
    kDiskDies,   ///< The disk fails at its `calls`-th call for good, and power is lost a second later.
    kSyncFails,  ///< One sync fails; the gateway is started anew two seconds later.
  };
  Kind kind = Kind::kPowerLoss;
  fhir::Monotonic at{};
  std::uint64_t completions = 0;
  std::uint64_t calls = 0;
};

struct Schedule {
  std::vector<Sent> sent;
  std::vector<Weather> weather;        ///< By `from`.
  std::vector<Crash> crashes;          ///< By `at`.
  std::vector<fhir::Monotonic> leaps;  ///< The machine sleeps: time jumps a minute.
  fhir::Monotonic calm{};              ///< All faults end here.
};

[[nodiscard]] Schedule draw_schedule(const Drafts& drafts, fhir::Instant start, std::uint64_t seed);

}  // namespace tests::simulation
