#include "mappings/hl7v2/acknowledgement.hpp"

#include <gtest/gtest.h>
#include <string>

#include "mappings/hl7v2/read.hpp"

namespace mappings::hl7v2 {
namespace {

Header header_of(const std::string& bytes) {
  return read_header(bytes).value_or(Header());
}

Acknowledgement answer(AckCode code) {
  Acknowledgement ack;
  ack.code = code;
  ack.control_id = "L7";
  ack.now = fhir::parse_instant("2026-11-22T08:00:05.123Z").value();
  return ack;
}

TEST(Header, IsReadAsItWasSent) {
  const Header header = header_of(
      "\n "
      "MSH|^~\\&|GP&1^x|A81001|HUB|RXA|2026||REF^I12^REF_I12|C\\T\\1|P^T|2.4^GBR|5||AL|NE|GBR|8859/"
      "1~ASCII\rPID|1");
  EXPECT_EQ(header.sending_application, "GP&1^x");
  EXPECT_EQ(header.receiving_facility, "RXA");
  EXPECT_EQ(header.type, "REF");
  EXPECT_EQ(header.event, "I12");
  EXPECT_EQ(header.structure, "REF_I12");
  EXPECT_EQ(header.control_id, "C\\T\\1");
  EXPECT_EQ(header.processing_id, "P^T");
  EXPECT_EQ(header.version, "2.4");
  EXPECT_EQ(header.version_field, "2.4^GBR");
  EXPECT_EQ(header.sequence_number, "5");
  EXPECT_EQ(header.accept_mode, "AL");
  EXPECT_EQ(header.application_mode, "NE");
  EXPECT_EQ(header.country, "GBR");
  EXPECT_EQ(header.character_set, "8859/1");
  EXPECT_TRUE(header.is_enhanced());
  EXPECT_FALSE(header_of("MSH|^~\\&|A\r").is_enhanced());
  EXPECT_FALSE(read_header("PID|1").has_value());
}

TEST(Acknowledgement, GoesBackInTheTermsOfTheOriginal) {
  const Header original =
      header_of("MSH|^~\\&|GP^1|A81001|HUB|RXA|2026||REF^I12^REF_I12|C1|T|2.4^GBR|||||GBR|8859/1\r");
  EXPECT_EQ(acknowledge(original, answer(AckCode::kAA)),
            "MSH|^~\\&|HUB|RXA|GP^1|A81001|20261122080005+0000||ACK^I12^ACK|L7|T|2.4^GBR|||||GBR|8859/1\r"
            "MSA|AA|C1\r");
  Acknowledgement ack = answer(AckCode::kCA);
  ack.application = "LIGA|MENT";
  ack.facility = "X";
  ack.expected_sequence = "4";
  EXPECT_EQ(
      acknowledge(original, ack),
      "MSH|^~\\&|LIGA\\F\\MENT|X|GP^1|A81001|20261122080005+0000||ACK^I12^ACK|L7|T|2.4^GBR|||||GBR|8859/1\r"
      "MSA|CA|C1||4\r");
}

TEST(Acknowledgement, NothingSentBackBeginsASegment) {
  const Header original = header_of("MSH|^~\\&|GP\nAND\n \x01x||HUB||||ADT^A08|1|T|2.4\rPID|1\r");
  EXPECT_EQ(original.sending_application, "GP AND   x");
  const std::string text = acknowledge(original, answer(AckCode::kAA));
  EXPECT_EQ(read(text).tree->root().children().size(), 2u);
}

TEST(Acknowledgement, MessageTypeFollowsTheVersion) {
  const auto type = [](const char* version) {
    const std::string text = acknowledge(
        header_of("MSH|^~\\&|||||||ADT^A08|1|T|" + std::string(version) + "\r"), answer(AckCode::kAA));
    return read_header(text)->type + "," + read_header(text)->event + "," + read_header(text)->structure;
  };
  EXPECT_EQ(type("2.3"), "ACK,,");
  EXPECT_EQ(type("2.3.1"), "ACK,A08,");
  EXPECT_EQ(type("2.4"), "ACK,A08,ACK");
  EXPECT_EQ(type("2.8.2"), "ACK,A08,ACK");
  EXPECT_EQ(type(""), "ACK,A08,ACK");
}

TEST(Acknowledgement, ErrorsTakeTheFormOfTheVersion) {
  fhir::IssueList issues;
  issues.add(fhir::Severity::kError, fhir::IssueType::kValue, "PID[1]-3[2].4.1", "wrong & bad");
  issues.add(fhir::Severity::kInformation, fhir::IssueType::kValue, "PID[1]", "left out");
  issues.add(fhir::Severity::kWarning, fhir::IssueType::kRequired, "Bundle.entry[1]", "no v2 place");
  Acknowledgement ack = answer(AckCode::kAE);
  ack.errors = to_ack_errors(issues);
  ASSERT_EQ(ack.errors.size(), 2u);

  const std::string early = acknowledge(header_of("MSH|^~\\&|||||||ADT^A08|1|T|2.4\r"), ack);
  EXPECT_NE(early.find("\rERR|PID^1^3^102&Data type error&HL70357~^^^101&Required field missing&HL70357\r"),
            std::string::npos)
      << early;
  const std::string late = acknowledge(header_of("MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\r"), ack);
  EXPECT_NE(late.find("\rERR||PID^1^3^2^4^1|102^Data type error^HL70357|E||||wrong \\T\\ bad\r"
                      "ERR|||101^Required field missing^HL70357|W||||no v2 place\r"),
            std::string::npos)
      << late;
  const fhir::tree::ReadOutcome outcome = read(late);
  EXPECT_TRUE(outcome.issues.empty());
  EXPECT_EQ(outcome.tree->root().at("ERR", "ERR_8").text(), "wrong & bad");
  EXPECT_EQ(outcome.tree->root().at("ERR", "ERR_2", "c4").text(), "2");
  EXPECT_EQ(to_ack_errors(issues, 1).size(), 1u);
}

}  // namespace
}  // namespace mappings::hl7v2
