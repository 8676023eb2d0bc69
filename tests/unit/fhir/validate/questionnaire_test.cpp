// The rules of Questionnaire and QuestionnaireResponse, each by a small form and a response to it.
#include <gtest/gtest.h>
#include <set>
#include <string>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/packages/registry.hpp"
#include "fhir/terminology/terminology.hpp"
#include "fhir/validate/validator.hpp"

namespace fhir::validate {
namespace {

using Places = std::set<std::string>;

tree::TreePtr read(const std::string& json) {
  const tree::ReadOutcome outcome = json::read(json, definitions::r4());
  EXPECT_FALSE(outcome.issues.has_error()) << json;
  return outcome.tree;
}

/// `error QuestionnaireResponse.item[0]` for each issue of the severities asked for.
Places places(const IssueList& issues, Severity least) {
  Places found;
  for (const Issue& issue : issues.items()) {
    if (issue.severity <= least) found.insert(std::string(to_code(issue.severity)) + " " + issue.expression);
  }
  return found;
}

Places validated(const std::string& resource, const std::string& form, Severity least = Severity::kError) {
  packages::Registry registry = packages::Registry::core();
  if (!form.empty()) EXPECT_TRUE(registry.add(read(form)).has_value());
  const terminology::Terminology terms(registry);
  const Validator validator(registry, terms);
  return places(validator.validate(read(resource)->root()), least);
}

/// A form with these items, and the places of errors in a response with those.
Places answered(const std::string& questions, const std::string& items,
                const std::string& status = "completed") {
  return validated(
      R"({"resourceType":"QuestionnaireResponse","questionnaire":"http://example.org/q","status":")" +
          status + R"(","item":[)" + items + "]}",
      R"({"resourceType":"Questionnaire","url":"http://example.org/q","status":"active","item":[)" +
          questions + "]}");
}

TEST(QuestionnaireResponse, ItemsAreKnownInOrderAndInPlace) {
  const std::string form =
      R"({"linkId":"g","type":"group","item":[{"linkId":"a","type":"string"}]},{"linkId":"b","type":"string"})";
  EXPECT_EQ(answered(form, R"({"linkId":"g","item":[{"linkId":"a","answer":[{"valueString":"x"}]}]},
                              {"linkId":"b","answer":[{"valueString":"x"}]})"),
            Places{});
  EXPECT_EQ(
      answered(form,
               R"({"linkId":"b","answer":[{"valueString":"x"}]},{"linkId":"g","item":[{"linkId":"a"}]})"),
      Places{"error QuestionnaireResponse"});
  EXPECT_EQ(answered(form, R"({"linkId":"a","answer":[{"valueString":"x"}]})"),
            Places{"error QuestionnaireResponse"});
  EXPECT_EQ(answered(form, R"({"linkId":"g","item":[{"linkId":"z","answer":[{"valueString":"x"}]}]})"),
            Places{"error QuestionnaireResponse.item[0]"});
}

TEST(QuestionnaireResponse, RequiredAndRepeatingItems) {
  const std::string form = R"({"linkId":"a","type":"string","required":true},{"linkId":"b","type":"string"})";
  EXPECT_EQ(answered(form, R"({"linkId":"b","answer":[{"valueString":"x"}]})"),
            Places{"error QuestionnaireResponse"});
  EXPECT_EQ(answered(form, R"({"linkId":"a"})"), Places{"error QuestionnaireResponse.item[0]"});
  EXPECT_EQ(answered(form, R"({"linkId":"a"})", "in-progress"), Places{});
  EXPECT_EQ(answered(form, R"({"linkId":"a","answer":[{"valueString":"x"},{"valueString":"y"}]})"),
            Places{"error QuestionnaireResponse.item[0]"});
  EXPECT_EQ(
      answered(
          form,
          R"({"linkId":"a","answer":[{"valueString":"x"}]},{"linkId":"a","answer":[{"valueString":"y"}]})"),
      Places{"error QuestionnaireResponse"});
  EXPECT_EQ(
      answered(R"({"linkId":"g","type":"group","required":true,"item":[{"linkId":"a","type":"string"}]})",
               R"({"linkId":"g"})"),
      Places{"error QuestionnaireResponse.item[0]"});
}

