// The way out: golden pairs, the way there and back, and what is refused.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/json/writer.hpp"
#include "tests/unit/mappings/convert/converting.hpp"

namespace mappings::convert {
namespace {

namespace fs = std::filesystem;
using fhir::tree::Node;

const fs::path kGolden = fs::path(LIGAMENT_SOURCE_DIR) / "mappings/packs/out-hl7v2/golden";

Manifest receiving_partner() {
  Manifest manifest = example_partner();
  manifest.ods = "99S21";
  manifest.outgoing.sending_facility = "99L01";
  manifest.outgoing.receiving_application = "PAS";
  return manifest;
}

fhir::tree::TreePtr bundle_of(const fs::path& file) {
  auto outcome = fhir::json::read(bytes_of(file), fhir::definitions::r4(), {});
  EXPECT_FALSE(outcome.issues.has_error()) << file << told(outcome.issues);
  return outcome.tree;
}

std::vector<fs::path> bundles() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(kGolden)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

std::string form_of(const fs::path& file) {
  return "hl7v2:" + file.filename().string().substr(0, 7);
}

/// The text of segment `name`, field `number`; of MSH counted as the standard does.
std::string field(const std::string& message, const std::string& name, std::size_t number) {
  std::size_t at = message.starts_with(name) ? 0 : message.find('\r' + name + '|');
  if (at == std::string::npos) return "no " + name;
  if (at != 0) ++at;
  const std::string line = message.substr(at, message.find('\r', at) - at);
  std::size_t begin = 0;
  for (std::size_t n = name == "MSH" ? 1 : 0; n < number; ++n) {
    begin = line.find('|', begin);
    if (begin == std::string::npos) return {};
    ++begin;
  }
  return line.substr(begin, line.find('|', begin) - begin);
}

class Outwards : public ::testing::Test {
 protected:
  Outward make(const fs::path& file) { return make(bundle_of(file), form_of(file)); }
  Outward make(const fhir::tree::TreePtr& bundle, const std::string& form) {
    bundle_ = bundle;
    return converter_->convert_out(bundle->root(), form, manifest_, trial_hash);
  }

