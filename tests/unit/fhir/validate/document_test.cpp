#include "fhir/validate/document.hpp"

#include <gtest/gtest.h>
#include <set>
#include <string>

#include "fhir/packages/registry.hpp"
#include "fhir/terminology/terminology.hpp"

namespace fhir::validate {
namespace {

using Places = std::set<std::string>;

Places errors(const std::string& bytes, const DocumentOptions& options = {}) {
  static const packages::Registry registry = packages::Registry::core();
  static const terminology::Terminology terms(registry);
  static const Validator validator(registry, terms);
  Places found;
  const IssueList issues = validate_document(validator, bytes, {}, options);
  for (const Issue& issue : issues.items()) {
    if (issue.severity <= Severity::kError)
      found.insert(std::string(to_code(issue.severity)) + " " + issue.expression);
  }
  return found;
}

TEST(ValidateDocument, ReadsEveryForm) {
  EXPECT_EQ(errors(R"({"resourceType":"Patient","gender":"male"})"), Places{});
  EXPECT_EQ(errors("\xEF\xBB\xBF{\"resourceType\":\"Patient\"}"), Places{});
  EXPECT_EQ(errors(R"(<Patient xmlns="http://hl7.org/fhir"><gender value="x"/></Patient>)"),
            Places{"error Patient.gender"});
  EXPECT_EQ(errors("{\"resourceType\":\"Patient\",\"gender\":\"x\"}\n\n{\"resourceType\":\"Person\","
                   "\"gender\":\"x\"}\n"),
            (Places{"error Patient.gender", "error Person.gender"}));
}

TEST(ValidateDocument, XmlHasAnOrderAndJsonHasNone) {
  const auto xml = [](const std::string& elements) {
    return errors(R"(<Patient xmlns="http://hl7.org/fhir">)" + elements + "</Patient>");
  };
  const std::string name = R"(<name><text value="a"/></name>)";
  EXPECT_EQ(xml(R"(<active value="true"/>)" + name + name + R"(<gender value="male"/>)"), Places{});
  EXPECT_EQ(xml(R"(<gender value="male"/><active value="true"/>)"), Places{"error Patient.active"});
  EXPECT_EQ(xml(name + R"(<gender value="male"/>)" + name), Places{"error Patient.name"});
  EXPECT_EQ(xml(R"(<name><family value="b"/><text value="a"/></name>)"),
            Places{"error Patient.name[0].text"});
  EXPECT_EQ(errors(R"({"resourceType":"Patient","gender":"male","active":true})"), Places{});
}

TEST(ValidateDocument, FaultsOfJsonAreErrorsBesideTheOthers) {
  EXPECT_EQ(errors(R"({"resourceType":"Patient","name":[{"text":"x",}],"gender":"x"})"),
            (Places{"error Patient.name[0]", "error Patient.gender"}));
  EXPECT_EQ(errors(R"(/* c */{"resourceType":"Patient"})"), Places{"error Patient"});
  EXPECT_EQ(errors(R"(/* c */{"resourceType":"Patient"})", {.allow_comments = true, .limits = {}}), Places{});
}

TEST(ValidateDocument, WhatStopsReadingHasNoElement) {
  EXPECT_EQ(errors(R"({"resourceType":"Patient","name":[{"text":"x"]}})"), Places{"fatal "});
  EXPECT_EQ(errors(""), Places{"fatal "});
  EXPECT_EQ(errors("<Patient"), Places{"fatal "});
}

TEST(ValidateDocument, NarrativeInJsonNamesEntitiesOfXmlOnly) {
  const auto narrative = [](const std::string& text) {
    return R"({"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">)" +
           text + R"(</div>"}})";
  };
  EXPECT_EQ(errors(narrative("a &amp; b &#160; &lt;")), Places{});
  EXPECT_EQ(errors(narrative("a &reg; b")), Places{"error Patient.text.div"});
}

}  // namespace
}  // namespace fhir::validate
