// The watch: makes silence an event.
//
// A referral whose deadline passed, and an escalation whose next rota step is due, are found here and acted
// on once each, in a transaction of their own. What the act is, the sink knows.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "fhir/base/result.hpp"
#include "gateway/async/blocking_pool.hpp"
#include "gateway/async/task_group.hpp"
#include "gateway/async/timers.hpp"
#include "gateway/commit/committer.hpp"
#include "gateway/store/store.hpp"

namespace gateway::watch {

/// Port. Acts run inside the transaction given, may run again, and write everything that follows.
class WatchSink {
 public:
  WatchSink() = default;
  WatchSink(const WatchSink&) = delete;
  WatchSink& operator=(const WatchSink&) = delete;
  virtual ~WatchSink() = default;
  /// The deadline of an open referral passed. Must leave it with a later deadline, or closed.
  [[nodiscard]] virtual fhir::Status deadline_passed(store::Transaction& tx,
                                                     const store::ReferralRow& referral,
                                                     fhir::Instant at) = 0;
  /// The next step of an escalation nobody confirmed is due. Must tell whoever is next and leave the item
  /// with a later step, or none.
  [[nodiscard]] virtual fhir::Status next_step(store::Transaction& tx, const store::WorkRow& work,
                                               fhir::Instant at) = 0;
  /// After the commit. For logs and metrics; must not throw or block.
  virtual void silence(const store::ReferralRow& referral) = 0;
  virtual void escalated(const store::WorkRow& work) = 0;
};

struct WatchFigures {
  std::uint64_t deadlines = 0;  ///< Passed deadlines acted on.
  std::uint64_t pushes = 0;     ///< Rota steps told.
  std::uint64_t failures = 0;   ///< Acts that could not be recorded and will be tried again.
};

/// I/O thread. Everything given outlives it.
class Watch {
 public:
  struct Parts {
    store::Store& store;
    commit::Committer& committer;
    async::Timers& timers;
    async::BlockingPool& pool;
    async::Executor executor;
    WatchSink& sink;
  };
  explicit Watch(Parts parts, std::chrono::milliseconds interval = std::chrono::milliseconds(1000));
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  ~Watch();

  void start();
  [[nodiscard]] async::awaitable<fhir::Status> stop(async::Deadline deadline);
  [[nodiscard]] const WatchFigures& figures() const noexcept { return figures_; }

 private:
  struct Due {
    std::vector<store::ReferralRow> referrals;
    std::vector<store::WorkRow> work;
  };
  [[nodiscard]] async::awaitable<void> run();
  [[nodiscard]] async::awaitable<fhir::Result<Due>> look();
  [[nodiscard]] async::awaitable<void> pass_deadline(store::ReferralRow referral);
  [[nodiscard]] async::awaitable<void> take_step(store::WorkRow work);

  Parts parts_;
  std::chrono::milliseconds interval_;
  async::TaskGroup tasks_;
  WatchFigures figures_;
};

}  // namespace gateway::watch
