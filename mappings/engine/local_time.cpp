#include "mappings/engine/local_time.hpp"

#include <algorithm>
#include <date/tz.h>
#include <exception>

namespace mappings::engine {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// A v2 DTM taken apart.
struct Parts {
  int digits = 0;  ///< 4, 6, 8, 10, 12 or 14.
  int year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0;
  std::string_view fraction;  ///< With its dot.
  std::string_view offset;    ///< `+0100`
};

int number(std::string_view text) {
  int value = 0;
  for (const char c : text)
    value = value * 10 + (c - '0');
  return value;
}

bool exists(const Parts& parts) {
  const std::chrono::year_month_day day(std::chrono::year(parts.year),
                                        std::chrono::month(static_cast<unsigned>(parts.month)),
                                        std::chrono::day(static_cast<unsigned>(parts.day)));
  return parts.year > 0 && day.ok() && parts.hour < 24 && parts.minute < 60 && parts.second < 60;
}

bool is_offset(std::string_view text) {
  return text.size() == 5 && (text[0] == '+' || text[0] == '-') &&
         std::all_of(text.begin() + 1, text.end(), is_digit) && number(text.substr(1, 2)) <= 14 &&
         number(text.substr(3)) < 60;
}

/// `00` for a day or month that is not known is common in British systems.
void cut_unknown(Parts& parts) {
  if (parts.digits >= 6 && parts.month == 0) {
    parts.digits = 4;
    parts.month = 1;
    parts.day = 1;
  } else if (parts.digits >= 8 && parts.day == 0) {
    parts.digits = 6;
    parts.day = 1;
  }
}

/// What some senders write instead, in the standard's form: `2025-05-05 23:23:32`, and a sign without an
/// offset behind it.
std::string_view in_standard_form(std::string_view text, std::string& held) {
  if (text.ends_with('+') || text.ends_with('-')) text.remove_suffix(1);
  const bool dashed = text.size() >= 10 && text[4] == '-' && text[7] == '-';
  if (!dashed) return text;
  held.assign(text.substr(0, 4)).append(text.substr(5, 2)).append(text.substr(8, 2));
  std::string_view time = text.substr(10);
  if (time.starts_with(' ') || time.starts_with('T')) time.remove_prefix(1);
  for (const char c : time) {
    if (c != ':') held.push_back(c);
  }
  return held;
}

std::optional<Parts> take_apart(std::string_view text) {
  Parts parts;
  while (!text.empty() && text.back() == ' ')
    text.remove_suffix(1);
  std::size_t length = 0;
  while (length < text.size() && is_digit(text[length]))
    ++length;
  if (length < 4 || length > 14 || length % 2 != 0) return std::nullopt;
  const std::string_view digits = text.substr(0, length);
  std::string_view rest = text.substr(length);
  parts.digits = static_cast<int>(length);
  const auto part = [digits](std::size_t at, int otherwise) {
    return digits.size() >= at + 2 ? number(digits.substr(at, 2)) : otherwise;
  };
  parts.year = number(digits.substr(0, 4));
  parts.month = part(4, 1);
  parts.day = part(6, 1);
  parts.hour = part(8, 0);
  parts.minute = part(10, 0);
  parts.second = part(12, 0);
  if (rest.starts_with('.') && length == 14) {
    std::size_t end = 1;
    while (end < rest.size() && is_digit(rest[end]))
      ++end;
    if (end == 1) return std::nullopt;
    parts.fraction = rest.substr(0, end);
    rest.remove_prefix(end);
  }
  if (!rest.empty() && !is_offset(rest)) return std::nullopt;
  parts.offset = rest;
  cut_unknown(parts);
  return exists(parts) ? std::optional(parts) : std::nullopt;
}

void append_two(std::string& out, int value) {
  out.push_back(static_cast<char>('0' + value / 10));
  out.push_back(static_cast<char>('0' + value % 10));
}

void append_date(std::string& out, const Parts& parts) {
  append_two(out, parts.year / 100);
  append_two(out, parts.year % 100);
  if (parts.digits >= 6) {
    out.push_back('-');
    append_two(out, parts.month);
  }
  if (parts.digits >= 8) {
    out.push_back('-');
    append_two(out, parts.day);
  }
}

void append_time(std::string& out, const Parts& parts) {
  append_two(out, parts.hour);
  out.push_back(':');
  append_two(out, parts.minute);
  out.push_back(':');
  append_two(out, parts.second);
  out.append(parts.fraction);
}

bool append_offset(std::string& out, const Parts& parts, LocalTime& zone) {
  if (!parts.offset.empty()) {
    out.append(parts.offset.substr(0, 3)).append(":").append(parts.offset.substr(3));
    return true;
  }
  const std::chrono::year_month_day day(std::chrono::year(parts.year),
                                        std::chrono::month(static_cast<unsigned>(parts.month)),
                                        std::chrono::day(static_cast<unsigned>(parts.day)));
  const std::chrono::seconds local = std::chrono::sys_days(day).time_since_epoch() +
                                     std::chrono::hours(parts.hour) + std::chrono::minutes(parts.minute) +
                                     std::chrono::seconds(parts.second);
  const auto minutes = zone.offset_minutes(local);
  if (!minutes) return false;
  const int size = std::abs(*minutes);
  out.push_back(*minutes < 0 ? '-' : '+');
  append_two(out, size / 60);
  out.push_back(':');
  append_two(out, size % 60);
  return true;
}

}  // namespace

