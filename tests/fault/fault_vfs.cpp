#include "tests/fault/fault_vfs.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <sqlite3.h>

namespace tests::fault {

namespace {
constexpr std::uint64_t kBlock = 4096;
/// SQLite's own file system writes this much wrongly, and reports a full disk.
constexpr int kTooLongForOneWrite = 128 * 1024;
}  // namespace

/// One file: what is seen, what is durable, and the writes between the two.
struct FaultVfs::File {
  struct Change {
    std::uint64_t offset = 0;
    std::string bytes;
    bool truncates = false;  // to `offset`
  };
  std::string visible;
  std::string durable;
  bool durable_exists = false;
  std::vector<Change> pending;

  int readers = 0;
  const void* reserved = nullptr;
  const void* exclusive = nullptr;

  std::vector<std::unique_ptr<std::array<char, 32768>>> shared;  // the wal-index
  std::array<int, SQLITE_SHM_NLOCK> shared_locks{};
  std::array<const void*, SQLITE_SHM_NLOCK> exclusive_locks{};
  int shared_users = 0;

  static void apply(std::string& bytes, const Change& change) {
    if (change.truncates) {
      bytes.resize(change.offset);
      return;
    }
    if (bytes.size() < change.offset + change.bytes.size()) bytes.resize(change.offset + change.bytes.size());
    bytes.replace(change.offset, change.bytes.size(), change.bytes);
  }
  /// Blocks of the disk reach it each by itself, also those of one write.
  void write(std::uint64_t offset, std::string_view bytes) {
    while (!bytes.empty()) {
      const std::string_view block = bytes.substr(0, kBlock - offset % kBlock);
      change({offset, std::string(block)});
      bytes.remove_prefix(block.size());
      offset += block.size();
    }
  }
  void change(Change made) {
    apply(visible, made);
    pending.push_back(std::move(made));
  }
  void sync() {
    for (const Change& change : pending)
      apply(durable, change);
    pending.clear();
    durable_exists = true;
  }
};

struct FaultVfs::Registration {
  sqlite3_vfs vfs{};
};

namespace {

/// What SQLite holds for an open file.
struct Handle {
  sqlite3_file base;
  FaultVfs* disk;
  std::shared_ptr<FaultVfs::File>* file;
  std::uint64_t epoch;
  int lock;
  bool maps_shared;
  bool delete_on_close;
  char path[512];
};

Handle& handle_of(sqlite3_file* file) {
  return *reinterpret_cast<Handle*>(file);
}  // NOLINT: the VFS interface

}  // namespace

struct FaultVfs::Calls {
  static FaultVfs& disk_of(sqlite3_vfs* vfs) { return *static_cast<FaultVfs*>(vfs->pAppData); }
  static FaultVfs::File& content(sqlite3_file* file) { return **handle_of(file).file; }
  static bool dead(const Handle& handle) { return handle.epoch != handle.disk->epoch_; }

  static int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
    FaultVfs& disk = disk_of(vfs);
    Handle& handle = handle_of(file);
    std::memset(&handle, 0, sizeof handle);
    if (disk.fault_of(false)) return SQLITE_CANTOPEN;
    std::shared_ptr<File> found;
    if (path == nullptr) {
      found = std::make_shared<File>();
    } else {
      std::shared_ptr<File>& slot = disk.files_[path];
      if (slot == nullptr && (flags & SQLITE_OPEN_CREATE) == 0) {
        disk.files_.erase(path);
        return SQLITE_CANTOPEN;
      }
      if (slot == nullptr) slot = std::make_shared<File>();
      found = slot;
      std::strncpy(handle.path, path, sizeof handle.path - 1);
    }
    handle.disk = &disk;
    handle.file = new std::shared_ptr<File>(std::move(found));  // NOLINT: freed by close
    handle.epoch = disk.epoch_;
    handle.delete_on_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
    handle.base.pMethods = &kMethods;
    if (out_flags != nullptr) *out_flags = flags;
    return SQLITE_OK;
  }

  static int close(sqlite3_file* file) {
    Handle& handle = handle_of(file);
    unlock(file, SQLITE_LOCK_NONE);
    shm_unmap(file, 0);
    if (handle.delete_on_close && !dead(handle)) handle.disk->files_.erase(handle.path);
    delete handle.file;  // NOLINT: made by open
    handle.file = nullptr;
    return SQLITE_OK;
  }

