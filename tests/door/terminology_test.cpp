// Questions about codes at the door: the terminology operations of FHIR, GET and POST, JSON and XML.
#include "tests/door/refused.hpp"

namespace gateway::door {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kGenders = "http://hl7.org/fhir/ValueSet/administrative-gender";

Ask post(std::string target, std::string parameters) {
  Ask ask;
  ask.target = std::move(target);
  ask.body = R"({"resourceType":"Parameters","parameter":[)" + std::move(parameters) + "]}";
  return ask;
}

TEST(Terminology, ExpandsByGetInBothFormats) {
  House house;
  const std::string path = std::string("/fhir/ValueSet/$expand?url=") + kGenders;
  const Answer json = house.get(path + "&filter=MALE&count=1");
  ASSERT_EQ(json.status, 200) << json.body;
  EXPECT_THAT(json.body, HasSubstr(R"("total":2)"));
  EXPECT_THAT(json.body, HasSubstr(R"("code":"male")"));
  EXPECT_THAT(json.body, Not(HasSubstr(R"("code":"female")")));
  EXPECT_THAT(json.body, HasSubstr(R"("timestamp":")"));
  const Answer xml = house.get(path, "downland-practice", "application/fhir+xml");
  ASSERT_EQ(xml.status, 200);
  EXPECT_THAT(xml.body, HasSubstr(R"(<code value="female"/>)"));
}

TEST(Terminology, ExpandsASetThatIsSent) {
  House house;
  const Answer answer = house.send(post(
      "/fhir/ValueSet/$expand",
      R"({"name":"valueSet","resource":{"resourceType":"ValueSet","status":"active","compose":{"include":[)"
      R"({"system":"http://hl7.org/fhir/administrative-gender","concept":[{"code":"other"}]}]}}})"));
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_THAT(answer.body, HasSubstr(R"("code":"other","display":"Other")"));
}

TEST(Terminology, ValidatesLooksUpSubsumesAndTranslates) {
  House house;
  const Answer valid = house.send(post(
      "/fhir/ValueSet/$validate-code",
      std::string(R"({"name":"url","valueUri":")") + kGenders +
          R"("},{"name":"coding","valueCoding":{"system":"http://hl7.org/fhir/administrative-gender","code":"xx"}})"));
  ASSERT_EQ(valid.status, 200) << valid.body;
  EXPECT_THAT(valid.body, HasSubstr(R"({"name":"result","valueBoolean":false})"));
  EXPECT_THAT(
      house.get("/fhir/CodeSystem/$validate-code?url=http://hl7.org/fhir/administrative-gender&code=male")
          .body,
      HasSubstr(R"({"name":"result","valueBoolean":true})"));
  EXPECT_THAT(
      house.get("/fhir/CodeSystem/$lookup?system=http://hl7.org/fhir/administrative-gender&code=male").body,
      HasSubstr(R"({"name":"display","valueString":"Male"})"));
  EXPECT_THAT(
      house.get("/fhir/CodeSystem/$subsumes?system=http://hl7.org/fhir/name-use&codeA=old&codeB=maiden").body,
      HasSubstr(R"({"name":"outcome","valueCode":"subsumes"})"));
  EXPECT_THAT(house.get("/fhir/ConceptMap/$translate?system=http://hl7.org/fhir/address-use&code=home").body,
              HasSubstr(R"({"name":"result","valueBoolean":true})"));
}

TEST(Terminology, RefusesWhatItCannotAnswer) {
  House house;
  struct Row {
    const char* target;
    int status;
  };
  for (const Row& row :
       {Row{"/fhir/ValueSet/$expand?url=http://nowhere.example.org", 404}, Row{"/fhir/ValueSet/$expand", 400},
        Row{"/fhir/ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/ucum-units", 422},
        Row{"/fhir/ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/all-types&count=x", 400},
        Row{"/fhir/ValueSet/$expand?uri=http://hl7.org/fhir/ValueSet/all-types", 400},
        Row{"/fhir/CodeSystem/$lookup?system=http://snomed.info/sct&code=72696002", 422},
        Row{"/fhir/ValueSet/$implode", 404}}) {
    EXPECT_EQ(house.get(row.target).status, row.status) << row.target;
  }
  Ask wrong = post("/fhir/CodeSystem/$lookup", "");
  wrong.body = R"({"resourceType":"Patient"})";
  EXPECT_EQ(house.send(wrong).status, 400);
}

TEST(Terminology, IsForPartnersAndNamedInTheStatement) {
  House house;
  EXPECT_EQ(house.get(std::string("/fhir/ValueSet/$expand?url=") + kGenders, "nobody").status, 401);
  EXPECT_THAT(house.get("/fhir/metadata").body,
              HasSubstr(R"({"type":"ConceptMap","operation":[{"name":"translate")"));
}

Ask validate(std::string target, std::string body) {
  Ask ask;
  ask.target = std::move(target);
  ask.body = std::move(body);
  return ask;
}

TEST(ValidateOperation, TellsWhatIsWrongWithABareResource) {
  House house;
  const Answer good = house.send(validate(
      "/fhir/Organization/$validate",
      R"({"resourceType":"Organization","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"},"name":"Example"})"));
  ASSERT_EQ(good.status, 200) << good.body;
  EXPECT_THAT(good.body, Not(HasSubstr(R"("severity":"error")")));
  const Answer bad = house.send(
      validate("/fhir/$validate",
               R"({"resourceType":"Organization","name":"Example","surname":"Zzcanary","active":"yes"})"));
  ASSERT_EQ(bad.status, 200) << bad.body;
  EXPECT_THAT(bad.body, HasSubstr(R"("severity":"error")"));
  EXPECT_THAT(bad.body, HasSubstr("Organization.active"));
  EXPECT_THAT(bad.body, Not(HasSubstr(kCanary)));
}

TEST(ValidateOperation, TakesProfileAndModeInParameters) {
  House house;
  const std::string observation =
      R"({"resourceType":"Observation","status":"final","code":{"text":"Pulse"},"subject":{"display":"x"}})";
  const Answer answer = house.send(post(
      "/fhir/Observation/$validate",
      R"({"name":"mode","valueCode":"profile"},{"name":"profile","valueUri":"http://hl7.org/fhir/StructureDefinition/heartrate"},)"
      R"({"name":"resource","resource":)" +
          observation + "}"));
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_THAT(answer.body, HasSubstr(R"("severity":"error")"));
}

TEST(ValidateOperation, KnowsThePackagesOfTheInstallation) {
  House house(false, Keep::kMemory, "2026-11-22T10:00:00Z",
              [](config::Config& config) { config.packages = {LIGAMENT_SOURCE_DIR "/conformance/package"}; });
  const std::string task =
      R"({"resourceType":"Task","status":"requested","intent":"plan",)"
      R"("meta":{"profile":["https://ligament.example/fhir/StructureDefinition/msk-task"]}})";
  const Answer answer = house.send(validate("/fhir/Task/$validate", task));
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_THAT(answer.body, HasSubstr(R"("expression":["Task.intent"])"));
  EXPECT_THAT(house
                  .get("/fhir/ValueSet/"
                       "$expand?url=https://ligament.example/fhir/ValueSet/referral-priority")
                  .body,
              HasSubstr(R"("total":3)"));
}

TEST(ValidateOperation, RefusesWhatIsNoQuestion) {
  House house;
  EXPECT_EQ(house.send(validate("/fhir/Patient/$validate", R"({"resourceType":"Organization"})")).status,
            400);
  EXPECT_EQ(house.send(post("/fhir/$validate", R"({"name":"mode","valueCode":"create"})")).status, 400);
  EXPECT_EQ(house
                .send(post("/fhir/$validate", R"({"name":"mode","valueCode":"delete"},{"name":"resource",)"
                                              R"("resource":{"resourceType":"Organization","name":"x"}})"))
                .status,
            422);
  EXPECT_EQ(house.send(validate("/fhir/$validate", "{")).status, 400);
}

}  // namespace
}  // namespace gateway::door
