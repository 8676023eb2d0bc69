// Dates, durations and sizes as the files write them.
#include <array>
#include <charconv>

#include "gateway/config/term.hpp"
#include "gateway/config/yaml.hpp"

namespace gateway::config {

namespace {

template <class Number>
std::optional<Number> whole(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

void append_padded(std::string& out, unsigned value, std::size_t width) {
  const std::string digits = std::to_string(value);
  if (digits.size() < width) out.append(width - digits.size(), '0');
  out += digits;
}

}  // namespace

std::optional<Date> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = whole<unsigned>(text.substr(0, 4));
  const auto month = whole<unsigned>(text.substr(5, 2));
  const auto day = whole<unsigned>(text.substr(8, 2));
  if (!year || !month || !day || *year == 0) return std::nullopt;
  const Date date{std::chrono::year(static_cast<int>(*year)), std::chrono::month(*month),
                  std::chrono::day(*day)};
  if (!date.ok()) return std::nullopt;
  return date;
}

std::string to_text(Date date) {
  std::string out;
  append_padded(out, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  out += '-';
  append_padded(out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  append_padded(out, static_cast<unsigned>(date.day()), 2);
  return out;
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  struct Unit {
    std::string_view suffix;
    std::int64_t milliseconds;
  };
  // `ms` before `m` and `s`: the first suffix that fits wins.
  static constexpr std::array<Unit, 5> kUnits = {
      {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
  static constexpr std::int64_t kMost = std::int64_t{3653} * 86'400'000;
  for (const Unit& unit : kUnits) {
    if (!text.ends_with(unit.suffix)) continue;
    const auto count = whole<std::uint64_t>(text.substr(0, text.size() - unit.suffix.size()));
    if (!count || *count > static_cast<std::uint64_t>(kMost / unit.milliseconds)) return std::nullopt;
    return std::chrono::milliseconds(static_cast<std::int64_t>(*count) * unit.milliseconds);
  }
  return std::nullopt;
}

std::optional<Term> parse_term(std::string_view text) {
  static constexpr unsigned kMostWorkingDays = 366;
  if (text.ends_with("wd")) {
    const auto count = whole<std::uint16_t>(text.substr(0, text.size() - 2));
    if (!count || *count == 0 || *count > kMostWorkingDays) return std::nullopt;
    return Term::in_working_days(*count);
  }
  const auto elapsed = parse_duration(text);
  if (!elapsed) return std::nullopt;
  return Term(*elapsed);
}

std::string to_text(const Term& term) {
  if (term.working_days != 0) return std::to_string(term.working_days) + "wd";
  struct Unit {
    std::int64_t milliseconds;
    std::string_view suffix;
  };
  static constexpr std::array<Unit, 5> kUnits = {
      {{86'400'000, "d"}, {3'600'000, "h"}, {60'000, "m"}, {1'000, "s"}, {1, "ms"}}};
  const std::int64_t count = term.elapsed.count();
  for (const Unit& unit : kUnits) {
    if (count != 0 && count % unit.milliseconds == 0)
      return std::to_string(count / unit.milliseconds).append(unit.suffix);
  }
  return "0s";
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  struct Unit {
    std::string_view suffix;
    unsigned shift;
  };
  static constexpr std::array<Unit, 3> kUnits = {{{"KiB", 10}, {"MiB", 20}, {"GiB", 30}}};
  unsigned shift = 0;
  for (const Unit& unit : kUnits) {
    if (text.ends_with(unit.suffix)) {
      shift = unit.shift;
      text.remove_suffix(unit.suffix.size());
      break;
    }
  }
  const auto count = whole<std::uint64_t>(text);
  if (!count || *count > (UINT64_MAX >> 1u >> shift)) return std::nullopt;
  return *count << shift;
}

}  // namespace gateway::config
