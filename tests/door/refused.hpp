// What every refused message has in common.
#pragma once

#include <chrono>

#include "tests/door/door.hpp"

namespace gateway::door {

inline constexpr const char* kRedFlag = "Zzcanarynote saddle numbness and urinary retention.";

/// What a refusal says: `verdict` as Answer::verdict, `place` somewhere in an expression; empty: no matter.
struct Refusal {
  int status = 400;
  std::string verdict = "REC_BAD_REQUEST invalid";
  std::string place;
};

/// Refused, kept for review alone, nothing of it in the answer; its red flag is with a person.
inline void expect_refused(House& house, const Answer& answer, const Refusal& expected, bool red_flag) {
  EXPECT_EQ(answer.status, expected.status) << answer.body.substr(0, 600);
  EXPECT_EQ(answer.verdict(), expected.verdict) << answer.body.substr(0, 600);
  if (!expected.place.empty()) {
    EXPECT_THAT(answer.expressions(), ::testing::Contains(::testing::HasSubstr(expected.place)));
  }
  const auto messages = house.messages();
  ASSERT_FALSE(messages.empty()) << "not kept for review";
  EXPECT_EQ(messages.front().verdict, store::Verdict::kRefused);
  EXPECT_EQ(house.has_work("red-flag"), red_flag);
  if (red_flag) {
    const auto deliveries = house.deliveries();
    EXPECT_TRUE(std::any_of(deliveries.begin(), deliveries.end(),
                            [](const auto& row) { return row.kind == "escalation"; }));
  }
}

/// The same for the only message of a house.
inline void expect_refused_whole(House& house, const Answer& answer, const Refusal& expected, bool red_flag) {
  expect_refused(house, answer, expected, red_flag);
  EXPECT_EQ(house.messages().size(), 1U);
  EXPECT_TRUE(house.referrals().empty());
  EXPECT_EQ(house.resource_count(), 0U);
}

/// Real time; generous, because sanitizers and busy machines are slow. What it catches is growth.
class Stopwatch {
 public:
  ~Stopwatch() {
    EXPECT_LT(std::chrono::steady_clock::now() - started_, std::chrono::seconds(20)) << "took too long";
  }

 private:
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

inline std::string repeated(std::string_view part, std::size_t times) {
  std::string text;
  text.reserve(part.size() * times);
  for (std::size_t i = 0; i < times; ++i)
    text += part;
  return text;
}

inline std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

}  // namespace gateway::door
