// What the application stands in: time, chance, network and threads, all given from outside, so that the same
// application runs in production and in a simulation on one thread.
#pragma once

#include "fhir/base/instant.hpp"
#include "fhir/base/random.hpp"
#include "gateway/async/asio.hpp"
#include "gateway/async/blocking_pool.hpp"
#include "gateway/async/network.hpp"
#include "gateway/async/timers.hpp"

namespace gateway::app {

/// Everything outlives the application.
struct Surroundings {
  async::Timers& timers;  ///< And the clock.
  fhir::Random& random;
  async::Network& network;
  async::BlockingPool& pool;  ///< Reads of the store and files.
  async::Executor io;         ///< The I/O thread.
  async::Executor writer;     ///< Commits: a thread of its own; the I/O thread in a simulation.

  [[nodiscard]] const fhir::Clock& clock() const { return timers.clock(); }
};

}  // namespace gateway::app
