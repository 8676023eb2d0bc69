#include <gtest/gtest.h>
#include <string>

#include "mappings/hl7v2/read.hpp"
#include "sketch.hpp"

namespace mappings::hl7v2 {
namespace {

struct StructureRow {
  const char* name;
  const char* type;
  const char* segments;  // names, blank between
  const char* outline;   // without the message and MSH
  std::size_t notices;
};

std::string bytes_of(const StructureRow& row) {
  std::string bytes = "MSH|^~\\&|||||||" + std::string(row.type) + "|1|T|2.4\r";
  std::string names = row.segments;
  for (std::size_t at = 0; at < names.size(); at += 4)
    bytes += names.substr(at, 3) + "|1\r";
  return bytes;
}

TEST(Structure, FindsThePlaceOfEachSegment) {
  const StructureRow rows[] = {
      {"in order", "REF^I12^REF_I12", "RF1 PRD CTD PRD PID NK1 DG1 OBR NTE OBX NTE OBX PV1 PV2 NTE",
       "RF1 PROVIDER_CONTACT(PRD CTD) PROVIDER_CONTACT(PRD) PID NK1 DG1 OBSERVATION(OBR NTE "
       "RESULTS_NOTES(OBX NTE) "
       "RESULTS_NOTES(OBX)) PATIENT_VISIT(PV1 PV2) NTE",
       0},
      {"no RF1, event decides", "REF^I13", "PRD PID", "PROVIDER_CONTACT(PRD) PID", 0},
      {"EVN and Z", "REF^I12", "EVN RF1 ZU1 PRD ZPR PID ZU2", "EVN RF1 ZU1 PROVIDER_CONTACT(PRD ZPR) PID ZU2",
       1},
      {"PRD after PID", "REF^I12", "RF1 PID PRD NK1", "RF1 PID PROVIDER_CONTACT(PRD) NK1", 1},
      {"PV1 late", "REF^I12", "PRD PID NTE PV1 PV2 NTE",
       "PROVIDER_CONTACT(PRD) PID NTE PATIENT_VISIT(PV1 PV2) NTE", 1},
      {"OBX without OBR", "REF^I12", "PRD PID OBX NTE OBX",
       "PROVIDER_CONTACT(PRD) PID OBSERVATION(RESULTS_NOTES(OBX NTE) RESULTS_NOTES(OBX))", 1},
      {"notes early, orders after", "REF^I12", "PRD PID NTE OBR OBX OBR OBX",
       "PROVIDER_CONTACT(PRD) PID NTE OBSERVATION(OBR RESULTS_NOTES(OBX)) OBSERVATION(OBR "
       "RESULTS_NOTES(OBX))",
       1},
      {"unknown segment", "REF^I12", "PRD QQQ PID", "PROVIDER_CONTACT(PRD QQQ) PID", 1},
      {"order without ORC", "ORM^O01", "PID PV1 OBR OBX OBR OBX NTE",
       "PATIENT(PID PATIENT_VISIT(PV1)) ORDER(ORDER_DETAIL(OBR OBSERVATION(OBX))) ORDER(ORDER_DETAIL(OBR "
       "OBSERVATION(OBX NTE)))",
       2},
      {"results without ORC", "ORU^R01", "PID PV1 OBR OBX OBX NTE OBR OBX",
       "PATIENT_RESULT(PATIENT(PID VISIT(PV1)) ORDER_OBSERVATION(OBR OBSERVATION(OBX) OBSERVATION(OBX NTE)) "
       "ORDER_OBSERVATION(OBR OBSERVATION(OBX)))",
       0},
      {"results with ORC", "ORU^R01", "PID ORC OBR OBX ORC OBR OBX",
       "PATIENT_RESULT(PATIENT(PID) ORDER_OBSERVATION(COMMON_ORDER(ORC) OBR OBSERVATION(OBX)) "
       "ORDER_OBSERVATION(COMMON_ORDER(ORC) OBR OBSERVATION(OBX)))",
       0},
      {"two patients", "ORU^R01", "PID OBR OBX PID OBR",
       "PATIENT_RESULT(PATIENT(PID) ORDER_OBSERVATION(OBR OBSERVATION(OBX))) PATIENT_RESULT(PATIENT(PID) "
       "ORDER_OBSERVATION(OBR))",
       0},
      {"appointment without RGS", "SIU^S12", "SCH PID PV1 AIS AIL AIP AIS",
       "SCH PATIENT(PID PV1) RESOURCES(SERVICE(AIS) LOCATION_RESOURCE(AIL) PERSONNEL_RESOURCE(AIP) "
       "SERVICE(AIS))",
       2},
      {"two resource groups", "SIU^S12^SIU_S12", "SCH NTE PID RGS AIS NTE AIP RGS AIS",
       "SCH NTE PATIENT(PID) RESOURCES(RGS SERVICE(AIS NTE) PERSONNEL_RESOURCE(AIP)) RESOURCES(RGS "
       "SERVICE(AIS))",
       0},
      {"note after the patient", "SIU^S12", "SCH PID NTE RGS", "SCH PATIENT(PID NTE) RESOURCES(RGS)", 1},
      {"letter", "MDM^T02", "EVN PID PV1 ORC OBR TXA OBX OBX",
       "EVN PID PV1 COMMON_ORDER(ORC OBR) TXA OBSERVATION(OBX) OBSERVATION(OBX)", 0},
      {"merge, structure named by its event", "ADT^A40^ADT_A40", "EVN PID MRG PID MRG",
       "EVN PATIENT(PID MRG) PATIENT(PID MRG)", 0},
      {"roles in two places", "ADT^A01", "EVN PID PD1 ROL NK1 PV1 ROL GT1", "EVN PID PD1 ROL NK1 PV1 ROL GT1",
       0},
      {"swap", "ADT^A17", "EVN PID PV1 PID PV1", "EVN PID PV1 PID PV1", 0},
      {"PD1 late", "ADT^A28", "EVN PID PV1 PD1 NK1", "EVN PID PV1 PD1 NK1", 2},
      {"second visit where one is allowed", "ADT^A01", "EVN PID PV1 OBX PV1", "EVN PID PV1 OBX PV1", 1},
      {"acknowledgement", "ACK", "MSA ERR ERR", "MSA ERR ERR", 0},
      {"answer to a referral", "RRI^I12", "MSA RF1 PRD PID", "MSA RF1 PROVIDER_CONTACT(PRD) PID", 0},
  };
  for (const StructureRow& row : rows) {
    const fhir::tree::ReadOutcome outcome = read(bytes_of(row));
    ASSERT_TRUE(outcome.tree) << row.name;
    std::string outline = test::outline(outcome.tree->root());
    outline = outline.substr(outline.find("(MSH ") + 5);
    outline.pop_back();
    EXPECT_EQ(outline, row.outline) << row.name;
    EXPECT_EQ(outcome.issues.items().size(), row.notices) << row.name;
    for (const fhir::Issue& issue : outcome.issues.items())
      EXPECT_EQ(issue.severity, fhir::Severity::kInformation) << row.name;
  }
}

TEST(Structure, GroupSpansFromItsFirstToItsLastSegment) {
  const std::string bytes = "MSH|^~\\&|||||||REF^I12|1|T|2.4\rPRD|1\rCTD|2\rPID|3\r";
  const fhir::tree::ReadOutcome outcome = read(bytes);
  const fhir::tree::SourceSpan span = outcome.tree->root().child("PROVIDER_CONTACT").source();
  EXPECT_EQ(bytes.substr(span.offset, span.length), "PRD|1\rCTD|2");
}

TEST(Structure, LatePlaceIsNamedByItsSegment) {
  const fhir::tree::ReadOutcome outcome = read("MSH|^~\\&|||||||REF^I12|1|T|2.4\rPRD|1\rPID|1\rPRD|2\r");
  ASSERT_EQ(outcome.issues.items().size(), 1u);
  EXPECT_EQ(outcome.issues.items()[0].expression, "PRD[2]");
  EXPECT_EQ(outcome.issues.items()[0].type, fhir::IssueType::kStructure);
}

}  // namespace
}  // namespace mappings::hl7v2
