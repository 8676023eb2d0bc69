// The store: transactions over the ports. Synchronous; an event loop reaches it through gateway/commit or a
// blocking pool.
//
//   const Result<MessageRow> row = store::value_of(store, Kind::kRead, caller, [&](Transaction& tx) ->
//   Result<MessageRow> {
//     LIGAMENT_TRY(auto found, tx.messages().find(seq));
//     if (!found) return fail(ErrorCode::kNotFound, "no such message");
//     return *found;
//   });
//
// A unit of work (`fn`) may run again after a conflict or a busy file, so it has no effect but through its
// transaction, and it assigns what it captures rather than adding to it.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "fhir/base/result.hpp"
#include "gateway/store/caller.hpp"
#include "gateway/store/ids.hpp"
#include "gateway/store/transaction.hpp"

namespace gateway::store {

enum class Kind : std::uint8_t {
  kRead,   ///< A consistent snapshot; writing fails with kInternal.
  kWrite,  ///< All or nothing, durable when the call returns.
};

enum class Durability : std::uint8_t {
  kMemory,  ///< Gone with the process.
  kDisk,    ///< Synced before the call returned: survives loss of power.
};

using Work = std::function<fhir::Status(Transaction&)>;

/// One unit of a group.
struct Unit {
  Caller caller;
  Work work;
  std::size_t bytes = 0;  ///< About what it will write; groups are bounded by it.
};

/// What became of a group. `units[i]` is the result of unit i: success is durable; its own error when it
/// rolled back alone; the error of the commit when that failed for all.
struct GroupOutcome {
  CommitSeq sequence{0};  ///< 0 when nothing was committed.
  std::vector<fhir::Status> units;
};

/// Any thread. Writes take turns; reads run beside them. A unit must not open another transaction.
///
/// Errors of the store itself: kUnavailable (disk full, input or output error: the store takes no more writes
/// until it is reopened), kBusy (another process holds the file; nothing was written), kCommitUnknown (the
/// commit may or may not have happened: repeat with the same request ids and the duplicate rule answers),
/// kCorrupt.
class Store {
 public:
  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  virtual ~Store() = default;

  /// Runs `work` in one transaction; its failure rolls everything back and is the result.
  [[nodiscard]] virtual fhir::Status transact(Kind kind, const Caller& caller, const Work& work) = 0;

  /// Runs the units in order and commits them in one durable transaction. A unit sees what the units before
  /// it wrote; one that fails rolls back alone, and the others may run again for that. When no unit succeeds
  /// nothing is committed.
  [[nodiscard]] virtual GroupOutcome transact_group(std::span<const Unit> units) = 0;

  [[nodiscard]] virtual Durability durability() const noexcept = 0;

  /// Housekeeping the owner calls now and then from a thread of its own: copies the write-ahead log into the
  /// file when it has grown. Does not stop readers, or writers below the log's limit.
  [[nodiscard]] virtual fhir::Status checkpoint_if_needed() = 0;

  /// Writes a consistent copy to `destination`, a path that must not exist. kUnsupported for a store in
  /// memory, kConflict when the path exists.
  [[nodiscard]] virtual fhir::Status backup(const std::string& destination) = 0;
};

/// A transaction that yields a value: `fn` is `Result<T>(Transaction&)`.
template <class Fn>
[[nodiscard]] auto value_of(Store& store, Kind kind, const Caller& caller, Fn&& fn)
    -> std::invoke_result_t<Fn&, Transaction&> {
  std::optional<std::invoke_result_t<Fn&, Transaction&>> outcome;
  fhir::Status done = store.transact(kind, caller, [&](Transaction& tx) -> fhir::Status {
    outcome.emplace(fn(tx));
    if (!outcome->has_value()) return fhir::fail(outcome->error());
    return {};
  });
  if (!done.has_value()) return fhir::fail(std::move(done).error());
  return std::move(*outcome);
}

}  // namespace gateway::store