TEST(QuestionnaireResponse, AnswersHaveTheTypeOfTheirQuestion) {
  const struct {
    const char* type;
    const char* right;
    const char* wrong;
    const char* place;
  } rows[] = {
      {"boolean", R"("valueBoolean":true)", R"("valueString":"true")", "value.ofType(string)"},
      {"decimal", R"("valueDecimal":1.0)", R"("valueInteger":1)", "value.ofType(integer)"},
      {"integer", R"("valueInteger":1)", R"("valueDecimal":1)", "value.ofType(decimal)"},
      {"date", R"("valueDate":"2020")", R"("valueDateTime":"2020")", "value.ofType(dateTime)"},
      {"dateTime", R"("valueDateTime":"2020")", R"("valueDate":"2020")", "value.ofType(date)"},
      {"time", R"("valueTime":"10:00:00")", R"("valueString":"10:00:00")", "value.ofType(string)"},
      {"text", R"("valueString":"x")", R"("valueUri":"http://a.org")", "value.ofType(uri)"},
      {"url", R"("valueUri":"http://a.org")", R"("valueString":"x")", "value.ofType(string)"},
      {"attachment", R"("valueAttachment":{"title":"x"})", R"("valueString":"x")", "value.ofType(string)"},
      {"reference", R"("valueReference":{"reference":"Patient/1"})", R"("valueString":"x")",
       "value.ofType(string)"},
      {"quantity", R"("valueQuantity":{"value":1})", R"("valueDecimal":1)", "value.ofType(decimal)"},
      {"choice", R"("valueString":"x")", R"("valueBoolean":true)", "value.ofType(boolean)"},
  };
  for (const auto& row : rows) {
    const std::string form = std::string(R"({"linkId":"a","type":")") + row.type + "\"}";
    const auto item = [](const char* value) {
      return std::string(R"({"linkId":"a","answer":[{)") + value + "}]}";
    };
    EXPECT_EQ(answered(form, item(row.right)), Places{}) << row.type;
    EXPECT_EQ(answered(form, item(row.wrong)),
              Places{std::string("error QuestionnaireResponse.item[0].answer[0].") + row.place})
        << row.type;
  }
  EXPECT_EQ(
      answered(R"({"linkId":"a","type":"display"})", R"({"linkId":"a","answer":[{"valueString":"x"}]})"),
      Places{"error QuestionnaireResponse.item[0]"});
}

TEST(QuestionnaireResponse, AnswersAreAmongTheOptions) {
  const std::string codes = R"({"linkId":"a","type":")";
  const std::string options =
      R"(","answerOption":[{"valueCoding":{"system":"http://a.org","code":"1"}},{"valueCoding":{"system":"http://a.org","code":"2"}}]})";
  const std::string other =
      R"({"linkId":"a","answer":[{"valueCoding":{"system":"http://a.org","code":"3"}}]})";
  EXPECT_EQ(answered(codes + "choice" + options,
                     R"({"linkId":"a","answer":[{"valueCoding":{"system":"http://a.org","code":"2"}}]})"),
            Places{});
  EXPECT_EQ(answered(codes + "choice" + options, other),
            Places{"error QuestionnaireResponse.item[0].answer[0]"});
  EXPECT_EQ(answered(codes + "open-choice" + options, R"({"linkId":"a","answer":[{"valueString":"free"}]})"),
            Places{});
  EXPECT_EQ(answered(R"({"linkId":"a","type":"integer","answerOption":[{"valueInteger":1}]})",
                     R"({"linkId":"a","answer":[{"valueInteger":2}]})"),
            Places{"error QuestionnaireResponse.item[0].answer[0].value.ofType(integer)"});
  const std::string set =
      R"({"linkId":"a","type":"choice","answerValueSet":"http://hl7.org/fhir/ValueSet/administrative-gender"})";
  const auto gender = [](const char* code) {
    return std::string(
               R"({"linkId":"a","answer":[{"valueCoding":{"system":"http://hl7.org/fhir/administrative-gender","code":")") +
           code + "\"}}]}";
  };
  EXPECT_EQ(answered(set, gender("male")), Places{});
  EXPECT_TRUE(answered(set, gender("mail")).contains("error QuestionnaireResponse.item[0].answer[0]"));
}

TEST(QuestionnaireResponse, AnswersAreWithinTheBounds) {
  const std::string base = "http://hl7.org/fhir/StructureDefinition/";
  const auto form = [&base](const std::string& type, const std::string& extension,
                            const std::string& rest = "") {
    return R"({"extension":[{"url":")" + base + extension + R"(}],"linkId":"a","type":")" + type + "\"" +
           rest + "}";
  };
  const auto item = [](const std::string& value) { return R"({"linkId":"a","answer":[{)" + value + "}]}"; };
  const std::string place = "error QuestionnaireResponse.item[0].answer[0].value.ofType(";
  EXPECT_EQ(answered(form("integer", R"(minValue","valueInteger":3)"), item(R"("valueInteger":2)")),
            Places{place + "integer)"});
  EXPECT_EQ(answered(form("integer", R"(minValue","valueInteger":3)"), item(R"("valueInteger":3)")),
            Places{});
  EXPECT_EQ(answered(form("date", R"(maxValue","valueDate":"2020-06")"), item(R"("valueDate":"2020-07-01")")),
            Places{place + "date)"});
  EXPECT_EQ(answered(form("date", R"(maxValue","valueDate":"2020-06")"), item(R"("valueDate":"2020")")),
            Places{});
  EXPECT_EQ(answered(form("string", R"(minLength","valueInteger":3)"), item(R"("valueString":"äö")")),
            Places{place + "string)"});
  EXPECT_EQ(answered(R"({"linkId":"a","type":"string","maxLength":2})", item(R"("valueString":"äö")")),
            Places{});
  EXPECT_EQ(answered(R"({"linkId":"a","type":"string","maxLength":2})", item(R"("valueString":"abc")")),
            Places{place + "string)"});
  EXPECT_EQ(
      answered(form("decimal", R"(maxDecimalPlaces","valueInteger":1)"), item(R"("valueDecimal":1.25)")),
      Places{place + "decimal)"});
  EXPECT_EQ(answered(form("attachment", R"(mimeType","valueCode":"image/png")"),
                     item(R"("valueAttachment":{"contentType":"text/plain"})")),
            Places{"error QuestionnaireResponse.item[0].answer[0]"});
  EXPECT_EQ(answered(form("string", R"(questionnaire-maxOccurs","valueInteger":1)", R"(,"repeats":true)"),
                     R"({"linkId":"a","answer":[{"valueString":"x"},{"valueString":"y"}]})"),
            Places{"error QuestionnaireResponse.item[0]"});
  EXPECT_EQ(answered(form("reference", R"(questionnaire-referenceResource","valueCode":"Patient")"),
                     item(R"("valueReference":{"reference":"Group/1"})")),
            Places{place + "Reference)"});
}

TEST(QuestionnaireResponse, EnableWhenReadsTheNearestAnswer) {
  const auto form = [](const std::string& conditions) {
    return R"({"linkId":"n","type":"integer"},{"linkId":"b","type":"boolean"},{"linkId":"t","type":"string","enableWhen":[)" +
           conditions + "]}";
  };
  const std::string full =
      R"({"linkId":"n","answer":[{"valueInteger":5}]},{"linkId":"t","answer":[{"valueString":"x"}]})";
  const auto condition = [](const char* question, const char* op, const char* answer) {
    return std::string(R"({"question":")") + question + R"(","operator":")" + op + "\"," + answer + "}";
  };
  const struct {
    std::string condition;
    bool enabled;
  } rows[] = {
      {condition("n", "exists", R"("answerBoolean":true)"), true},
      {condition("n", "exists", R"("answerBoolean":false)"), false},
      {condition("b", "exists", R"("answerBoolean":false)"), true},
      {condition("n", "=", R"("answerInteger":5)"), true},
      {condition("n", "!=", R"("answerInteger":5)"), false},
      {condition("n", ">", R"("answerInteger":5)"), false},
      {condition("n", ">=", R"("answerInteger":5)"), true},
      {condition("n", "<", R"("answerInteger":6)"), true},
      {condition("n", "<=", R"("answerInteger":4)"), false},
      {condition("b", "=", R"("answerBoolean":true)"), false},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(answered(form(row.condition), full),
              row.enabled ? Places{} : Places{"error QuestionnaireResponse.item[1]"})
        << row.condition;
  }
  const std::string two =
      condition("n", "=", R"("answerInteger":5)") + "," + condition("n", "=", R"("answerInteger":6)");
  const auto with = [&two](const char* behavior) {
    return R"({"linkId":"n","type":"integer"},{"linkId":"t","type":"string","enableBehavior":")" +
           std::string(behavior) + R"(","enableWhen":[)" + two + "]}";
  };
  EXPECT_EQ(answered(with("any"), full), Places{});
  EXPECT_EQ(answered(with("all"), full), Places{"error QuestionnaireResponse.item[1]"});
}

TEST(QuestionnaireResponse, RepeatedGroupsAreEnabledEachForItself) {
  const std::string form =
      R"({"linkId":"g","type":"group","repeats":true,"item":[{"linkId":"b","type":"boolean"},
         {"linkId":"t","type":"string","required":true,"enableWhen":[{"question":"b","operator":"=","answerBoolean":true}]}]})";
  const auto group = [](const char* b, const char* rest) {
    return std::string(R"({"linkId":"g","item":[{"linkId":"b","answer":[{"valueBoolean":)") + b + "}]}" +
           rest + "]}";
  };
  const char* const text = R"(,{"linkId":"t","answer":[{"valueString":"x"}]})";
  EXPECT_EQ(answered(form, group("true", text) + "," + group("false", text) + "," + group("true", "") + "," +
                               group("false", "")),
            (Places{"error QuestionnaireResponse.item[1].item[1]", "error QuestionnaireResponse.item[2]"}));
}

