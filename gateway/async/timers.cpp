#include "gateway/async/timers.hpp"

#include <boost/asio/this_coro.hpp>

#include "gateway/async/initiate.hpp"

namespace gateway::async {

awaitable<fhir::Status> Timers::sleep_until(fhir::Monotonic when) {
  const auto state = co_await boost::asio::this_coro::cancellation_state;
  if (state.cancelled() != boost::asio::cancellation_type::none)
    co_return fhir::fail(fhir::ErrorCode::kCancelled);
  auto operation =
      initiate<void(error_code)>([this, when](WaitHandler handler) { async_wait(when, std::move(handler)); });
  const auto [code] = co_await std::move(operation);
  if (code) co_return fhir::fail(to_error(code, "wait"));
  co_return fhir::Status();
}

awaitable<fhir::Status> Timers::sleep_for(std::chrono::nanoseconds duration) {
  return sleep_until(Deadline::after(clock(), duration).when());
}

}  // namespace gateway::async
