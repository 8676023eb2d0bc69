#include "gateway/http_beast/head_writer.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace gateway::http_beast {
namespace {

constexpr std::array<std::string_view, 9> kOurs = {
    "Content-Length", "Transfer-Encoding", "Connection", "Date", "Host", "X-Content-Type-Options",
    "Server",         "Trailer",           "Upgrade"};

void append_fields(std::string& head, const http::HeaderFields& fields) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const http::Field field = fields.at(i);
    const bool ours = std::any_of(kOurs.begin(), kOurs.end(), [&](std::string_view name) {
      return http::equals_ignoring_case(name, field.name);
    });
    if (!ours) head.append(field.name).append(": ").append(field.value).append("\r\n");
  }
}

}  // namespace

std::string http_date(fhir::Instant instant) {
  static constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(instant - day));
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
                kDays[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  return text.data();
}

bool may_have_body(int status) noexcept {
  return status >= 200 && status != 204 && status != 304;
}

std::string response_head(const http::Response& response, std::string_view date, AfterAnswer after) {
  std::string head;
  head.reserve(512);
  head.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  head.append(http::reason_phrase(response.status)).append("\r\n");
  append_fields(head, response.headers);
  head.append("Date: ").append(date).append("\r\nX-Content-Type-Options: nosniff\r\n");
  if (may_have_body(response.status)) {
    head.append("Content-Length: ").append(std::to_string(response.body.size())).append("\r\n");
  }
  if (after == AfterAnswer::kClose) head.append("Connection: close\r\n");
  return head.append("\r\n");
}

std::string request_head(const http::Request& request, std::string_view target, std::string_view host) {
  std::string head;
  head.reserve(512);
  head.append(to_text(request.method))
      .append(" ")
      .append(target)
      .append(" HTTP/1.1\r\nHost: ")
      .append(host)
      .append("\r\n");
  append_fields(head, request.headers);
  const bool bodiless = request.method == http::Method::kGet || request.method == http::Method::kHead;
  if (!request.body.empty() || !bodiless) {
    head.append("Content-Length: ").append(std::to_string(request.body.size())).append("\r\n");
  }
  return head.append("\r\n");
}

}  // namespace gateway::http_beast
