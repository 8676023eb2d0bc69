#include "gateway/store_sqlite/log_vfs.hpp"

#include <cstddef>
#include <new>
#include <sqlite3.h>
#include <string_view>

namespace gateway::store_sqlite {

using fhir::ErrorCode;
using fhir::fail;
using fhir::Result;

namespace {

/// SQLite's own file system takes less than 128 KiB in one write.
constexpr std::size_t kGatherBytes = std::size_t{127} * 1024;

/// What SQLite holds for an open log; the file of the VFS below lies behind it in the same memory. SQLite
/// aligns that to 8.
struct LogFile : sqlite3_file {
  std::string gathered;           ///< Bytes not written yet,
  sqlite3_int64 gathered_at = 0;  ///< for this place of the file.

  [[nodiscard]] sqlite3_file* below() noexcept {
    return reinterpret_cast<sqlite3_file*>(this + 1);
  }  // NOLINT

  /// Writes what was gathered. After a failure it is forgotten: SQLite gives the transaction up.
  int put_down() {
    if (gathered.empty()) return SQLITE_OK;
    const int result =
        below()->pMethods->xWrite(below(), gathered.data(), static_cast<int>(gathered.size()), gathered_at);
    gathered.clear();
    return result;
  }

  int write(std::string_view bytes, sqlite3_int64 at) {
    const bool follows = at == gathered_at + static_cast<sqlite3_int64>(gathered.size());
    if (!gathered.empty() && (!follows || gathered.size() + bytes.size() > kGatherBytes)) {
      const int result = put_down();
      if (result != SQLITE_OK) return result;
    }
    if (gathered.empty()) gathered_at = at;
    gathered.append(bytes);
    return SQLITE_OK;
  }
};

static_assert(alignof(LogFile) <= 8);

/// The functions SQLite calls. All but write() see the file as if nothing had been gathered.
struct LogCalls {
  static LogFile& log(sqlite3_file* file) { return *static_cast<LogFile*>(file); }

  static int close(sqlite3_file* file) {
    LogFile& of = log(file);
    const int written = of.put_down();
    const int closed = of.below()->pMethods->xClose(of.below());
    of.~LogFile();
    return written != SQLITE_OK ? written : closed;
  }
  static int read(sqlite3_file* file, void* to, int size, sqlite3_int64 at) {
    const int result = log(file).put_down();
    return result != SQLITE_OK ? result : log(file).below()->pMethods->xRead(log(file).below(), to, size, at);
  }
  static int write(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
    return log(file).write({static_cast<const char*>(from), static_cast<std::size_t>(size)}, at);
  }
  static int truncate(sqlite3_file* file, sqlite3_int64 size) {
    const int result = log(file).put_down();
    return result != SQLITE_OK ? result : log(file).below()->pMethods->xTruncate(log(file).below(), size);
  }
  static int sync(sqlite3_file* file, int flags) {
    const int result = log(file).put_down();
    return result != SQLITE_OK ? result : log(file).below()->pMethods->xSync(log(file).below(), flags);
  }
  static int file_size(sqlite3_file* file, sqlite3_int64* size) {
    const int result = log(file).put_down();
    return result != SQLITE_OK ? result : log(file).below()->pMethods->xFileSize(log(file).below(), size);
  }
  static int lock(sqlite3_file* file, int level) {
    return log(file).below()->pMethods->xLock(log(file).below(), level);
  }
  static int unlock(sqlite3_file* file, int level) {
    return log(file).below()->pMethods->xUnlock(log(file).below(), level);
  }
  static int check_reserved_lock(sqlite3_file* file, int* locked) {
    return log(file).below()->pMethods->xCheckReservedLock(log(file).below(), locked);
  }
  static int file_control(sqlite3_file* file, int what, void* with) {
    const int result = log(file).put_down();
    return result != SQLITE_OK ? result
                               : log(file).below()->pMethods->xFileControl(log(file).below(), what, with);
  }
  static int sector_size(sqlite3_file* file) {
    return log(file).below()->pMethods->xSectorSize(log(file).below());
  }
  static int device_characteristics(sqlite3_file* file) {
    return log(file).below()->pMethods->xDeviceCharacteristics(log(file).below());
  }
};

/// Version 1: SQLite neither maps a log nor keeps shared memory on it.
constexpr sqlite3_io_methods kLogMethods = {.iVersion = 1,
                                            .xClose = LogCalls::close,
                                            .xRead = LogCalls::read,
                                            .xWrite = LogCalls::write,
                                            .xTruncate = LogCalls::truncate,
                                            .xSync = LogCalls::sync,
                                            .xFileSize = LogCalls::file_size,
                                            .xLock = LogCalls::lock,
                                            .xUnlock = LogCalls::unlock,
                                            .xCheckReservedLock = LogCalls::check_reserved_lock,
                                            .xFileControl = LogCalls::file_control,
                                            .xSectorSize = LogCalls::sector_size,
                                            .xDeviceCharacteristics = LogCalls::device_characteristics};

}  // namespace

/// A copy of the VFS below, with its pAppData, so that its functions serve for it; only opening differs.
struct LogVfs::Registration : sqlite3_vfs {
  Registration(sqlite3_vfs* under, const std::string& name) : sqlite3_vfs(*under), below(under) {
    pNext = nullptr;
    zName = name.c_str();
    szOsFile = static_cast<int>(sizeof(LogFile)) + under->szOsFile;
    xOpen = open;
  }

  static int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* given) {
    sqlite3_vfs* const under = static_cast<Registration*>(vfs)->below;
    if ((flags & SQLITE_OPEN_WAL) == 0) return under->xOpen(under, path, file, flags, given);
    auto* const log = new (file) LogFile();
    log->below()->pMethods = nullptr;
    const int result = under->xOpen(under, path, log->below(), flags, given);
    if (result == SQLITE_OK) {
      log->pMethods = &kLogMethods;
      return result;
    }
    if (log->below()->pMethods != nullptr) log->below()->pMethods->xClose(log->below());
    log->~LogFile();
    file->pMethods = nullptr;
    return result;
  }

  sqlite3_vfs* below;
};

LogVfs::LogVfs(sqlite3_vfs* base)
    : name_("ligament-log-" + std::to_string(reinterpret_cast<std::uintptr_t>(this))),  // NOLINT: unique
      registration_(std::make_unique<Registration>(base, name_)) {}

Result<std::unique_ptr<LogVfs>> LogVfs::over(const std::string& base) {
  sqlite3_vfs* const below = sqlite3_vfs_find(base.empty() ? nullptr : base.c_str());
  if (below == nullptr) return fail(ErrorCode::kInternal, "no such VFS");
  std::unique_ptr<LogVfs> made(new LogVfs(below));  // NOLINT: private constructor
  if (sqlite3_vfs_register(made->registration_.get(), 0) != SQLITE_OK)
    return fail(ErrorCode::kInternal, "the VFS of the log cannot be registered");
  return made;
}

LogVfs::~LogVfs() {
  sqlite3_vfs_unregister(registration_.get());
}

}  // namespace gateway::store_sqlite
