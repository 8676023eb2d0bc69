// What the SQLite store keeps when its disk fails: everything it acknowledged, nothing it refused.
#include <set>

#include "tests/contract/store_fixture.hpp"

namespace tests::contract {
namespace {

using gateway::store_sqlite::Options;
using gateway::store_sqlite::SqliteStore;

Options on(const fault::FaultVfs& disk) {
  Options options;
  options.folder = "sim";
  options.vfs = disk.name();
  options.checkpoint_pages = 10;
  return options;
}

/// A unit of a message, a resource, a referral, a delivery and an audit entry.
store::Work unit(const std::string& id) {
  return [id](Transaction& tx) -> Status {
    LIGAMENT_TRY(const auto seq, tx.messages().append(message(id, std::string(5000, 'm'))));
    auto write = task("t-" + id, "requested", std::string(3000, 'j'));
    write.message = seq;
    LIGAMENT_TRY([[maybe_unused]] const auto version, tx.resources().put(write));
    LIGAMENT_TRY(const auto ref, tx.referrals().insert(referral(id), {{"ubrn", id}}));
    auto out = delivery("lane-" + id, id);
    out.referral = ref;
    LIGAMENT_TRY([[maybe_unused]] const auto queued, tx.outbox().enqueue(out));
    LIGAMENT_TRY([[maybe_unused]] const auto entry, tx.audit().append(audit(id)));
    return {};
  };
}

/// What a run of work left behind: ids acknowledged, ids whose outcome is not known.
struct Told {
  std::set<std::string> acknowledged;
  std::set<std::string> unknown;
  std::set<std::string> refused;
};

void tell(Told& told, const std::string& id, const Status& status) {
  if (status.has_value()) {
    told.acknowledged.insert(id);
  } else if (status.error().code == ErrorCode::kCommitUnknown) {
    told.unknown.insert(id);
  } else {
    told.refused.insert(id);
  }
}

/// Groups of three units, with checkpoints between.
void work(SqliteStore& store, Told& told, int groups) {
  for (int group = 0; group < groups; ++group) {
    std::vector<store::Unit> units;
    std::vector<std::string> ids;
    for (int i = 0; i < 3; ++i) {
      ids.push_back(std::to_string(group) + "-" + std::to_string(i));
      units.push_back({kCaller, unit(ids.back())});
    }
    const store::GroupOutcome outcome = store.transact_group(units);
    for (std::size_t i = 0; i < ids.size(); ++i)
      tell(told, ids[i], outcome.units[i]);
    if (group % 3 == 2) {
      // A checkpoint that cannot begin is no harm: what was committed stays in the log.
      const Status copied = store.checkpoint_if_needed();
      if (!copied.has_value()) EXPECT_EQ(copied.error().code, ErrorCode::kUnavailable);
    }
  }
}

/// Opens the disk again and compares. Every acknowledged unit is whole, every refused one absent, every
/// unknown one whole or absent.
void check(fault::FaultVfs& disk, const Told& told) {
  auto opened = SqliteStore::open(on(disk));
  ASSERT_TRUE(opened.has_value()) << to_text(opened.error());
  ASSERT_OK((*opened)->transact(Kind::kRead, kCaller, [&](Transaction& tx) -> Status {
    const auto parts = [&](const std::string& id) -> Result<int> {
      LIGAMENT_TRY(const auto found, tx.messages().find_by_request("north-practice", id, "c-" + id));
      LIGAMENT_TRY(const auto resource, tx.resources().get("Task", "t-" + id));
      LIGAMENT_TRY(const auto ref, tx.referrals().find_by_task("task-" + id));
      LIGAMENT_TRY(const auto out, tx.outbox().find_unfinished("hub", id));
      return (found ? 1 : 0) + (resource ? 1 : 0) + (ref ? 1 : 0) + (out ? 1 : 0);
    };
    for (const std::string& id : told.acknowledged) {
      LIGAMENT_TRY(const int there, parts(id));
      EXPECT_EQ(there, 4) << "acknowledged unit " << id;
    }
    for (const std::string& id : told.refused) {
      LIGAMENT_TRY(const int there, parts(id));
      EXPECT_EQ(there, 0) << "refused unit " << id;
    }
    for (const std::string& id : told.unknown) {
      LIGAMENT_TRY(const int there, parts(id));
      EXPECT_TRUE(there == 0 || there == 4) << "half of unit " << id;
    }
    LIGAMENT_TRY(const auto verdict, tx.audit().verify({}));
    EXPECT_FALSE(verdict.broken_at) << verdict.reason;
    return {};
  }));
  // And it takes writes again.
  ASSERT_OK((*opened)->transact(Kind::kWrite, kCaller, unit("after")));
}

enum class Then : std::uint8_t { kReopen, kLosePower };

/// Fails call 1, 2, 3, ... of the same work until a run meets no fault.
void fail_every_call(fault::Fault fault, bool for_good, Then then, std::uint64_t stride) {
  for (std::uint64_t n = 1;; n += stride) {
    SCOPED_TRACE("call " + std::to_string(n));
    fault::FaultVfs disk(n);
    { ASSERT_TRUE(SqliteStore::open(on(disk)).has_value()); }  // an empty store to begin with
    Told told;
    disk.fail_call(n, fault, for_good);
    {
      auto opened = SqliteStore::open(on(disk));
      if (opened.has_value()) {
        work(**opened, told, 4);
        if (then == Then::kLosePower) disk.lose_power();
      }
    }
    const bool happened = disk.fault_happened();
    if (then == Then::kLosePower) disk.lose_power();
    disk.heal();
    check(disk, told);
    if (::testing::Test::HasFatalFailure() || ::testing::Test::HasFailure()) return;
    if (!happened) {
      EXPECT_EQ(told.acknowledged.size(), 12u);
      EXPECT_GT(n, 50u) << "the loop ended before it tested anything";
      return;
    }
  }
}

TEST(StoreFault, EveryCallFailingOnceKeepsWhatWasAcknowledged) {
  fail_every_call(fault::Fault::kIoError, false, Then::kReopen, 1);
}
TEST(StoreFault, EveryCallFailingForGoodThenPowerLossKeepsWhatWasAcknowledged) {
  fail_every_call(fault::Fault::kIoError, true, Then::kLosePower, 2);
}
TEST(StoreFault, EveryCallFindingTheDiskFullKeepsWhatWasAcknowledged) {
  fail_every_call(fault::Fault::kFull, false, Then::kLosePower, 2);
}

TEST(StoreFault, PowerLossAtAnyMomentKeepsWhatWasAcknowledged) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    fault::FaultVfs disk(seed);
    Told told;
    {
      auto opened = SqliteStore::open(on(disk));
      ASSERT_TRUE(opened.has_value());
      work(**opened, told, static_cast<int>(seed % 9));
      disk.lose_power();
    }
    check(disk, told);
    if (HasFailure()) return;
  }
}

