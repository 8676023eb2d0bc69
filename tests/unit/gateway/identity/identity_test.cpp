#include <gtest/gtest.h>

#include "fhir/definitions/definitions.hpp"
#include "fhir/tree/resource_builder.hpp"
#include "gateway/identity/identifiers.hpp"
#include "gateway/identity/patient_identity.hpp"

namespace gateway::identity {
namespace {

using fhir::tree::ResourceBuilder;
using fhir::tree::TreePtr;

const fhir::Instant kNow = *fhir::parse_instant("2026-11-22T09:00:00Z");

TEST(NhsNumber, RowsOfTheRule) {
  struct Row {
    std::string_view text;
    std::string_view digits;  // empty: refused
    NhsNumberFault fault = NhsNumberFault::kLength;
    Environment environment = Environment::kTest;
  };
  const Row rows[] = {
      {"9990000018", "9990000018"},
      {"999 000 0018", "9990000018"},
      {" 9990000018 ", "9990000018"},
      {"9990000018", "", NhsNumberFault::kTestRange, Environment::kLive},
      {"9990000019", "", NhsNumberFault::kCheckDigit},
      {"7778521234", "", NhsNumberFault::kCheckDigit},
      {"3478526985", "", NhsNumberFault::kCheckDigit},
      {"0000000000", "", NhsNumberFault::kAllSame},
      {"1111111111", "", NhsNumberFault::kAllSame},
      {"9999999999", "", NhsNumberFault::kAllSame},
      {"999000001", "", NhsNumberFault::kLength},
      {"99900000180", "", NhsNumberFault::kLength},
      {"", "", NhsNumberFault::kLength},
      {"ABCDEFGHIJ", "", NhsNumberFault::kNotDigits},
      {"999-000-0018", "", NhsNumberFault::kNotDigits},
      {"999\u00a0000\u00a00018", "", NhsNumberFault::kNotDigits},
      {"999000001\t8", "", NhsNumberFault::kNotDigits},
      {"\u0669\u0669\u0669\u0660\u0660\u0660\u0660\u0660\u0661\u0668", "", NhsNumberFault::kNotDigits},
      {"9990000018.0", "", NhsNumberFault::kNotDigits},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.text);
    const auto number = parse_nhs_number(row.text, row.environment);
    ASSERT_EQ(number.has_value(), !row.digits.empty());
    if (number) {
      EXPECT_EQ(*number, row.digits);
    } else {
      EXPECT_EQ(number.error(), row.fault);
    }
  }
}

TEST(NhsNumber, ARemainderOfOneHasNoCheckDigit) {
  for (char last = '0'; last <= '9'; ++last) {
    EXPECT_FALSE(parse_nhs_number(std::string("999123456") + last, Environment::kTest));
  }
  // Of any ten numbers that share nine digits at most one passes.
  for (int stem = 999000000; stem < 999000100; ++stem) {
    int passed = 0;
    for (char last = '0'; last <= '9'; ++last)
      passed += parse_nhs_number(std::to_string(stem) + last, Environment::kTest) ? 1 : 0;
    EXPECT_LE(passed, 1) << stem;
  }
}

TEST(NhsNumber, IsGroupedForPeople) {
  EXPECT_EQ(grouped_nhs_number("9990000018"), "999 000 0018");
}

TEST(Identifiers, OdsAndUbrnSyntax) {
  for (const std::string_view code : {"RDR", "H81001", "R1K04", "V81999", "8HK12"})
    EXPECT_TRUE(is_ods_code(code)) << code;
  for (const std::string_view code : {"", "R1", "h81001", "H81 001", "H8100100000", "H8100\u0661"})
    EXPECT_FALSE(is_ods_code(code)) << code;
  EXPECT_TRUE(is_ubrn("000012345678"));
  for (const std::string_view text : {"", "00001234567", "0000123456789", "0000 1234 5678", "00001234567A"})
    EXPECT_FALSE(is_ubrn(text));
}

TEST(Identifiers, SystemsHaveOneSpelling) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"https://fhir.nhs.uk/Id/nhs-number", kNhsNumberSystem},
      {"https://fhir.nhs.uk/id/nhs-number", kNhsNumberSystem},
      {"http://fhir.nhs.net/Id/nhs-number", kNhsNumberSystem},
      {"urn:oid:2.16.840.1.113883.2.1.4.1", kNhsNumberSystem},
      {"https://fhir.nhs.uk/id/ods-organization-code", kOdsSystem},
      {"http://fhir.nhs.uk/Id/dos-service-id", kDosServiceSystem},
      {"https://fhir.nhs.uk/Id/ers-request-id", kUbrnSystem},
      {"https://fhir.nhs.uk/Id/ubr-number", kUbrnSystem},
      {"https://fhir.nhs.uk/id/local-Thing", "https://fhir.nhs.uk/Id/local-Thing"},
      {"https://sender.example/id/case", "https://sender.example/id/case"},
      {"https://fhir.nhs.uk.attacker.example/id/nhs-number",
       "https://fhir.nhs.uk.attacker.example/id/nhs-number"},
      {"", ""},
  };
  for (const auto& [sent, meant] : rows)
    EXPECT_EQ(canonical_system(sent), meant);
}

struct Sent {
  std::string_view number = "9990000018";
  std::string_view status = "number-present-and-verified";
  std::string_view birth = "1980-05-17";
  std::string_view family = "Example";
  std::string_view given = "Alex";
  std::string_view system = kNhsNumberSystem;
};

