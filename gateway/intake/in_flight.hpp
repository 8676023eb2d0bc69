// The messages being worked on now, so that a retry that overtakes its first attempt is told to wait.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_set>
#include <utility>

#include "gateway/intake/arrival.hpp"

namespace gateway::intake {

/// Bounded. One thread. Made by std::make_shared: a stay may outlast it, when an event loop that ends drops
/// the coroutine that holds the stay.
class InFlight : public std::enable_shared_from_this<InFlight> {
 public:
  enum class Entry : std::uint8_t { kEntered, kPresent, kFull };
  explicit InFlight(std::size_t capacity) : capacity_(capacity) {}

  /// Leaves when destroyed.
  class Stay {
   public:
    Stay(std::weak_ptr<InFlight> set, std::string key, Entry entry)
        : set_(std::move(set)), key_(std::move(key)), entry_(entry) {}
    Stay(Stay&& other) noexcept
        : set_(std::exchange(other.set_, {})), key_(std::move(other.key_)), entry_(other.entry_) {}
    Stay& operator=(Stay&&) = delete;
    Stay(const Stay&) = delete;
    Stay& operator=(const Stay&) = delete;
    ~Stay() {
      const std::shared_ptr<InFlight> set = set_.lock();
      if (set && entry_ == Entry::kEntered) set->leave(key_);
    }
    [[nodiscard]] Entry entry() const noexcept { return entry_; }

   private:
    std::weak_ptr<InFlight> set_;
    std::string key_;
    Entry entry_;
  };

  /// A message without both ids is counted, and never present.
  [[nodiscard]] Stay enter(const std::string& partner, const ConversationIds& ids);
  [[nodiscard]] std::size_t size() const noexcept { return count_; }

 private:
  void leave(const std::string& key);
  std::size_t capacity_;
  std::size_t count_ = 0;
  std::unordered_set<std::string> keys_;
};

}  // namespace gateway::intake
