// Properties over many random referrals and dates. The seed is printed; every failure can be run again.
#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <random>

#include "referral_text.hpp"

namespace gateway::routing {
namespace {

constexpr unsigned kSeed = 20261122;
constexpr int kRuns = 600;

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  int up_to(int n) { return static_cast<int>(engine_() % static_cast<unsigned>(n)); }
  template <class T, std::size_t N>
  const T& pick(const T (&all)[N]) {
    return all[up_to(static_cast<int>(N))];
  }

 private:
  std::mt19937 engine_;
};

struct Case {
  std::string json;
  std::string received;
};

Case random_case(Dice& dice) {
  static const char* const kBirths[] = {"1950-01-01", "2010-11-22", "2008-02-29", "2015-05-05",
                                        "2044-01-01", "1990",       "x"};
  static const char* const kCodes[] = {"183545006", "306170007", "183524004", "306200004",
                                       "308451001", "308455005", "413159000", "306170006"};
  static const char* const kPractices[] = {"99S01", "99S03", "99S04", "G81002", "A10001"};
  static const char* const kChosen[] = {"99S20", "99S21", "99S22", "99S23", "99S10", "ZZZ99"};
  static const char* const kEndpoints[] = {"https://fhir.nhs.uk/Id/dos-service-id|2000099001",
                                           "https://fhir.nhs.uk/Id/dos-service-id|7", "nonsense"};
  static const char* const kNotes[] = {"", "", "", R"("note":[{"text":"saddle numbness"}])",
                                       R"("note":[{"text":"diabetic foot"}])"};
  Referral referral;
  referral.birth = R"("birthDate":")" + std::string(dice.pick(kBirths)) + '"';
  referral.code = dice.up_to(6) == 0 ? "" : R"("code":{"coding":[)" + snomed(dice.pick(kCodes)) + "]}";
  referral.practice = dice.pick(kPractices);
  referral.endpoint = dice.pick(kEndpoints);
  referral.more = dice.pick(kNotes);
  if (referral.more.empty() && dice.up_to(2) == 0) {
    referral.more =
        R"("performer":[{"identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":")" +
        std::string(dice.pick(kChosen)) + R"("}}])";
  }
  const std::string year = std::to_string(2019 + dice.up_to(15));
  const std::string month = std::to_string(10 + dice.up_to(3));
  const std::string day = std::to_string(10 + dice.up_to(19));
  return {referral.json(), year + '-' + (dice.up_to(2) == 0 ? month : "03") + '-' +
                               (dice.up_to(3) == 0 ? "31" : day) + "T22:59:59Z"};
}

/// Any of the five services, at a time around its contracts, with practices and choices of its own and of
/// others.
Case random_case_anywhere(Dice& dice) {
  static const char* const kBirths[] = {"1950-01-01", "2000-06-15", "2008-02-29", "2015-05-05", "1990", "x"};
  static const char* const kCodes[] = {"183545006", "306170007", "183524004", "306109009", "306290009",
                                       "308482002", "306299005", "413159000", "306170006"};
  static const char* const kPractices[] = {"99S01", "99B01", "99O01", "99V01", "99D01", "A10001"};
  static const char* const kChosen[] = {"99B20", "99B21", "99X01", "99X02", "99O20", "99V20", "99S21", "zz"};
  static const char* const kNotes[] = {"", "", "", R"("note":[{"text":"saddle numbness"}])",
                                       R"("requester":{"reference":"urn:uuid:pat"})"};
  const Place& place = dice.pick(kPlaces);
  Referral referral = place.referral();
  if (dice.up_to(4) == 0) referral.endpoint = "https://fhir.nhs.uk/Id/dos-service-id|7";
  if (dice.up_to(4) == 0) referral.practice = dice.pick(kPractices);
  referral.birth = R"("birthDate":")" + std::string(dice.pick(kBirths)) + '"';
  referral.code = dice.up_to(6) == 0 ? "" : R"("code":{"coding":[)" + snomed(dice.pick(kCodes)) + "]}";
  referral.more = dice.pick(kNotes);
  if (referral.more.empty() && dice.up_to(2) == 0) referral.more = choice(dice.pick(kChosen));
  const int year =
      std::string_view(place.service) == "sussex-msk" ? 2019 + dice.up_to(14) : 2012 + dice.up_to(13);
  static const char* const kDays[] = {"03-31T22:59:59Z", "03-31T23:00:00Z", "06-15T22:59:59Z",
                                      "06-16T10:00:00Z", "09-30T23:00:00Z", "10-01T10:00:00Z",
                                      "12-24T10:00:00Z"};
  return {referral.json(), std::to_string(year) + '-' + dice.pick(kDays)};
}

bool is_date(const std::string& received) {
  return fhir::parse_instant(received).has_value();
}

TEST(RoutingProperty, SameInputSameDecision) {
  const auto first = sussex();
  const auto second = sussex();
  Dice dice(kSeed);
  for (int i = 0; i < kRuns; ++i) {
    const Case one = random_case(dice);
    if (!is_date(one.received)) continue;
    EXPECT_EQ(to_json(decide_text(*first, one.json, one.received)),
              to_json(decide_text(*second, one.json, one.received)))
        << "seed " << kSeed << " run " << i;
  }
}

