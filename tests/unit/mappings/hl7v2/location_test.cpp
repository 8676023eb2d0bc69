#include "mappings/hl7v2/location.hpp"

#include <gtest/gtest.h>
#include <string>

#include "mappings/hl7v2/error_code.hpp"
#include "mappings/hl7v2/read.hpp"

namespace mappings::hl7v2 {
namespace {

using fhir::tree::Node;

TEST(Location, NamesThePlaceOfEachKindOfNode) {
  const fhir::tree::ReadOutcome outcome = read(
      "MSH|^~\\&|||||||REF^I12|1|T|2.4\rPRD|RP\rPRD|RT|A^B\rPID|1||A~B^^^N&2\rOBR|1\rOBX|1\rOBX|2|ST|||"
      "\"\"\rZZ9|x^^^^^^^^^^y\r");
  const Node root = outcome.tree->root();
  Node second_contact = *++root.children("PROVIDER_CONTACT").begin();
  Node second_id = *++root.child("PID").children("PID_3").begin();
  Node second_result = *++root.child("OBSERVATION").children("RESULTS_NOTES").begin();
  EXPECT_EQ(to_text(location(root)), "MSH[1]");
  EXPECT_EQ(to_text(location(second_contact)), "PRD[2]");
  EXPECT_EQ(to_text(location(second_contact.at("PRD", "PRD_2", "c1"))), "PRD[2]-2[1].1");
  EXPECT_EQ(to_text(location(second_contact.at("PRD", "PRD_2", "c1", "s1"))), "PRD[2]-2[1].1.1");
  EXPECT_EQ(to_text(location(second_id)), "PID[1]-3[2]");
  EXPECT_EQ(to_text(location(second_id.at("c4", "s2"))), "PID[1]-3[2].4.2");
  EXPECT_EQ(to_text(location(second_result.at("OBX", "OBX_5", "nullFlag"))), "OBX[2]-5[1]");
  EXPECT_EQ(to_text(location(second_result.at("ZZ9", "ZZ9_1"))), "ZZ9[1]-1[1]");
  EXPECT_EQ(to_text(location(second_result.at("ZZ9", "ZZ9_1", "c11"))), "ZZ9[1]-1[1].11");
  EXPECT_EQ(to_text(location(Node())), "");
}

struct PlaceRow {
  const char* text;
  const char* read;  // null: no place
};

TEST(Location, ReadsItsText) {
  const PlaceRow rows[] = {
      {"PID[1]-3[2].4.1", "PID[1]-3[2].4.1"},
      {"PID-3.4", "PID[1]-3[1].4"},
      {"PID[2]", "PID[2]"},
      {"MSH-9.2", "MSH[1]-9[1].2"},
      {"Patient.name", nullptr},
      {"", nullptr},
      {"PID[]", nullptr},
      {"PID-", nullptr},
      {"PID-3.", nullptr},
      {"PID[0]", nullptr},
      {"PID-3x", nullptr},
  };
  for (const PlaceRow& row : rows) {
    const std::optional<Location> place = parse_location(row.text);
    ASSERT_EQ(place.has_value(), row.read != nullptr) << row.text;
    if (place) EXPECT_EQ(to_text(*place), row.read);
  }
}

struct CodeRow {
  fhir::IssueType type;
  const char* place;
  ErrorCode0357 code;
};

TEST(ErrorCode, FollowsFromTypeAndPlace) {
  const CodeRow rows[] = {
      {fhir::IssueType::kStructure, "PID[1]", ErrorCode0357::kSegmentSequence},
      {fhir::IssueType::kRequired, "PID[1]-3[1]", ErrorCode0357::kRequiredMissing},
      {fhir::IssueType::kValue, "PID[1]-7[1]", ErrorCode0357::kDataType},
      {fhir::IssueType::kCodeInvalid, "MSH[1]-18[1]", ErrorCode0357::kTableValue},
      {fhir::IssueType::kTooLong, "", ErrorCode0357::kTooLong},
      {fhir::IssueType::kNotSupported, "MSH[1]-9[1].1", ErrorCode0357::kMessageType},
      {fhir::IssueType::kNotSupported, "MSH[1]-9[1].2", ErrorCode0357::kEvent},
      {fhir::IssueType::kNotSupported, "MSH[1]-11[1]", ErrorCode0357::kProcessingId},
      {fhir::IssueType::kNotSupported, "MSH[1]-12[1]", ErrorCode0357::kVersion},
      {fhir::IssueType::kNotSupported, "Bundle.entry[0]", ErrorCode0357::kInternal},
      {fhir::IssueType::kDuplicate, "MSH[1]-10[1]", ErrorCode0357::kDuplicateKey},
      {fhir::IssueType::kBusinessRule, "PID[1]", ErrorCode0357::kInternal},
  };
  for (const CodeRow& row : rows) {
    const fhir::Issue issue{fhir::Severity::kError, row.type, row.place, "", {}};
    EXPECT_EQ(error_code(issue), row.code) << row.place;
  }
  EXPECT_TRUE(rejects(ErrorCode0357::kVersion));
  EXPECT_FALSE(rejects(ErrorCode0357::kDataType));
  EXPECT_FALSE(rejects(ErrorCode0357::kInternal));
}

}  // namespace
}  // namespace mappings::hl7v2
