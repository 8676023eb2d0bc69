// What senders write freely, and FHIR does not take so: whatever they write, the Bundle is valid by the whole
// validator, and the words are still there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/json/writer.hpp"
#include "fhir/packages/registry.hpp"
#include "fhir/terminology/terminology.hpp"
#include "fhir/validate/validator.hpp"
#include "tests/conformance/suites.hpp"
#include "tests/unit/mappings/convert/converting.hpp"

namespace mappings::convert {
namespace {

using ::testing::HasSubstr;

constexpr const char* kReferral = "REF^I12^REF_I12|C1|T|2.4\nRF1||R|||||999000000301^UBRN\n";
constexpr const char* kMissed = "SIU^S26^SIU_S12|C1|T|2.4\n";
constexpr const char* kDeleted = "SIU^S17^SIU_S12|C1|T|2.4\n";
constexpr const char* kPerson = "PID|1||9990000018^^^NHS||Rowe^Jan||19610409|F";
constexpr const char* kMinutes = "|||30|min|^^^20261207093000^20261207100000";

struct Row {
  const char* name;
  std::string message;  ///< From MSH-9 on.
  const char* part;
};

const std::vector<Row>& rows() {
  static const std::vector<Row> all = {
      {"language by three letters", std::string(kReferral) + kPerson + "|||||||ENG^English^HL70296",
       R"({"coding":[{"system":"urn:ietf:bcp:47","code":"en"}],"text":"English"})"},
      {"language by the alternate code", std::string(kReferral) + kPerson + "|||||||x1^Bangla^L^BEN^^HL70296",
       R"({"coding":[{"system":"urn:ietf:bcp:47","code":"bn"}],"text":"Bangla"})"},
      {"language of ISO 639 that is no row", std::string(kReferral) + kPerson + "|||||||KW^Cornish^ISO639",
       R"({"system":"urn:ietf:bcp:47","code":"kw"})"},
      {"language of a code nobody knows", std::string(kReferral) + kPerson + "|||||||77^Sylheti^99LOC",
       R"("language":{"text":"Sylheti"})"},
      {"relation in own words", std::string(kReferral) + kPerson + "\nNK1|1|Rowe^Jim|SPO^Husband^HL70063",
       R"("code":"SPO"}],"text":"Husband"})"},
      {"relation by its name", std::string(kReferral) + kPerson + "\nNK1|1|Rowe^Jim|SPO^Spouse^HL70063",
       R"("code":"SPO","display":"Spouse"})"},
      {"relation the site added", std::string(kReferral) + kPerson + "\nNK1|1|Rowe^Jim|LODGER^Lodger^HL70063",
       R"(source/example/HL70063","code":"LODGER","display":"Lodger"})"},
      {"kind of number the site added",
       std::string(kReferral) + "PID|1||9990000018^^^NHS~77^^^99S20^HOSP||Rowe^Jan||19610409|F",
       R"("type":{"text":"HOSP"})"},
      {"kind of letter the site added",
       "MDM^T02^MDM_T02|C1|T|2.4\nEVN|T02\n" + std::string(kPerson) +
           "\nTXA|1|ZZ|TX|20261119||||||||D1^L|||||AU\nOBX|1|TX|^Letter||All well||||||F",
       R"(source/example/HL70270","code":"ZZ"})"},
      {"flag in own words",
       std::string(kReferral) + kPerson + "\nOBR|1\nOBX|1|NM|CRP^CRP^L||90|mg/L||A^Abn|||F",
       R"("code":"A"}],"text":"Abn"})"},
      {"flag of no table",
       std::string(kReferral) + kPerson + "\nOBR|1\nOBX|1|NM|CRP^CRP^L||90|mg/L||VERYHIGH|||F",
       R"("interpretation":[{"text":"VERYHIGH"}])"},
      {"answer in own words",
       std::string(kReferral) + kPerson + "\nOBR|1\nOBX|1|CE|Q1^Night pain^L||Y^Often^HL70136||||||F",
       R"("code":"Y"}],"text":"Often"})"},
      {"treatment function in own words",
       "REF^I12^REF_I12|C1|T|2.4\nRF1||R|110^Bones and joints^TFC|||999000000301^UBRN\n" +
           std::string(kPerson),
       R"("code":"110"}],"text":"Bones and joints"})"},
      {"display of SNOMED CT stays",
       "REF^I12^REF_I12|C1|T|2.4\nRF1||R|306170007^Referral to physiotherapy service^SCT|||1^UBRN\n" +
           std::string(kPerson),
       R"("display":"Referral to physiotherapy service")"},
      {"reason of a missed appointment",
       std::string(kMissed) + "SCH|P1^L|F1^L||||ILL^Patient unwell^99LOC" + kMinutes +
           "\nNTE|1||Rang at nine\n" + kPerson,
       R"("comment":"Patient unwell\nRang at nine")"},
      {"reason of a deleted appointment",
       std::string(kDeleted) + "SCH|P1^L|F1^L||||Wrong patient" + kMinutes + "\n" + kPerson,
       R"("comment":"Wrong patient")"},
      {"status of an NHS number that is not there",
       std::string(kReferral) + "PID|1||^NSTS07^^NHS||Rowe^Jan||19610409|F", R"("valueCode":"unknown")"},
  };
  return all;
}

TEST(ConvertedIsValid, WhateverSendersWriteFreely) {
  fhir::packages::Registry registry = fhir::packages::Registry::core();
  fhir::IssueList faults;
  ASSERT_TRUE(registry.add(LIGAMENT_SOURCE_DIR "/conformance/package", faults).has_value());
  const std::filesystem::path uk_core = fhir::conformance::suite("ukcore-stu2");
  if (!uk_core.empty()) ASSERT_TRUE(registry.add(uk_core.string(), faults).has_value());
  const fhir::terminology::Terminology terms(registry);
  fhir::validate::ValidatorOptions options;
  options.unknown_extensions_are_errors = !uk_core.empty();
  const fhir::validate::Validator validator(registry, terms, std::move(options));
  const auto converter = builtin_converter();
  ASSERT_NE(converter, nullptr);
  for (const Row& row : rows()) {
    SCOPED_TRACE(row.name);
    const Conversion out =
        converter->convert("MSH|^~\\&|EXAMPLEGP|99S01|LIGAMENT|99S10|20261120093000||" + row.message + "\n",
                           example_partner(), {.hash = trial_hash});
    ASSERT_NE(out.bundle, nullptr) << told(out.issues);
    const std::string made = fhir::json::write(out.bundle->root());
    EXPECT_THAT(made, HasSubstr(row.part));
    const auto tree = fhir::json::read(made, fhir::definitions::r4()).tree;
    ASSERT_NE(tree, nullptr);
    const fhir::IssueList issues = validator.validate(tree->root(), made);
    for (const fhir::Issue& issue : issues.items())
      EXPECT_GT(issue.severity, fhir::Severity::kError) << issue.expression << ": " << issue.text;
  }
}

}  // namespace
}  // namespace mappings::convert
