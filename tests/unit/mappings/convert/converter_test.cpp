// What the converter promises beside the maps: refusals with places, repeatable ids, nulls, attachments,
// losses, receipts.
#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "fhir/json/writer.hpp"
#include "fhir/tree/expression.hpp"
#include "mappings/hl7v2/error_code.hpp"
#include "mappings/hl7v2/location.hpp"
#include "tests/unit/mappings/convert/converting.hpp"

namespace mappings::convert {
namespace {

using fhir::tree::Node;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

class Converting : public ::testing::Test {
 protected:
  Conversion convert(const std::string& text, const Manifest& manifest = example_partner()) {
    return converter_->convert(text, manifest, {.hash = trial_hash});
  }
  static std::string header(const std::string& type, const std::string& rest = "T|2.4") {
    return "MSH|^~\\&|EXAMPLEGP|99S01|LIGAMENT|99S10|20261120093000||" + type + "|C1|" + rest + "\n";
  }
  static std::string referral(const std::string& pid, const std::string& more = "") {
    return header("REF^I12^REF_I12") +
           "RF1||R|306170007^Referral to physiotherapy service^SCT|||999000000301^UBRN|||20261120|^Neck "
           "pain\n" +
           "PID|1||" + pid + "\n" + more;
  }
  static Node resource(const Conversion& out, std::string_view type, std::size_t which = 0) {
    for (const Node entry : out.bundle->root().children("entry")) {
      const Node found = entry.child("resource");
      if (found.type() == type && which-- == 0) return found;
    }
    return {};
  }
  std::shared_ptr<const Converter> converter_ = builtin_converter();
};

struct Refusal {
  const char* name;
  std::string text;
  const char* place;
  hl7v2::ErrorCode0357 code;
};

TEST_F(Converting, RefusesWithThePlaceAndItsCode) {
  const std::vector<Refusal> rows = {
      {"unknown type", header("OML^O21") + "PID|1\n", "MSH[1]-9[1].1", hl7v2::ErrorCode0357::kMessageType},
      {"an answer, which comes as FHIR", header("RRI^I12^RRI_I12") + "PID|1\n", "MSH[1]-9[1].1",
       hl7v2::ErrorCode0357::kMessageType},
      {"unknown event", header("REF^I99") + "PID|1\n", "MSH[1]-9[1].2", hl7v2::ErrorCode0357::kEvent},
      {"no patient", header("REF^I12^REF_I12") + "RF1||R\n", "PID[1]",
       hl7v2::ErrorCode0357::kRequiredMissing},
      {"birth on no day", referral("1^^^A||Rowe^Jan||20260229|F"), "PID[1]-7[1]",
       hl7v2::ErrorCode0357::kDataType},
      {"birth in words", referral("1^^^A||Rowe^Jan||spring|F"), "PID[1]-7[1]",
       hl7v2::ErrorCode0357::kDataType},
      {"sent at 24:61", "MSH|^~\\&|A|B|||202611202461||REF^I12|1|T|2.4\nPID|1\n", "MSH[1]-7[1]",
       hl7v2::ErrorCode0357::kDataType},
      {"attachment that is no base64",
       referral("1^^^A||Rowe^Jan", "OBX|1|ED|^Letter||A^AP^PDF^Base64^%%%%||||||F\n"), "OBX[1]-5[1].5",
       hl7v2::ErrorCode0357::kDataType},
  };
  for (const Refusal& row : rows) {
    SCOPED_TRACE(row.name);
    const Conversion out = convert(row.text);
    EXPECT_EQ(out.bundle, nullptr);
    ASSERT_TRUE(out.issues.has_error());
    const auto first = std::ranges::find_if(out.issues.items(), [](const fhir::Issue& issue) {
      return issue.severity == fhir::Severity::kError || issue.severity == fhir::Severity::kFatal;
    });
    EXPECT_EQ(first->expression, row.place);
    EXPECT_EQ(hl7v2::error_code(*first), row.code) << first->text;
  }
}

TEST_F(Converting, SeveralPatientsOfAMergeAreFociOfOneMessage) {
  const std::string merges =
      "PID|1||A1^^^H^MR||Rowe^Jan\nMRG|A2^^^H^MR\nPID|2||A1^^^H^MR||Rowe^Jan\nMRG|A3^^^H^MR\n";
  const Conversion out = convert(header("ADT^A40^ADT_A39") + merges);
  ASSERT_NE(out.bundle, nullptr) << told(out.issues);
  std::vector<std::string> foci;
  for (const Node focus : resource(out, "MessageHeader").children("focus"))
    foci.emplace_back(focus.child("reference").text());
  ASSERT_EQ(foci.size(), 2U);
  EXPECT_NE(foci[0], foci[1]) << "the same survivor twice";
  EXPECT_EQ(resource(out, "Patient", 1).at("contained", "identifier", "value").text(), "A3");
}

TEST_F(Converting, WhatWouldBeLostIsRefusedAtItsPlace) {
  const auto place = [](const Conversion& out) {
    EXPECT_EQ(out.bundle, nullptr);
    std::string first;
    for (const fhir::Issue& issue : out.issues.items()) {
      if (issue.severity == fhir::Severity::kError && first.empty()) first = issue.expression;
    }
    return first;
  };
  const std::string order = "ORC|NW|1^A\nOBR|1|1^A||306170007^Referral to physiotherapy service^SCT\n";
  const std::string patient = header("ORM^O01^ORM_O01") + "PID|1||A1^^^H^MR||Rowe^Jan\n";
  EXPECT_NE(convert(patient + order).bundle, nullptr);
  EXPECT_EQ(place(convert(patient + order + order)), "ORC[2]");
  const std::string session = header("SIU^S12^SIU_S12") + "SCH|1^X|2^X\nPID|1||A1^^^H^MR||Rowe^Jan\n";
  EXPECT_NE(convert(session + "RGS|1\nAIS|1||X^Y|20261201093000\n").bundle, nullptr);
  EXPECT_EQ(place(convert(session + "PID|2||A2^^^H^MR||Roe^Jo\nRGS|1\n")), "PID[2]");
  EXPECT_EQ(convert(referral("1^^^A||Rowe^Jan", "OBX|1|ED|^Letter||A^AP^PDF^Hex^4a4b4c4d||||||F\n")).bundle,
            nullptr);
}

TEST_F(Converting, NoIssueQuotesAValue) {
  const Conversion out = convert(referral("1^^^A||Rowe^Jan||spring|QQQ^^XYZZY", "DG1|1||x\n"));
  for (const fhir::Issue& issue : out.issues.items()) {
    EXPECT_THAT(issue.text, Not(HasSubstr("spring")));
    EXPECT_THAT(issue.text, Not(HasSubstr("QQQ")));
  }
}

TEST_F(Converting, ExplicitNullsAreNoData) {
  const std::string nulls = referral("9990310629^^^NHS||Rowe^\"\"||\"\"|\"\"|||\"\"^^\"\"||\"\"",
                                     "PD1|||\"\"\nDG1|1||\"\"\nOBX|1|ST|^Question||\"\"||||||F\n");
  const Conversion out = convert(nulls);
  ASSERT_NE(out.bundle, nullptr) << told(out.issues);
  EXPECT_THAT(fhir::json::write(out.bundle->root()), Not(HasSubstr("nullFlag")));
  const Node patient = resource(out, "Patient");
  EXPECT_FALSE(patient.child("birthDate"));
  EXPECT_FALSE(patient.child("gender"));
  EXPECT_FALSE(patient.child("address"));
  EXPECT_FALSE(patient.child("telecom"));
  EXPECT_FALSE(patient.child("generalPractitioner"));
  EXPECT_FALSE(patient.child("name").child("given"));
  EXPECT_FALSE(resource(out, "Observation").child("value"));
}

TEST_F(Converting, AttachmentsAreByteForByte) {
  std::string data;
  for (int i = 0; i < 40'000; ++i)
    data += "QUJDREVGR0g="[i % 11 == 10 ? 0 : i % 11];
  data.resize(data.size() / 4 * 4, 'A');
  for (const std::string& form :
       {"A^AP^PDF^Base64^" + data, "A^^^^" + data, "^Application^pdf^Base64^" + data, data + "^^^^"}) {
    const Conversion out = convert(referral("1^^^A||Rowe^Jan", "OBX|1|ED|^Letter||" + form + "||||||F\n"));
    ASSERT_NE(out.bundle, nullptr) << told(out.issues);
    const Node binary = resource(out, "Binary");
    EXPECT_EQ(binary.child("data").text(), data);
    const Node attachment = resource(out, "DocumentReference").at("content", "attachment");
    EXPECT_EQ("urn:uuid:" + std::string(binary.child("id").text()), attachment.child("url").text());
  }
}

TEST_F(Converting, SameBytesGiveTheSameBundleAndTheControlIdDecidesNothing) {
  const std::string one = referral("9990310629^^^NHS||Rowe^Jan||1980|F", "OBX|1|ST|^Q||A||||||F\nDG1|1||x\n");
  std::string other = one;
  other.replace(other.find("|C1|"), 4, "|C2|");
  const Conversion first = convert(one);
  const Conversion again = convert(one);
  const Conversion renamed = convert(other);
  ASSERT_NE(first.bundle, nullptr) << told(first.issues);
  EXPECT_EQ(fhir::json::write(first.bundle->root()), fhir::json::write(again.bundle->root()));
  EXPECT_EQ(first.facts.repetition_key, renamed.facts.repetition_key);
  EXPECT_EQ(first.bundle->root().child("id").text(), renamed.bundle->root().child("id").text());
}

TEST_F(Converting, TwoReferralsWithoutNumbersStayTwo) {
  const std::string one = header("REF^I12") + "PID|1||9990310629^^^NHS||Rowe^Jan\nNTE|1||Neck pain\n";
  std::string other = one;
  other.replace(other.find("|C1|"), 4, "|C2|");
  const Conversion first = convert(one);
  const Conversion second = convert(other);
  EXPECT_FALSE(first.facts.has_business_number);
  EXPECT_NE(first.facts.repetition_key, second.facts.repetition_key);
  EXPECT_NE(resource(first, "ServiceRequest").child("id").text(),
            resource(second, "ServiceRequest").child("id").text());
  EXPECT_EQ(resource(first, "Patient").child("id").text(), resource(second, "Patient").child("id").text());
}

TEST_F(Converting, PartnersDoNotShareIdsOrLocalNumbers) {
  Manifest other = example_partner();
  other.partner = "another";
  const std::string text = referral("A1^^^HOSP^MR||Rowe^Jan");
  const Conversion first = convert(text);
  const Conversion second = convert(text, other);
  EXPECT_NE(resource(first, "Patient").child("id").text(), resource(second, "Patient").child("id").text());
  EXPECT_NE(resource(first, "Patient").at("identifier", "system").text(),
            resource(second, "Patient").at("identifier", "system").text());
}

TEST_F(Converting, ManifestNamesSystemsZoneAndEntries) {
  Manifest manifest = example_partner();
  manifest.id_systems = {{"HOSP", "https://hosp.example/patients"}};
  manifest.code_systems = {{"LOCAL", "https://hosp.example/codes"}};
  manifest.entries = {{"REF^I15", "NewReferral"}, {"REF^I13", ""}};
  std::string text = referral("A1^^^HOSP^MR||Rowe^Jan", "DG1|1||7^Seven^LOCAL||20260701093000\n");
  text.replace(text.find("I12^REF_I12"), 11, "I15^REF_I12");
  const Conversion out = convert(text, manifest);
  ASSERT_NE(out.bundle, nullptr) << told(out.issues);
  EXPECT_EQ(resource(out, "Patient").at("identifier", "system").text(), "https://hosp.example/patients");
  EXPECT_EQ(resource(out, "Condition").at("code", "coding", "system").text(), "https://hosp.example/codes");
  EXPECT_EQ(resource(out, "Condition").child("onset").text(), "2026-07-01T09:30:00+01:00");
  text.replace(text.find("I15^REF_I12"), 11, "I13^REF_I12");
  EXPECT_EQ(convert(text, manifest).bundle, nullptr);
}

TEST_F(Converting, WhatNoRuleCarriesIsALoss) {
  const Conversion out =
      convert(referral("9990310629^^^NHS||Rowe^Jan|Trewin||F||2106-3^White", "IN1|1|X\nZZZ|1|free\n"));
  ASSERT_NE(out.bundle, nullptr) << told(out.issues);
  std::vector<std::string> places;
  for (const Loss& loss : out.losses)
    places.push_back(place_of(out, loss));
  EXPECT_THAT(places, Contains("PID[1]-6[1].1.1"));
  EXPECT_THAT(places, Contains("ZZZ[1]-2[1]"));
  EXPECT_THAT(places, Not(Contains("MSH[1]-10[1]")));
  EXPECT_FALSE(out.lost_mandatory());
}

TEST_F(Converting, MandatoryFieldThatCannotBeCarriedIsMarked) {
  std::string text = referral("9990310629^^^NHS||Rowe^Jan||19800101|F");
  EXPECT_FALSE(convert(text).lost_mandatory());
  text.replace(text.find("RF1||R|"), 7, "RF1||whenever|");
  const Conversion priority = convert(text);
  ASSERT_NE(priority.bundle, nullptr) << told(priority.issues);
  EXPECT_TRUE(priority.lost_mandatory());
  EXPECT_TRUE(convert(referral("9990310629^^^NHS||Rowe^Jan||19800101|Z")).lost_mandatory());
}

TEST_F(Converting, ReferralInFullLosesNothingThatIsMandatory) {
  const std::string folder = std::string(LIGAMENT_SOURCE_DIR) + "/mappings/packs/hl7v2-ref/golden/";
  for (const char* const name : {"knee-in-full", "surgical-choice", "order", "bare"}) {
    const Conversion out = convert(bytes_of(folder + name + ".hl7"));
    ASSERT_NE(out.bundle, nullptr) << name;
    for (const Loss& loss : out.losses)
      EXPECT_FALSE(loss.mandatory) << name << ": " << place_of(out, loss);
  }
}

TEST_F(Converting, ManyQuestionsOfOneNoteAreAllAccountedFor) {
  std::string text = referral("9990310629^^^NHS||Rowe^Jan||19800101|F");
  for (int i = 1; i <= 60; ++i)
    text += "OBX|" + std::to_string(i) + "|TX|^Question " + std::to_string(i) + "||Words about it\n";
  EXPECT_FALSE(convert(text).lost_mandatory());
}

TEST_F(Converting, QuestionWithoutCodeThatIsNotCarriedIsLost) {
  const Conversion out = convert(referral("9990310629^^^NHS||Rowe^Jan||19800101|F",
                                          "OBR|1|||413159000^Referral^SCT\nOBX|1|TX|^History||||||||F\n"));
  ASSERT_NE(out.bundle, nullptr) << told(out.issues);
  std::vector<std::string> lost;
  for (const Loss& loss : out.losses)
    lost.push_back(place_of(out, loss));
  EXPECT_THAT(lost, Contains("OBX[1]-3[1].2"));
  EXPECT_TRUE(out.lost_mandatory());
}

TEST_F(Converting, ReceiptNamesSourcesOfEveryElement) {
  const std::string text = referral("9990310629^^^NHS||Rowe^Jan||19800101|F");
  const Conversion out = convert(text);
  const std::string receipt = receipt_json(out);
  EXPECT_THAT(receipt, HasSubstr(R"(],["Bundle.entry[2].resource",[")"));
  EXPECT_THAT(receipt, HasSubstr(R"(,["birthDate",)"));
  EXPECT_THAT(receipt, HasSubstr(R"(["PID[1]-7[1]",)" + std::to_string(text.find("19800101")) + ",8]"));
  EXPECT_THAT(receipt, Not(HasSubstr("Rowe")));
  EXPECT_THAT(receipt, Not(HasSubstr("9990310629")));
  EXPECT_EQ(source_place(out, "Bundle.entry[2].resource.birthDate"), "PID[1]-7[1]");
}

/// What the receipt says in short is what the receipt of the engine says.
TEST_F(Converting, ReceiptNamesEveryElementOnce) {
  const Conversion out = convert(referral("9990310629^^^NHS||Rowe^Jan~Row^J||19800101|F|||1 A St~2 B St"));
  ASSERT_NE(out.bundle, nullptr) << told(out.issues);
  const std::string receipt = receipt_json(out);
  fhir::tree::Expressions expressions;
  hl7v2::Locations locations(*out.source);
  for (const engine::ReceiptEntry& entry : out.receipt.entries) {
    const fhir::tree::Node node(out.bundle.get(), entry.target);
    const std::string path = fhir::tree::expression(node);
    EXPECT_EQ(expressions.of(node), path);
    const std::size_t dot = path.rfind(".resource.");
    const std::string own = path.substr(dot == std::string::npos ? 7 : dot + 10);
    EXPECT_THAT(receipt, HasSubstr("[\"" + own + "\","));
  }
  for (fhir::tree::NodeIndex at = 0; at < out.source->node_count(); ++at) {
    const fhir::tree::Node node(out.source.get(), at);
    EXPECT_EQ(locations.of(node), hl7v2::location(node)) << hl7v2::to_text(hl7v2::location(node));
  }
}

TEST_F(Converting, FaultsFoundBehindTheDoorHaveTheirPlaceInTheOriginal) {
  const Conversion out = convert(referral("A1^^^HOSP^MR~9990310628^^^NHS||Rowe^Jan||19800101|F"));
  ASSERT_NE(out.bundle, nullptr) << told(out.issues);
  EXPECT_EQ(source_place(out, "Bundle.entry[2].resource.identifier[0].value"), "PID[1]-3[2].1");
  EXPECT_EQ(source_place(out, "Bundle.entry[1].resource.code.coding[0]"), "RF1[1]-3[1]");
  EXPECT_EQ(source_place(out, "Bundle.entry[1].resource.code.coding[0].code"), "RF1[1]-3[1].1");
  EXPECT_EQ(source_place(out, "Nothing.of[0].ours"), "");
}

TEST_F(Converting, NotesOfALetterAreInItsText) {
  const Conversion out =
      convert(header("MDM^T02^MDM_T02") +
              "PID|1||9990310629^^^NHS||Rowe^Jan\nPV1|1|O\nTXA|1|CN|TX|||||||||D1^X|||||AU\n"
              "OBX|1|TX|^Letter||Dear doctor\nNTE|1||see the film\nOBX|2|CE|^Grip||W^Weak^L\n");
  ASSERT_NE(out.bundle, nullptr) << told(out.issues);
  // "Dear doctor", "see the film", "Grip: Weak", each on its line.
  EXPECT_EQ(resource(out, "Binary").child("data").text(), "RGVhciBkb2N0b3IKc2VlIHRoZSBmaWxtCkdyaXA6IFdlYWs=");
}

TEST_F(Converting, FhirPassesThroughCanonical) {
  const std::string sample =
      bytes_of(std::string(LIGAMENT_SOURCE_DIR) + "/samples/demonstration/1-ordinary-knee.json");
  const Conversion out = convert(sample);
  ASSERT_NE(out.bundle, nullptr) << told(out.issues);
  EXPECT_EQ(out.facts.format, Format::kFhirJson);
  EXPECT_EQ(convert(R"({"resourceType":"Patient"})").bundle, nullptr);
  EXPECT_EQ(convert("{").bundle, nullptr);
}

TEST_F(Converting, MapsOfAnInstallationReplaceTheBuiltInOnes) {
  auto files = packs::load_packs("");
  ASSERT_TRUE(files.has_value());
  for (packs::OwnedPackFile& file : *files) {
    if (file.name == "hl7v2-ref/referral.map")
      file.text += "\ngroup Broken(source a, target b) { a.x -> c.y; }\n";
  }
  const auto made = Converter::make(*files);
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().items().front().expression, "hl7v2-ref/referral.map");
  EXPECT_GT(made.error().items().front().position.line, 100U);
}

}  // namespace
}  // namespace mappings::convert
