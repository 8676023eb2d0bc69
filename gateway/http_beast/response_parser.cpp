#include "gateway/http_beast/response_parser.hpp"

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

fhir::Error to_error(const error_code& code) {
  if (code == beast_http::error::body_limit || code == beast_http::error::header_limit) {
    return fhir::Error{ErrorCode::kTooLarge, "the answer is too large"};
  }
  return fhir::Error{ErrorCode::kMalformed, "the answer is not well formed: " + code.message()};
}

}  // namespace

class ResponseParser::Beast {
 public:
  beast_http::response_parser<beast_http::string_body> parser;
};

ResponseParser::ResponseParser(http::Method method, Limits limits) : method_(method), limits_(limits) {
  start();
}

ResponseParser::~ResponseParser() = default;

void ResponseParser::start() {
  beast_ = std::make_unique<Beast>();
  beast_->parser.header_limit(static_cast<std::uint32_t>(limits_.header_bytes));
  beast_->parser.body_limit(limits_.body_bytes);
  beast_->parser.skip(method_ == http::Method::kHead);
}

fhir::Result<std::size_t> ResponseParser::put(std::string_view bytes) {
  std::size_t total = 0;
  while (!done() && total < bytes.size()) {
    error_code code;
    std::size_t taken = 0;
    try {
      taken = beast_->parser.put(boost::asio::buffer(bytes.data() + total, bytes.size() - total), code);
    } catch (const std::length_error&) {
      return fhir::fail(ErrorCode::kTooLarge, "the answer has a field that is too large");
    }
    if (code && code != beast_http::error::need_more) return fhir::fail(to_error(code));
    total += taken;
    if (beast_->parser.is_header_done() && !headers_taken_) {
      const unsigned status = beast_->parser.get().result_int();
      if (status >= 100 && status < 200) {
        start();
        continue;
      }
      // Before the body, so that trailers never become fields.
      for (const auto& field : beast_->parser.get()) {
        LIGAMENT_CHECK(headers_.try_add(view(field.name_string()), view(field.value())));
      }
      headers_taken_ = true;
      const auto encoding = headers_.find("Transfer-Encoding");
      if (encoding && !http::equals_ignoring_case(*encoding, "chunked")) {
        return fhir::fail(ErrorCode::kMalformed, "the answer has a transfer coding other than chunked");
      }
    }
    if (taken == 0) break;
  }
  return total;
}

fhir::Status ResponseParser::put_end() {
  error_code code;
  beast_->parser.put_eof(code);
  if (code) return fhir::fail(to_error(code));
  return {};
}

bool ResponseParser::done() const {
  return beast_->parser.is_done();
}

bool ResponseParser::keep_alive() const {
  return beast_->parser.keep_alive();
}

http::Response ResponseParser::take() {
  http::Response response;
  response.status = static_cast<int>(beast_->parser.get().result_int());
  response.headers = std::move(headers_);
  response.body = std::move(beast_->parser.get().body());
  return response;
}

}  // namespace gateway::http_beast