TEST(QuestionnaireResponse, ConstraintsOfTheFormCountAsItSays) {
  const auto form = [](const std::string& severity, const std::string& expression) {
    return R"({"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-constraint","extension":[
      {"url":"key","valueId":"k"},{"url":"severity","valueCode":")" +
           severity + R"("},{"url":"expression","valueString":")" + expression +
           R"("},{"url":"human","valueString":"h"}]}],"linkId":"a","type":"string"})";
  };
  const std::string item = R"({"linkId":"a","answer":[{"valueString":"x"}]})";
  EXPECT_EQ(answered(form("error", "answer.count() = 1"), item), Places{});
  EXPECT_EQ(answered(form("error", "answer.count() = 2"), item),
            Places{"error QuestionnaireResponse.item[0]"});
  EXPECT_EQ(answered(form("warning", "answer.count() = 2"), item), Places{});
  EXPECT_EQ(answered(form("error", "answer.count( ="), item), Places{});
}

TEST(QuestionnaireResponse, FormIsContainedOrKnownOrSaidToBeMissing) {
  const std::string response =
      R"({"resourceType":"QuestionnaireResponse","contained":[{"resourceType":"Questionnaire","id":"q",
      "status":"active","item":[{"linkId":"a","type":"boolean"}]}],"questionnaire":"#q","status":"completed",
      "item":[{"linkId":"a","answer":[{"valueString":"x"}]}]})";
  EXPECT_TRUE(
      validated(response, "").contains("error QuestionnaireResponse.item[0].answer[0].value.ofType(string)"));
  EXPECT_TRUE(
      validated(
          R"({"resourceType":"QuestionnaireResponse","questionnaire":"http://other.org/q","status":"completed"})",
          "", Severity::kWarning)
          .contains("warning QuestionnaireResponse"));
  EXPECT_TRUE(validated(R"({"resourceType":"QuestionnaireResponse","status":"completed",
                            "questionnaire":"http://hl7.org/fhir/ValueSet/administrative-gender"})",
                        "")
                  .contains("error QuestionnaireResponse.questionnaire"));
}

TEST(Questionnaire, EnableWhenNamesAnotherQuestionOfTheForm) {
  const auto form = [](const char* question) {
    return std::string(
               R"({"resourceType":"Questionnaire","status":"active","item":[{"linkId":"a","type":"string"},
      {"linkId":"b","type":"group","enableWhen":[{"question":")") +
           question +
           R"(","operator":"exists","answerBoolean":true}],"item":[{"linkId":"c","type":"string"}]},{"linkId":"d","type":"string"}]})";
  };
  EXPECT_EQ(validated(form("a"), ""), Places{});
  EXPECT_EQ(validated(form("d"), ""), Places{});
  EXPECT_TRUE(validated(form("d"), "", Severity::kWarning).contains("warning Questionnaire.item[1]"));
  for (const char* const wrong : {"b", "c", "z"})
    EXPECT_EQ(validated(form(wrong), ""), Places{"error Questionnaire.item[1]"}) << wrong;
}

}  // namespace
}  // namespace fhir::validate
