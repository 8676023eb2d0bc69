// Tasks of one thread waiting for each other: a notification, a counted permit, a bounded queue.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <utility>

#include "gateway/async/asio.hpp"

namespace gateway::async {

/// Wakes tasks that wait. No memory: a notification with nobody waiting is lost, so wait in a loop over the
/// condition. One thread.
class Notifier {
 public:
  explicit Notifier(Executor executor);
  /// Waiting tasks end with kCancelled.
  ~Notifier();
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;

  /// Until notified. kCancelled when the task was cancelled.
  [[nodiscard]] awaitable<fhir::Status> wait();
  /// The longest waiting task.
  void notify_one();
  void notify_all();

 private:
  class Waiters;
  std::shared_ptr<Waiters> waiters_;
};

/// Counted admission without waiting: whoever gets none is refused. One thread.
class Permits {
 public:
  explicit Permits(std::size_t capacity) : capacity_(capacity) {}
  [[nodiscard]] bool try_acquire(std::size_t count = 1) noexcept {
    if (count > capacity_ - used_) return false;
    used_ += count;
    return true;
  }
  void release(std::size_t count = 1) noexcept { used_ -= count; }
  [[nodiscard]] std::size_t used() const noexcept { return used_; }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

 private:
  std::size_t capacity_;
  std::size_t used_ = 0;
};

/// Permits that go back when it ends. `permits` outlives it.
class HeldPermits {
 public:
  explicit HeldPermits(Permits& permits) noexcept : permits_(permits) {}
  ~HeldPermits() { permits_.release(count_); }
  HeldPermits(const HeldPermits&) = delete;
  HeldPermits& operator=(const HeldPermits&) = delete;
  /// False, and nothing more held, when there are not as many.
  [[nodiscard]] bool try_add(std::size_t count) noexcept {
    if (!permits_.try_acquire(count)) return false;
    count_ += count;
    return true;
  }
  /// Takes over permits acquired before.
  void adopt(std::size_t count) noexcept { count_ += count; }
  [[nodiscard]] std::size_t count() const noexcept { return count_; }

 private:
  Permits& permits_;
  std::size_t count_ = 0;
};

/// First in, first out, at most `capacity` items. One thread.
template <class T>
class BoundedQueue {
 public:
  BoundedQueue(Executor executor, std::size_t capacity)
      : capacity_(capacity), arrivals_(std::move(executor)) {}

  /// False when full or closed; `item` is dropped then.
  [[nodiscard]] bool try_push(T item) {
    if (closed_ || items_.size() >= capacity_) return false;
    items_.push_back(std::move(item));
    arrivals_.notify_one();
    return true;
  }
  /// The next item. kCancelled when the task was cancelled, kUnavailable when closed and empty.
  [[nodiscard]] awaitable<fhir::Result<T>> pop() {
    while (items_.empty()) {
      if (closed_) co_return fhir::fail(fhir::ErrorCode::kUnavailable, "the queue is closed");
      fhir::Status woken = co_await arrivals_.wait();
      if (!woken.has_value()) co_return fhir::fail(std::move(woken).error());
    }
    T item = std::move(items_.front());
    items_.pop_front();
    co_return item;
  }
  /// No more pushes; what is queued can still be popped.
  void close() {
    closed_ = true;
    arrivals_.notify_all();
  }
  [[nodiscard]] std::size_t size() const noexcept { return items_.size(); }

 private:
  std::size_t capacity_;
  bool closed_ = false;
  std::deque<T> items_;
  Notifier arrivals_;
};

}  // namespace gateway::async
