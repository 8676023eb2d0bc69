// Dorset: no hub, two contracts that end on different days.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "referral_text.hpp"

namespace gateway::routing {
namespace {

using testing::HasSubstr;

constexpr const Place& kDorset = kPlaces[4];

std::string dorset_text() {
  return sample_text("services/dorset.yaml");
}

struct Row {
  const char* name;
  const char* code;
  const char* received;
  const char* outcome;
};

void expect_rows(const services::ServiceCatalogue& of, std::span<const Row> rows) {
  for (const Row& row : rows) {
    Referral referral = kDorset.referral();
    referral.code = *row.code == '\0' ? std::string() : coded(row.code);
    const Decision decision = decide_text(of, referral.json(), row.received);
    EXPECT_EQ(outcome_of(decision), row.outcome) << row.name << ' ' << decision.text;
    if (decision.outcome == Outcome::kRoute) {
      EXPECT_EQ(decision.destination, "dorset-healthcare") << row.name;
      EXPECT_EQ(decision.hub_ods, "99D20") << row.name << ": the provider decides, there is no hub";
    }
  }
}

TEST(DorsetRoute, GoesStraightToTheContractedProvider) {
  const Row rows[] = {
      {"physiotherapy", "306170007", "2020-01-06T10:00:00Z", "route accepted"},
      {"community service", "841261000000105", "2020-01-06T10:00:00Z", "route accepted"},
      {"pain", "306109009", "2020-01-06T10:00:00Z", "route accepted"},
      {"orthopaedics: nobody is contracted", "183545006", "2020-01-06T10:00:00Z", "hold request-not-offered"},
      {"nothing coded: nobody triages", "", "2020-01-06T10:00:00Z", "hold specialty-unknown"},
  };
  expect_rows(catalogue(), rows);
  const Decision pain = decide_text(
      catalogue(),
      [] {
        Referral referral = kDorset.referral();
        referral.code = coded("306109009");
        return referral.json();
      }(),
      kDorset.received);
  EXPECT_EQ(pain.contract, "dorset.contract.pain");
  EXPECT_THAT(pain.text, HasSubstr("Dorset community pain service"));
}

TEST(DorsetRoute, FollowsEachContractToItsLastDay) {
  const Row unknown[] = {
      {"before both", "306170007", "2019-03-31T22:59:59Z", "hold service-not-in-effect"},
      {"first day", "306170007", "2019-03-31T23:00:00Z", "route accepted"},
      {"msk, last day", "306170007", "2021-03-31T22:59:59Z", "route accepted"},
      {"msk, the day after", "306170007", "2021-03-31T23:00:00Z", "hold no-live-contract"},
      {"pain goes on", "306109009", "2021-04-01T10:00:00Z", "route accepted"},
      {"pain, last day", "306109009", "2022-03-31T10:00:00Z", "route accepted"},
      {"pain, the day after", "306109009", "2022-04-01T10:00:00Z", "hold no-live-contract"},
      {"today", "306109009", "2026-11-22T10:00:00Z", "hold no-live-contract"},
  };
  expect_rows(catalogue(), unknown);
  const services::FhirPathConditions compiler(fhir::definitions::r4());
  const auto load = [&](const std::string& text) {
    return services::load_catalogue({{"dorset.yaml", text}}, compiler).catalogue;
  };
  const auto exercised =
      load(with(dorset_text(), "years: 1, exercised: unknown", "years: 1, exercised: yes"));
  ASSERT_NE(exercised, nullptr);
  const Row one_year_more[] = {
      {"msk, extended", "306170007", "2021-04-01T10:00:00Z", "route accepted"},
      {"msk, last day extended", "306170007", "2022-03-31T22:59:59Z", "route accepted"},
      {"msk, after the extension", "306170007", "2022-03-31T23:00:00Z", "hold no-live-contract"},
      {"pain, whose own was not", "306109009", "2022-04-01T10:00:00Z", "hold no-live-contract"},
  };
  expect_rows(*exercised, one_year_more);
  const auto refused = load(with(dorset_text(), "years: 1, exercised: unknown", "years: 1, exercised: no"));
  ASSERT_NE(refused, nullptr);
  const Row no_more[] = {{"msk", "306170007", "2021-04-01T10:00:00Z", "hold no-live-contract"}};
  expect_rows(*refused, no_more);
}

TEST(DorsetRoute, TwoContractsForOneThingAreNeverChosenBetween) {
  const std::string second = R"(
    - rule: {id: dorset.contract.second, version: "1", requirement: DO-05}
      name: Another provider
      provider: 99D21
      type: spot
      start: 2020-06-01
      end: 2020-12-31
      specialties: [pain]
)";
  const services::FhirPathConditions compiler(fhir::definitions::r4());
  const auto two =
      services::load_catalogue(
          {{"dorset.yaml", with(dorset_text(), "  # Every requirement", second + "\n  # Every requirement")}},
          compiler)
          .catalogue;
  ASSERT_NE(two, nullptr);
  const Row rows[] = {{"before", "306109009", "2020-05-31T10:00:00Z", "route accepted"},
                      {"both live", "306109009", "2020-06-01T10:00:00Z", "hold several-providers"},
                      {"other specialty", "306170007", "2020-06-01T10:00:00Z", "route accepted"},
                      {"after", "306109009", "2021-01-01T10:00:00Z", "route accepted"}};
  expect_rows(*two, rows);
  // With one provider twice, nobody could say which contract counts: such a file is refused.
  const auto same = services::load_catalogue(
      {{"dorset.yaml", with(with(dorset_text(), "  # Every requirement", second + "\n  # Every requirement"),
                            "provider: 99D21", "provider: 99D20")}},
      compiler);
  EXPECT_EQ(same.catalogue, nullptr);
}

TEST(DorsetContracts, AreAsTheReplyStatesThem) {
  const services::Service* service = catalogue().service("dorset-msk");
  ASSERT_NE(service, nullptr);
  EXPECT_EQ(service->kind, services::ServiceKind::kDirect);
  EXPECT_TRUE(service->hubs.empty());
  ASSERT_EQ(service->contracts.size(), 2U);
  const services::Contract& msk = service->contracts[0];
  const services::Contract& pain = service->contracts[1];
  EXPECT_EQ(config::to_text(*msk.dates.from), "2019-04-01");
  EXPECT_EQ(config::to_text(*msk.dates.to), "2021-03-31");
  EXPECT_EQ(msk.extension_years, 1);
  EXPECT_EQ(msk.payment, services::Payment::kBlock);
  EXPECT_FALSE(msk.value_gbp.has_value()) << "to be confirmed is unknown, not nought";
  EXPECT_EQ(config::to_text(*pain.dates.to), "2022-03-31");
  EXPECT_EQ(pain.extension_years, 2);
  EXPECT_EQ(pain.payment, services::Payment::kBlock);
  EXPECT_EQ(pain.value_gbp, 3000000);
}

TEST(DorsetContracts, LengthMayBeADayOrANumberOfYearsAndMayNotContradict) {
  struct Term {
    const char* length;
    const char* says;  ///< Empty: loads, and ends on 31 March 2021.
  };
  const Term terms[] = {
      {"length: 2021-03-31", ""},
      {"length: 2 years", ""},
      {"end: 2021-03-31\n      length: 2 years", ""},
      {"length_years: 2\n      length: 2021-03-31", ""},
      {"end: 2021-03-31\n      length: 2021-03-30", "does not agree with end"},
      {"end: 2021-03-31\n      length: 3 years", "does not agree with end"},
      {"length_years: 3\n      length: 2021-03-31", "does not agree with end"},
      {"length: 2 winters", "must be a number of years"},
      {"length: 0 years", "must be a number of years"},
      {"length: 2018-03-31", "ends before it starts"},
  };
  const services::FhirPathConditions compiler(fhir::definitions::r4());
  for (const Term& term : terms) {
    const auto loaded = services::load_catalogue(
        {{"dorset.yaml", with(dorset_text(), "length: 2021-03-31", term.length)}}, compiler);
    if (*term.says == '\0') {
      ASSERT_NE(loaded.catalogue, nullptr) << term.length;
      EXPECT_EQ(config::to_text(*loaded.catalogue->services()[0].contracts[0].dates.to), "2021-03-31");
      continue;
    }
    EXPECT_EQ(loaded.catalogue, nullptr) << term.length;
    ASSERT_FALSE(loaded.issues.empty()) << term.length;
    EXPECT_THAT(loaded.issues.items().front().text, HasSubstr(term.says)) << term.length;
  }
}

}  // namespace
}  // namespace gateway::routing
