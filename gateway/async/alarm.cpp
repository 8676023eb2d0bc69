#include "gateway/async/alarm.hpp"

#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

namespace gateway::async {

class Alarm::Bell : public std::enable_shared_from_this<Bell> {
 public:
  Bell(Timers& timers, std::function<void()> ring) : timers_(timers), ring_(std::move(ring)) {}

  void set(Deadline deadline) {
    deadline_ = deadline;
    if (deadline_ < armed_) arm();
  }

  void stop() {
    ring_ = nullptr;
    deadline_ = Deadline::never();
    disarm();
  }

 private:
  void disarm() {
    if (armed_.is_never()) return;
    armed_ = Deadline::never();
    ++turn_;
    cancel_.emit(boost::asio::cancellation_type::terminal);
  }

  void arm() {
    disarm();
    armed_ = deadline_;
    auto fired = [self = shared_from_this(), turn = turn_](error_code code) {
      if (!code && self->turn_ == turn) self->fire();
    };
    timers_.async_wait(armed_.when(), boost::asio::bind_cancellation_slot(cancel_.slot(), std::move(fired)));
  }

  void fire() {
    armed_ = Deadline::never();
    ++turn_;
    if (deadline_.is_never()) return;
    if (!deadline_.passed(timers_.clock())) return arm();
    deadline_ = Deadline::never();
    ring_();
  }

  Timers& timers_;
  std::function<void()> ring_;
  Deadline deadline_;
  Deadline armed_;  // of the pending timer; never when there is none
  std::uint64_t turn_ = 0;
  boost::asio::cancellation_signal cancel_;
};

Alarm::Alarm(Timers& timers, std::function<void()> ring)
    : bell_(std::make_shared<Bell>(timers, std::move(ring))) {}

Alarm::~Alarm() {
  bell_->stop();
}

void Alarm::set(Deadline deadline) {
  bell_->set(deadline);
}

}  // namespace gateway::async
