// Properties over many random referrals and dates. The seed is printed; every failure can be run again.
#include <algorithm>
#include <gtest/gtest.h>
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
