#include "gateway/store_sqlite/folder.hpp"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <sqlite3.h>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

#include "gateway/store_sqlite/connection.hpp"

namespace gateway::store_sqlite {

using fhir::ErrorCode;
using fhir::fail;
using fhir::Result;
using fhir::Status;

namespace {

tl::unexpected<fhir::Error> system_failure(const std::string& what) {
  return fail(ErrorCode::kUnavailable, what + ": " + std::generic_category().message(errno));
}

}  // namespace

Result<FolderLock> FolderLock::take(const std::string& folder) {
  FolderLock lock;
  const std::string path = folder + "/ligament.lock";
  lock.descriptor_ = ::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (lock.descriptor_ < 0) return system_failure("cannot open the lock of the data folder");
  if (::flock(lock.descriptor_, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return fail(ErrorCode::kBusy, "another server uses this data folder");
    return system_failure("cannot lock the data folder");
  }
  return lock;
}

FolderLock::FolderLock(FolderLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FolderLock& FolderLock::operator=(FolderLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Status make_folder(const std::string& folder) {
  std::error_code error;
  if (std::filesystem::is_directory(folder, error)) return {};
  std::filesystem::create_directories(folder, error);
  if (error) return fail(ErrorCode::kUnavailable, "cannot make the data folder: " + error.message());
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  if (error) return fail(ErrorCode::kUnavailable, "cannot protect the data folder: " + error.message());
  return {};
}

Status make_private_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor < 0 && errno == EEXIST) return fail(ErrorCode::kConflict, "the file exists");
  if (descriptor < 0) return system_failure("cannot make the file");
  ::close(descriptor);
  return {};
}

namespace {

/// Syncs a file or folder.
Status sync_path(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return system_failure("cannot open what was written");
  const int result = ::fsync(descriptor);
  ::close(descriptor);
  if (result != 0) return system_failure("cannot sync what was written");
  return {};
}

}  // namespace

Status publish_file(const std::string& made, const std::string& path) {
  LIGAMENT_CHECK(sync_path(made));
  if (::rename(made.c_str(), path.c_str()) != 0) return system_failure("cannot name the file");
  return sync_path(std::filesystem::path(path).parent_path().string());
}

namespace {

/// Closes a file of a VFS.
struct VfsFile {
  explicit VfsFile(int size) : bytes(static_cast<std::size_t>(size), std::byte{0}) {}
  VfsFile(const VfsFile&) = delete;
  VfsFile& operator=(const VfsFile&) = delete;
  ~VfsFile() {
    if (get()->pMethods != nullptr) get()->pMethods->xClose(get());
  }
  sqlite3_file* get() { return reinterpret_cast<sqlite3_file*>(bytes.data()); }  // NOLINT: how a VFS is used
  std::vector<std::byte> bytes;
};

int rewrite(sqlite3_file* file) {
  sqlite3_int64 size = 0;
  int result = file->pMethods->xFileSize(file, &size);
  std::vector<char> chunk(1u << 16u);
  for (sqlite3_int64 at = 0; at < size && result == SQLITE_OK;) {
    const int part =
        static_cast<int>(std::min<sqlite3_int64>(size - at, static_cast<sqlite3_int64>(chunk.size())));
    result = file->pMethods->xRead(file, chunk.data(), part, at);
    if (result == SQLITE_OK) result = file->pMethods->xWrite(file, chunk.data(), part, at);
    at += part;
  }
  if (result == SQLITE_OK && size > 0) result = file->pMethods->xSync(file, SQLITE_SYNC_FULL);
  return result;
}

}  // namespace

Status rewrite_log(const std::string& vfs, const std::string& database_path) {
  sqlite3_vfs* const system = sqlite3_vfs_find(vfs.empty() ? nullptr : vfs.c_str());
  if (system == nullptr) return fail(ErrorCode::kInternal, "no such VFS");
  const std::string journal = database_path + "-journal";
  const std::string log = database_path + "-wal";
  const std::unique_ptr<const char, void (*)(const char*)> names(
      sqlite3_create_filename(database_path.c_str(), journal.c_str(), log.c_str(), 0, nullptr),
      [](const char* name) { sqlite3_free_filename(const_cast<char*>(name)); });  // NOLINT: SQLite's type
  int exists = 0;
  const char* const path = sqlite3_filename_wal(names.get());
  if (system->xAccess(system, path, SQLITE_ACCESS_EXISTS, &exists) != SQLITE_OK || exists == 0) return {};
  VfsFile file(system->szOsFile);
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_WAL;
  int result = system->xOpen(system, path, file.get(), flags, &flags);
  if (result == SQLITE_OK) result = rewrite(file.get());
  if (result != SQLITE_OK) return fail(code_of(result), "the write-ahead log cannot be written again");
  return {};
}

}  // namespace gateway::store_sqlite
