// How long something may take, as the files say it: elapsed time or working days.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gateway::config {

/// One of the two; neither: no term. Elapsed time runs on the wall clock, nights and weekends included.
/// Working days need a calendar (gateway/services/calendar.hpp).
struct Term {
  std::chrono::milliseconds elapsed{0};
  std::uint16_t working_days = 0;

  constexpr Term() = default;
  template <class Rep, class Period>
  constexpr Term(std::chrono::duration<Rep, Period> time)  // NOLINT(google-explicit-constructor): is a term
      : elapsed(std::chrono::duration_cast<std::chrono::milliseconds>(time)) {}
  [[nodiscard]] static constexpr Term in_working_days(std::uint16_t days) {
    Term term;
    term.working_days = days;
    return term;
  }
  [[nodiscard]] constexpr bool empty() const noexcept { return elapsed.count() == 0 && working_days == 0; }
  friend constexpr bool operator==(const Term&, const Term&) = default;
};

/// A duration as parse_duration() takes it, or `3wd`: three working days, 1 to 366.
[[nodiscard]] std::optional<Term> parse_term(std::string_view text);
/// The shortest text parse_term() reads back.
[[nodiscard]] std::string to_text(const Term& term);

}  // namespace gateway::config
