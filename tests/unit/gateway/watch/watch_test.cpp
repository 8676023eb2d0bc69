#include "gateway/watch/watch.hpp"

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "gateway/async/simulated_timers.hpp"
#include "gateway/store_memory/memory_store.hpp"

namespace gateway::watch {
namespace {

using namespace std::chrono_literals;

class RecordingSink final : public WatchSink {
 public:
  fhir::Status deadline_passed(store::Transaction& tx, const store::ReferralRow& referral,
                               fhir::Instant at) override {
    store::ReferralRow moved = referral;
    moved.deadline->at = at + 24h;
    LIGAMENT_TRY(const std::int64_t version, tx.referrals().update(moved));
    static_cast<void>(version);
    return {};
  }
  fhir::Status next_step(store::Transaction& tx, const store::WorkRow& work, fhir::Instant at) override {
    told.push_back("step " + std::to_string(work.step + 1));
    return tx.work().advance(work.seq, work.step + 1, "lead", at + 15min);
  }
  void silence(const store::ReferralRow& referral) override { silent.push_back(referral.task_id); }
  void escalated(const store::WorkRow&) override {}
  std::vector<std::string> told;
  std::vector<std::string> silent;
};

class WatchTest : public testing::Test {
 protected:
  WatchTest() {
    watch_ =
        std::make_unique<Watch>(Watch::Parts{store_, committer_, timers_, pool_, io_.get_executor(), sink_});
  }
  void TearDown() override {
    async::TaskGroup stopping(io_.get_executor());
    stopping.spawn("stop", stop_watch());
    timers_.run_for(2s);
    EXPECT_EQ(stopping.running(), 0u);
  }
  async::awaitable<void> stop_watch() {
    const fhir::Status stopped = co_await watch_->stop(async::Deadline::after(clock_, 1s));
    EXPECT_TRUE(stopped.has_value());
  }
  template <class Fn>
  auto write(Fn fn) {
    return store::value_of(store_, store::Kind::kWrite, {}, fn);
  }

  boost::asio::io_context io_;
  fhir::ManualClock clock_{*fhir::parse_instant("2026-11-22T09:00:00Z")};
  async::SimulatedTimers timers_{io_, clock_};
  async::InlinePool pool_;
  store_memory::MemoryStore store_;
  commit::Committer committer_{store_, io_.get_executor()};
  RecordingSink sink_;
  std::unique_ptr<Watch> watch_;
};

TEST_F(WatchTest, APassedDeadlineIsActedOnOnce) {
  store::ReferralRow row;
  row.task_id = "t1";
  row.state = "received";
  row.deadline = store::ReferralDeadline{clock_.now() + 1h, "hub-acknowledges", "hub"};
  ASSERT_TRUE(write([&](store::Transaction& tx) { return tx.referrals().insert(row, {}); }).has_value());
  watch_->start();
  timers_.run_for(59min);
  EXPECT_TRUE(sink_.silent.empty());
  timers_.run_for(30min);
  EXPECT_EQ(sink_.silent, std::vector<std::string>{"t1"});
  EXPECT_EQ(watch_->figures().deadlines, 1u);
}

TEST_F(WatchTest, AnEscalationClimbsUntilSomebodyConfirms) {
  store::NewWork work;
  work.kind = "red-flag";
  work.created_at = clock_.now();
  work.next_step_at = clock_.now() + 15min;
  const auto seq = write([&](store::Transaction& tx) { return tx.work().open(work); });
  ASSERT_TRUE(seq.has_value());
  watch_->start();
  timers_.run_for(14min);
  EXPECT_TRUE(sink_.told.empty());
  timers_.run_for(2min);
  EXPECT_EQ(sink_.told, std::vector<std::string>{"step 1"});
  timers_.run_for(15min);
  EXPECT_EQ(sink_.told, (std::vector<std::string>{"step 1", "step 2"}));
  const auto confirm = [&](store::Transaction& tx) -> fhir::Result<int> {
    LIGAMENT_CHECK(tx.work().confirm(*seq, "lead", clock_.now()));
    return 0;
  };
  ASSERT_TRUE(write(confirm).has_value());
  timers_.run_for(2h);
  EXPECT_EQ(sink_.told.size(), 2u);
}

}  // namespace
}  // namespace gateway::watch
