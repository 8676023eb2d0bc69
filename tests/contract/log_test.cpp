// When the log of the SQLite store begins anew, so that it does not grow under writes that never pause.
#include <array>
#include <fstream>

#include "tests/contract/store_fixture.hpp"

namespace tests::contract {
namespace {

using gateway::store_sqlite::Options;
using gateway::store_sqlite::SqliteStore;

constexpr int kEnough = 10;

Options in(const TemporaryFolder& folder) {
  Options options;
  options.folder = folder.path() + "/data";
  options.checkpoint_pages = kEnough;
  return options;
}

/// Bytes 12 to 15 of the log: how often it has begun anew (SQLite file format, section 4.1).
std::string beginnings(const TemporaryFolder& folder) {
  std::ifstream log(folder.path() + "/data/ligament.db-wal", std::ios::binary);
  std::array<char, 16> head{};
  log.read(head.data(), head.size());
  EXPECT_TRUE(log.good());
  return {head.begin() + 12, head.end()};
}

Status write_one(SqliteStore& store, int number) {
  return store.transact(Kind::kWrite, kCaller, [number](Transaction& tx) -> Status {
    LIGAMENT_TRY([[maybe_unused]] const auto seq,
                 tx.messages().append(message(std::to_string(number), std::string(9000, 'm'))));
    return {};
  });
}

/// Writes until the log is long enough to be copied. Returns how many writes that took.
int write_until_full(SqliteStore& store, int number) {
  const int first = number;
  do {
    EXPECT_TRUE(write_one(store, number++).has_value());
  } while (store.log_pages() < kEnough);
  return number - first;
}

class LogTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = SqliteStore::open(in(folder));
    ASSERT_TRUE(opened.has_value()) << to_text(opened.error());
    store = std::move(*opened);
  }

  TemporaryFolder folder;
  std::unique_ptr<SqliteStore> store;
};

TEST_F(LogTest, BelowItsLengthNothingIsCopied) {
  ASSERT_OK(write_one(*store, 0));
  ASSERT_LT(store->log_pages(), kEnough);
  const std::string before = beginnings(folder);
  ASSERT_OK(store->checkpoint_if_needed());
  ASSERT_OK(write_one(*store, 1));
  EXPECT_EQ(beginnings(folder), before);
}

TEST_F(LogTest, BeginsAnewOnceAllIsCopied) {
  const int next = write_until_full(*store, 0);
  const std::string before = beginnings(folder);
  ASSERT_OK(store->checkpoint_if_needed());
  ASSERT_OK(write_one(*store, next));
  EXPECT_NE(beginnings(folder), before);
  EXPECT_LT(store->log_pages(), kEnough);
}

TEST_F(LogTest, TheWriterCopiesTheLittleThatWasLeft) {
  int number = write_until_full(*store, 0);
  // A reader keeps the checkpoint from copying what is written after the reader began.
  ASSERT_OK(store->transact(Kind::kRead, kCaller, [&](Transaction& tx) -> Status {
    LIGAMENT_TRY([[maybe_unused]] const auto seen,
                 tx.messages().find_by_request("north-practice", "0", "c-0"));
    LIGAMENT_CHECK(write_one(*store, number++));
    return store->checkpoint_if_needed();
  }));
  const std::string before = beginnings(folder);
  ASSERT_OK(write_one(*store, number++));
  EXPECT_NE(beginnings(folder), before) << "the log goes on until the next checkpoint";
  EXPECT_LT(store->log_pages(), kEnough);
}

TEST_F(LogTest, IsKeptWhileMuchIsLeft) {
  int number = 0;
  ASSERT_OK(store->transact(Kind::kRead, kCaller, [&](Transaction& tx) -> Status {
    LIGAMENT_TRY([[maybe_unused]] const auto seen,
                 tx.messages().find_by_request("north-practice", "0", "c-0"));
    while (store->log_pages() < 3 * kEnough)
      LIGAMENT_CHECK(write_one(*store, number++));
    return store->checkpoint_if_needed();
  }));
  const std::string before = beginnings(folder);
  ASSERT_OK(write_one(*store, number++));
  EXPECT_EQ(beginnings(folder), before) << "a write was held up for a whole log";
}

TEST(Log, FramesReachItInFewWrites) {
  fault::FaultVfs disk(3);
  Options options;
  options.folder = "sim";
  options.vfs = disk.name();
  auto opened = SqliteStore::open(options);
  ASSERT_TRUE(opened.has_value()) << to_text(opened.error());
  ASSERT_OK(write_one(**opened, 0));
  const int pages_before = (*opened)->log_pages();
  const std::uint64_t calls_before = disk.calls();
  ASSERT_OK((*opened)->transact(Kind::kWrite, kCaller, [](Transaction& tx) -> Status {
    LIGAMENT_TRY([[maybe_unused]] const auto seq,
                 tx.messages().append(message("1", std::string(400'000, 'm'))));
    return {};
  }));
  EXPECT_GE((*opened)->log_pages() - pages_before, 100);
  EXPECT_LT(disk.calls() - calls_before, 20U);
}

}  // namespace
}  // namespace tests::contract