TEST(StoreFault, UnsyncedBytesDoNotSurvive) {
  // The disk itself must be able to lose, or the tests above prove nothing.
  std::size_t lost = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    fault::FaultVfs disk(seed);
    {
      auto opened = SqliteStore::open(on(disk));
      ASSERT_TRUE(opened.has_value());
      disk.fail_sync(1);
      EXPECT_EQ(code((*opened)->transact(Kind::kWrite, kCaller, unit("1"))), ErrorCode::kCommitUnknown);
      disk.lose_power();
    }
    auto opened = SqliteStore::open(on(disk));
    ASSERT_TRUE(opened.has_value());
    const auto found = store::value_of(**opened, Kind::kRead, kCaller, [](Transaction& tx) {
      return tx.messages().find_by_request("north-practice", "1", "c-1");
    });
    ASSERT_TRUE(found.has_value());
    lost += found->has_value() ? 0 : 1;
  }
  EXPECT_EQ(lost, 20u);
}

TEST(StoreFault, AFailedSyncStopsTheWriterForGood) {
  fault::FaultVfs disk(3);
  auto opened = SqliteStore::open(on(disk));
  ASSERT_TRUE(opened.has_value());
  SqliteStore& store = **opened;
  ASSERT_OK(store.transact(Kind::kWrite, kCaller, unit("1")));
  disk.fail_sync(1);
  EXPECT_EQ(code(store.transact(Kind::kWrite, kCaller, unit("2"))), ErrorCode::kCommitUnknown);
  EXPECT_FALSE(store.takes_writes());
  EXPECT_EQ(code(store.transact(Kind::kWrite, kCaller, unit("3"))), ErrorCode::kUnavailable);
  EXPECT_TRUE(store.transact(Kind::kRead, kCaller, [](Transaction&) { return Status(); }).has_value());
}

