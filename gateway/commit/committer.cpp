#include "gateway/commit/committer.hpp"

#include <memory>
#include <utility>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace gateway::commit {

using fhir::ErrorCode;
using fhir::fail;
using fhir::Result;
using fhir::Status;

namespace {

/// Keeps the waiter's event loop running while the unit waits elsewhere.
boost::asio::any_io_executor keep_running(const boost::asio::any_io_executor& executor) {
  return boost::asio::prefer(executor, boost::asio::execution::outstanding_work.tracked);
}

template <class Waiter>
boost::asio::any_io_executor executor_of(const Waiter& waiter) {
  return keep_running(boost::asio::get_associated_executor(waiter, boost::asio::any_io_executor()));
}

void answer(boost::asio::any_io_executor executor,
            boost::asio::any_completion_handler<void(Result<Committed>)> waiter, Result<Committed> result) {
  boost::asio::post(executor, [waiter = std::move(waiter), result = std::move(result)]() mutable {
    std::move(waiter)(std::move(result));
  });
}

}  // namespace

Committer::Committer(store::Store& store, boost::asio::any_io_executor writer, CommitterOptions options)
    : store_(&store), writer_(std::move(writer)), options_(options) {}

Committer::~Committer() = default;

struct Committer::CommitInitiation {
  Committer* self;
  template <class Handler>
  void operator()(Handler&& handler, store::Unit unit) const {
    boost::asio::any_io_executor executor = executor_of(handler);
    self->enqueue(std::move(unit), Waiter(std::forward<Handler>(handler)), std::move(executor));
  }
};

struct Committer::StopInitiation {
  Committer* self;
  template <class Handler>
  void operator()(Handler&& handler) const {
    boost::asio::any_io_executor executor = executor_of(handler);
    self->add_stop_waiter(StopWaiter(std::forward<Handler>(handler)), std::move(executor));
  }
};

boost::asio::awaitable<Result<Committed>> Committer::commit(store::Unit unit) {
  return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(Result<Committed>)>(
      CommitInitiation{this}, boost::asio::use_awaitable, std::move(unit));
}

boost::asio::awaitable<void> Committer::stop() {
  return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void()>(
      StopInitiation{this}, boost::asio::use_awaitable);
}

void Committer::enqueue(store::Unit unit, Waiter waiter, boost::asio::any_io_executor executor) {
  bool start = false;
  {
    const std::scoped_lock lock(mutex_);
    std::optional<ErrorCode> refusal;
    if (stopping_) {
      refusal = ErrorCode::kCancelled;
    } else if (queue_.size() >= options_.queue_units ||
               (!queue_.empty() && queue_bytes_ + unit.bytes > options_.queue_bytes)) {
      refusal = ErrorCode::kBusy;
      ++figures_.refused;
    }
    if (refusal) {
      answer(std::move(executor), std::move(waiter), fail(*refusal, "the commit queue takes no more"));
      return;
    }
    queue_bytes_ += unit.bytes;
    queue_.push_back({std::move(unit), std::move(waiter), std::move(executor)});
    start = !std::exchange(draining_, true);
  }
  if (start) boost::asio::post(writer_, [this] { drain(); });
}

std::vector<Committer::Waiting> Committer::take_group() {
  const std::scoped_lock lock(mutex_);
  std::vector<Waiting> group;
  std::size_t bytes = 0;
  while (!queue_.empty() && group.size() < options_.group_units) {
    const std::size_t next = queue_.front().unit.bytes;
    if (!group.empty() && bytes + next > options_.group_bytes) break;
    bytes += next;
    queue_bytes_ -= next;
    group.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return group;
}

void Committer::drain() {
  std::vector<Waiting> group = take_group();
  std::vector<store::Unit> units;
  units.reserve(group.size());
  for (Waiting& waiting : group)
    units.push_back(std::move(waiting.unit));

  store::GroupOutcome outcome = store_->transact_group(units);
  units.clear();  // what the units captured is gone before their waiters go on

  const store::Durability durability = store_->durability();
  {
    const std::scoped_lock lock(mutex_);
    figures_.units += group.size();
    ++figures_.groups;
  }
  for (std::size_t i = 0; i < group.size(); ++i) {
    Result<Committed> result = Committed(outcome.sequence, durability);
    if (!outcome.units[i].has_value()) result = fail(std::move(outcome.units[i]).error());
    answer(std::move(group[i].executor), std::move(group[i].waiter), std::move(result));
  }
  finish_drain();
}

void Committer::finish_drain() {
  std::vector<StopWaiting> stopped;
  {
    const std::scoped_lock lock(mutex_);
    draining_ = !queue_.empty();
    // The post is made under the lock: once it is released with nothing left, this object may be destroyed.
    if (draining_) boost::asio::post(writer_, [this] { drain(); });
    if (!draining_ && stopping_) stopped.swap(stop_waiters_);
  }
  for (StopWaiting& waiting : stopped) {
    boost::asio::post(waiting.executor, std::move(waiting.waiter));
  }
}

void Committer::add_stop_waiter(StopWaiter waiter, boost::asio::any_io_executor executor) {
  const std::scoped_lock lock(mutex_);
  stopping_ = true;
  if (draining_) {
    stop_waiters_.push_back({std::move(waiter), std::move(executor)});
  } else {
    boost::asio::post(executor, std::move(waiter));
  }
}

Committer::Figures Committer::figures() const {
  const std::scoped_lock lock(mutex_);
  Figures figures = figures_;
  figures.waiting = queue_.size();
  return figures;
}

}  // namespace gateway::commit
