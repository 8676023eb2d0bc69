// Group commit: many requests, one durable transaction, and the token that proves it.
//
//   store::Unit unit{caller, work, bytes};
//   const Result<Committed> committed = co_await committer.commit(std::move(unit));
//   if (!committed) co_return refuse(committed.error());
//   co_return acknowledge(*committed);          // cannot be called without a commit
//
// Units wait in a bounded queue. One job at a time runs on the writer executor: it takes what waits (up to
// the limits of a group), commits it with Store::transact_group, and completes each waiter on the waiter's
// own executor, after the commit returned. While one group is being synced the next one gathers, so the group
// grows with the load and a single request waits for nobody.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "fhir/base/result.hpp"
#include "gateway/store/store.hpp"

namespace gateway::commit {

/// Proof that a unit is committed. Only a Committer makes one, so a function that takes it cannot run before
/// the commit.
class Committed {
 public:
  [[nodiscard]] store::CommitSeq sequence() const noexcept { return sequence_; }
  [[nodiscard]] store::Durability durability() const noexcept { return durability_; }

 private:
  friend class Committer;
  Committed(store::CommitSeq sequence, store::Durability durability)
      : sequence_(sequence), durability_(durability) {}
  store::CommitSeq sequence_;
  store::Durability durability_;
};

struct CommitterOptions {
  std::size_t queue_units = 4096;        ///< Waiting units; a full queue answers kBusy.
  std::size_t queue_bytes = 256u << 20;  ///< Sum of Unit::bytes that may wait.
  std::size_t group_units = 256;         ///< Of one transaction.
  std::size_t group_bytes = 16u << 20;   ///< Of one transaction; a single larger unit goes alone.
};

/// Any thread. Outlives every waiter: call stop() and await it before destruction.
class Committer {
 public:
  /// `store` outlives this. `writer` runs the blocking jobs: a thread of its own in production, the one event
  /// loop in a simulation. Jobs never overlap, so it may have many threads.
  Committer(store::Store& store, boost::asio::any_io_executor writer, CommitterOptions options = {});
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;
  ~Committer();

  /// Commits a unit. Errors: the unit's own, those of Store, kBusy (queue full, nothing was done), kCancelled
  /// (stopped before it was queued). Not cancellable once queued: the outcome would be unknown.
  [[nodiscard]] boost::asio::awaitable<fhir::Result<Committed>> commit(store::Unit unit);

  /// Refuses new units, and returns when all that waited are committed and answered.
  [[nodiscard]] boost::asio::awaitable<void> stop();

  /// Figures since the start.
  struct Figures {
    std::uint64_t units = 0;    ///< Answered, with whatever result.
    std::uint64_t groups = 0;   ///< Transactions.
    std::uint64_t refused = 0;  ///< Answered kBusy.
    std::size_t waiting = 0;    ///< In the queue now.
  };
  [[nodiscard]] Figures figures() const;

 private:
  using Waiter = boost::asio::any_completion_handler<void(fhir::Result<Committed>)>;
  using StopWaiter = boost::asio::any_completion_handler<void()>;
  struct Waiting {
    store::Unit unit;
    Waiter waiter;
    boost::asio::any_io_executor executor;
  };

  struct CommitInitiation;
  struct StopInitiation;

  void enqueue(store::Unit unit, Waiter waiter, boost::asio::any_io_executor executor);
  void add_stop_waiter(StopWaiter waiter, boost::asio::any_io_executor executor);
  void drain();
  [[nodiscard]] std::vector<Waiting> take_group();
  void finish_drain();

  store::Store* store_;
  boost::asio::any_io_executor writer_;
  CommitterOptions options_;

  mutable std::mutex mutex_;  // guards what follows
  std::deque<Waiting> queue_;
  std::size_t queue_bytes_ = 0;
  bool draining_ = false;
  bool stopping_ = false;
  struct StopWaiting {
    StopWaiter waiter;
    boost::asio::any_io_executor executor;
  };
  std::vector<StopWaiting> stop_waiters_;
  Figures figures_;
};

}  // namespace gateway::commit