  std::shared_ptr<const Converter> converter_ = builtin_converter();
  Manifest manifest_ = receiving_partner();
  fhir::tree::TreePtr bundle_;
};

TEST_F(Outwards, EveryBundleGivesItsMessage) {
  const char* flag = std::getenv("LIGAMENT_REWRITE_GOLDENS");
  const std::vector<fs::path> files = bundles();
  ASSERT_GE(files.size(), 7U);
  for (const fs::path& file : files) {
    SCOPED_TRACE(file.string());
    const Outward out = make(file);
    EXPECT_EQ(told(out.issues), "");
    std::string made = out.bytes;
    std::ranges::replace(made, '\r', '\n');
    fs::path expected = file;
    expected.replace_extension(".hl7");
    if (flag != nullptr && std::string_view(flag) == "1")
      std::ofstream(expected, std::ios::binary | std::ios::trunc) << made;
    EXPECT_EQ(bytes_of(expected), made);
  }
}

TEST_F(Outwards, HeaderIsThatOfThePartner) {
  manifest_.outgoing.version = "2.5.1";
  const Outward out = make(kGolden / "REF_I12-accepted.json");
  EXPECT_EQ(field(out.bytes, "MSH", 4), "99L01");
  EXPECT_EQ(field(out.bytes, "MSH", 6), "99S21");
  EXPECT_EQ(field(out.bytes, "MSH", 9), "REF^I12^REF_I12");
  EXPECT_EQ(field(out.bytes, "MSH", 10), out.control_id);
  EXPECT_EQ(out.control_id.size(), 20U);
  EXPECT_EQ(field(out.bytes, "MSH", 11), "T") << "the Bundle is marked as test";
  EXPECT_EQ(field(out.bytes, "MSH", 12), "2.5.1");
  EXPECT_NE(out.bytes.find("|CWE|272741003"), std::string::npos);
}

TEST_F(Outwards, ControlIdIsThatOfTheMessageAndItsReceiver) {
  const Outward first = make(kGolden / "RRI_I12-accepted.json");
  EXPECT_EQ(make(kGolden / "RRI_I12-accepted.json").bytes, first.bytes);
  const fhir::tree::TreePtr bundle = bundle_of(kGolden / "RRI_I12-accepted.json");
  EXPECT_NE(make(bundle, "hl7v2:MDM_T02").control_id, first.control_id);
  manifest_.partner = "another";
  EXPECT_NE(make(bundle, "hl7v2:RRI_I12").control_id, first.control_id);
}

TEST_F(Outwards, TimesAreThoseOfTheZoneWithTheirOffset) {
  EXPECT_EQ(field(make(kGolden / "RRI_I12-accepted.json").bytes, "MSH", 7), "20260702100500+0100");
  EXPECT_EQ(field(make(kGolden / "REF_I12-accepted.json").bytes, "MSH", 7), "20261120093000+0000");
}

TEST_F(Outwards, DecisionSaysWhichAndWhy) {
  const Outward accepted = make(kGolden / "RRI_I12-accepted.json");
  EXPECT_EQ(field(accepted.bytes, "RF1", 1), "A^Accepted^HL70283");
  const Outward rejected = make(kGolden / "RRI_I12-rejected.json");
  EXPECT_EQ(field(rejected.bytes, "RF1", 1), "R^Rejected^HL70283");
  EXPECT_TRUE(field(rejected.bytes, "RF1", 10).starts_with("not-suitable^"))
      << field(rejected.bytes, "RF1", 10);
  EXPECT_NE(rejected.bytes.find(R"(More information is needed \F\ see)"), std::string::npos);
  EXPECT_NE(rejected.bytes.find(R"(Contact: 01632 960210 \T\ pathway desk)"), std::string::npos);
}

TEST_F(Outwards, StatusOfTheNhsNumberIsReadByTheCodesOfEnglandToo) {
  std::string text = bytes_of(kGolden / "REF_I12-accepted.json");
  const auto replace = [&text](std::string_view old, std::string_view by) {
    const std::size_t at = text.find(old);
    ASSERT_NE(at, std::string::npos) << old;
    text.replace(at, old.size(), by);
  };
  replace(R"(CodeSystem/UKCore-NHSNumberVerificationStatus")",
          R"(CodeSystem/UKCore-NHSNumberVerificationStatusEngland")");
  replace("number-present-and-verified", "02");
  const auto bundle = fhir::json::read(text, fhir::definitions::r4(), {}).tree;
  ASSERT_NE(bundle, nullptr);
  EXPECT_EQ(field(make(bundle, "hl7v2:REF_I12").bytes, "PID", 32), "NSTS02");
}

TEST_F(Outwards, StatusWithoutANumberIsSentAlone) {
  const fhir::tree::TreePtr bundle =
      bundle_of(kGolden / "../../hl7v2-adt/golden/nhs-number-status-without-number.json");
  const Outward out = make(bundle, "hl7v2:ADT_A28");
  EXPECT_EQ(told(out.issues), "");
  EXPECT_TRUE(field(out.bytes, "PID", 3).starts_with("^^^NHS")) << field(out.bytes, "PID", 3);
  EXPECT_EQ(field(out.bytes, "PID", 32), "NSTS03");
}

TEST_F(Outwards, WithoutADecisionThereIsNoRri) {
  const Outward out = make(bundle_of(kGolden / "REF_I12-accepted.json"), "hl7v2:RRI_I12");
  EXPECT_TRUE(out.issues.has_error());
  EXPECT_TRUE(out.bytes.empty());
}

TEST_F(Outwards, LetterCarriesItsAttachmentByteForByte) {
  const Outward out = make(kGolden / "MDM_T02-letter-replaced.json");
  std::string data;
  for (const Node entry : bundle_->root().children("entry")) {
    if (entry.child("resource").type() == "Binary") data = entry.at("resource", "data").text();
  }
  ASSERT_FALSE(data.empty());
  EXPECT_NE(out.bytes.find("^Application^PDF^Base64^" + data + "|"), std::string::npos);
  EXPECT_EQ(field(out.bytes, "MSH", 9), "MDM^T10^MDM_T02");
}

TEST_F(Outwards, WhatTheCharacterSetLacksIsRefused) {
  std::string text = bytes_of(kGolden / "REF_I12-accepted.json");
  const std::size_t at = text.find("Penhaligon");
  text.replace(at, 10, "Pe\xC5\x82haligo\xC5\x84");
  auto outcome = fhir::json::read(text, fhir::definitions::r4(), {});
  manifest_.outgoing.character_set = "8859/1";
  const Outward refused = make(outcome.tree, "hl7v2:REF_I12");
  EXPECT_TRUE(refused.bytes.empty());
  EXPECT_TRUE(refused.issues.has_error());
  EXPECT_EQ(told(refused.issues).find("haligo"), std::string::npos) << "no value in an issue";
  manifest_.outgoing.character_set = "8859/2";
  EXPECT_EQ(field(make(outcome.tree, "hl7v2:REF_I12").bytes, "MSH", 18), "8859/2");
  manifest_.outgoing.character_set = "";
  EXPECT_EQ(field(make(outcome.tree, "hl7v2:REF_I12").bytes, "MSH", 18), "UNICODE UTF-8");
}

TEST_F(Outwards, WhatTheHospitalNotedAndWhoIsResponsibleGoOutAsTheyCame) {
  const fs::path in = fs::path(LIGAMENT_SOURCE_DIR) / "mappings/packs/hl7v2-ref/golden";
  const Outward out = make(bundle_of(in / "people-around.json"), "hl7v2:REF_I12");
  EXPECT_EQ(told(out.issues), "");
  EXPECT_EQ(field(out.bytes, "ZU1", 13), "03");
  EXPECT_EQ(field(out.bytes, "ZU1", 14), "1^Advice or consultation");
  EXPECT_EQ(field(out.bytes, "ZU1", 15), "20261121");
  EXPECT_EQ(field(out.bytes, "ZU1", 16), "20261119");
  EXPECT_EQ(field(out.bytes, "ZU1", 17), "5^Letter");
  EXPECT_EQ(field(out.bytes, "ZU1", 18), "Y");
  EXPECT_EQ(field(out.bytes, "GT1", 3), "Penhaligon^Margaret^Rose");
  EXPECT_EQ(field(out.bytes, "GT1", 11), "MTH^Mother^HL70063");
  EXPECT_EQ(field(out.bytes, "NK1", 7), "C^Emergency contact^HL70131");
  EXPECT_EQ(out.bytes.find("NK1|3"), std::string::npos) << "the responsible person is in GT1 alone";
  EXPECT_EQ(field(out.bytes, "CTD", 2), "Tregear^Loveday^^^Mrs");
  EXPECT_EQ(field(out.bytes, "PRD", 5), "01632 960230^WPN^PH") << "the secretary's number is in CTD alone";
  EXPECT_EQ(field(out.bytes, "RF1", 19), "Weald Shoulder Clinic^^99S30");
  EXPECT_TRUE(field(out.bytes, "RF1", 20).starts_with("C9990017^"));
}

TEST_F(Outwards, InterpreterIsAskedForOnce) {
  const fs::path in = fs::path(LIGAMENT_SOURCE_DIR) / "mappings/packs/hl7v2-ref/golden";
  std::string text = bytes_of(in / "people-around.json");
  const auto made = [&] {
    return make(fhir::json::read(text, fhir::definitions::r4(), {}).tree, "hl7v2:REF_I12").bytes;
  };
  EXPECT_NE(made().find("|315594003^"), std::string::npos);
  EXPECT_EQ(made().find("interpreter-required"), std::string::npos) << "the question was asked already";
  text.replace(text.find("315594003"), 9, "271807003");
  EXPECT_NE(made().find("|interpreter-required^Interpreter required^99LIG||Y^Yes^HL70136|"),
            std::string::npos);
}

TEST_F(Outwards, WhereaboutsOfARestrictedPatientStayHere) {
  const fs::path in = fs::path(LIGAMENT_SOURCE_DIR) / "mappings/packs/hl7v2-ref/golden";
  const std::string open = bytes_of(in / "people-around.json");
  const auto sent = [&](const std::string& text, const std::string& form) {
    return make(fhir::json::read(text, fhir::definitions::r4(), {}).tree, form);
  };
  std::string patient = open;
  patient.replace(patient.find(R"("resourceType": "Patient",)"), 26,
                  R"("resourceType": "Patient","meta":{"security":[{"code":"V"}]},)");
  std::string bundle = open;
  bundle.replace(bundle.find(R"("versionId": "1.4.0",)"), 21,
                 R"("versionId": "1.4.0","security":[{"code":"R"}],)");
  for (const std::string& text : {patient, bundle}) {
    for (const char* const form : {"hl7v2:REF_I12", "hl7v2:ADT_A28", "hl7v2:MDM_T02"}) {
      SCOPED_TRACE(form);
      const Outward out = sent(text, form);
      ASSERT_FALSE(out.bytes.empty()) << told(out.issues);
      EXPECT_TRUE(field(out.bytes, "PID", 3).starts_with("9990310629")) << "who it is must be known";
      EXPECT_EQ(field(out.bytes, "PID", 11), "");
      EXPECT_EQ(field(out.bytes, "PID", 13), "");
      for (const char* const telling : {"Orchard Lane", "01632 960616", "01632 960615", "\rNK1|", "\rGT1|"})
        EXPECT_EQ(out.bytes.find(telling), std::string::npos) << telling;
    }
  }
  EXPECT_EQ(field(sent(patient, "hl7v2:REF_I12").bytes, "PD1", 12), "Y") << "and the receiver is told";
  EXPECT_NE(sent(open, "hl7v2:REF_I12").bytes.find("Orchard Lane"), std::string::npos);
}

TEST_F(Outwards, NumberThatWasMergedAwayIsReplacedInANewMessage) {
  manifest_.id_systems = {{"TRUST", "https://trust.example/Id"}, {"OLD", "https://old.example/Id"}};
  const std::string text =
      "MSH|^~\\&|LIGAMENT|99L01|PAS|99S21|20261122||REF^I13^REF_I12|C1|T|2.4\r"
      "PID|1||9990000018^^^NHS~A1^^^TRUST^MR~A2^^^TRUST||Rowe^Jan\rNTE|1||A1\r";
  const std::vector<PatientNumber> prior = {{"https://trust.example/Id", "A1"}};
  const auto again = [&](const PatientNumber& survivor) {
    return converter_->renumber(text, "B1", prior, survivor, manifest_, trial_hash);
  };
  const Outward same = again({"https://trust.example/Id", "B1"});
  EXPECT_EQ(field(same.bytes, "PID", 3), "9990000018^^^NHS~B1^^^TRUST^MR~A2^^^TRUST");
  EXPECT_EQ(field(same.bytes, "MSH", 10), same.control_id);
  EXPECT_NE(same.control_id, "C1");
  EXPECT_NE(same.bytes.find("NTE|1||A1"), std::string::npos) << "words stay words";
  const Outward other = again({"https://old.example/Id", "B1"});
  EXPECT_EQ(field(other.bytes, "PID", 3), "9990000018^^^NHS~B1^^^OLD^MR~A2^^^TRUST");
  EXPECT_TRUE(again({"https://unnamed.example/Id", "B1"}).issues.has_error());
  const std::vector<PatientNumber> stranger = {{"https://old.example/Id", "A1"}};
  const Outward untouched =
      converter_->renumber(text, "B1", stranger, {"https://trust.example/Id", "B1"}, manifest_, trial_hash);
  EXPECT_TRUE(untouched.bytes.empty());
  EXPECT_FALSE(untouched.issues.has_error());
}

TEST_F(Outwards, WhatIsNotKnownIsRefused) {
  const fhir::tree::TreePtr bundle = bundle_of(kGolden / "REF_I12-accepted.json");
  EXPECT_TRUE(make(bundle, "hl7v2:SIU_S12").issues.has_error());
  manifest_.outgoing.version = "3.0";
  EXPECT_TRUE(make(bundle, "hl7v2:REF_I12").issues.has_error());
  manifest_.outgoing.version = "2.4";
  manifest_.outgoing.character_set = "EBCDIC-NOT-A-SET";
  EXPECT_TRUE(make(bundle, "hl7v2:REF_I12").issues.has_error());
}

// domain.md 2.1: every mandatory field of a referral, out and in again.
TEST_F(Outwards, MandatoryFieldsComeBackAsTheyWent) {
  const fs::path in = fs::path(LIGAMENT_SOURCE_DIR) / "mappings/packs/hl7v2-ref/golden";
  manifest_ = example_partner();
  for (const char* const name : {"knee-in-full", "surgical-choice", "cancer-priority", "people-around"}) {
    SCOPED_TRACE(name);
    const std::string first_bytes = bytes_of(in / (std::string(name) + ".hl7"));
    const Conversion first = converter_->convert(first_bytes, manifest_, {.hash = trial_hash});
    ASSERT_NE(first.bundle, nullptr);
    const Outward out = make(first.bundle, "hl7v2:REF_I12");
    const Conversion second = converter_->convert(out.bytes, manifest_, {.hash = trial_hash});
    ASSERT_NE(second.bundle, nullptr) << told(second.issues);
    const auto resource = [](const Conversion& conversion, std::string_view type) {
      for (const Node entry : conversion.bundle->root().children("entry")) {
        if (entry.child("resource").type() == type) return entry.child("resource");
      }
      return Node();
    };
    const auto texts = [&](const Conversion& conversion, std::string_view type,
                           const std::vector<std::string_view>& elements) {
      std::string all;
      const Node of = resource(conversion, type);
      for (const std::string_view element : elements) {
        for (const Node child : of.children(element))
          all.append(fhir::json::write(child)).append("\n");
      }
      return all;
    };
    const std::vector<std::string_view> kPatient = {
        "identifier", "name",          "birthDate", "gender",    "address",
        "telecom",    "communication", "contact",   "extension", "generalPractitioner"};
    EXPECT_EQ(texts(second, "Patient", kPatient), texts(first, "Patient", kPatient));
    const std::vector<std::string_view> kRequest = {"identifier", "priority",   "extension", "code",
                                                    "authoredOn", "occurrence", "bodySite",  "reasonCode"};
    EXPECT_EQ(texts(second, "ServiceRequest", kRequest), texts(first, "ServiceRequest", kRequest));
    const std::vector<std::string_view> kConsent = {"status", "dateTime"};
    EXPECT_EQ(texts(second, "Consent", kConsent), texts(first, "Consent", kConsent));
    EXPECT_EQ(texts(second, "Organization", {"contact"}), texts(first, "Organization", {"contact"}));
    EXPECT_EQ(texts(second, "PractitionerRole", {"telecom"}), texts(first, "PractitionerRole", {"telecom"}));
    EXPECT_EQ(texts(second, "Practitioner", {"identifier", "name"}),
              texts(first, "Practitioner", {"identifier", "name"}));
    EXPECT_EQ(texts(second, "Condition", {"code", "onset"}), texts(first, "Condition", {"code", "onset"}));
    const auto answers = [](const Conversion& conversion) {
      std::string all;
      for (const Node entry : conversion.bundle->root().children("entry")) {
        const Node found = entry.child("resource");
        if (found.type() != "Observation") continue;
        all.append(found.at("code", "coding").child("code").text()).append("=");
        for (const std::string_view element : {"value", "dataAbsentReason", "effective"}) {
          if (const Node child = found.child(element)) all.append(fhir::json::write(child));
        }
        all.append("\n");
      }
      return all;
    };
    EXPECT_EQ(answers(second), answers(first));
  }
}

}  // namespace
}  // namespace mappings::convert
