#include "gateway/commit/committer.hpp"

#include <gtest/gtest.h>
#include <type_traits>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include "gateway/store_memory/memory_store.hpp"

namespace gateway::commit {
namespace {

using fhir::ErrorCode;
using fhir::Result;
using fhir::Status;

// Only a committer makes the proof.
static_assert(!std::is_default_constructible_v<Committed>);
static_assert(!std::is_constructible_v<Committed, store::CommitSeq, store::Durability>);

/// A store that remembers the sizes of its groups, and can refuse to commit.
class WatchedStore final : public store::Store {
 public:
  Status transact(store::Kind kind, const store::Caller& caller, const store::Work& work) override {
    return model_.transact(kind, caller, work);
  }
  store::GroupOutcome transact_group(std::span<const store::Unit> units) override {
    groups.push_back(units.size());
    if (!broken) return model_.transact_group(units);
    store::GroupOutcome outcome;
    outcome.units.assign(units.size(), fhir::fail(ErrorCode::kCommitUnknown, "lost"));
    return outcome;
  }
  store::Durability durability() const noexcept override { return store::Durability::kMemory; }
  Status checkpoint_if_needed() override { return {}; }
  Status backup(const std::string&) override { return fhir::fail(ErrorCode::kUnsupported); }

  std::vector<std::size_t> groups;
  bool broken = false;

 private:
  store_memory::MemoryStore model_;
};

store::Unit setting(const std::string& name, std::size_t bytes = 0) {
  return {{}, [name](store::Transaction& tx) { return tx.settings().set(name, "x"); }, bytes};
}

boost::asio::awaitable<void> commit_one(Committer& committer, store::Unit unit,
                                        std::vector<Result<Committed>>& results) {
  results.push_back(co_await committer.commit(std::move(unit)));
}

boost::asio::awaitable<void> stop_then_note(Committer& committer, std::size_t& answered_at_stop,
                                            const std::vector<Result<Committed>>& results) {
  co_await committer.stop();
  answered_at_stop = results.size();
}

class CommitterTest : public ::testing::Test {
 protected:
  void start(Committer& committer, store::Unit unit) {
    boost::asio::co_spawn(loop, commit_one(committer, std::move(unit), results), boost::asio::detached);
  }
  boost::asio::io_context loop;
  WatchedStore store;
  std::vector<Result<Committed>> results;
};

TEST_F(CommitterTest, UnitsThatWaitTogetherShareOneTransaction) {
  Committer committer(store, loop.get_executor());
  for (int i = 0; i < 10; ++i)
    start(committer, setting(std::to_string(i)));
  loop.run();
  ASSERT_EQ(results.size(), 10u);
  for (const auto& result : results) {
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(result->sequence(), results.front()->sequence());
    EXPECT_EQ(result->durability(), store::Durability::kMemory);
  }
  EXPECT_EQ(store.groups, (std::vector<std::size_t>{10}));
  EXPECT_EQ(committer.figures().units, 10u);
  EXPECT_EQ(committer.figures().waiting, 0u);
}

TEST_F(CommitterTest, GroupsAreBoundedByUnitsAndBytes) {
  CommitterOptions options;
  options.group_units = 4;
  options.group_bytes = 100;
  Committer committer(store, loop.get_executor(), options);
  for (int i = 0; i < 6; ++i)
    start(committer, setting(std::to_string(i)));
  start(committer, setting("big", 500));
  start(committer, setting("60", 60));
  start(committer, setting("50", 50));
  loop.run();
  EXPECT_EQ(results.size(), 9u);
  EXPECT_EQ(store.groups, (std::vector<std::size_t>{4, 2, 1, 1, 1}));
}

TEST_F(CommitterTest, AFailedUnitIsAnsweredWithItsOwnError) {
  Committer committer(store, loop.get_executor());
  start(committer, setting("a"));
  start(committer,
        {{}, [](store::Transaction&) -> Status { return fhir::fail(ErrorCode::kDuplicate, "again"); }, 0});
  start(committer, setting("b"));
  loop.run();
  ASSERT_EQ(results.size(), 3u);
  EXPECT_TRUE(results[0].has_value());
  ASSERT_FALSE(results[1].has_value());
  EXPECT_EQ(results[1].error().code, ErrorCode::kDuplicate);
  EXPECT_TRUE(results[2].has_value());
}

TEST_F(CommitterTest, NoCommitNoProof) {
  store.broken = true;
  Committer committer(store, loop.get_executor());
  start(committer, setting("a"));
  loop.run();
  ASSERT_EQ(results.size(), 1u);
  ASSERT_FALSE(results.front().has_value());
  EXPECT_EQ(results.front().error().code, ErrorCode::kCommitUnknown);
}

TEST_F(CommitterTest, AFullQueueIsBusy) {
  CommitterOptions options;
  options.queue_units = 2;
  Committer committer(store, loop.get_executor(), options);
  for (int i = 0; i < 5; ++i)
    start(committer, setting(std::to_string(i)));
  loop.run();
  std::size_t busy = 0;
  for (const auto& result : results) {
    if (result.has_value()) continue;
    EXPECT_EQ(result.error().code, ErrorCode::kBusy);
    ++busy;
  }
  EXPECT_EQ(results.size(), 5u);
  EXPECT_EQ(busy, 3u);
  EXPECT_EQ(committer.figures().refused, 3u);
}

TEST_F(CommitterTest, StopAnswersAllThatWaitedAndRefusesTheRest) {
  CommitterOptions options;
  options.group_units = 2;
  Committer committer(store, loop.get_executor(), options);
  for (int i = 0; i < 5; ++i)
    start(committer, setting(std::to_string(i)));
  std::size_t answered_at_stop = 0;
  boost::asio::co_spawn(loop, stop_then_note(committer, answered_at_stop, results), boost::asio::detached);
  loop.run();
  EXPECT_EQ(answered_at_stop, 5u);
  loop.restart();
  start(committer, setting("late"));
  loop.run();
  ASSERT_EQ(results.size(), 6u);
  EXPECT_EQ(results.back().error().code, ErrorCode::kCancelled);
}

TEST_F(CommitterTest, WaitersGoOnOnTheirOwnExecutorWithARealWriterThread) {
  boost::asio::thread_pool writer(1);
  {
    Committer committer(store, writer.get_executor());
    for (int i = 0; i < 200; ++i)
      start(committer, setting(std::to_string(i)));
    loop.run();  // returns when every waiter was answered here
    ASSERT_EQ(results.size(), 200u);
    for (const auto& result : results)
      EXPECT_TRUE(result.has_value());
    std::size_t answered_at_stop = 0;
    loop.restart();
    boost::asio::co_spawn(loop, stop_then_note(committer, answered_at_stop, results), boost::asio::detached);
    loop.run();
    EXPECT_EQ(answered_at_stop, 200u);
  }
  writer.join();
}

}  // namespace
}  // namespace gateway::commit
