// What of a referral is carried beside the request itself: contacts, who is responsible, who may treat, what
// the hospital noted, whether an interpreter is needed.
#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "tests/unit/mappings/convert/converting.hpp"

namespace mappings::convert {
namespace {

using fhir::tree::Node;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

class Carried : public ::testing::Test {
 protected:
  const Conversion& referral(const std::string& more, const std::string& rf1 = "RF1||R\n") {
    out_ = converter_->convert(
        "MSH|^~\\&|EXAMPLEGP|99S01|LIGAMENT|99S10|20261120093000||REF^I12^REF_I12|C1|T|2.8\n" + rf1 +
            "PRD|RP|||||||||Downland Practice^^99S01\nPID|1||9990310629^^^NHS||Rowe^Jan||19800101|F\n" + more,
        example_partner(), {.hash = trial_hash});
    EXPECT_NE(out_.bundle, nullptr) << told(out_.issues);
    return out_;
  }
  [[nodiscard]] Node resource(std::string_view type) const {
    for (const Node entry : out_.bundle->root().children("entry")) {
      if (entry.child("resource").type() == type) return entry.child("resource");
    }
    return {};
  }
  [[nodiscard]] static Node nth(Node parent, std::string_view name, std::size_t which) {
    for (const Node child : parent.children(name)) {
      if (which-- == 0) return child;
    }
    return {};
  }
  [[nodiscard]] std::vector<std::string> families() const {
    std::vector<std::string> names;
    for (const Node contact : resource("Patient").children("contact"))
      names.emplace_back(contact.at("name", "family").text());
    return names;
  }
  [[nodiscard]] Node extension(std::string_view type, std::string_view url) const {
    for (const Node one : resource(type).children("extension")) {
      if (one.child("url").text() == url) return one;
    }
    return {};
  }
  [[nodiscard]] std::vector<std::string> losses() const {
    std::vector<std::string> places;
    places.reserve(out_.losses.size());
    for (const Loss& loss : out_.losses)
      places.push_back(place_of(out_, loss));
    return places;
  }

