// One request, out of bytes. No input or output of its own.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "gateway/http_beast/framing.hpp"

namespace gateway::http_beast {

/// First the whole head, then, when it is chunked, the bytes that follow. Fields are taken before the body,
/// so trailers never become fields. One request per object.
class RequestParser {
 public:
  explicit RequestParser(std::uint64_t max_body);
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  /// `head` ends with its blank line.
  [[nodiscard]] OrRefusal<RequestHead> read_head(std::string_view head);

  /// Takes what it can of a chunked body and says how much that was; the rest must be given again with more
  /// behind it. Chunk extensions are refused, trailers are read and dropped.
  [[nodiscard]] OrRefusal<std::size_t> put_chunked(std::string_view bytes);
  [[nodiscard]] bool done() const;
  [[nodiscard]] std::size_t body_size() const;
  [[nodiscard]] std::string take_body();

 private:
  class Beast;
  std::unique_ptr<Beast> beast_;
};

}  // namespace gateway::http_beast
