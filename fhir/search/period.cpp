#include "fhir/search/period.hpp"

namespace fhir::search {
namespace {

using std::chrono::microseconds;

/// Reads a text from the left; every failure leaves it `bad`.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}
  [[nodiscard]] bool bad() const noexcept { return bad_; }
  [[nodiscard]] bool done() const noexcept { return text_.empty(); }
  bool take(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  unsigned digits(std::size_t count) {
    unsigned value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (text_.empty() || text_.front() < '0' || text_.front() > '9') {
        bad_ = true;
        return 0;
      }
      value = value * 10 + static_cast<unsigned>(text_.front() - '0');
      text_.remove_prefix(1);
    }
    return value;
  }
  /// The digits after a decimal point: their value in microseconds and the length of one unit of the last
  /// kept digit.
  Period fraction() {
    std::int64_t value = 0;
    std::int64_t unit = 1'000'000;
    bool any = false;
    while (!text_.empty() && text_.front() >= '0' && text_.front() <= '9') {
      any = true;
      if (unit > 1) {
        unit /= 10;
        value += unit * (text_.front() - '0');
      }
      text_.remove_prefix(1);
    }
    bad_ = bad_ || !any;
    return {Instant(microseconds(value)), Instant(microseconds(value + unit))};
  }
  /// The offset from UTC, 0 when there is none.
  std::chrono::minutes zone() {
    if (done() || take('Z')) return std::chrono::minutes(0);
    const bool east = take('+');
    if (!east && !take('-')) {
      bad_ = true;
      return std::chrono::minutes(0);
    }
    const unsigned hours = digits(2);
    bad_ = bad_ || !take(':');
    const unsigned minutes = digits(2);
    bad_ = bad_ || hours > 14 || minutes > 59;
    const std::chrono::minutes offset(static_cast<int>(hours * 60 + minutes));
    return east ? offset : -offset;
  }

 private:
  std::string_view text_;
  bool bad_ = false;
};

std::optional<Period> finish(Scanner& scan, Period period) {
  const std::chrono::minutes offset = scan.zone();
  if (scan.bad() || !scan.done()) return std::nullopt;
  return Period{period.low - offset, period.high - offset};
}

std::optional<Period> time_of(Scanner& scan, std::chrono::sys_days day) {
  const unsigned hour = scan.digits(2);
  if (!scan.take(':')) return std::nullopt;
  const unsigned minute = scan.digits(2);
  if (scan.bad() || hour > 23 || minute > 59) return std::nullopt;
  const Instant low = day + std::chrono::hours(hour) + std::chrono::minutes(minute);
  if (!scan.take(':')) return finish(scan, {low, low + std::chrono::minutes(1)});
  const unsigned second = scan.digits(2);
  if (scan.bad() || second > 60) return std::nullopt;
  const Instant at = low + std::chrono::seconds(second);
  if (!scan.take('.')) return finish(scan, {at, at + std::chrono::seconds(1)});
  const Period fraction = scan.fraction();
  return finish(scan, {at + fraction.low.time_since_epoch(), at + fraction.high.time_since_epoch()});
}

}  // namespace

std::optional<Period> parse_period(std::string_view text) {
  using namespace std::chrono;
  Scanner scan(text);
  const year y(static_cast<int>(scan.digits(4)));
  if (scan.bad() || y < year(1)) return std::nullopt;
  if (scan.done()) return Period{sys_days(y / 1 / 1), sys_days((y + years(1)) / 1 / 1)};
  if (!scan.take('-')) return std::nullopt;
  const month m(scan.digits(2));
  if (scan.bad() || !m.ok()) return std::nullopt;
  if (scan.done()) return Period{sys_days(y / m / 1), sys_days((y / m + months(1)) / 1)};
  if (!scan.take('-')) return std::nullopt;
  const year_month_day date = y / m / day(scan.digits(2));
  if (scan.bad() || !date.ok()) return std::nullopt;
  if (scan.done()) return Period{sys_days(date), sys_days(date) + days(1)};
  if (!scan.take('T')) return std::nullopt;
  return time_of(scan, sys_days(date));
}

}  // namespace fhir::search
