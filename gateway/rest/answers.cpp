#include "gateway/rest/answers.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <utility>
#include <vector>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/json/writer.hpp"
#include "fhir/xml/writer.hpp"
#include "gateway/bars/message_headers.hpp"

namespace gateway::rest {
namespace {

/// "Sun, 22 Nov 2026 05:00:00 GMT" (RFC 9110 5.6.7).
std::string http_date(fhir::Instant at) {
  static constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::weekday weekday(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(at - day));
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT", kDays[weekday.c_encoding()],
                static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                static_cast<int>(date.year()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
  return text.data();
}

bars::Rec rec_of_status(int status) {
  switch (status) {
    case 401: return bars::Rec::kUnauthorized;
    case 403: return bars::Rec::kForbidden;
    case 404: return bars::Rec::kNotFound;
    case 405: return bars::Rec::kMethodNotAllowed;
    case 406: return bars::Rec::kNotAcceptable;
    case 408: return bars::Rec::kTimeout;
    case 409:
    case 412: return bars::Rec::kConflict;
    case 422: return bars::Rec::kUnprocessableEntity;
    case 429: return bars::Rec::kTooManyRequests;
    case 501: return bars::Rec::kNotImplemented;
    case 503: return bars::Rec::kUnavailable;
    default: return status >= 500 ? bars::Rec::kServerError : bars::Rec::kBadRequest;
  }
}

}  // namespace

tl::expected<http::Format, bars::Refusal> negotiate(const http::Request& request) {
  const auto format = http::answer_format(request);
  if (format.has_value()) return *format;
  return tl::unexpected(bars::refusal(bars::Rec::kNotAcceptable, fhir::IssueType::kProcessing, {},
                                      "answers are application/fhir+json or application/fhir+xml"));
}

http::Response resource_answer(int status, fhir::tree::Node resource, http::Format format) {
  std::string body = format == http::Format::kJson ? fhir::json::write(resource) : fhir::xml::write(resource);
  return http::make_response(status, http::content_type(format), std::move(body));
}

fhir::Result<std::string> stored_in(http::Format format, const std::string& json) {
  if (format == http::Format::kJson) return json;
  fhir::ReadLimits limits;
  limits.max_bytes = json.size() + 1;
  const auto read = fhir::json::read(json, fhir::definitions::r4(), limits);
  if (read.tree == nullptr) return fhir::fail(fhir::ErrorCode::kCorrupt, "a stored resource cannot be read");
  return fhir::xml::write(read.tree->root());
}

std::string versioned_json(const store::ResourceRow& row) {
  static constexpr std::string_view kMeta = R"(,"meta":{)";
  static constexpr std::string_view kVersion = R"("versionId":")";
  const std::string head = R"({"resourceType":")" + row.type + R"(","id":")" + row.id + '"';
  if (!row.json.starts_with(head)) return row.json;
  std::string_view rest = std::string_view(row.json).substr(head.size());
  std::string json = head;
  json.append(kMeta).append(kVersion).append(std::to_string(row.version)).append("\"");
  if (!rest.starts_with(kMeta)) return json.append("}").append(rest);
  rest.remove_prefix(kMeta.size());
  // In definition order only these come before the version; then it is not at hand.
  if (rest.starts_with(R"("id":)") || rest.starts_with(R"("extension":)")) return row.json;
  if (rest.starts_with(kVersion)) {
    // An id holds no quote and no escape.
    const std::size_t end = rest.find('"', kVersion.size());
    if (end == std::string_view::npos) return row.json;
    return json.append(rest.substr(end + 1));
  }
  return json.append(",").append(rest);
}

void add_version(http::Response& response, std::int64_t version, fhir::Instant at) {
  response.headers.set("ETag", "W/\"" + std::to_string(version) + "\"");
  response.headers.set("Last-Modified", http_date(at));
}

void mirror_ids(const http::Request& request, http::Response& response) {
  std::vector<bars::HeaderField> fields;
  for (const std::string_view name : {"X-Request-Id", "X-Correlation-Id"}) {
    if (const auto value = request.headers.find(name)) fields.push_back({name, *value});
  }
  for (const auto& [name, value] : bars::response_headers(fields))
    response.headers.set(name, value);
}

http::Response refusal_answer(const http::Request& request, const bars::Refusal& refusal, int status) {
  const auto format = http::answer_format(request);
  const fhir::tree::TreePtr outcome = bars::build_outcome(fhir::definitions::r4(), refusal, {});
  http::Response response = resource_answer(status == 0 ? refusal.http_status() : status, outcome->root(),
                                            format.has_value() ? *format : http::Format::kJson);
  mirror_ids(request, response);
  if (response.status == 503 || response.status == 429) response.headers.set("Retry-After", "5");
  return response;
}

http::Response render_http_error(int status, const fhir::Error& error, const http::Request* request) {
  const bars::Rec rec = rec_of_status(status);
  const bars::Refusal refusal = bars::refusal(rec, bars::traits(rec).issues.front(), {}, error.detail);
  static const http::Request kNone;
  return refusal_answer(request == nullptr ? kNone : *request, refusal, status);
}

std::optional<std::int64_t> parse_if_match(std::string_view text) noexcept {
  if (text.starts_with("W/")) text.remove_prefix(2);
  if (text.size() < 3 || text.front() != '"' || text.back() != '"') return std::nullopt;
  text = text.substr(1, text.size() - 2);
  std::int64_t version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error != std::errc() || end != text.data() + text.size() || version < 1) return std::nullopt;
  return version;
}

}  // namespace gateway::rest
