#include <gtest/gtest.h>
#include <string>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "gateway/gate/gate.hpp"

namespace gateway::gate {
namespace {

const RedFlagSet& flags() {
  static const RedFlagSet set = RedFlagSet::minimum();
  return set;
}

std::string bundle(const std::string& resources) {
  return R"({"resourceType":"Bundle","type":"message","entry":[)" + resources + "]}";
}

std::string entry(const std::string& resource) {
  return R"({"resource":)" + resource + "}";
}

GateResult look(const std::string& json) {
  const auto outcome = fhir::json::read(json, fhir::definitions::r4());
  EXPECT_NE(outcome.tree, nullptr) << json
                                   << (outcome.issues.empty() ? "" : outcome.issues.items().front().text);
  return outcome.tree == nullptr ? GateResult{} : inspect(flags(), outcome.tree->root());
}

std::string observation(const std::string& code, const std::string& rest) {
  return entry(R"({"resourceType":"Observation","status":"final","code":)" + code +
               (rest.empty() ? "" : "," + rest) + "}");
}

const std::string kCes = R"({"coding":[{"system":"http://snomed.info/sct","code":"192970008"}]})";
const std::string kSaddle = R"({"text":"Saddle anaesthesia"})";
const std::string kOwn =
    R"({"coding":[{"system":"https://ligament.example/fhir/CodeSystem/red-flag","code":"cauda-equina"}]})";

struct AnswerRow {
  const char* name;
  std::string rest;
  int flags;  ///< 0: none. 1: human eyes. 2: raised.
};

TEST(GateTree, ReadsCodedAnswersInThreeValues) {
  const auto coded = [](const char* code) {
    return std::string(R"("valueCodeableConcept":{"coding":[{"system":"http://snomed.info/sct","code":")") +
           code + R"("}]})";
  };
  const AnswerRow rows[] = {
      {"yes", R"("valueBoolean":true)", 2},
      {"no", R"("valueBoolean":false)", 0},
      {"coded yes", coded("373066001"), 2},
      {"coded present", coded("52101004"), 2},
      {"coded no", coded("373067005"), 0},
      {"coded absent", coded("2667000"), 0},
      {"coded something else", coded("64859006"), 1},
      {"word yes", R"("valueString":"Yes, since Monday")", 2},
      {"word no", R"("valueString":"No")", 0},
      {"word no and more", R"("valueString":"No, but getting worse")", 1},
      {"words", R"("valueString":"worse since Monday")", 1},
      {"not asked", R"("valueString":"not asked")", 0},
      {"absent with a reason", R"("dataAbsentReason":{"coding":[{"code":"not-asked"}]})", 0},
      {"code alone states it", "", 1},
      {"interpretation", R"("interpretation":[{"coding":[{"code":"POS"}]}])", 2},
      {"a number answers nothing", R"("valueQuantity":{"value":3})", 0},
  };
  for (const AnswerRow& row : rows) {
    for (const std::string& code : {kCes, kSaddle, kOwn}) {
      const GateResult result = look(bundle(observation(code, row.rest)));
      EXPECT_EQ(result.raised(), row.flags != 0) << row.name << code;
      if (!result.raised()) continue;
      EXPECT_EQ(result.flags[0].condition, "cauda-equina") << row.name;
      EXPECT_EQ(result.flags[0].trigger, TriggerKind::kStructured) << row.name;
      EXPECT_EQ(result.flags[0].level, row.flags == 2 ? FlagLevel::kRaised : FlagLevel::kHumanEyes)
          << row.name;
    }
  }
}

TEST(GateTree, ReadsComponentsEachByItself) {
  const GateResult result = look(bundle(entry(
      R"({"resourceType":"Observation","status":"final","code":{"text":"Red flag screen"},"component":[
        {"code":{"text":"Night pain"},"valueBoolean":false},{"code":{"text":"Bladder or bowel change"},"valueBoolean":true}]})")));
  ASSERT_EQ(result.flags.size(), 1u);
  EXPECT_EQ(result.flags[0].condition, "cauda-equina");
  EXPECT_EQ(result.flags[0].place, "Bundle.entry[0].resource.component[1].value.ofType(boolean)");
}

