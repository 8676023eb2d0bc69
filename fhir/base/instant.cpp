#include "fhir/base/instant.hpp"

namespace fhir {
namespace {

/// Reads exactly `width` digits at `at`, or -1.
int digits(std::string_view text, std::size_t at, std::size_t width) {
  if (at + width > text.size()) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + width; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

}  // namespace

Instant SystemClock::now() const {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

Monotonic SystemClock::monotonic() const {
  return Monotonic(std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::steady_clock::now().time_since_epoch()));
}

void ManualClock::advance(std::chrono::nanoseconds by) {
  monotonic_ += by;
  carried_ += by;
  const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(carried_);
  now_ += whole;
  carried_ -= whole;
}

std::string to_text(Instant instant) {
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::milliseconds>(instant - day));
  std::string text = "0000-00-00T00:00:00.000Z";
  const auto put = [&text](std::size_t end, auto value) {
    for (auto left = static_cast<unsigned>(value); left > 0; left /= 10)
      text[--end] = static_cast<char>('0' + left % 10);
  };
  put(4, static_cast<int>(date.year()));
  put(7, static_cast<unsigned>(date.month()));
  put(10, static_cast<unsigned>(date.day()));
  put(13, time.hours().count());
  put(16, time.minutes().count());
  put(19, time.seconds().count());
  put(23, time.subseconds().count());
  return text;
}

std::optional<Instant> parse_instant(std::string_view text) {
  using namespace std::chrono;
  constexpr std::size_t kSecondsEnd = 19;
  if (text.size() < kSecondsEnd + 1) return std::nullopt;
  const int y = digits(text, 0, 4);
  const int mo = digits(text, 5, 2);
  const int d = digits(text, 8, 2);
  const int h = digits(text, 11, 2);
  const int mi = digits(text, 14, 2);
  const int s = digits(text, 17, 2);
  if (y < 1 || mo < 1 || d < 1 || h < 0 || h > 23 || mi < 0 || mi > 59 || s < 0 || s > 60)
    return std::nullopt;
  if (text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':')
    return std::nullopt;
  const year_month_day date(year(y), month(static_cast<unsigned>(mo)), day(static_cast<unsigned>(d)));
  if (!date.ok()) return std::nullopt;

  std::size_t at = kSecondsEnd;
  std::int64_t micros = 0;
  if (text[at] == '.') {
    std::int64_t unit = 100'000;
    const std::size_t first = ++at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
      micros += unit * (text[at] - '0');
      unit /= 10;
      ++at;
    }
    if (at == first) return std::nullopt;
  }
  minutes offset{0};
  if (at < text.size() && text[at] == 'Z') {
    ++at;
  } else if (at < text.size() && (text[at] == '+' || text[at] == '-')) {
    const int oh = digits(text, at + 1, 2);
    const int om = digits(text, at + 4, 2);
    if (oh < 0 || oh > 14 || om < 0 || om > 59 || text[at + 3] != ':') return std::nullopt;
    offset = hours(oh) + minutes(om);
    if (text[at] == '-') offset = -offset;
    at += 6;
  } else {
    return std::nullopt;
  }
  if (at != text.size()) return std::nullopt;
  return Instant(sys_days(date) + hours(h) + minutes(mi) + seconds(s) + microseconds(micros) - offset);
}

}  // namespace fhir
