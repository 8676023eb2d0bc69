// The embedded store: one SQLite file in a folder. The file is described in docs/storage-format.md.
//
//   store_sqlite::Options options;
//   options.folder = "/var/lib/ligament";
//   LIGAMENT_TRY(std::unique_ptr<SqliteStore> store, SqliteStore::open(options));
//
// Write-ahead log, full synchronous: what a transaction wrote is on the disk when it returns. One writer
// connection takes turns; a few reader connections run beside it on snapshots. The log is copied into the
// file by checkpoint_if_needed(); when it has grown past a limit the next write copies it first, so it cannot
// grow without end.
//
// Failure. Disk full or an input or output error stops the writer for good: the connection is closed without
// touching the files, every later write is kUnavailable, and somebody must look and open the store anew.
// Opening writes a log that was left behind over itself before anything is built on it, because after a
// failed sync the system's word on it is worth nothing.
#pragma once

#include <memory>
#include <string>

#include "gateway/store/store.hpp"

namespace gateway::store_sqlite {

enum class OpenMode : std::uint8_t {
  kServer,    ///< Makes the folder, brings the schema up to date, locks other servers out.
  kTool,      ///< Reads and writes beside a server or without one; needs an existing store.
  kReadOnly,  ///< Reads only.
};

struct Options {
  std::string folder;
  OpenMode mode = OpenMode::kServer;
  std::size_t readers = 2;       ///< Reader connections at most; a further read waits.
  int checkpoint_pages = 2'000;  ///< Of 4 KiB: below it checkpoint_if_needed() does nothing.
  int wal_limit_pages = 64'000;  ///< The log grows no longer before a write copies it; about 260 MB.
  std::chrono::milliseconds busy_timeout{5000};  ///< Wait for another process's write.
  std::string vfs;  ///< For tests and simulations: a registered SQLite VFS; then `folder` is only a name and
                    ///< is not locked.
};

/// Any thread. Store's comment has the errors of transactions.
class SqliteStore final : public store::Store {
 public:
  /// Errors: kBusy (another server has the folder), kNotFound (no store there, for a tool), kUnavailable,
  /// kCorrupt, kUnsupported (written by a newer version).
  [[nodiscard]] static fhir::Result<std::unique_ptr<SqliteStore>> open(const Options& options);
  ~SqliteStore() override;

  [[nodiscard]] fhir::Status transact(store::Kind kind, const store::Caller& caller,
                                      const store::Work& work) override;
  [[nodiscard]] store::GroupOutcome transact_group(std::span<const store::Unit> units) override;
  [[nodiscard]] store::Durability durability() const noexcept override { return store::Durability::kDisk; }
  [[nodiscard]] fhir::Status checkpoint_if_needed() override;
  [[nodiscard]] fhir::Status backup(const std::string& destination) override;

  /// False once the writer has stopped; readiness asks.
  [[nodiscard]] bool takes_writes() const;
  /// Pages in the write-ahead log after the last write.
  [[nodiscard]] int log_pages() const;

 private:
  class Writer;
  class Readers;
  struct State;
  explicit SqliteStore(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace gateway::store_sqlite
