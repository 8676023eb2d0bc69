#include "gateway/http_beast/framing.hpp"

#include <algorithm>
#include <charconv>

namespace gateway::http_beast {
namespace {

using fhir::ErrorCode;

tl::unexpected<Refusal> malformed(std::string detail) {
  return refuse(400, ErrorCode::kInvalidRequest, std::move(detail));
}

bool is_visible(char c) {
  return static_cast<unsigned char>(c) > 0x20 && c != 0x7F;
}

OrRefusal<void> check_request_line(std::string_view line) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last)
    return malformed("the request line is not METHOD TARGET VERSION");
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!http::is_token(line.substr(0, first)) || target.empty() ||
      !std::all_of(target.begin(), target.end(), is_visible)) {
    return malformed("the request line is not METHOD TARGET VERSION");
  }
  if (version == "HTTP/1.1" || version == "HTTP/1.0") return {};
  if (version.starts_with("HTTP/"))
    return refuse(505, ErrorCode::kUnsupported, "only versions 1.1 and 1.0 are spoken");
  return malformed("the request line is not METHOD TARGET VERSION");
}

OrRefusal<void> check_field_line(std::string_view line) {
  if (line.starts_with(' ') || line.starts_with('\t'))
    return malformed("a header field is folded over lines");
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !http::is_token(line.substr(0, colon))) {
    return malformed("a header field has no proper name");
  }
  if (!http::is_field_value(http::trimmed(line.substr(colon + 1)))) {
    return malformed("a header field has a control character");
  }
  return {};
}

/// A host and port, by its characters alone: nothing that could be read as two values.
bool is_host(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           std::string_view("-._~:[]%").find(c) != std::string_view::npos;
  });
}

OrRefusal<void> check_host(const RequestHead& head) {
  const std::size_t hosts = head.headers.count("Host");
  if (hosts > 1 || (hosts == 0 && head.minor_version == 1))
    return malformed("there must be exactly one Host");
  if (hosts == 1 && !is_host(*head.headers.find("Host"))) return malformed("Host is not a host and port");
  return {};
}

OrRefusal<std::uint64_t> read_content_length(const http::HeaderFields& headers, std::uint64_t max_body) {
  const std::size_t count = headers.count("Content-Length");
  if (count == 0) return 0;
  const std::string_view text = *headers.find("Content-Length");
  const bool digits =
      !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (count != 1 || !digits) return malformed("Content-Length must be one decimal number");
  std::uint64_t length = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (failure != std::errc() || length > max_body) {
    return refuse(413, ErrorCode::kTooLarge, "the body is over " + std::to_string(max_body) + " bytes");
  }
  return length;
}

}  // namespace

tl::unexpected<Refusal> refuse(int status, fhir::ErrorCode code, std::string detail) {
  return tl::unexpected<Refusal>(Refusal{status, fhir::Error{code, std::move(detail)}});
}

std::optional<std::size_t> find_head_end(std::string_view bytes, std::size_t from) {
  for (std::size_t at = bytes.find('\n', from); at != std::string_view::npos; at = bytes.find('\n', at + 1)) {
    if (at == 0 || bytes[at - 1] != '\r') return std::nullopt;
    if (at >= 3 && bytes[at - 2] == '\n') return at + 1;
  }
  return 0;
}

OrRefusal<void> check_head_bytes(std::string_view head) {
  bool first = true;
  while (true) {
    const std::size_t end = head.find("\r\n");
    if (end == std::string_view::npos) return malformed("the head of the request does not end");
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(end + 2);
    if (line.empty()) return {};
    OrRefusal<void> checked = first ? check_request_line(line) : check_field_line(line);
    if (!checked.has_value()) return checked;
    first = false;
  }
}

OrRefusal<Framing> check_framing(const RequestHead& head, std::uint64_t max_body) {
  if (const auto host = check_host(head); !host.has_value()) return tl::unexpected(host.error());
  Framing framing;
  const std::size_t encodings = head.headers.count("Transfer-Encoding");
  if (encodings != 0) {
    if (head.headers.contains("Content-Length")) return malformed("Transfer-Encoding beside Content-Length");
    if (encodings != 1 || head.minor_version != 1 ||
        !http::equals_ignoring_case(*head.headers.find("Transfer-Encoding"), "chunked")) {
      return malformed("Transfer-Encoding must be chunked, once, in HTTP/1.1");
    }
    framing.chunked = true;
  }
  const auto length = read_content_length(head.headers, max_body);
  if (!length.has_value()) return tl::unexpected(length.error());
  framing.content_length = *length;
  framing.keep_alive = head.minor_version == 1 && !http::has_list_token(head.headers, "Connection", "close");
  if (const auto expect = head.headers.find("Expect")) {
    if (!http::equals_ignoring_case(*expect, "100-continue")) {
      return refuse(417, ErrorCode::kUnsupported, "the only expectation met is 100-continue");
    }
    framing.expects_continue = head.minor_version == 1;
  }
  return framing;
}

}  // namespace gateway::http_beast