TEST(RoutingProperty, NeverRoutesWithoutALiveContract) {
  const auto hub = sussex();
  std::string text = with(sample_text("services/sussex.yaml"), "kind: hub", "kind: none");
  text = with(with(text, "  hub: sussex-hub\n", ""), "  hub_ods: 99S10\n", "");
  const auto direct = catalogue_of(text);
  Dice dice(kSeed + 1);
  int routed = 0;
  for (int i = 0; i < kRuns; ++i) {
    const Case one = random_case(dice);
    if (!is_date(one.received)) continue;
    for (const auto& catalogue : {hub, direct}) {
      const Decision decision = decide_text(*catalogue, one.json, one.received, {}, DestinationCheck::kAny);
      if (decision.outcome != Outcome::kRoute) continue;
      ++routed;
      const auto today = *services::london_date(*fhir::parse_instant(one.received));
      const services::Service* service = catalogue->service(decision.service);
      ASSERT_NE(service, nullptr);
      EXPECT_TRUE(service->dates.contains(today)) << "seed " << kSeed + 1 << " run " << i;
      bool live = false;
      for (const services::Contract& contract : service->contracts) {
        const bool covers =
            decision.specialty.empty() ||
            std::ranges::find(contract.specialties, decision.specialty) != contract.specialties.end();
        live = live || (contract.provider_ods == decision.destination_ods &&
                        contract.live().contains(today) && covers);
      }
      EXPECT_TRUE(live) << "seed " << kSeed + 1 << " run " << i << ' ' << to_json(decision);
    }
  }
  EXPECT_GT(routed, 20) << "the property was never put to the test";
}

bool allowed(const services::Service& service, const Decision& decision, services::Date today) {
  return std::ranges::any_of(service.contracts, [&](const services::Contract& contract) {
    const bool covers =
        decision.specialty.empty() ||
        std::ranges::find(contract.specialties, decision.specialty) != contract.specialties.end();
    return contract.id.id == decision.contract && contract.provider_ods == decision.destination_ods &&
           contract.live().contains(today) && covers;
  });
}

TEST(RoutingPropertyOfAll, NoServiceRoutesWithoutALiveContractAndNoneByChance) {
  const auto first = all_services();
  const auto second = all_services();
  Dice dice(kSeed + 4);
  std::map<std::string, int> routed;
  for (int i = 0; i < 4 * kRuns; ++i) {
    const Case one = random_case_anywhere(dice);
    const Decision decision = decide_text(*first, one.json, one.received, {}, DestinationCheck::kAny);
    const std::string where = "seed " + std::to_string(kSeed + 4) + " run " + std::to_string(i);
    EXPECT_EQ(to_json(decision),
              to_json(decide_text(*second, one.json, one.received, {}, DestinationCheck::kAny)))
        << where;
    const bool flagged = one.json.find("saddle numbness") != std::string::npos;
    EXPECT_EQ(decision.outcome == Outcome::kUrgent, flagged) << where << ' ' << to_json(decision);
    EXPECT_EQ(decision.outcome == Outcome::kHold, decision.destination.empty()) << where;
    EXPECT_FALSE(decision.rules.empty()) << where;
    if (decision.outcome != Outcome::kRoute) continue;
    ++routed[decision.service];
    const services::Service* service = first->service(decision.service);
    ASSERT_NE(service, nullptr) << where;
    const auto today = *services::london_date(*fhir::parse_instant(one.received));
    EXPECT_TRUE(service->dates.contains(today)) << where;
    EXPECT_TRUE(allowed(*service, decision, today)) << where << ' ' << to_json(decision);
  }
  EXPECT_EQ(routed.size(), 5U) << "every service was put to the test";
  for (const auto& [service, times] : routed)
    EXPECT_GT(times, 5) << service;
}

TEST(RoutingProperty, ARedFlagIsNeverRoutine) {
  const auto catalogue = sussex();
  Dice dice(kSeed + 2);
  int flagged = 0;
  for (int i = 0; i < kRuns; ++i) {
    const Case one = random_case(dice);
    if (!is_date(one.received) || one.json.find("saddle numbness") == std::string::npos) continue;
    ++flagged;
    EXPECT_EQ(decide_text(*catalogue, one.json, one.received).outcome, Outcome::kUrgent)
        << "seed " << kSeed + 2 << " run " << i;
  }
  EXPECT_GT(flagged, 20);
}

TEST(RoutingProperty, EveryDecisionExplainsItself) {
  const auto catalogue = sussex();
  Dice dice(kSeed + 3);
  for (int i = 0; i < kRuns; ++i) {
    const Case one = random_case(dice);
    if (!is_date(one.received)) continue;
    const Decision decision = decide_text(*catalogue, one.json, one.received);
    EXPECT_FALSE(decision.reason.empty());
    EXPECT_FALSE(decision.text.empty());
    EXPECT_FALSE(decision.rules.empty());
    EXPECT_EQ(decision.catalogue, catalogue->digest());
    EXPECT_EQ(decision.outcome == Outcome::kHold, decision.destination.empty()) << to_json(decision);
    for (const RuleId& rule : decision.rules)
      EXPECT_FALSE(rule.version.empty() || rule.requirement.empty()) << rule.id;
  }
}

}  // namespace
}  // namespace gateway::routing
