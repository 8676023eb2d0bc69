// The numbers of messages: given out before the transaction, so that everything a message writes can be built
// before it.
#pragma once

#include <atomic>
#include <cstdint>

#include "fhir/base/result.hpp"
#include "gateway/store/store.hpp"

namespace gateway::intake {

/// One per process and store; whoever appends to the message log of a running gateway takes its number here.
/// A number that is not used in the end leaves a gap and nothing else. Any thread.
class MessageSequence {
 public:
  /// `last` is the highest number the store has.
  explicit MessageSequence(store::MessageSeq last) : next_(last.value() + 1) {}
  MessageSequence(const MessageSequence&) = delete;
  MessageSequence& operator=(const MessageSequence&) = delete;

  [[nodiscard]] store::MessageSeq next() noexcept {
    return store::MessageSeq(next_.fetch_add(1, std::memory_order_relaxed));
  }

 private:
  std::atomic<std::int64_t> next_;
};

/// The highest number in the store's message log, 0 when it is empty. Blocks; for the start.
[[nodiscard]] fhir::Result<store::MessageSeq> last_message(store::Store& store);

}  // namespace gateway::intake
