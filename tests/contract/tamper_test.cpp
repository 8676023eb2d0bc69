// What an intruder with the file cannot do unseen, and what the store refuses to open.
#include <sqlite3.h>

#include "tests/contract/store_fixture.hpp"

namespace tests::contract {
namespace {

using gateway::store_sqlite::Options;
using gateway::store_sqlite::SqliteStore;

class StoreTamper : public ::testing::Test {
 protected:
  StoreTamper() {
    options.folder = folder.path();
    path = folder.path() + "/ligament.db";
    auto opened = SqliteStore::open(options);
    EXPECT_TRUE(opened.has_value());
    for (int i = 0; i < 4; ++i) {
      EXPECT_TRUE((*opened)
                      ->transact(Kind::kWrite, kCaller,
                                 [&](Transaction& tx) -> Status {
                                   auto entry = audit("event-" + std::to_string(i));
                                   LIGAMENT_TRY(entry.message,
                                                tx.messages().append(message(std::to_string(i))));
                                   LIGAMENT_TRY([[maybe_unused]] const auto seq, tx.audit().append(entry));
                                   return {};
                                 })
                      .has_value());
    }
  }
  void alter(const std::string& sql) {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
    char* error = nullptr;
    EXPECT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &error), SQLITE_OK) << sql << ": " << error;
    sqlite3_free(error);
    sqlite3_close(db);
  }
  store::AuditVerdict verify(const store::AuditHead& from = {}) {
    auto opened = SqliteStore::open(options);
    EXPECT_TRUE(opened.has_value());
    const auto verdict = store::value_of(**opened, Kind::kRead, kCaller,
                                         [&](Transaction& tx) { return tx.audit().verify(from); });
    EXPECT_TRUE(verdict.has_value());
    return verdict.value_or(store::AuditVerdict{});
  }
  TemporaryFolder folder;
  Options options;
  std::string path;
};

TEST_F(StoreTamper, EveryAlteredColumnIsFound) {
  EXPECT_FALSE(verify().broken_at);
  const std::vector<std::pair<std::string, std::string>> edits = {
      {"at", "at + 1"},
      {"partner", "'someone'"},
      {"ods", "'X1'"},
      {"role", "'hub'"},
      {"action", "85"},
      {"event", "event || 'x'"},
      {"subject", "'Task/other'"},
      {"message", "1"},
      {"message", "NULL"},
      {"outcome", "8"},
      {"hash", "zeroblob(32)"},
      {"hash", "x'00'"},
      {"partner", "partner || ods"},  // bytes moved from one text to the next
  };
  for (const auto& [column, value] : edits) {
    SCOPED_TRACE(column + " = " + value);
    std::filesystem::copy_file(path, path + ".kept", std::filesystem::copy_options::overwrite_existing);
    alter("UPDATE audit SET " + column + " = " + value + " WHERE seq = 3");
    EXPECT_EQ(verify().broken_at, store::AuditSeq(3));
    std::filesystem::copy_file(path + ".kept", path, std::filesystem::copy_options::overwrite_existing);
  }
  EXPECT_FALSE(verify().broken_at);
}

TEST_F(StoreTamper, RemovalReorderAndATornTailAreFound) {
  const std::vector<std::pair<std::string, std::int64_t>> edits = {
      {"DELETE FROM audit WHERE seq = 2", 2},
      {"DELETE FROM audit WHERE seq = 1", 1},
      {"DELETE FROM audit WHERE seq = 4", 4},
      {"DELETE FROM audit", 1},
      {"UPDATE audit SET seq = 9 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3;"
       "UPDATE audit SET seq = 3 WHERE seq = 9",
       2},
      {"UPDATE store_state SET audit_hash = zeroblob(32)", 5},
  };
  for (const auto& [sql, place] : edits) {
    SCOPED_TRACE(sql);
    std::filesystem::copy_file(path, path + ".kept", std::filesystem::copy_options::overwrite_existing);
    alter(sql);
    EXPECT_EQ(verify().broken_at, store::AuditSeq(place));
    std::filesystem::copy_file(path + ".kept", path, std::filesystem::copy_options::overwrite_existing);
  }
}

TEST_F(StoreTamper, EveryByteOfAnEncodingCounts) {
  store::AuditEntry entry{store::AuditSeq(7), kCaller, audit("e"), {}};
  entry.what.referral = store::ReferralSeq(3);
  const std::string encoding = store::audit_encoding(entry);
  EXPECT_EQ(encoding.front(), '\1');
  const store::Digest whole = store::sha256(encoding);
  for (std::size_t i = 0; i < encoding.size(); ++i) {
    std::string altered = encoding;
    altered[i] = static_cast<char>(altered[i] ^ 1);
    EXPECT_NE(store::sha256(altered), whole) << "byte " << i;
  }
  auto moved = entry;
  moved.caller.partner += moved.caller.ods.front();
  moved.caller.ods.erase(0, 1);
  EXPECT_NE(store::audit_encoding(moved), encoding);
}

TEST_F(StoreTamper, AnAlteredMigrationIsRefused) {
  alter("UPDATE migration SET checksum = zeroblob(32) WHERE number = 1");
  EXPECT_EQ(code(SqliteStore::open(options)), ErrorCode::kCorrupt);
}

TEST_F(StoreTamper, AStoreOfANewerProgramIsRefused) {
  alter("INSERT INTO migration (number, checksum) VALUES (9999, zeroblob(32))");
  EXPECT_EQ(code(SqliteStore::open(options)), ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace tests::contract
