#include "gateway/hl7v2/outward_messages.hpp"

#include <gtest/gtest.h>
#include <string>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"

namespace gateway::hl7v2 {
namespace {

fhir::tree::TreePtr bundle(const std::string& resource) {
  return fhir::json::read(R"({"resourceType":"Bundle","entry":[{"resource":)" + resource + "}]}",
                          fhir::definitions::r4())
      .tree;
}

struct Row {
  const char* kind;
  const char* resource;
  const char* usual;
  const char* chosen;  ///< By a partner that wants REF_I14 for requests and MDM_T02 for decisions.
};

constexpr const char* kActive = R"({"resourceType":"ServiceRequest","status":"active"})";
constexpr const char* kRevoked = R"({"resourceType":"ServiceRequest","status":"revoked"})";
constexpr const char* kAccepted =
    R"({"resourceType":"Communication","category":[{"coding":[{"code":"accepted"}]}]})";
constexpr const char* kWords =
    R"({"resourceType":"Communication","category":[{"coding":[{"code":"booked"}]}]})";

TEST(OutwardForm, IsThatOfTheKindUnlessThePartnerChooses) {
  config::Partner partner;
  partner.hl7v2.emplace();
  partner.hl7v2->forms = {{"acceptance", "REF_I14"}, {"onward", "REF_I14"}, {"decision", "MDM_T02"}};
  const Row rows[] = {
      {"referral", kActive, "hl7v2:REF_I12", "hl7v2:REF_I12"},
      {"acceptance", kActive, "hl7v2:REF_I12", "hl7v2:REF_I14"},
      {"update", kActive, "hl7v2:REF_I13", "hl7v2:REF_I13"},
      {"update", kRevoked, "hl7v2:REF_I14", "hl7v2:REF_I14"},
      {"onward", kActive, "hl7v2:REF_I13", "hl7v2:REF_I14"},
      {"cancellation", kRevoked, "hl7v2:REF_I14", "hl7v2:REF_I14"},
      {"introduction", kActive, "hl7v2:ADT_A28", "hl7v2:ADT_A28"},
      {"decision", kAccepted, "hl7v2:RRI_I12", "hl7v2:MDM_T02"},
      {"decision", kWords, "hl7v2:MDM_T02", "hl7v2:MDM_T02"},
      {"receipt", kWords, "hl7v2:MDM_T02", "hl7v2:MDM_T02"},
      {"escalation", kActive, "", ""},
  };
  for (const Row& row : rows) {
    const fhir::tree::TreePtr tree = bundle(row.resource);
    EXPECT_EQ(outward_form(row.kind, tree->root()), row.usual) << row.kind;
    EXPECT_EQ(outward_form(row.kind, tree->root(), partner), row.chosen) << row.kind;
    EXPECT_EQ(outward_form(row.kind, tree->root(), config::Partner()), row.usual) << row.kind;
  }
}

TEST(OutwardForm, ADecisionThatIsNoneIsNeverAnAnswer) {
  config::Partner partner;
  partner.hl7v2.emplace();
  partner.hl7v2->forms = {{"decision", "RRI_I12"}};
  EXPECT_EQ(outward_form("decision", bundle(kWords)->root(), partner), "hl7v2:MDM_T02");
}

}  // namespace
}  // namespace gateway::hl7v2
