#include "gateway/http/target.hpp"

#include <algorithm>

#include "fhir/base/utf8.hpp"

namespace gateway::http {
namespace {

using fhir::ErrorCode;
using fhir::fail;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F;
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), is_control);
}

/// Decodes, and refuses what has no business in a path or query of ours.
fhir::Result<std::string> decode_part(std::string_view text) {
  LIGAMENT_TRY(std::string decoded, percent_decode(text));
  if (has_control(decoded)) return fail(ErrorCode::kInvalidRequest, "the target has a control character");
  if (fhir::find_invalid_utf8(decoded) != std::string_view::npos) {
    return fail(ErrorCode::kInvalidRequest, "the target is not UTF-8");
  }
  return decoded;
}

fhir::Result<std::string> decode_query_part(std::string_view text) {
  std::string spaced(text);
  std::replace(spaced.begin(), spaced.end(), '+', ' ');
  return decode_part(spaced);
}

fhir::Result<std::vector<std::string>> parse_path(std::string_view path) {
  std::vector<std::string> segments;
  path.remove_prefix(1);
  if (path.ends_with('/')) path.remove_suffix(1);
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    LIGAMENT_TRY(std::string segment, decode_part(path.substr(0, slash)));
    if (segment.empty() || segment == "." || segment == "..") {
      return fail(ErrorCode::kInvalidRequest, "the target has an empty or dot segment");
    }
    if (segments.size() == Target::kMaxSegments)
      return fail(ErrorCode::kTooLarge, "the target has too many segments");
    segments.push_back(std::move(segment));
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
    if (path.empty()) return fail(ErrorCode::kInvalidRequest, "the target has an empty or dot segment");
  }
  return segments;
}

fhir::Result<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> pairs;
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
    if (pair.empty()) continue;
    if (pairs.size() == Target::kMaxQueryPairs)
      return fail(ErrorCode::kTooLarge, "the query has too many parameters");
    const std::size_t equals = pair.find('=');
    LIGAMENT_TRY(std::string name, decode_query_part(pair.substr(0, equals)));
    std::string value;
    if (equals != std::string_view::npos) {
      LIGAMENT_TRY(value, decode_query_part(pair.substr(equals + 1)));
    }
    pairs.emplace_back(std::move(name), std::move(value));
  }
  return pairs;
}

/// Segments keep the sub-delimiters that FHIR operations and versions use.
void append_segment(std::string& out, std::string_view segment) {
  for (const char c : segment) {
    if (std::string_view("$,:@!'()*;=+&").find(c) != std::string_view::npos) {
      out.push_back(c);
    } else {
      out.append(percent_encode(std::string_view(&c, 1)));
    }
  }
}

}  // namespace

std::string percent_encode(std::string_view text) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool unreserved = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                            c == '-' || c == '.' || c == '_' || c == '~';
    if (unreserved) {
      out.push_back(c);
    } else {
      out.push_back('%');
      out.push_back(kDigits[byte >> 4u]);
      out.push_back(kDigits[byte & 15u]);
    }
  }
  return out;
}

fhir::Result<std::string> percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    const int high = i + 1 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0)
      return fail(ErrorCode::kInvalidRequest, "a percent escape is not two hexadecimal digits");
    out.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  return out;
}

fhir::Result<Target> Target::parse(std::string_view origin_form) {
  if (origin_form.size() > kMaxBytes) return fail(ErrorCode::kTooLarge, "the target is too long");
  if (!origin_form.starts_with('/'))
    return fail(ErrorCode::kInvalidRequest, "the target is not an absolute path");
  if (origin_form.find_first_of("# \\") != std::string_view::npos || has_control(origin_form)) {
    return fail(ErrorCode::kInvalidRequest, "the target has a character that must be escaped");
  }
  const std::size_t question = origin_form.find('?');
  Target target;
  LIGAMENT_TRY(target.segments_, parse_path(origin_form.substr(0, question)));
  if (question != std::string_view::npos) {
    LIGAMENT_TRY(target.query_, parse_query(origin_form.substr(question + 1)));
  }
  return target;
}

Target Target::of(std::vector<std::string> segments, std::vector<std::pair<std::string, std::string>> query) {
  Target target;
  target.segments_ = std::move(segments);
  target.query_ = std::move(query);
  return target;
}

std::optional<std::string_view> Target::query_value(std::string_view name) const noexcept {
  for (const auto& [key, value] : query_) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::string Target::to_text() const {
  std::string text;
  for (const std::string& segment : segments_) {
    text.push_back('/');
    append_segment(text, segment);
  }
  if (text.empty()) text.push_back('/');
  char separator = '?';
  for (const auto& [name, value] : query_) {
    text.push_back(std::exchange(separator, '&'));
    text.append(percent_encode(name)).append("=").append(percent_encode(value));
  }
  return text;
}

}  // namespace gateway::http