TreePtr patient(const Sent& sent) {
  ResourceBuilder builder(fhir::definitions::r4(), "Patient");
  if (!sent.number.empty()) {
    builder.open("identifier").set("system", sent.system).set("value", sent.number);
    if (!sent.status.empty()) {
      builder.open("extension")
          .set("url",
               "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus")
          .open("valueCodeableConcept")
          .open("coding")
          .set("code", sent.status)
          .close()
          .close()
          .close();
    }
    builder.close();
  }
  builder.open("name")
      .set("family", sent.family)
      .set("given", sent.given)
      .close()
      .set("birthDate", sent.birth);
  return builder.finish();
}

PatientIdentity identity_of(const Sent& sent, fhir::IssueList& issues) {
  const TreePtr tree = patient(sent);
  return read_identity(tree->root(), Environment::kTest, kNow, issues);
}
PatientIdentity identity_of(const Sent& sent) {
  fhir::IssueList issues;
  return identity_of(sent, issues);
}

TEST(PatientIdentity, FaultsHavePlacesAndNoValues) {
  struct Row {
    Sent sent;
    std::string_view place;  // empty: nothing wrong
    fhir::Severity severity = fhir::Severity::kError;
  };
  const Row rows[] = {
      {{}, ""},
      {{.number = ""}, ""},
      {{.system = "https://fhir.nhs.uk/id/nhs-number"}, ""},
      {{.status = "02"}, ""},
      {{.number = "9990000019"}, "Patient.identifier[0].value"},
      {{.status = "trace-required"}, "Patient.identifier[0]"},
      {{.status = ""}, "Patient.identifier[0]", fhir::Severity::kWarning},
      {{.birth = "2026-11-24"}, "Patient.birthDate"},
      {{.birth = "1899-12-31"}, "Patient.birthDate"},
      {{.birth = "2026-02-29"}, "Patient.birthDate"},
      {{.birth = "0000-01-01"}, "Patient.birthDate"},
      {{.birth = "17/05/1980"}, "Patient.birthDate"},
      {{.birth = "1980-05"}, ""},
      {{.birth = "2024-02-29"}, ""},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(std::string(row.sent.number) + " " + std::string(row.sent.birth));
    fhir::IssueList issues;
    (void)identity_of(row.sent, issues);
    ASSERT_EQ(issues.items().size(), row.place.empty() ? 0u : 1u);
    if (row.place.empty()) continue;
    EXPECT_EQ(issues.items()[0].expression, row.place);
    EXPECT_EQ(issues.items()[0].severity, row.severity);
    EXPECT_EQ(issues.items()[0].text.find(row.sent.birth), std::string::npos);
    if (!row.sent.number.empty()) EXPECT_EQ(issues.items()[0].text.find(row.sent.number), std::string::npos);
  }
}

TEST(PatientIdentity, ARefusedNumberIsNotUsed) {
  EXPECT_TRUE(identity_of({.number = "9990000019"}).nhs_number.empty());
  EXPECT_TRUE(identity_of({.status = "trace-required"}).nhs_number.empty());
  EXPECT_EQ(identity_of({.number = "999 000 0018"}).nhs_number, "9990000018");
}

TEST(PatientIdentity, ATemporaryNumberMatchesNobodyAndRefusesNothing) {
  ResourceBuilder builder(fhir::definitions::r4(), "Patient");
  builder.open("identifier")
      .set("use", "temp")
      .set("system", kNhsNumberSystem)
      .set("value", "9990000018")
      .close();
  const TreePtr tree = builder.finish();
  fhir::IssueList issues;
  EXPECT_EQ(read_identity(tree->root(), Environment::kTest, kNow, issues).nhs_number, "");
  EXPECT_TRUE(issues.empty());
}

TEST(PatientIdentity, OnlyFullAgreementIsTheSame) {
  struct Row {
    Sent other;
    Agreement expected;
  };
  const Row rows[] = {
      {{}, Agreement::kSame},
      {{.family = "EXAMPLE"}, Agreement::kSame},
      {{.given = "A"}, Agreement::kSame},
      {{.family = "Other"}, Agreement::kContradicts},
      {{.given = "Robin"}, Agreement::kContradicts},
      {{.birth = "1980-05-18"}, Agreement::kContradicts},
      {{.birth = "1980-05"}, Agreement::kUnsure},
      {{.birth = "1981"}, Agreement::kContradicts},
      {{.number = ""}, Agreement::kUnsure},
      {{.number = "9990000026"}, Agreement::kOther},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(agreement(identity_of({}), identity_of(row.other)), row.expected);
    EXPECT_EQ(agreement(identity_of(row.other), identity_of({})), row.expected);
  }
  EXPECT_TRUE(same_name("O'Example-Smith", "o example smith"));
  EXPECT_FALSE(same_name("Zo\u00eb", "Zoe"));
}

TEST(Environment, TestAndLiveTrafficDoNotMix) {
  ResourceBuilder marked(fhir::definitions::r4(), "Bundle");
  marked.open("meta")
      .open("tag")
      .set("system", "http://terminology.hl7.org/CodeSystem/v3-ActReason")
      .set("code", "HTEST")
      .close()
      .close();
  const TreePtr test = marked.finish();
  const TreePtr live = ResourceBuilder(fhir::definitions::r4(), "Bundle").finish();
  fhir::IssueList issues;
  EXPECT_TRUE(check_environment(test->root(), Environment::kTest, issues));
  EXPECT_TRUE(check_environment(live->root(), Environment::kLive, issues));
  EXPECT_TRUE(issues.empty());
  EXPECT_FALSE(check_environment(test->root(), Environment::kLive, issues));
  EXPECT_FALSE(check_environment(live->root(), Environment::kTest, issues));
  ASSERT_EQ(issues.items().size(), 2u);
  EXPECT_EQ(issues.items()[0].expression, "Bundle.meta.tag[0]");
  EXPECT_EQ(issues.items()[1].expression, "Bundle.meta");
}

}  // namespace
}  // namespace gateway::identity
