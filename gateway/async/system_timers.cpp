#include "gateway/async/system_timers.hpp"

#include <memory>

#include <boost/asio/consign.hpp>
#include <boost/asio/steady_timer.hpp>

namespace gateway::async {

void SystemTimers::async_wait(fhir::Monotonic when, WaitHandler handler) {
  using Steady = std::chrono::steady_clock;
  auto timer = std::make_unique<boost::asio::steady_timer>(executor_);
  timer->expires_at(
      Steady::time_point(std::chrono::duration_cast<Steady::duration>(when.time_since_epoch())));
  auto& waiting = *timer;
  waiting.async_wait(boost::asio::consign(std::move(handler), std::move(timer)));
}

}  // namespace gateway::async