  static int read(sqlite3_file* file, void* bytes, int count, sqlite3_int64 offset) {
    Handle& handle = handle_of(file);
    if (dead(handle) || handle.disk->fault_of(false)) return SQLITE_IOERR_READ;
    const std::string& seen = content(file).visible;
    const auto wanted = static_cast<std::size_t>(count);
    const auto at = static_cast<std::size_t>(offset);
    const std::size_t there = at >= seen.size() ? 0 : std::min(wanted, seen.size() - at);
    if (there > 0) std::memcpy(bytes, seen.data() + at, there);
    std::memset(static_cast<char*>(bytes) + there, 0, wanted - there);
    return there == wanted ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
  }

  static int write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 offset) {
    Handle& handle = handle_of(file);
    if (dead(handle) || count >= kTooLongForOneWrite) return SQLITE_IOERR_WRITE;
    if (const auto fault = handle.disk->fault_of(true))
      return *fault == SQLITE_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    File& target = content(file);
    const std::string_view all(static_cast<const char*>(bytes), static_cast<std::size_t>(count));
    const std::string_view fits =
        all.substr(0, handle.disk->room_for(target, static_cast<std::uint64_t>(offset), all.size()));
    target.write(static_cast<std::uint64_t>(offset), fits);
    return fits.size() == all.size() ? SQLITE_OK : SQLITE_FULL;
  }

  static int truncate(sqlite3_file* file, sqlite3_int64 size) {
    Handle& handle = handle_of(file);
    if (dead(handle) || handle.disk->fault_of(true)) return SQLITE_IOERR_TRUNCATE;
    content(file).change({static_cast<std::uint64_t>(size), {}, true});
    return SQLITE_OK;
  }

  static int sync(sqlite3_file* file, int /*flags*/) {
    Handle& handle = handle_of(file);
    if (dead(handle)) return SQLITE_IOERR_FSYNC;
    FaultVfs& disk = *handle.disk;
    bool fails = disk.fault_of(false).has_value();
    if (disk.fail_sync_in_ > 0 && --disk.fail_sync_in_ == 0) fails = disk.happened_ = true;
    if (fails) {
      content(file).pending.clear();  // clean in the eyes of the system, and not on the disk
      return SQLITE_IOERR_FSYNC;
    }
    content(file).sync();
    return SQLITE_OK;
  }

  static int file_size(sqlite3_file* file, sqlite3_int64* size) {
    if (dead(handle_of(file))) return SQLITE_IOERR_FSTAT;
    *size = static_cast<sqlite3_int64>(content(file).visible.size());
    return SQLITE_OK;
  }

  static int lock(sqlite3_file* file, int level) {
    Handle& handle = handle_of(file);
    if (dead(handle)) return SQLITE_IOERR_LOCK;
    File& target = content(file);
    if (handle.lock >= level) return SQLITE_OK;
    if (handle.lock == SQLITE_LOCK_NONE) {
      if (target.exclusive != nullptr) return SQLITE_BUSY;
      ++target.readers;
      handle.lock = SQLITE_LOCK_SHARED;
    }
    if (level >= SQLITE_LOCK_RESERVED) {
      if (target.reserved != nullptr && target.reserved != file) return SQLITE_BUSY;
      target.reserved = file;
      handle.lock = std::max(handle.lock, SQLITE_LOCK_RESERVED);
    }
    if (level == SQLITE_LOCK_EXCLUSIVE) {
      if (target.readers > 1) return SQLITE_BUSY;
      target.exclusive = file;
    }
    handle.lock = level;
    return SQLITE_OK;
  }

  static int unlock(sqlite3_file* file, int level) {
    Handle& handle = handle_of(file);
    if (dead(handle) || handle.lock <= level) return SQLITE_OK;
    File& target = content(file);
    if (target.exclusive == file) target.exclusive = nullptr;
    if (level < SQLITE_LOCK_RESERVED && target.reserved == file) target.reserved = nullptr;
    if (level == SQLITE_LOCK_NONE) --target.readers;
    handle.lock = level;
    return SQLITE_OK;
  }

  static int check_reserved(sqlite3_file* file, int* held) {
    *held = content(file).reserved != nullptr ? 1 : 0;
    return SQLITE_OK;
  }
  static int control(sqlite3_file* /*file*/, int /*what*/, void* /*argument*/) { return SQLITE_NOTFOUND; }
  static int sector_size(sqlite3_file* /*file*/) { return 4096; }
  static int characteristics(sqlite3_file* /*file*/) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

  static int shm_map(sqlite3_file* file, int region, int size, int extend, void volatile** memory) {
    Handle& handle = handle_of(file);
    if (dead(handle)) return SQLITE_IOERR_SHMMAP;
    File& target = content(file);
    if (!handle.maps_shared) {
      handle.maps_shared = true;
      ++target.shared_users;
    }
    *memory = nullptr;
    if (size != 32768) return SQLITE_IOERR_SHMMAP;
    while (extend != 0 && target.shared.size() <= static_cast<std::size_t>(region)) {
      target.shared.push_back(std::make_unique<std::array<char, 32768>>());
    }
    if (target.shared.size() > static_cast<std::size_t>(region)) {
      *memory = target.shared[static_cast<std::size_t>(region)]->data();
    }
    return SQLITE_OK;
  }

  static int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
    Handle& handle = handle_of(file);
    if (dead(handle)) return SQLITE_IOERR_SHMLOCK;
    File& target = content(file);
    const auto first = static_cast<std::size_t>(offset);
    const std::size_t end = first + static_cast<std::size_t>(count);
    if ((flags & SQLITE_SHM_UNLOCK) != 0) {
      for (std::size_t slot = first; slot < end; ++slot) {
        if ((flags & SQLITE_SHM_SHARED) != 0 && target.shared_locks[slot] > 0) --target.shared_locks[slot];
        if ((flags & SQLITE_SHM_EXCLUSIVE) != 0 && target.exclusive_locks[slot] == file) {
          target.exclusive_locks[slot] = nullptr;
        }
      }
      return SQLITE_OK;
    }
    for (std::size_t slot = first; slot < end; ++slot) {
      if (target.exclusive_locks[slot] != nullptr) return SQLITE_BUSY;
      if ((flags & SQLITE_SHM_EXCLUSIVE) != 0 && target.shared_locks[slot] > 0) return SQLITE_BUSY;
    }
    for (std::size_t slot = first; slot < end; ++slot) {
      if ((flags & SQLITE_SHM_SHARED) != 0) ++target.shared_locks[slot];
      if ((flags & SQLITE_SHM_EXCLUSIVE) != 0) target.exclusive_locks[slot] = file;
    }
    return SQLITE_OK;
  }
  static void shm_barrier(sqlite3_file* /*file*/) {}

  static int shm_unmap(sqlite3_file* file, int /*remove*/) {
    Handle& handle = handle_of(file);
    if (!handle.maps_shared) return SQLITE_OK;
    handle.maps_shared = false;
    File& target = content(file);
    if (!dead(handle) && --target.shared_users == 0) target.shared.clear();
    return SQLITE_OK;
  }

  static int remove(sqlite3_vfs* vfs, const char* path, int /*sync*/) {
    FaultVfs& disk = disk_of(vfs);
    if (disk.fault_of(false)) return SQLITE_IOERR_DELETE;
    return disk.files_.erase(path) == 0 ? SQLITE_IOERR_DELETE_NOENT : SQLITE_OK;
  }
  static int access(sqlite3_vfs* vfs, const char* path, int /*flags*/, int* out) {
    const FaultVfs& disk = disk_of(vfs);
    const auto at = disk.files_.find(path);
    *out = at != disk.files_.end() ? 1 : 0;
    return SQLITE_OK;
  }
  static int full_path(sqlite3_vfs* /*vfs*/, const char* path, int size, char* out) {
    std::strncpy(out, path, static_cast<std::size_t>(size) - 1);
    out[size - 1] = '\0';
    return SQLITE_OK;
  }
  static int randomness(sqlite3_vfs* vfs, int count, char* out) {
    disk_of(vfs).random_.fill(
        {reinterpret_cast<std::uint8_t*>(out), static_cast<std::size_t>(count)});  // NOLINT
    return count;
  }
  static int sleep(sqlite3_vfs* vfs, int microseconds) {
    disk_of(vfs).time_ms_ += microseconds / 1000 + 1;
    return microseconds;
  }
  static int time(sqlite3_vfs* vfs, double* days) {
    *days = 2460000.5 + static_cast<double>(disk_of(vfs).time_ms_) / 86400000.0;
    return SQLITE_OK;
  }

  static const sqlite3_io_methods kMethods;
};

