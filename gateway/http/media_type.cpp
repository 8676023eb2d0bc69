#include "gateway/http/media_type.hpp"

#include <algorithm>

namespace gateway::http {
namespace {

using fhir::ErrorCode;
using fhir::fail;

constexpr std::size_t kMaxRanges = 32;
constexpr std::size_t kMaxParameters = 16;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

fhir::Error malformed() {
  return fhir::Error{ErrorCode::kInvalidRequest, "a media type is malformed"};
}

/// The end of the piece that starts at 0 and ends at `separator` or the end, quoted strings skipped.
std::size_t find_outside_quotes(std::string_view text, char separator) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quoted && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (!quoted && text[i] == separator) {
      return i;
    }
  }
  return std::string_view::npos;
}

/// A token, or a quoted string with its escapes taken away (RFC 9110 5.6.4).
fhir::Result<std::string> parse_value(std::string_view text) {
  if (!text.starts_with('"')) {
    if (!is_token(text)) return fail(malformed());
    return std::string(text);
  }
  if (text.size() < 2 || !text.ends_with('"')) return fail(malformed());
  text = text.substr(1, text.size() - 2);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') return fail(malformed());
    if (text[i] == '\\' && ++i == text.size()) return fail(malformed());
    out.push_back(text[i]);
  }
  return out;
}

fhir::Status parse_parameter(std::string_view text, MediaType& type) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return fail(malformed());
  std::string name = lower(text.substr(0, equals));
  if (!is_token(name) || type.parameter(name).has_value()) return fail(malformed());
  if (type.parameters.size() == kMaxParameters) return fail(malformed());
  LIGAMENT_TRY(std::string value, parse_value(text.substr(equals + 1)));
  type.parameters.emplace_back(std::move(name), std::move(value));
  return {};
}

/// A qvalue in thousandths (RFC 9110 12.4.2), or -1.
int parse_weight(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return -1;
  if (text.size() > 1 && text[1] != '.') return -1;
  int weight = (text[0] - '0') * 1000;
  int unit = 100;
  for (std::size_t i = 2; i < text.size(); ++i, unit /= 10) {
    if (text[i] < '0' || text[i] > '9') return -1;
    weight += (text[i] - '0') * unit;
  }
  return weight <= 1000 ? weight : -1;
}

/// How exactly a range names the format: 0 not at all, 1 `*/*`, 2 `application/*`, 3 the type.
int precision(const MediaType& range, Format format) {
  if (range.type == "*" && range.subtype == "*") return 1;
  if (range.subtype == "*") return range.type == "application" ? 2 : 0;
  return format_of(range) == format ? 3 : 0;
}

/// The weight of the most exact range for the format; 0 without one.
int weight_of(const std::vector<AcceptRange>& ranges, Format format) {
  int best_precision = 0;
  int weight = 0;
  for (const AcceptRange& range : ranges) {
    const int exact = precision(range.range, format);
    if (exact > best_precision || (exact == best_precision && exact != 0 && range.weight > weight)) {
      best_precision = exact;
      weight = range.weight;
    }
  }
  return weight;
}

fhir::Error not_acceptable() {
  return fhir::Error{ErrorCode::kUnsupported, "answers are application/fhir+json or application/fhir+xml"};
}

fhir::Error not_a_resource() {
  return fhir::Error{ErrorCode::kUnsupported,
                     "the body must be application/fhir+json or application/fhir+xml in UTF-8"};
}

}  // namespace

std::optional<std::string_view> MediaType::parameter(std::string_view name) const noexcept {
  for (const auto& [key, value] : parameters) {
    if (key == name) return value;
  }
  return std::nullopt;
}

fhir::Result<MediaType> parse_media_type(std::string_view text) {
  const std::size_t end = find_outside_quotes(text, ';');
  const std::string_view essence = trimmed(text.substr(0, end));
  const std::size_t slash = essence.find('/');
  if (slash == std::string_view::npos) return fail(malformed());
  MediaType type{lower(essence.substr(0, slash)), lower(essence.substr(slash + 1)), {}};
  if (!is_token(type.type) || !is_token(type.subtype)) return fail(malformed());
  std::string_view rest = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  while (!trimmed(rest).empty()) {
    const std::size_t next = find_outside_quotes(rest, ';');
    const std::string_view parameter = trimmed(rest.substr(0, next));
    if (!parameter.empty()) LIGAMENT_CHECK(parse_parameter(parameter, type));
    if (next == std::string_view::npos) break;
    rest.remove_prefix(next + 1);
  }
  return type;
}

fhir::Result<std::vector<AcceptRange>> parse_accept(std::string_view text) {
  std::vector<AcceptRange> ranges;
  while (true) {
    const std::size_t comma = find_outside_quotes(text, ',');
    const std::string_view item = trimmed(text.substr(0, comma));
    if (!item.empty()) {
      if (ranges.size() == kMaxRanges) return fail(malformed());
      LIGAMENT_TRY(MediaType range, parse_media_type(item));
      int weight = 1000;
      if (const auto quality = range.parameter("q")) weight = parse_weight(*quality);
      if (weight < 0) return fail(malformed());
      ranges.push_back({std::move(range), weight});
    }
    if (comma == std::string_view::npos) return ranges;
    text.remove_prefix(comma + 1);
  }
}

std::string_view content_type(Format format) noexcept {
  return format == Format::kXml ? "application/fhir+xml" : "application/fhir+json";
}

std::optional<Format> format_of(const MediaType& type) noexcept {
  const bool application = type.type == "application";
  if (!application && type.type != "text") return std::nullopt;
  if (type.subtype == "json" || (application && type.subtype == "fhir+json")) return Format::kJson;
  if (type.subtype == "xml" || (application && type.subtype == "fhir+xml")) return Format::kXml;
  return std::nullopt;
}

fhir::Result<Format> answer_format(const Request& request) {
  if (const auto asked = request.target.query_value("_format")) {
    if (*asked == "json") return Format::kJson;
    if (*asked == "xml") return Format::kXml;
    std::string text(*asked);
    std::replace(text.begin(), text.end(), ' ', '+');
    const auto type = parse_media_type(text);
    const auto format = type.has_value() ? format_of(*type) : std::nullopt;
    if (!format) return fail(not_acceptable());
    return *format;
  }
  std::string accept;
  for (const std::string_view value : request.headers.all("Accept"))
    accept.append(accept.empty() ? "" : ",").append(value);
  LIGAMENT_TRY(const std::vector<AcceptRange> ranges, parse_accept(accept));
  if (ranges.empty()) return Format::kJson;
  const int json = weight_of(ranges, Format::kJson);
  const int xml = weight_of(ranges, Format::kXml);
  if (json == 0 && xml == 0) return fail(not_acceptable());
  return xml > json ? Format::kXml : Format::kJson;
}

fhir::Result<BodyType> body_type(const Request& request) {
  const auto field = request.headers.find("Content-Type");
  if (!field || request.headers.count("Content-Type") != 1) return fail(not_a_resource());
  const auto type = parse_media_type(*field);
  if (!type.has_value()) return fail(not_a_resource());
  const auto format = format_of(*type);
  const auto charset = type->parameter("charset");
  if (!format || (charset && !equals_ignoring_case(*charset, "utf-8"))) return fail(not_a_resource());
  BodyType body{*format, std::nullopt};
  if (const auto version = type->parameter("version")) body.version = std::string(*version);
  return body;
}

}  // namespace gateway::http
