// Operations under way: who is let in, and how many there are.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "gateway/http/media_type.hpp"
#include "gateway/http/message.hpp"
#include "gateway/intake/process_message_handler.hpp"

namespace gateway::rest {

/// Before the body is looked at: the caller is known, takes a format we have, and fewer than `most`
/// operations are under way. Gives the format of the answer, or the answer that says why not.
[[nodiscard]] tl::expected<http::Format, http::Response> admit(const http::Request& request,
                                                               const intake::Authenticate& authenticate,
                                                               std::size_t under_way, std::size_t most);

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