TEST(GateTree, ReadsQuestionnaireAnswersAndNotTheirQuestions) {
  const auto response = [](const std::string& items) {
    return bundle(
        entry(R"({"resourceType":"QuestionnaireResponse","status":"completed","item":[)" + items + "]}"));
  };
  const std::string question = R"({"linkId":"1","text":"Any saddle anaesthesia?")";
  EXPECT_FALSE(look(response(question + "}")).raised()) << "not asked";
  EXPECT_FALSE(look(response(question + R"(,"answer":[{"valueBoolean":false}]})")).raised()) << "no";
  EXPECT_TRUE(look(response(question + R"(,"answer":[{"valueBoolean":true}]})")).raised()) << "yes";
  EXPECT_TRUE(look(response(question + R"(,"answer":[{"valueCoding":{"code":"Y"}}]})")).raised())
      << "coded yes";
  EXPECT_TRUE(
      look(response(R"({"linkId":"redflags.cauda-equina","answer":[{"valueBoolean":true}]})")).raised());
  EXPECT_TRUE(
      look(
          response(R"({"linkId":"1","text":"Anything else?","answer":[{"valueString":"jaw claudication"}]})"))
          .raised());
  EXPECT_TRUE(
      look(response(R"({"linkId":"g","item":[)" + question + R"(,"answer":[{"valueBoolean":true}]}]})"))
          .raised());
  EXPECT_FALSE(
      look(
          bundle(entry(
              R"({"resourceType":"Questionnaire","status":"active","item":[{"linkId":"1","text":"Saddle anaesthesia?","type":"boolean"}]})")))
          .raised());
}

TEST(GateTree, TextRaisesToHumanEyesWhereverItStands) {
  const char* places[] = {
      R"({"resourceType":"ServiceRequest","status":"active","intent":"plan","subject":{"display":"x"},"note":[{"text":"Saddle numbness"}]})",
      R"({"resourceType":"ServiceRequest","status":"active","intent":"plan","subject":{"display":"x"},"reasonCode":[{"text":"Saddle numbness"}]})",
      R"({"resourceType":"ServiceRequest","status":"active","intent":"plan","subject":{"display":"x"},"patientInstruction":"Saddle numbness"})",
      R"({"resourceType":"Communication","status":"completed","payload":[{"contentString":"saddle   NUMBNESS"}]})",
      R"({"resourceType":"CarePlan","status":"active","intent":"plan","subject":{"display":"x"},"description":"saddle numbness"})",
      R"({"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">saddle <i>numbness</i></div>"}})",
      R"({"resourceType":"Patient","extension":[{"url":"http://x","valueString":"saddle numbness"}]})",
      R"({"resourceType":"Patient","unknownElement":"saddle numbness"})",
      R"({"resourceType":"DocumentReference","status":"current","content":[{"attachment":{"contentType":"text/plain","data":"cHQgaGFzIHNhZGRsZSBudW1ibmVzcw=="}}]})",
  };
  for (const char* place : places) {
    const GateResult result = look(bundle(entry(place)));
    ASSERT_TRUE(result.raised()) << place;
    EXPECT_EQ(result.flags[0].level, FlagLevel::kHumanEyes) << place;
    EXPECT_EQ(result.flags[0].trigger, TriggerKind::kText) << place;
  }
}

TEST(GateTree, DenialDoesNotClearAStructuredYes) {
  const GateResult result =
      look(bundle(observation(kCes, R"("valueBoolean":true,"note":[{"text":"Denies saddle anaesthesia"}])")));
  ASSERT_EQ(result.flags.size(), 2u);
  EXPECT_EQ(result.flags[0].level, FlagLevel::kRaised);
  EXPECT_TRUE(result.flags[1].near_negation);
}

TEST(GateTree, CodedConditionsRaiseAndPastOnesAreForAPerson) {
  const auto condition = [](const std::string& rest) {
    return bundle(entry(
        R"({"resourceType":"Condition","subject":{"display":"x"},"code":{"coding":[{"system":"http://snomed.info/sct","code":"396234004"}]})" +
        rest + "}"));
  };
  EXPECT_EQ(look(condition("")).flags.at(0).level, FlagLevel::kRaised);
  for (const char* rest : {R"(,"clinicalStatus":{"coding":[{"code":"resolved"}]})",
                           R"(,"verificationStatus":{"coding":[{"code":"refuted"}]})"}) {
    EXPECT_EQ(look(condition(rest)).flags.at(0).level, FlagLevel::kHumanEyes) << rest;
  }
}

