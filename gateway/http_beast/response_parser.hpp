// One response, out of bytes. No input or output of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "gateway/http/message.hpp"

namespace gateway::http_beast {

/// Interim answers (1xx) are read over. One final response per object.
class ResponseParser {
 public:
  struct Limits {
    std::size_t header_bytes;
    std::size_t body_bytes;
  };
  /// `method` of the request: the answer to HEAD has no body, whatever its fields say.
  ResponseParser(http::Method method, Limits limits);
  ~ResponseParser();
  ResponseParser(const ResponseParser&) = delete;
  ResponseParser& operator=(const ResponseParser&) = delete;

  /// Takes what it can and says how much; the rest must be given again with more behind it. kMalformed,
  /// kTooLarge.
  [[nodiscard]] fhir::Result<std::size_t> put(std::string_view bytes);
  /// The stream ended: complete for an answer that lasts until then, kMalformed for any other.
  [[nodiscard]] fhir::Status put_end();
  [[nodiscard]] bool done() const;
  /// Once done: whether the connection can carry another exchange.
  [[nodiscard]] bool keep_alive() const;
  [[nodiscard]] http::Response take();

 private:
  class Beast;
  void start();
  http::Method method_;
  Limits limits_;
  http::HeaderFields headers_;
  bool headers_taken_ = false;
  std::unique_ptr<Beast> beast_;
};

}  // namespace gateway::http_beast
