// One operation that waits for somebody else to finish it: the handler, and its removal when the task is
// cancelled.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include "gateway/async/asio.hpp"

namespace gateway::async {

/// Holds at most one handler, always completes it through the executor, never inside a call. Owned by
/// shared_ptr only. One thread.
template <class... Values>
class PendingOperation : public std::enable_shared_from_this<PendingOperation<Values...>> {
 public:
  using Handler = boost::asio::any_completion_handler<void(error_code, Values...)>;

  explicit PendingOperation(Executor executor) : executor_(std::move(executor)) {}

  [[nodiscard]] bool waiting() const noexcept { return handler_.has_value(); }

  /// `on_cancelled` runs when the task was cancelled, after the handler was told.
  void hold(Handler handler, std::function<void()> on_cancelled = {}) {
    const std::uint64_t turn = ++turn_;
    auto slot = boost::asio::get_associated_cancellation_slot(handler);
    handler_.emplace(std::move(handler));
    if (!slot.is_connected()) return;
    slot.assign([weak = this->weak_from_this(), turn,
                 on_cancelled = std::move(on_cancelled)](boost::asio::cancellation_type /*type*/) {
      const auto self = weak.lock();
      if (!self || self->turn_ != turn || !self->waiting()) return;
      // The slot is not cleared here: this very function lives in it.
      self->finish(boost::asio::error::operation_aborted, Values{}...);
      if (on_cancelled) on_cancelled();
    });
  }

  /// Nothing when no handler waits.
  void complete(error_code code, Values... values) {
    if (!waiting()) return;
    auto slot = boost::asio::get_associated_cancellation_slot(*handler_);
    if (slot.is_connected()) slot.clear();
    finish(code, std::move(values)...);
  }

 private:
  void finish(error_code code, Values... values) {
    Handler handler = std::move(*handler_);
    handler_.reset();
    boost::asio::post(executor_,
                      [handler = std::move(handler), code, ... values = std::move(values)]() mutable {
                        std::move(handler)(code, std::move(values)...);
                      });
  }

  Executor executor_;
  // Optional and only ever constructed: the move assignment of Boost 1.81's any_completion_handler calls
  // itself.
  std::optional<Handler> handler_;
  std::uint64_t turn_ = 0;
};

}  // namespace gateway::async
