// A SQLite file system in memory that loses what was not synced and fails when told: the disk of fault tests
// and simulations.
//
//   FaultVfs disk(seed);
//   options.vfs = disk.name();
//   ... work with the store ...
//   disk.lose_power();   // the store that is open now can only fail; drop it
//   ... open a new store: what was synced is there ...
//
// What it models. A write is seen at once and is durable when a later sync of its file succeeds. At a loss of
// power each block of each write that was not synced is kept, dropped or torn, by the seed. A sync that fails
// leaves its writes visible and never durable unless they are written again, as Linux does. A file that was
// never synced is gone. Deleting is durable at once.
//
// One thread. Runs are repeated by the seed; time and randomness of SQLite come from it too.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fhir/base/random.hpp"

struct sqlite3_vfs;

namespace tests::fault {

enum class Fault : std::uint8_t {
  kIoError,  ///< The call fails.
  kFull,     ///< A write or truncation fails for want of room; another kind of call fails as kIoError.
};

class FaultVfs {
 public:
  explicit FaultVfs(std::uint64_t seed);
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;
  ~FaultVfs();

  /// The registered name, for Options::vfs.
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

  /// Opens, reads, writes, truncations, syncs and deletions so far.
  [[nodiscard]] std::uint64_t calls() const noexcept { return calls_; }
  /// The `n`-th call from now on fails (1 is the next), and with `for_good` all after it.
  void fail_call(std::uint64_t n, Fault fault, bool for_good = false);
  /// The `n`-th sync from now on fails, once.
  void fail_sync(std::uint64_t n);
  /// Whether an ordered fault has happened.
  [[nodiscard]] bool fault_happened() const noexcept { return happened_; }
  void heal();
  /// Of writes that would make the sum of all files larger, what has room is written; then they fail with
  /// "full".
  void set_capacity(std::optional<std::uint64_t> bytes) { capacity_ = bytes; }
  [[nodiscard]] std::uint64_t size() const;

  void lose_power();

  /// Turns over one byte of a file, durable and visible. False when there is no such byte.
  bool corrupt(const std::string& path, std::uint64_t offset);
  [[nodiscard]] std::vector<std::string> paths() const;

  struct File;
  struct Calls;  // the functions SQLite calls

 private:
  struct Registration;
  [[nodiscard]] std::optional<int> fault_of(bool takes_room);
  /// How many of `count` bytes from `offset` on have room.
  [[nodiscard]] std::uint64_t room_for(const File& file, std::uint64_t offset, std::uint64_t count) const;
  std::string name_;
  fhir::SeededRandom random_;
  std::unique_ptr<Registration> registration_;
  std::map<std::string, std::shared_ptr<File>> files_;
  std::uint64_t epoch_ = 0;
  std::uint64_t calls_ = 0;
  std::uint64_t fail_at_ = 0;
  Fault fault_ = Fault::kIoError;
  bool for_good_ = false;
  bool happened_ = false;
  std::uint64_t fail_sync_in_ = 0;
  std::optional<std::uint64_t> capacity_;
  std::int64_t time_ms_ = 0;
};

}  // namespace tests::fault