TEST(StoreFault, WhatIsBuiltOnALogThatFailedToSyncIsSafe) {
  // The failed sync leaves pages that look clean and are not on the disk. A later commit in the same log
  // would be lost with them, unless opening writes the log again.
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    fault::FaultVfs disk(seed);
    Told told;
    {
      auto opened = SqliteStore::open(on(disk));
      ASSERT_TRUE(opened.has_value());
      tell(told, "1", (*opened)->transact(Kind::kWrite, kCaller, unit("1")));
      disk.fail_sync(1);
      tell(told, "2", (*opened)->transact(Kind::kWrite, kCaller, unit("2")));
    }
    {
      auto opened = SqliteStore::open(on(disk));
      ASSERT_TRUE(opened.has_value());
      tell(told, "3", (*opened)->transact(Kind::kWrite, kCaller, unit("3")));
      EXPECT_TRUE(told.acknowledged.contains("3"));
      disk.lose_power();
    }
    check(disk, told);
    if (HasFailure()) return;
  }
}

TEST(StoreFault, AFullDiskRefusesAndKeepsTheRest) {
  fault::FaultVfs disk(1);
  Told told;
  {
    auto opened = SqliteStore::open(on(disk));
    ASSERT_TRUE(opened.has_value());
    disk.set_capacity(disk.size() + 200'000);
    work(**opened, told, 10);
    EXPECT_FALSE((*opened)->takes_writes());
    EXPECT_FALSE(told.acknowledged.empty());
    EXPECT_FALSE(told.refused.empty());
    EXPECT_TRUE(told.unknown.empty());
  }
  disk.set_capacity(std::nullopt);
  check(disk, told);
}

TEST(StoreFault, TheLogStopsGrowingAtItsLimit) {
  fault::FaultVfs disk(1);
  Options options = on(disk);
  options.wal_limit_pages = 100;
  auto opened = SqliteStore::open(options);
  ASSERT_TRUE(opened.has_value());
  for (int i = 0; i < 200; ++i)
    ASSERT_OK((*opened)->transact(Kind::kWrite, kCaller, unit(std::to_string(i))));
  EXPECT_LT((*opened)->log_pages(), 200);
}

class StoreFolder : public ::testing::Test {
 protected:
  StoreFolder() { options.folder = folder.path() + "/a/b"; }
  TemporaryFolder folder;
  Options options;
};

TEST_F(StoreFolder, ASecondServerIsLockedOutAndAToolIsNot) {
  auto first = SqliteStore::open(options);
  ASSERT_TRUE(first.has_value());
  ASSERT_OK((*first)->transact(Kind::kWrite, kCaller, unit("1")));
  EXPECT_EQ(code(SqliteStore::open(options)), ErrorCode::kBusy);
  Options tool = options;
  tool.mode = gateway::store_sqlite::OpenMode::kTool;
  {
    auto beside = SqliteStore::open(tool);
    ASSERT_TRUE(beside.has_value());
    ASSERT_OK((*beside)->transact(Kind::kWrite, kCaller, unit("2")));
  }
  Options reader = options;
  reader.mode = gateway::store_sqlite::OpenMode::kReadOnly;
  auto reading = SqliteStore::open(reader);
  ASSERT_TRUE(reading.has_value());
  EXPECT_EQ(code((*reading)->transact(Kind::kWrite, kCaller, unit("3"))), ErrorCode::kUnavailable);
  ASSERT_OK((*first)->transact(Kind::kWrite, kCaller, unit("4")));
  const auto verdict =
      store::value_of(**reading, Kind::kRead, kCaller, [](Transaction& tx) { return tx.audit().verify({}); });
  ASSERT_OK(verdict);
  EXPECT_FALSE(verdict->broken_at) << "the chain survives two writers";
  EXPECT_EQ(verdict->checked, 3);
  first->reset();
  ASSERT_TRUE(SqliteStore::open(options).has_value());
}

TEST_F(StoreFolder, ToolsNeedAStoreThatIsThere) {
  options.mode = gateway::store_sqlite::OpenMode::kTool;
  EXPECT_EQ(code(SqliteStore::open(options)), ErrorCode::kNotFound);
}

TEST_F(StoreFolder, FilesArePrivate) {
  auto opened = SqliteStore::open(options);
  ASSERT_TRUE(opened.has_value());
  for (const auto& entry : std::filesystem::directory_iterator(options.folder)) {
    const auto others = std::filesystem::perms::group_all | std::filesystem::perms::others_all;
    EXPECT_EQ(entry.status().permissions() & others, std::filesystem::perms::none) << entry.path();
  }
}

TEST_F(StoreFolder, ABackupIsAWholeStore) {
  {
    auto opened = SqliteStore::open(options);
    ASSERT_TRUE(opened.has_value());
    for (int i = 0; i < 20; ++i)
      ASSERT_OK((*opened)->transact(Kind::kWrite, kCaller, unit(std::to_string(i))));
    std::filesystem::create_directory(folder.path() + "/copy");
    ASSERT_OK((*opened)->backup(folder.path() + "/copy/ligament.db"));
    EXPECT_EQ(code((*opened)->backup(folder.path() + "/copy/ligament.db")), ErrorCode::kConflict);
    ASSERT_OK((*opened)->transact(Kind::kWrite, kCaller, unit("later")));
  }
  options.folder = folder.path() + "/copy";
  auto copy = SqliteStore::open(options);
  ASSERT_TRUE(copy.has_value());
  const auto verdict =
      store::value_of(**copy, Kind::kRead, kCaller, [](Transaction& tx) { return tx.audit().verify({}); });
  ASSERT_OK(verdict);
  EXPECT_EQ(verdict->checked, 20);
}

TEST_F(StoreFolder, ALogWithoutItsDatabaseIsNotPassedOver) {
  std::filesystem::create_directories(options.folder);
  FILE* const file = std::fopen((options.folder + "/ligament.db-wal").c_str(), "w");
  ASSERT_NE(file, nullptr);
  std::fputs("left behind", file);
  std::fclose(file);
  EXPECT_EQ(code(SqliteStore::open(options)), ErrorCode::kCorrupt);
}

TEST_F(StoreFolder, AStartThatWasCutShortIsBegunAgain) {
  std::filesystem::create_directories(options.folder);
  FILE* const file = std::fopen((options.folder + "/ligament.db.new").c_str(), "w");
  ASSERT_NE(file, nullptr);
  std::fputs("half a store", file);
  std::fclose(file);
  auto opened = SqliteStore::open(options);
  ASSERT_TRUE(opened.has_value()) << to_text(opened.error());
  ASSERT_OK((*opened)->transact(Kind::kWrite, kCaller, unit("1")));
}

TEST_F(StoreFolder, AnotherProgramsFileIsRefused) {
  std::filesystem::create_directories(options.folder);
  FILE* const file = std::fopen((options.folder + "/ligament.db").c_str(), "w");
  ASSERT_NE(file, nullptr);
  std::fputs(
      "this is a text, longer than a header of one hundred bytes would be, so that it cannot be taken for an "
      "empty one",
      file);
  std::fclose(file);
  EXPECT_EQ(code(SqliteStore::open(options)), ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace tests::contract
