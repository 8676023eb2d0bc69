#include "gateway/async/within.hpp"

#include <exception>
#include <memory>
#include <tuple>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

#include "gateway/async/initiate.hpp"

namespace gateway::async {
namespace {

struct Race {
  explicit Race(awaitable<void> op) : operation(std::move(op)) {}
  awaitable<void> operation;
  boost::asio::cancellation_signal stop_operation;
  boost::asio::cancellation_signal stop_timer;
  bool deadline_passed = false;
};

awaitable<void> run_without_throwing(awaitable<void> op) {
  co_await boost::asio::this_coro::throw_if_cancelled(false);
  co_await std::move(op);
}

}  // namespace

awaitable<Ended> run_before(Timers& timers, Deadline deadline, awaitable<void> op) {
  const Executor executor = co_await boost::asio::this_coro::executor;
  const auto state = co_await boost::asio::this_coro::cancellation_state;
  if (state.cancelled() != boost::asio::cancellation_type::none) co_return Ended::kCompleted;

  const auto race = std::make_shared<Race>(std::move(op));
  auto operation = initiate<void(std::exception_ptr)>(
      [executor, race](boost::asio::any_completion_handler<void(std::exception_ptr)> handler) {
        auto callers_slot = boost::asio::get_associated_cancellation_slot(handler);
        if (callers_slot.is_connected()) {
          callers_slot.assign(
              [race](boost::asio::cancellation_type type) { race->stop_operation.emit(type); });
        }
        boost::asio::co_spawn(
            executor, run_without_throwing(std::move(race->operation)),
            boost::asio::bind_cancellation_slot(race->stop_operation.slot(), std::move(handler)));
      });
  auto passed = [race](error_code code) {
    if (code) return;
    race->deadline_passed = true;
    race->stop_operation.emit(boost::asio::cancellation_type::terminal);
  };
  timers.async_wait(deadline.when(),
                    boost::asio::bind_cancellation_slot(race->stop_timer.slot(), std::move(passed)));
  const auto [failure] = co_await std::move(operation);
  race->stop_timer.emit(boost::asio::cancellation_type::terminal);
  if (failure) std::rethrow_exception(failure);
  co_return race->deadline_passed ? Ended::kDeadlinePassed : Ended::kCompleted;
}

}  // namespace gateway::async
