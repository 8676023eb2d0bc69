#include "gateway/services/catalogue.hpp"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>
#include <set>

#include "fake_conditions.hpp"

namespace gateway::services {
namespace {

using testing::HasSubstr;

std::string sussex() {
  auto text =
      config::read_text_file(std::string(LIGAMENT_SOURCE_DIR) + "/samples/services/sussex.yaml", 1u << 20);
  return text.has_value() ? *text : std::string();
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}

CatalogueFile calendar() {
  auto text =
      config::read_text_file(std::string(LIGAMENT_SOURCE_DIR) + "/samples/services/calendar.yaml", 1u << 20);
  EXPECT_TRUE(text.has_value());
  return {"calendar.yaml", text.has_value() ? *text : std::string()};
}

CatalogueOutcome load(std::string text) {
  return load_catalogue({{"sussex.yaml", std::move(text)}, calendar()}, FakeConditions());
}

std::string all_texts(const fhir::IssueList& issues) {
  std::string out;
  for (const fhir::Issue& issue : issues.items())
    out += issue.text + '\n';
  return out;
}

TEST(Catalogue, LoadsTheSamplesFolder) {
  const auto loaded =
      load_catalogue_folder(std::string(LIGAMENT_SOURCE_DIR) + "/samples/services", FakeConditions());
  ASSERT_TRUE(loaded.has_value()) << loaded.error().detail;
  ASSERT_NE(loaded->catalogue, nullptr) << all_texts(loaded->issues);
  const Service* service = loaded->catalogue->service("sussex-msk");
  ASSERT_NE(service, nullptr);
  EXPECT_EQ(service->specialties.size(), 6u);
  EXPECT_EQ(loaded->catalogue->digest().size(), 64u);
  EXPECT_EQ(loaded->catalogue->service("bedfordshire"), nullptr);
  EXPECT_EQ(loaded->catalogue->services().size(), 5u);
  EXPECT_GT(loaded->catalogue->directory().all().size(), 5u);
}

TEST(Catalogue, EveryUrgentRouteOfTheGateHasAContact) {
  const auto loaded =
      load_catalogue_folder(std::string(LIGAMENT_SOURCE_DIR) + "/samples/services", FakeConditions());
  ASSERT_NE(loaded->catalogue, nullptr);
  for (const Service& service : loaded->catalogue->services()) {
    std::set<std::string> routes;
    for (const UrgentDestination& urgent : service.urgent)
      routes.insert(urgent.route);
    for (const gate::RedFlag& flag : loaded->catalogue->red_flags().flags()) {
      EXPECT_TRUE(routes.contains(flag.route.id)) << service.id << ' ' << flag.condition;
    }
  }
}

struct Row {
  const char* name;
  const char* from;
  const char* to;
  const char* says;
};

TEST(Catalogue, RefusesTheWholeFileWithPlaceAndReason) {
  const Row rows[] = {
      {"unknown key", "kind: hub", "kind: hub\n  colour: blue", "service.colour: unknown key"},
      {"duplicate key", "kind: hub", "kind: hub\n  kind: hub", "duplicate key 'kind'"},
      {"wrong type", "min: 16", "min: sixteen", "service.ages[0].min: must be a whole number"},
      {"missing", "  kind: hub\n", "", "'kind' is missing"},
      {"service ends before it starts", "to: 2032-03-31", "to: 2019-03-31",
       "service.to: ends before it starts"},
      {"contract ends before it starts", "start: 2024-01-01", "start: 2029-01-01", "ends before it starts"},
      {"length and end disagree", "end: 2030-03-31\n      extension", "end: 2030-04-30\n      extension",
       "does not agree with end: by length the last day is 2030-03-31"},
      {"no term", "      end: 2028-12-31\n", "", "needs end, length or length_years"},
      {"overlapping contracts", "provider: 99S22\n      type", "provider: 99S20\n      type",
       "overlap for 'orthopaedics' with one provider"},
      {"rule id twice", "id: sussex.contract.weald-trust", "id: sussex.contract.orthotics",
       "rule id 'sussex.contract.orthotics' is used twice"},
      {"condition", "when: \"Bundle.entry.resource.ofType(ServiceRequest).all(code.empty()", "when: broken #",
       "does not compile"},
      {"code with a wrong digit", "http://snomed.info/sct|306170007", "http://snomed.info/sct|306170006",
       "is no SNOMED CT concept identifier"},
      {"one code, two specialties", "http://snomed.info/sct|308455005", "http://snomed.info/sct|306290009",
       "asks for both 'rheumatology' and 'orthotics'"},
      {"treatment function twice", "[\"658\"]", "[\"650\"]", "asks for both 'physiotherapy' and 'orthotics'"},
      {"exclusion of nothing", "specialties: [podiatry]\n      codes",
       "specialties: [dentistry]\n      codes", "names no specialty here: 'dentistry'"},
      {"contract for nothing", "specialties: [orthotics]", "specialties: [dentistry]",
       "names no specialty here: 'dentistry'"},
      {"hub without contract", "partner: sussex-hub", "partner: other-hub", "the hub has no contract"},
      {"urgent route twice", "route: mscc-coordinator", "route: emergency-department", "is given twice"},
      {"requirement neither open nor tested", "test: SussexArea.FollowsThePracticeAndItsDates", "open: false",
       "is either open or shown by a test"},
      {"outcome", "outcome: hold", "outcome: perhaps",
       "must be one of: route, urgent, redirect, refuse, hold"},
      {"extension state", "exercised: unknown", "exercised: perhaps", "must be one of: yes, no, unknown"},
  };
  for (const Row& row : rows) {
    const CatalogueOutcome outcome = load(replaced(sussex(), row.from, row.to));
    EXPECT_EQ(outcome.catalogue, nullptr) << row.name;
    EXPECT_THAT(all_texts(outcome.issues), HasSubstr(row.says)) << row.name;
    EXPECT_THAT(all_texts(outcome.issues), HasSubstr("sussex.yaml")) << row.name;
  }
}

TEST(Catalogue, OneWrongFileRefusesAll) {
  const CatalogueOutcome outcome = load_catalogue(
      {{"sussex.yaml", sussex()}, calendar(), {"other.yaml", "service: {}"}}, FakeConditions());
  EXPECT_EQ(outcome.catalogue, nullptr);
}

TEST(Catalogue, RefusesTwoServicesBehindOneDoor) {
  const CatalogueOutcome outcome = load_catalogue(
      {{"a.yaml", sussex()}, {"b.yaml", replaced(sussex(), "id: sussex-msk", "id: sussex-two")}},
      FakeConditions());
  EXPECT_THAT(all_texts(outcome.issues), HasSubstr("answer to one service id"));
}

TEST(Catalogue, WrongRedFlagFileRefusesAll) {
  const CatalogueOutcome outcome = load_catalogue(
      {{"sussex.yaml", sussex()}, calendar(), {"red_flags.yaml", "flags: 7"}}, FakeConditions());
  EXPECT_EQ(outcome.catalogue, nullptr);
}

TEST(Catalogue, TermsInWorkingDaysNeedACalendar) {
  const auto without = load_catalogue({{"sussex.yaml", sussex()}}, FakeConditions());
  EXPECT_EQ(without.catalogue, nullptr);
  EXPECT_NE(all_texts(without.issues).find("calendar.yaml"), std::string::npos);
  const auto with_it = load(sussex());
  ASSERT_NE(with_it.catalogue, nullptr);
  EXPECT_EQ(with_it.catalogue->calendar()->name(), "england-and-wales 2026.1");
  EXPECT_EQ(with_it.catalogue->services().front().triage.routine, config::Term::in_working_days(2));
  std::string elapsed = replaced(sussex(), "routine: 2wd", "routine: 2d");
  elapsed = replaced(std::move(elapsed), "urgent: 1wd", "urgent: 1d");
  EXPECT_NE(load_catalogue({{"sussex.yaml", elapsed}}, FakeConditions()).catalogue, nullptr);
  const std::string seven =
      replaced(sussex(), "\n  triage:", "\n  working_time: {days: every-day}\n  triage:");
  EXPECT_NE(load_catalogue({{"sussex.yaml", seven}}, FakeConditions()).catalogue, nullptr) << "seven days";
}

TEST(Catalogue, DigestNamesTheContent) {
  const auto digest = [](const CatalogueOutcome& outcome) { return outcome.catalogue->digest(); };
  const CatalogueFile flags{"red_flags.yaml", "flags: [{condition: cauda-equina, phrases: [zebra]}]"};
  const CatalogueFile service{"sussex.yaml", sussex()};
  const FakeConditions compiler;
  const CatalogueFile days = calendar();
  EXPECT_EQ(digest(load_catalogue({days, flags, service}, compiler)),
            digest(load_catalogue({service, flags, days}, compiler)));
  EXPECT_NE(digest(load_catalogue({service, days}, compiler)),
            digest(load_catalogue({service, flags, days}, compiler)));
  EXPECT_NE(digest(load(sussex())), digest(load(sussex() + "\n")));
}

TEST(Contract, ExtensionCountsOnlyWhenExercised) {
  Contract contract;
  contract.dates = {config::parse_date("2020-04-01"), config::parse_date("2025-03-31")};
  contract.extension_years = 2;
  struct ExtensionRow {
    Extension state;
    const char* last;
  };
  const ExtensionRow rows[] = {{Extension::kNone, "2025-03-31"},
                               {Extension::kUnknown, "2025-03-31"},
                               {Extension::kNotExercised, "2025-03-31"},
                               {Extension::kExercised, "2027-03-31"}};
  for (const ExtensionRow& row : rows) {
    contract.extension = row.state;
    EXPECT_EQ(config::to_text(*contract.live().to), row.last);
  }
}

TEST(Requirements, ListAllOfTheSeedWithTheirRules) {
  const CatalogueOutcome outcome = load(sussex());
  ASSERT_NE(outcome.catalogue, nullptr) << all_texts(outcome.issues);
  const auto rows = requirements(*outcome.catalogue);
  ASSERT_EQ(rows.size(), 25u);
  EXPECT_EQ(rows.front().requirement.id, "SX-01");
  EXPECT_EQ(rows.back().requirement.id, "SX-25");
  EXPECT_EQ(rows[1].rules, std::vector<std::string>{"sussex.age"});
  for (const RequirementRow& row : rows) {
    // What is met by the whole and not by a rule says which room meets it; the number of providers is of the
    // contracts.
    const bool by_room = row.requirement.where.find("gateway/") != std::string::npos;
    if (row.requirement.open || by_room || row.requirement.id == "SX-09") continue;
    EXPECT_FALSE(row.rules.empty()) << row.requirement.id;
  }
  EXPECT_THAT(requirements_markdown(*outcome.catalogue), HasSubstr("| **open** |"));
}

/// All of the seeds: every id of every service, in order, none missing and none twice.
TEST(Requirements, NameEveryIdOfTheSeeds) {
  const auto loaded =
      load_catalogue_folder(std::string(LIGAMENT_SOURCE_DIR) + "/samples/services", FakeConditions());
  ASSERT_NE(loaded->catalogue, nullptr);
  std::vector<std::string> expected;
  const auto expect = [&](const char* prefix, int count) {
    for (int i = 1; i <= count; ++i)
      expected.push_back(std::string(prefix) + (i < 10 ? "-0" : "-") + std::to_string(i));
  };
  expect("BD", 12);
  expect("DO", 6);
  expect("OX", 7);
  expect("SX", 25);
  expect("VY", 15);
  std::vector<std::string> listed;
  for (const RequirementRow& row : requirements(*loaded->catalogue))
    listed.push_back(row.requirement.id);
  EXPECT_EQ(listed, expected);
}

/// A requirement that names a test which is not there would be a promise nobody keeps.
TEST(Requirements, NameTestsThatExist) {
  std::string sources;
  const std::filesystem::path tests = std::string(LIGAMENT_SOURCE_DIR) + "/tests";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(tests)) {
    if (entry.path().extension() != ".cpp") continue;
    std::ifstream stream(entry.path());
    sources.append(std::istreambuf_iterator<char>(stream), {});
  }
  const auto loaded =
      load_catalogue_folder(std::string(LIGAMENT_SOURCE_DIR) + "/samples/services", FakeConditions());
  ASSERT_NE(loaded->catalogue, nullptr);
  for (const RequirementRow& row : requirements(*loaded->catalogue)) {
    if (row.requirement.open) continue;
    const std::string& test = row.requirement.test;
    const std::size_t dot = test.find('.');
    ASSERT_NE(dot, std::string::npos) << test;
    const std::string name = test.substr(0, dot) + ", " + test.substr(dot + 1) + ")";
    EXPECT_TRUE(sources.find(name) != std::string::npos) << row.requirement.id << ' ' << test;
  }
}

struct PartRow {
  const char* name;
  const char* file;
  const char* from;
  const char* to;
  const char* says;
};

TEST(Catalogue, RefusesContradictionsOfTheLaterParts) {
  const PartRow rows[] = {
      {"two hubs at a time", "oxfordshire", "to: 2017-09-30}", "to: 2017-10-01}", "overlap"},
      {"a hub nobody contracted", "oxfordshire", "partner: oxford-msk-before, ods", "partner: nobody, ods",
       "the hub has no contract"},
      {"a pathway of nothing", "vale_of_york", "specialty: orthopaedics\n      codes",
       "specialty: dentistry\n      codes", "names no specialty here: 'dentistry'"},
      {"a decision before nothing", "vale_of_york", "shared_decisions: [orthopaedic",
       "shared_decisions: [dental", "has no step 'dental-assessment'"},
      {"a wait that runs backwards", "oxfordshire", "between: triaged, and: offered",
       "between: offered, and: triaged", "ends before it starts"},
      {"direct where all is direct", "dorset", "type: lead", "type: direct", "without a hub all are"},
      {"direct beside what replaced it", "bedfordshire", "end: 2014-06-15", "end: 2014-06-16",
       "overlap for 'orthopaedics' with one provider"},
      {"payment", "dorset", "payment: block", "payment: barter", "must be one of: unknown, block"},
      {"value", "dorset", "value_gbp: unknown", "value_gbp: TBC", "must be a whole number"},
      {"kind of referrer", "vale_of_york", "kind: self", "kind: cat", "must be one of: clinician"},
  };
  for (const PartRow& row : rows) {
    auto text = config::read_text_file(
        std::string(LIGAMENT_SOURCE_DIR) + "/samples/services/" + row.file + ".yaml", 1u << 20);
    ASSERT_TRUE(text.has_value());
    const auto outcome = load_catalogue({{"one.yaml", replaced(*text, row.from, row.to)}}, FakeConditions());
    EXPECT_EQ(outcome.catalogue, nullptr) << row.name;
    EXPECT_THAT(all_texts(outcome.issues), HasSubstr(row.says)) << row.name;
  }
}

TEST(Directory, HoldsOnlyCodesThatCanBe) {
  const auto load = [](const std::string& entries) {
    return load_catalogue(
        {{"sussex.yaml", sussex()}, calendar(), {"organisations.yaml", "organisations:\n" + entries}},
        FakeConditions());
  };
  EXPECT_NE(load("  - {ods: 99X01, name: A, kind: hospital}\n").catalogue, nullptr);
  for (const char* wrong :
       {"  - {ods: 99x01, name: A, kind: hospital}\n", "  - {ods: R1, name: A, kind: hospital}\n",
        "  - {ods: 99X01, name: A, kind: castle}\n",
        "  - {ods: 99X01, name: A, kind: hospital}\n  - {ods: 99X01, name: B, kind: other}\n"}) {
    EXPECT_EQ(load(wrong).catalogue, nullptr) << wrong;
  }
  const auto day = *config::parse_date("2020-01-01");
  const auto dated = load("  - {ods: 99X01, name: A, kind: hospital, to: 2019-12-31}\n");
  ASSERT_NE(dated.catalogue, nullptr);
  EXPECT_EQ(dated.catalogue->directory().find("99X01", day), nullptr);
  EXPECT_NE(dated.catalogue->directory().find("99X01", *config::parse_date("2019-12-31")), nullptr);
}

}  // namespace
}  // namespace gateway::services
