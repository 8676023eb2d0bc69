#include "gateway/http_beast/request_parser.hpp"

#include <limits>
#include <stdexcept>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

namespace gateway::http_beast {
namespace {

namespace beast_http = boost::beast::http;
using boost::system::error_code;
using fhir::ErrorCode;

std::string_view view(boost::core::string_view text) {
  return {text.data(), text.size()};
}

tl::unexpected<Refusal> to_refusal(const error_code& code) {
  if (code == beast_http::error::body_limit)
    return refuse(413, ErrorCode::kTooLarge, "the body is too large");
  if (code == beast_http::error::header_limit)
    return refuse(431, ErrorCode::kTooLarge, "the header is too large");
  return refuse(400, ErrorCode::kInvalidRequest, "the request is not well formed: " + code.message());
}

}  // namespace

class RequestParser::Beast {
 public:
  using Parser = beast_http::request_parser<beast_http::string_body>;

  explicit Beast(std::uint64_t max_body) {
    parser.body_limit(max_body);
    // The reader in front bounds the head; this bound must only not be the smaller one.
    parser.header_limit(std::numeric_limits<std::uint32_t>::max());
    on_chunk = [](std::uint64_t /*size*/, boost::core::string_view extensions, error_code& code) {
      if (!extensions.empty()) code = beast_http::error::bad_chunk_extension;
    };
    parser.on_chunk_header(on_chunk);
  }

  /// The bytes taken. What the library throws on oversized input becomes a refusal.
  OrRefusal<std::size_t> put(std::string_view bytes) {
    error_code code;
    try {
      const std::size_t taken = parser.put(boost::asio::buffer(bytes.data(), bytes.size()), code);
      if (code && code != beast_http::error::need_more) return to_refusal(code);
      return taken;
    } catch (const std::length_error&) {
      return refuse(431, ErrorCode::kTooLarge, "a header or trailer field is too large");
    }
  }

  Parser parser;
  std::function<void(std::uint64_t, boost::core::string_view, error_code&)> on_chunk;
};

RequestParser::RequestParser(std::uint64_t max_body) : beast_(std::make_unique<Beast>(max_body)) {}

RequestParser::~RequestParser() = default;

OrRefusal<RequestHead> RequestParser::read_head(std::string_view head) {
  const auto taken = beast_->put(head);
  if (!taken.has_value()) return tl::unexpected(taken.error());
  if (!beast_->parser.is_header_done() || *taken != head.size()) {
    return refuse(400, ErrorCode::kInvalidRequest, "the head of the request is not well formed");
  }
  const auto& message = beast_->parser.get();
  RequestHead out;
  out.method = http::parse_method(view(message.method_string()));
  out.target = std::string(view(message.target()));
  out.minor_version = message.version() == 10 ? 0 : 1;
  out.headers.reserve(16, head.size());
  for (const auto& field : message) {
    const fhir::Status added = out.headers.try_add(view(field.name_string()), view(field.value()));
    if (added.has_value()) continue;
    const bool large = added.error().code == ErrorCode::kTooLarge;
    return refuse(large ? 431 : 400, added.error().code, added.error().detail);
  }
  return out;
}

OrRefusal<std::size_t> RequestParser::put_chunked(std::string_view bytes) {
  std::size_t total = 0;
  while (!done() && total < bytes.size()) {
    auto taken = beast_->put(bytes.substr(total));
    if (!taken.has_value()) return taken;
    if (*taken == 0) break;
    total += *taken;
  }
  return total;
}

bool RequestParser::done() const {
  return beast_->parser.is_done();
}

std::size_t RequestParser::body_size() const {
  return beast_->parser.get().body().size();
}

std::string RequestParser::take_body() {
  return std::move(beast_->parser.get().body());
}

}  // namespace gateway::http_beast
