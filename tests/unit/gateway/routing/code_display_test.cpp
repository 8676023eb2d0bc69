// Codes that do not mean what they say never route.
#include <gtest/gtest.h>

#include "referral_text.hpp"

namespace gateway::routing {
namespace {

struct Row {
  const char* name;
  std::string code;
  const char* outcome;
};

TEST(CodeDisplay, DecidesByNeitherAlone) {
  const auto coded = [](const std::string& coding, const std::string& text = {}) {
    return R"("code":{"coding":[)" + coding + "]" + (text.empty() ? "" : R"(,"text":")" + text + '"') + "}";
  };
  const auto function = [](const std::string& code, const std::string& display) {
    return R"("performerType":{"coding":[{"system":"https://fhir.hl7.org.uk/CodeSystem/UKCore-TreatmentFunctionCode","code":")" +
           code + R"(","display":")" + display + R"("}]})";
  };
  const Row rows[] = {
      {"psychiatry called physiotherapy", coded(snomed("183524004", "Referral to physiotherapy service")),
       "hold code-display-mismatch"},
      {"the same in the text beside", coded(snomed("183524004"), "Physiotherapy"),
       "hold code-display-mismatch"},
      {"psychiatry called psychiatry", coded(snomed("183524004", "Referral to psychiatry service")),
       "hold request-not-offered"},
      {"psychiatry without words", coded(snomed("183524004")), "hold request-not-offered"},
      {"breast surgery called podiatry", coded(snomed("306181005", "Podiatry")),
       "hold code-display-mismatch"},
      {"physiotherapy called physio", coded(snomed("306170007", "Refer to physio")), "route accepted"},
      {"physiotherapy called psychiatry", coded(snomed("306170007", "Psychiatry")),
       "hold code-display-mismatch"},
      {"physiotherapy without words", coded(snomed("306170007")), "route accepted"},
      {"wrong check digit", coded(snomed("306170006", "Physiotherapy")), "hold code-impossible"},
      {"a float", coded(snomed("306170007.0", "Physiotherapy")), "hold code-impossible"},
      {"a second coding disagrees", coded(snomed("306170007") + "," + snomed("183524004", "Physio")),
       "hold code-display-mismatch"},
      {"a local code beside", coded(snomed("306170007") + R"(,{"system":"http://gp.local","code":"8H77."})"),
       "route accepted"},
      {"unknown concept", coded(snomed("22298006", "Something else")), "route accepted"},
      {"orthotics called 654", function("654", "Orthotics"), "hold code-display-mismatch"},
      {"dietetics asked for", function("654", "Dietetics"), "hold request-not-offered"},
      {"orthotics", function("658", "Orthotics"), "route accepted"},
  };
  const auto catalogue = sussex();
  for (const Row& row : rows) {
    Referral referral;
    referral.code = row.code;
    const Decision decision = decide_text(*catalogue, referral.json());
    EXPECT_EQ(outcome_of(decision), row.outcome) << row.name;
    if (decision.outcome == Outcome::kHold) EXPECT_FALSE(decision.place.empty()) << row.name;
  }
}

TEST(CodeDisplay, ReasonsAreCheckedToo) {
  const auto catalogue = sussex();
  Referral referral;
  referral.reason = R"("reasonCode":[{"coding":[)" + snomed("30989003", "Shoulder pain") + "]}]";
  const Decision decision = decide_text(*catalogue, referral.json());
  EXPECT_EQ(outcome_of(decision), "hold code-display-mismatch");
  EXPECT_EQ(decision.place, "Bundle.entry[1].resource.reasonCode[0].coding[0]");
}

TEST(CodeDisplay, DecisionsHoldNoTextOfTheMessage) {
  const auto catalogue = sussex();
  Referral referral;
  referral.code = R"("code":{"coding":[)" + snomed("183524004", "Physio for Mrs Zzyzx") + "]}";
  EXPECT_EQ(to_json(decide_text(*catalogue, referral.json())).find("Zzyzx"), std::string::npos);
}

}  // namespace
}  // namespace gateway::routing
