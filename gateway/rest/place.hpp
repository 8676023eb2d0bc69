// One operation under way.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

namespace gateway::rest {

/// Counted as long as it lives. I/O thread.
class Place {
 public:
  explicit Place(std::shared_ptr<std::size_t> count) : count_(std::move(count)) { ++*count_; }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() { --*count_; }

 private:
  std::shared_ptr<std::size_t> count_;
};

}  // namespace gateway::rest