const sqlite3_io_methods FaultVfs::Calls::kMethods = {
    2,         close,          read,    write,       truncate,        sync,    file_size, lock,
    unlock,    check_reserved, control, sector_size, characteristics, shm_map, shm_lock,  shm_barrier,
    shm_unmap, nullptr,        nullptr};

FaultVfs::FaultVfs(std::uint64_t seed) : random_(seed), registration_(std::make_unique<Registration>()) {
  char text[32];
  std::snprintf(text, sizeof text, "fault-%p", static_cast<void*>(this));
  name_ = text;
  sqlite3_vfs& vfs = registration_->vfs;
  vfs.iVersion = 1;
  vfs.szOsFile = sizeof(Handle);
  vfs.mxPathname = 500;
  vfs.zName = name_.c_str();
  vfs.pAppData = this;
  vfs.xOpen = Calls::open;
  vfs.xDelete = Calls::remove;
  vfs.xAccess = Calls::access;
  vfs.xFullPathname = Calls::full_path;
  vfs.xRandomness = Calls::randomness;
  vfs.xSleep = Calls::sleep;
  vfs.xCurrentTime = Calls::time;
  sqlite3_vfs_register(&vfs, 0);
}

FaultVfs::~FaultVfs() {
  sqlite3_vfs_unregister(&registration_->vfs);
}

