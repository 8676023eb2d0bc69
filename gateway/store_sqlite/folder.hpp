// The folder of a store: its files and the lock of the one server.
#pragma once

#include <string>

#include "fhir/base/result.hpp"

namespace gateway::store_sqlite {

/// Holds an advisory lock (flock) on `<folder>/ligament.lock` until destroyed. The system lets go of it when
/// the process ends.
class FolderLock {
 public:
  /// kBusy when another process holds it.
  [[nodiscard]] static fhir::Result<FolderLock> take(const std::string& folder);
  FolderLock() = default;
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&& other) noexcept;
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  ~FolderLock();

 private:
  int descriptor_ = -1;
};

/// Makes the folder (mode 0700) and what leads to it.
[[nodiscard]] fhir::Status make_folder(const std::string& folder);

/// Makes an empty file of mode 0600: SQLite gives its companion files the same. kConflict when the path
/// exists.
[[nodiscard]] fhir::Status make_private_file(const std::string& path);

/// Gives a finished file its name: syncs it, renames it and syncs the folder, so that it is there whole or
/// not at all.
[[nodiscard]] fhir::Status publish_file(const std::string& made, const std::string& path);

/// Writes the bytes of a write-ahead log over themselves and syncs it. After a failed sync the system may
/// call pages clean that never reached the disk; only writing them again makes a later sync mean something.
/// Nothing to do when there is no log.
[[nodiscard]] fhir::Status rewrite_log(const std::string& vfs, const std::string& database_path);

}  // namespace gateway::store_sqlite