std::optional<int> LocalTime::offset_minutes(std::chrono::seconds local) {
  if (from_ <= local && local < to_) return offset_;
  try {
    if (!looked_up_) zone_ = date::locate_zone(name_);
    looked_up_ = true;
    if (zone_ == nullptr) return std::nullopt;
    const date::local_info info = zone_->get_info(date::local_seconds(local));
    offset_ = static_cast<int>(std::chrono::duration_cast<std::chrono::minutes>(info.first.offset).count());
    // Two days clear of the changes the offset is certain for every local time.
    constexpr std::chrono::seconds kClear = std::chrono::hours(48);
    from_ = info.first.begin.time_since_epoch() + kClear;
    to_ = info.first.end.time_since_epoch() - kClear;
    return offset_;
  } catch (const std::exception&) {
    looked_up_ = true;
    return std::nullopt;
  }
}

std::optional<int> LocalTime::offset_minutes_at(std::chrono::seconds utc) {
  try {
    if (!looked_up_) zone_ = date::locate_zone(name_);
    looked_up_ = true;
    if (zone_ == nullptr) return std::nullopt;
    const date::sys_info info = zone_->get_info(date::sys_seconds(utc));
    return static_cast<int>(std::chrono::duration_cast<std::chrono::minutes>(info.offset).count());
  } catch (const std::exception&) {
    looked_up_ = true;
    return std::nullopt;
  }
}

bool v2_to_date(std::string_view text, std::string& out) {
  std::string held;
  const auto parts = take_apart(in_standard_form(text, held));
  if (!parts) return false;
  append_date(out, *parts);
  return true;
}

bool v2_to_date_time(std::string_view text, LocalTime& zone, std::string& out) {
  std::string held;
  const auto parts = take_apart(in_standard_form(text, held));
  if (!parts) return false;
  const std::size_t before = out.size();
  append_date(out, *parts);
  if (parts->digits <= 8) return true;
  out.push_back('T');
  append_time(out, *parts);
  if (append_offset(out, *parts, zone)) return true;
  out.resize(before);
  return false;
}

bool v2_to_instant(std::string_view text, LocalTime& zone, std::string& out) {
  std::string held;
  const auto parts = take_apart(in_standard_form(text, held));
  return parts && parts->digits > 8 && v2_to_date_time(text, zone, out);
}

bool v2_to_time(std::string_view text, std::string& out) {
  const std::size_t length = std::min(text.find_first_of(".+-"), text.size());
  const bool digits = std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(length), is_digit);
  if (!digits || length < 2 || length > 6 || length % 2 != 0) return false;
  Parts parts;
  parts.year = 1;
  parts.hour = number(text.substr(0, 2));
  if (length >= 4) parts.minute = number(text.substr(2, 2));
  if (length == 6) parts.second = number(text.substr(4, 2));
  if (!exists(parts)) return false;
  append_time(out, parts);
  return true;
}

bool date_time_to_v2(std::string_view text, std::string& out) {
  const std::size_t before = out.size();
  const std::size_t time = std::min(text.find('T'), text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_digit(c) || c == '.' || (c == '+' && i > time) || (c == '-' && i > time)) {
      out.push_back(c);
    } else if (c == 'Z' && i + 1 == text.size()) {
      out.append("+0000");
    } else if (c != '-' && c != ':' && c != 'T') {
      out.resize(before);
      return false;
    }
  }
  return out.size() > before;
}

bool date_time_to_v2(std::string_view text, LocalTime& zone, std::string& out) {
  std::string plain;
  if (!date_time_to_v2(text, plain)) return false;
  const auto parts = take_apart(plain);
  if (!parts) return false;
  if (parts->digits < 14 || parts->offset.empty()) {
    out.append(plain);
    return true;
  }
  const int sign = parts->offset[0] == '-' ? -1 : 1;
  const int sent = sign * (number(parts->offset.substr(1, 2)) * 60 + number(parts->offset.substr(3)));
  const std::chrono::year_month_day day(std::chrono::year(parts->year),
                                        std::chrono::month(static_cast<unsigned>(parts->month)),
                                        std::chrono::day(static_cast<unsigned>(parts->day)));
  const std::chrono::seconds utc = std::chrono::sys_days(day).time_since_epoch() +
                                   std::chrono::hours(parts->hour) + std::chrono::minutes(parts->minute) +
                                   std::chrono::seconds(parts->second) - std::chrono::minutes(sent);
  const auto minutes = zone.offset_minutes_at(utc);
  if (!minutes) return false;
  const std::chrono::seconds local = utc + std::chrono::minutes(*minutes);
  const auto date = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::year_month_day there{std::chrono::sys_days(date)};
  const auto rest = static_cast<int>((local - date).count());
  const int year = static_cast<int>(there.year());
  append_two(out, year / 100);
  append_two(out, year % 100);
  append_two(out, static_cast<int>(static_cast<unsigned>(there.month())));
  append_two(out, static_cast<int>(static_cast<unsigned>(there.day())));
  append_two(out, rest / 3600);
  append_two(out, rest / 60 % 60);
  append_two(out, rest % 60);
  out.append(parts->fraction);
  out.push_back(*minutes < 0 ? '-' : '+');
  append_two(out, std::abs(*minutes) / 60);
  append_two(out, std::abs(*minutes) % 60);
  return true;
}

}  // namespace mappings::engine
