#include "gateway/async/notifier.hpp"

#include <boost/asio/this_coro.hpp>

#include "gateway/async/initiate.hpp"
#include "gateway/async/pending.hpp"

namespace gateway::async {

class Notifier::Waiters {
 public:
  explicit Waiters(Executor executor) : executor_(std::move(executor)) {}

  void add(WaitHandler handler) {
    // Those cancelled meanwhile leave here, so that the list stays as short as the tasks that wait.
    std::erase_if(waiting_, [](const auto& waiter) { return !waiter->waiting(); });
    waiting_.push_back(std::make_shared<PendingOperation<>>(executor_));
    waiting_.back()->hold(std::move(handler));
  }

  /// True if somebody was woken.
  bool wake_one(error_code code) {
    while (!waiting_.empty()) {
      const auto waiter = std::move(waiting_.front());
      waiting_.pop_front();
      if (!waiter->waiting()) continue;
      waiter->complete(code);
      return true;
    }
    return false;
  }

 private:
  Executor executor_;
  std::deque<std::shared_ptr<PendingOperation<>>> waiting_;
};

Notifier::Notifier(Executor executor) : waiters_(std::make_shared<Waiters>(std::move(executor))) {}

Notifier::~Notifier() {
  while (waiters_->wake_one(boost::asio::error::operation_aborted)) {
  }
}

awaitable<fhir::Status> Notifier::wait() {
  const auto state = co_await boost::asio::this_coro::cancellation_state;
  if (state.cancelled() != boost::asio::cancellation_type::none)
    co_return fhir::fail(fhir::ErrorCode::kCancelled);
  auto operation = initiate<void(error_code)>(
      [waiters = waiters_](WaitHandler handler) { waiters->add(std::move(handler)); });
  const auto [code] = co_await std::move(operation);
  if (code) co_return fhir::fail(to_error(code, "wait"));
  co_return fhir::Status();
}

void Notifier::notify_one() {
  waiters_->wake_one(error_code());
}

void Notifier::notify_all() {
  while (waiters_->wake_one(error_code())) {
  }
}

}  // namespace gateway::async