void FaultVfs::fail_call(std::uint64_t n, Fault fault, bool for_good) {
  fail_at_ = calls_ + n;
  fault_ = fault;
  for_good_ = for_good;
  happened_ = false;
}

void FaultVfs::fail_sync(std::uint64_t n) {
  fail_sync_in_ = n;
  happened_ = false;
}

void FaultVfs::heal() {
  fail_at_ = 0;
  fail_sync_in_ = 0;
  capacity_.reset();
}

std::optional<int> FaultVfs::fault_of(bool takes_room) {
  ++calls_;
  if (fail_at_ == 0 || calls_ < fail_at_ || (calls_ > fail_at_ && !for_good_)) return std::nullopt;
  happened_ = true;
  return takes_room && fault_ == Fault::kFull ? SQLITE_FULL : SQLITE_IOERR;
}

std::uint64_t FaultVfs::size() const {
  std::uint64_t sum = 0;
  for (const auto& [path, file] : files_)
    sum += file->visible.size();
  return sum;
}

std::uint64_t FaultVfs::room_for(const File& file, std::uint64_t offset, std::uint64_t count) const {
  if (!capacity_ || offset + count <= file.visible.size()) return count;
  const std::uint64_t used = size();
  const std::uint64_t end = file.visible.size() + (*capacity_ > used ? *capacity_ - used : 0);
  return end > offset ? std::min(count, end - offset) : 0;
}

void FaultVfs::lose_power() {
  ++epoch_;
  std::map<std::string, std::shared_ptr<File>> survivors;
  for (const auto& [path, file] : files_) {
    auto after = std::make_shared<File>();
    after->durable = file->durable;
    for (File::Change change : file->pending) {
      const std::uint64_t fate = random_.below(4);
      if (fate == 0 && !change.bytes.empty())
        change.bytes.resize(random_.below(change.bytes.size()));  // torn
      if (fate <= 1) File::apply(after->durable, change);
    }
    after->durable_exists = file->durable_exists;
    after->visible = after->durable;
    if (file->durable_exists) survivors.emplace(path, std::move(after));
  }
  files_ = std::move(survivors);
  heal();
}

bool FaultVfs::corrupt(const std::string& path, std::uint64_t offset) {
  const auto at = files_.find(path);
  if (at == files_.end() || offset >= at->second->durable.size() || offset >= at->second->visible.size())
    return false;
  for (std::string* bytes : {&at->second->durable, &at->second->visible}) {
    (*bytes)[offset] = static_cast<char>(~static_cast<unsigned char>((*bytes)[offset]));
  }
  return true;
}

std::vector<std::string> FaultVfs::paths() const {
  std::vector<std::string> found;
  found.reserve(files_.size());
  for (const auto& [path, file] : files_)
    found.push_back(path);
  return found;
}

}  // namespace tests::fault
