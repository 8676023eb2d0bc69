// The messages being worked on now, so that a retry that overtakes its first attempt is told to wait.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_set>
#include <utility>

#include "gateway/intake/reading.hpp"

namespace gateway::intake {

/// Bounded. One thread.
class InFlight {
 public:
  enum class Entry : std::uint8_t { kEntered, kPresent, kFull };
  explicit InFlight(std::size_t capacity) : capacity_(capacity) {}

  /// Leaves when destroyed.
  class Stay {
   public:
    Stay(InFlight& set, std::string key, Entry entry) : set_(&set), key_(std::move(key)), entry_(entry) {}
    Stay(Stay&& other) noexcept
        : set_(std::exchange(other.set_, nullptr)), key_(std::move(other.key_)), entry_(other.entry_) {}
    Stay& operator=(Stay&&) = delete;
    Stay(const Stay&) = delete;
    Stay& operator=(const Stay&) = delete;
    ~Stay() {
      if (set_ != nullptr && entry_ == Entry::kEntered) set_->leave(key_);
    }
    [[nodiscard]] Entry entry() const noexcept { return entry_; }

   private:
    InFlight* set_;
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