TEST(GateTree, OrdinaryReferralRaisesNothing) {
  const GateResult result = look(bundle(
      entry(
          R"({"resourceType":"ServiceRequest","status":"active","intent":"plan","priority":"routine","subject":{"display":"x"},
        "code":{"coding":[{"system":"http://snomed.info/sct","code":"306170007","display":"Referral to physiotherapy service"}]},
        "note":[{"text":"Right knee pain for six months, worse on stairs. X-ray shows osteoarthritis. Advised weight loss and exercise."}]})") +
      "," +
      entry(
          R"({"resourceType":"Observation","status":"final","code":{"text":"Body mass index"},"valueQuantity":{"value":27.1,"unit":"kg/m2"}})")));
  EXPECT_FALSE(result.raised()) << result.flags.at(0).condition;
  EXPECT_TRUE(result.coded_routine);
  EXPECT_FALSE(result.contradiction());
}

std::string request(const std::string& rest) {
  return bundle(entry(
      R"({"resourceType":"ServiceRequest","status":"active","intent":"plan","subject":{"display":"x"},)" +
      rest + "}"));
}

TEST(GateTree, ReadsThePriorityInEveryFormInUse) {
  const char* cancer[] = {
      R"("priority":"urgent","extension":[{"url":"https://ligament.example/fhir/StructureDefinition/referral-priority","valueCodeableConcept":{"coding":[{"code":"3","display":"Two Week Wait"}]}}])",
      R"("priority":"urgent","extension":[{"url":"https://ligament.example/fhir/StructureDefinition/referral-priority","valueCodeableConcept":{"coding":[{"code":"3","display":"Urgent Suspected Cancer or Breast Symptomatic"}]}}])",
      R"("extension":[{"url":"http://x/priority","valueCoding":{"system":"http://y","code":"2WW"}}])",
      R"("priority":"urgent","_priority":{"extension":[{"url":"http://x/e","valueCoding":{"system":"http://y/priority","code":"TWO_WEEK_WAIT"}}]})",
  };
  for (const char* form : cancer)
    EXPECT_TRUE(look(request(form)).cancer_priority) << form;
  EXPECT_FALSE(look(request(R"("priority":"urgent")")).cancer_priority);
  EXPECT_FALSE(
      look(
          request(R"("extension":[{"url":"http://x/stage","valueCoding":{"system":"http://y","code":"3"}}])"))
          .cancer_priority);
  const GateResult stat = look(request(R"("priority":"stat")"));
  ASSERT_EQ(stat.flags.size(), 1u);
  EXPECT_EQ(stat.flags[0].condition, "emergency-priority");
  EXPECT_EQ(stat.flags[0].level, FlagLevel::kRaised);
}

TEST(GateTree, RoutineWithARedFlagIsAContradiction) {
  const GateResult result = look(request(R"("priority":"routine","note":[{"text":"septic arthritis?"}])"));
  EXPECT_TRUE(result.contradiction());
}

TEST(GateTree, MergeKeepsTheHigherUrgency) {
  const GateResult tree = look(request(R"("note":[{"text":"persistent synovitis"}])"));
  const GateResult bytes = inspect_bytes(flags(), "saddle numbness");
  const GateResult both = merge(tree, bytes);
  EXPECT_EQ(both.flags.size(), 2u);
  EXPECT_EQ(both.route->id, "emergency-department");
  EXPECT_EQ(merge(bytes, tree).route->id, "emergency-department");
}

/// Each phrase alone, in a plain note: what the data promises, the gate finds.
TEST(GateTree, EveryPhraseOfTheMinimumIsFound) {
  for (const RedFlag& flag : flags().flags()) {
    for (const std::string& phrase : flag.phrases) {
      std::string words = phrase;
      if (words.ends_with('*')) words.back() = 'z';
      const GateResult result = look(request(R"("note":[{"text":"Seen today, )" + words + R"( noted."}])"));
      bool found = false;
      for (const RaisedFlag& raised : result.flags)
        found = found || raised.condition == flag.condition;
      EXPECT_TRUE(found) << flag.condition << ": " << phrase;
    }
  }
}

}  // namespace
}  // namespace gateway::gate
