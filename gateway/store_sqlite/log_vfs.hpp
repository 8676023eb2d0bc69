// The file system of the writer's connection: SQLite writes the frames of its log one by one, each as a head
// of 24 bytes and a page; here they are gathered and reach the file in writes of up to a mebibyte.
//
// Only a connection with `synchronous = FULL` may use it. Such a connection syncs the log before it tells
// other connections of a commit (SQLite, wal.c, sqlite3WalFrames), and a sync writes what was gathered first:
// so nobody looks for a frame that is not in the file. A write that fails may come to light at the sync
// instead of at its own call, with the same result code; frames reach the file in their order, the commit
// record last, as before.
#pragma once

#include <memory>
#include <string>

#include "fhir/base/result.hpp"

struct sqlite3_vfs;

namespace gateway::store_sqlite {

/// A registered SQLite VFS over another one. Files other than logs are those of the other one. Outlives the
/// connections that use it. Made and destroyed on any thread; its files belong to the thread of their
/// connection.
class LogVfs {
 public:
  /// `base` names a registered VFS; empty: SQLite's own. kInternal: there is none of that name.
  [[nodiscard]] static fhir::Result<std::unique_ptr<LogVfs>> over(const std::string& base);
  LogVfs(const LogVfs&) = delete;
  LogVfs& operator=(const LogVfs&) = delete;
  ~LogVfs();

  /// The registered name.
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

 private:
  struct Registration;
  explicit LogVfs(sqlite3_vfs* base);
  std::string name_;
  std::unique_ptr<Registration> registration_;
};

}  // namespace gateway::store_sqlite
