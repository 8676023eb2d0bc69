#include "gateway/care/letter.hpp"

#include <gtest/gtest.h>

namespace gateway::care {
namespace {

fhir::Instant at(int minutes) {
  return *fhir::parse_instant("2026-11-22T10:00:00Z") + std::chrono::minutes(minutes);
}

KnownVersion known(const char* number, int minutes, const char* digest = "a") {
  KnownVersion version;
  version.id = std::string("id-") + number;
  version.document = {"s", number};
  version.completeness = Completeness::kComplete;
  version.digest = digest;
  version.occurred = at(minutes);
  return version;
}

Letter letter(const char* number, int minutes, const char* digest = "b") {
  Letter made;
  made.document = {"s", number};
  made.completeness = Completeness::kComplete;
  made.digest = digest;
  made.occurred = at(minutes);
  return made;
}

TEST(Judge, FirstCompleteVersionIsSent) {
  EXPECT_EQ(judge(letter("1", 0), {}).fate, Fate::kSend);
}

TEST(Judge, DraftWaitsAndNeverFollowsTheCompleteOne) {
  Letter draft = letter("1", 5);
  draft.completeness = Completeness::kDraft;
  EXPECT_EQ(judge(draft, {}).fate, Fate::kKeep);
  EXPECT_EQ(judge(draft, std::vector{known("1", 0)}).fate, Fate::kIgnore);
}

TEST(Judge, SameAgainIsIgnoredWheneverItSaysItWasMade) {
  EXPECT_EQ(judge(letter("1", 0, "a"), std::vector{known("1", 0)}).fate, Fate::kIgnore);
  EXPECT_EQ(judge(letter("1", 9, "a"), std::vector{known("1", 0)}).fate, Fate::kIgnore);
}

TEST(Judge, LaterContentUnderOneNumberReplaces) {
  const Judgement judged = judge(letter("1", 5), std::vector{known("1", 0)});
  EXPECT_EQ(judged.fate, Fate::kSend);
  EXPECT_EQ(judged.replaced, std::vector<std::string>{"id-1"});
  EXPECT_EQ(judge(letter("1", -5), std::vector{known("1", 0)}).fate, Fate::kIgnore);
}

TEST(Judge, VersionNumbersOfASetDecideOverTimes) {
  KnownVersion second = known("2", 0);
  second.same_set = true;
  second.version = 2;
  Letter first = letter("1", 5);
  first.version = 1;
  EXPECT_EQ(judge(first, std::vector{second}).fate, Fate::kIgnore);
  Letter third = letter("3", -5);
  third.version = 3;
  EXPECT_EQ(judge(third, std::vector{second}).replaced, std::vector<std::string>{"id-2"});
}

TEST(Judge, NamedReplacementReplacesWhateverTheTimes) {
  Letter later = letter("2", -5);
  later.replaces = Name{"s", "1"};
  EXPECT_EQ(judge(later, std::vector{known("1", 0)}).replaced, std::vector<std::string>{"id-1"});
}

TEST(Judge, WhatWasReplacedIsNotSentAgain) {
  KnownVersion first = known("1", 0);
  first.replaced = true;
  EXPECT_EQ(judge(letter("1", 9), std::vector{first}).fate, Fate::kIgnore);
}

TEST(Judge, WithdrawalMattersOnlyAfterItWentOut) {
  Letter gone = letter("1", 5);
  gone.completeness = Completeness::kWithdrawn;
  EXPECT_EQ(judge(gone, {}).fate, Fate::kIgnore);
  EXPECT_EQ(judge(gone, std::vector{known("1", 0)}).fate, Fate::kWithdraw);
  KnownVersion draft = known("1", 0);
  draft.completeness = Completeness::kDraft;
  EXPECT_EQ(judge(gone, std::vector{draft}).fate, Fate::kIgnore);
}

}  // namespace
}  // namespace gateway::care