  std::shared_ptr<const Converter> converter_ = builtin_converter();
  Conversion out_;
};

TEST_F(Carried, NextOfKinNeedsANameOrAWayToBeReached) {
  referral("NK1|1|Rowe^Ann|MTH^Mother^HL70063\nNK1|2||SIB^Sibling^HL70063\nNK1|3||||01632 960001\n");
  EXPECT_THAT(families(), ElementsAre("Rowe", ""));
  EXPECT_THAT(losses(), Contains("NK1[2]-3[1].1"));
  EXPECT_FALSE(out_.lost_mandatory());
}

TEST_F(Carried, ResponsiblePersonIsAContactUnlessItIsThePatient) {
  struct Row {
    const char* gt1;
    std::vector<std::string> families;
  };
  const std::vector<Row> rows = {
      {"GT1|1||Lane^Ann||||||||MTH^Mother^HL70063\n", {"Lane"}},
      {"GT1|1||Lane^Ann\n", {"Lane"}},
      {"GT1|1||Rowe^Jan\n", {}},
      {"GT1|1||Rowe^Ann\n", {"Rowe"}},
      {"GT1|1||Lane^Ann||||||||SEL^Self^HL70063\n", {}},
      {"GT1|1||||||||||MTH^Mother^HL70063\n", {}},
  };
  for (const Row& row : rows) {
    referral(row.gt1);
    EXPECT_EQ(families(), row.families) << row.gt1;
  }
  referral(rows[0].gt1);
  EXPECT_EQ(resource("Patient").at("contact", "relationship", "coding").child("code").text(), "GUAR");
}

TEST_F(Carried, ProtectedPatientIsMarkedAsRestricted) {
  referral("PD1|||||||||||N\n");
  EXPECT_FALSE(resource("Patient").at("meta", "security"));
  referral("PD1||||||||||||Y\n");
  EXPECT_EQ(resource("Patient").at("meta", "security", "code").text(), "R");
}

TEST_F(Carried, InsuranceIsNotAndTheReceiptSaysSo) {
  referral("IN1|1|P1|INS1|An Insurer\n");
  EXPECT_THAT(losses(), Contains("IN1[1]-4[1].1"));
  EXPECT_FALSE(out_.lost_mandatory());
}

TEST_F(Carried, ReasonInWordsIsAReason) {
  referral("", "RF1||R||||||||||||Stiff shoulder\n");
  EXPECT_EQ(resource("ServiceRequest").at("reasonCode", "text").text(), "Stiff shoulder");
  EXPECT_FALSE(out_.lost_mandatory());
}

TEST_F(Carried, AuthorisedProvidersArePerformersByTheirNumbers) {
  referral("PRD|RT|||||||||Hub^^99S10\n",
           "RF1||R|||||||||||||||||Clinic^^99S30|C9990017^Sorrell^Ivo^^^Mr^^^GMC\n");
  const auto performers = resource("ServiceRequest").children("performer");
  std::vector<std::string> numbers;
  for (const Node performer : performers)
    numbers.emplace_back(performer.at("identifier", "value").text());
  EXPECT_THAT(numbers, ElementsAre("", "99S30", "C9990017")) << "who is asked stands first, by reference";
  referral("PRD|RT|||||||||Hub^^99S10\n", "RF1||R|||||||||||||||||Hub^^99S10\n");
  EXPECT_FALSE(nth(resource("ServiceRequest"), "performer", 1)) << "the same organisation once";
}

TEST_F(Carried, WhomToAskIsAContactOfTheirOrganisation) {
  referral("");
  EXPECT_FALSE(resource("Organization").child("contact"));
  out_ = converter_->convert(
      "MSH|^~\\&|EXAMPLEGP|99S01|LIGAMENT|99S10|20261120093000||REF^I12^REF_I12|C1|T|2.4\n"
      "PRD|RP^^HL70286|Lee^Sam\nCTD|CP|Poole^Ann|||01632 960233\nCTD|CP||||01632 960234\n"
      "PID|1||9990310629^^^NHS||Rowe^Jan\n",
      example_partner(), {.hash = trial_hash});
  ASSERT_NE(out_.bundle, nullptr) << told(out_.issues);
  const Node contact = resource("Organization").child("contact");
  EXPECT_EQ(contact.at("name", "family").text(), "Poole")
      << "a provider without organisation is of the sender";
  EXPECT_FALSE(nth(resource("Organization"), "contact", 1)) << "a number alone is the referrer's own";
  EXPECT_EQ(nth(resource("PractitionerRole"), "telecom", 1).child("value").text(), "01632 960234");
}

TEST_F(Carried, ZSegmentOfTheHospitalStandsAnywhereAndClosesNoGroup) {
  const std::string zu1 = "ZU1|||||||||||||03||20261121||5\n";
  const std::string obx1 = "OBX|1|TX|^History||Fell.||||||F\n";
  const std::string obx2 = "OBX|2|TX|^Examination||Stiff.||||||F\n";
  const std::vector<std::vector<std::string>> orders = {
      {zu1, "OBR|1\n", obx1, obx2}, {"OBR|1\n", obx1, zu1, obx2}, {"OBR|1\n", obx1, obx2, "PV1|1|O\n", zu1}};
  for (const std::vector<std::string>& order : orders) {
    std::string more;
    for (const std::string& segment : order)
      more.append(segment);
    referral(more);
    EXPECT_EQ(
        extension("ServiceRequest", "https://ligament.example/fhir/StructureDefinition/source-of-referral")
            .at("value", "code")
            .text(),
        "03");
    EXPECT_FALSE(nth(resource("ServiceRequest"), "note", 1)) << "one text, not two";
    EXPECT_THAT(losses(), Not(Contains("ZU1[1]-15[1]")));
  }
}

TEST_F(Carried, DateOfTheHospitalsReferralCountsWhenNoOtherIsSaid) {
  referral("ZU1||||||||||||||||20261102\n");
  EXPECT_EQ(resource("ServiceRequest").child("authoredOn").text(), "2026-11-02");
  referral("ZU1||||||||||||||||20261102\n", "RF1||R|||||||20261101\n");
  EXPECT_EQ(resource("ServiceRequest").child("authoredOn").text(), "2026-11-01");
}

TEST_F(Carried, InterpreterIsNeededOnlyWhenItIsSaid) {
  const std::string url = "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired";
  struct Row {
    const char* obx;
    const char* needed;
  };
  const std::vector<Row> rows = {
      {"OBX|1|CE|315594003^Interpreter needed^SCT||Y^Yes^HL70136||||||F\n", "true"},
      {"OBX|1|ST|interpreter-required^Interpreter?^99LIG||no||||||F\n", "false"},
      {"OBX|1|CE|interpreter-required^Interpreter?^99LIG||373066001^Yes^SCT||||||F\n", "true"},
      {"OBX|1|CE|interpreter-required^Interpreter?^99LIG||||||||N\n", ""},
      {"OBX|1|ST|interpreter-required^Interpreter?^99LIG||perhaps||||||F\n", ""},
      {"", ""},
  };
  for (const Row& row : rows) {
    referral(std::string("OBR|1\n") + row.obx);
    EXPECT_EQ(extension("Patient", url).child("value").text(), row.needed) << row.obx;
  }
  out_ = converter_->convert(
      "MSH|^~\\&|A|B|||20261120093000||REF^I12|C1|T|2.4\nPID|1||1^^^A||Rowe^Jan||||||||||pl^Polish^ISO639\n",
      example_partner(), {.hash = trial_hash});
  EXPECT_TRUE(resource("Patient").child("communication"));
  EXPECT_FALSE(extension("Patient", url)) << "a language alone does not say it";
}

}  // namespace
}  // namespace mappings::convert
