// The rules over whole Bundles, and the places that HL7's validator gives to what breaks them.
#include <gtest/gtest.h>
#include <string>

#include "tests/unit/fhir/validate/checked.hpp"

namespace fhir::validate {
namespace {

using test::errors;
using test::Places;

ValidatorOptions exact() {
  ValidatorOptions options;
  options.official_places = false;
  return options;
}

std::string bundle(const std::string& type, const std::string& entries, const std::string& links = {}) {
  return R"({"resourceType":"Bundle","type":")" + type +
         R"(","identifier":{"system":"http://a.invalid","value":"1"},"timestamp":"2026-01-01T00:00:00Z","link":[)" +
         (links.empty() ? R"({"relation":"self","url":"http://a.invalid/Patient?name=a"})" : links) +
         R"(],"entry":[)" + entries + "]}";
}

std::string entry(const std::string& url, const std::string& resource, const std::string& more = {}) {
  return R"({"fullUrl":")" + url + R"(","resource":)" + resource + more + "}";
}

constexpr const char* kPatient = R"({"resourceType":"Patient","id":"p"})";
constexpr const char* kPatientUrl = "urn:uuid:6f0d4c54-8f4e-4f6e-9d0c-1a2b3c4d5e01";
constexpr const char* kOtherUrl = "urn:uuid:6f0d4c54-8f4e-4f6e-9d0c-1a2b3c4d5e02";
constexpr const char* kFirstUrl = "urn:uuid:6f0d4c54-8f4e-4f6e-9d0c-1a2b3c4d5e03";

std::string composition(const std::string& more = {}) {
  return R"({"resourceType":"Composition","status":"final","type":{"text":"letter"},"date":"2026-01-01","title":"a",
    "author":[{"display":"somebody"}],"subject":{"reference":")" +
         std::string(kPatientUrl) + "\"}" + more + "}";
}

TEST(BundlePlaces, AreThoseOfTheOfficialValidatorOrOfTheEntryMeant) {
  const std::string unreached =
      bundle("document", entry(kFirstUrl, composition()) + "," + entry(kPatientUrl, kPatient) + "," +
                             entry(kOtherUrl, R"({"resourceType":"Practitioner"})"));
  EXPECT_EQ(errors(unreached), Places{"Bundle.entry[3]"});
  EXPECT_EQ(errors(unreached, {}, exact()), Places{"Bundle.entry[2]"});
  const std::string relative =
      bundle("collection", entry("http://a.invalid/Patient/p", kPatient) + "," +
                               entry("Practitioner/1", R"({"resourceType":"Practitioner"})"));
  EXPECT_EQ(errors(relative), Places{"Bundle.entry[0]"});
  EXPECT_EQ(errors(relative, {}, exact()), Places{"Bundle.entry[1]"});
  const std::string subject = bundle("document", entry(kFirstUrl, composition()));
  EXPECT_EQ(errors(subject), Places{"Bundle.entry[1].resource.subject"});
  EXPECT_EQ(errors(subject, {}, exact()), Places{"Bundle.entry[0].resource.subject"});
}

TEST(BundlePlaces, OfSectionsCountFromOne) {
  const std::string section =
      R"(,"section":[{"title":"a","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">a</div>"}},
        {"title":"b","author":[{"reference":"Practitioner/none"}],"section":[{"title":"c","entry":[{"reference":"List/none"}]}]}])";
  const std::string document =
      bundle("document", entry(kFirstUrl, composition(section)) + "," + entry(kPatientUrl, kPatient));
  EXPECT_EQ(errors(document), (Places{"Bundle.entry[1].resource.author[1]",
                                      "Bundle.entry[1].resource.section[2].section[1].entry[1]"}));
  EXPECT_EQ(errors(document, {}, exact()),
            (Places{"Bundle.entry[0].resource.section[1].author[0]",
                    "Bundle.entry[0].resource.section[1].section[0].entry[0]"}));
}

TEST(BundleText, NamesTheEntryMeant) {
  packages::Registry registry = packages::Registry::core();
  const terminology::Terminology terms(registry);
  const Validator validator(registry, terms);
  const auto tree = test::read(bundle("collection", entry("http://a.invalid/Patient/p", kPatient) + "," +
                                                        entry("b", R"({"resourceType":"Practitioner"})")));
  const IssueList issues = validator.validate(tree->root());
  bool named = false;
  for (const Issue& issue : issues.items())
    named = named || issue.text.starts_with("entry[1]: ");
  EXPECT_TRUE(named);
}

TEST(BundleFirst, IsACompositionOrAMessageHeader) {
  const std::string patient = entry(kPatientUrl, kPatient);
  EXPECT_TRUE(errors(bundle("document", patient)).contains("Bundle.entry[1].resource"));
  EXPECT_TRUE(errors(bundle("message", patient)).contains("Bundle.entry[1].resource"));
  EXPECT_TRUE(errors(bundle("message", patient), {}, exact()).contains("Bundle.entry[0].resource"));
}

TEST(BundleReach, GoesByUrisToo) {
  const std::string document = bundle(
      "document", entry(kFirstUrl, composition(R"(,"extension":[{"url":"http://example.org/x","valueUri":")" +
                                               std::string(kOtherUrl) + "\"}]")) +
                      "," + entry(kPatientUrl, kPatient) + "," +
                      entry(kOtherUrl, R"({"resourceType":"Practitioner"})"));
  EXPECT_EQ(errors(document), Places{});
}

TEST(BundleLinks, OfPagesAreForSearchesAndHistories) {
  const std::string patient = entry("http://a.invalid/Patient/p", kPatient);
  const std::string next = R"({"relation":"next","url":"http://a.invalid/b"})";
  EXPECT_EQ(errors(bundle("collection", patient, next)), Places{"Bundle.link[0].relation"});
  EXPECT_EQ(errors(bundle("searchset", patient, next)), Places{});
  EXPECT_EQ(errors(bundle("searchset", patient, next + "," + next)), Places{"Bundle.link[1]"});
  const std::string self = R"({"relation":"self","url":"http://a.invalid/b"})";
  EXPECT_EQ(errors(bundle("collection", patient, self + "," + self)), Places{"Bundle.link[1].relation"});
}

TEST(BundleSearch, MatchesAreOfTheTypeAskedFor) {
  const std::string observation =
      R"({"resourceType":"Observation","id":"o","status":"final","code":{"text":"a"}})";
  const auto found = [&](const std::string& resource, const std::string& mode, const std::string& url) {
    return errors(
        bundle("searchset",
               entry("http://a.invalid/" + std::string(resource == kPatient ? "Patient/p" : "Observation/o"),
                     resource, mode.empty() ? "" : R"(,"search":{"mode":")" + mode + "\"}"),
               R"({"relation":"self","url":")" + url + "\"}"));
  };
  EXPECT_EQ(found(kPatient, "match", "http://a.invalid/Patient?name=a"), Places{});
  EXPECT_EQ(found(observation, "match", "http://a.invalid/Patient?name=a"),
            Places{"Bundle.entry[0].resource"});
  EXPECT_EQ(found(observation, "include", "http://a.invalid/Patient?name=a"), Places{});
  EXPECT_EQ(found(observation, "match", "http://a.invalid?_type=Patient,Observation"), Places{});
  EXPECT_EQ(found(observation, "match", "http://a.invalid?_type=Patient,Group&x=y"),
            Places{"Bundle.entry[0].resource"});
  EXPECT_EQ(found(observation, "outcome", "http://a.invalid/Observation"),
            Places{"Bundle.entry[0].resource"});
}

TEST(BundleSearch, WhatIsFoundHasAnId) {
  const auto found = [&](const std::string& mode) {
    return errors(bundle("searchset", entry(kPatientUrl, R"({"resourceType":"Patient"})",
                                            mode.empty() ? "" : R"(,"search":{"mode":")" + mode + "\"}")));
  };
  EXPECT_EQ(found("match"), Places{"Bundle.entry[0].resource"});
  EXPECT_EQ(found("include"), Places{"Bundle.entry[0].resource"});
  EXPECT_EQ(found(""), Places{});
}

TEST(BundleStylesheets, AreEntriesByTypeAndId) {
  const auto with = [](const std::string& url) {
    return errors(bundle("document",
                         entry(kFirstUrl, composition()) + "," + entry(kPatientUrl, kPatient) + "," +
                             entry("http://a.invalid/Binary/css",
                                   R"({"resourceType":"Binary","id":"css","contentType":"text/css"})"),
                         R"({"relation":"stylesheet","url":")" + url + R"("})"));
  };
  EXPECT_EQ(with("Binary/css"), Places{});
  EXPECT_EQ(with("Binary/other"), (Places{"Bundle.link[0].url", "Bundle.entry[3]"}));
  EXPECT_EQ(with("https://hl7.org/fhir/fhir.css"), Places{"Bundle.entry[3]"});
}

TEST(BundleNarrativeLinks, LeadToOnePart) {
  const auto with = [](const std::string& fragment) {
    const std::string link =
        R"({"url":"http://hl7.org/fhir/StructureDefinition/narrativeLink","valueUrl":")" +
        std::string(kFirstUrl) + "#" + fragment + "\"}";
    return errors(bundle(
        "document",
        entry(
            kFirstUrl,
            composition(
                R"(,"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p id=\"one\">a</p><p id=\"two\">b</p><p id=\"two\">c</p></div>"})")) +
            "," + entry(kPatientUrl, R"({"resourceType":"Patient","id":"p","extension":[)" + link + "]}")));
  };
  EXPECT_EQ(with("one"), Places{});
  EXPECT_EQ(with("two"), Places{"Bundle"});
  EXPECT_EQ(with("none"), Places{"Bundle"});
}

TEST(BundleProfiles, OfEntriesMustBeKnown) {
  const std::string profile =
      R"({"resourceType":"StructureDefinition","url":"http://fhir.invalid/b","name":"B","status":"draft","kind":"resource","abstract":false,
          "type":"Bundle","baseDefinition":"http://hl7.org/fhir/StructureDefinition/Bundle","derivation":"constraint","differential":{"element":[
          {"id":"Bundle.entry.resource","path":"Bundle.entry.resource","type":[{"code":"Patient","profile":["http://fhir.invalid/nobody"]}]}]}})";
  const std::string one =
      R"({"resourceType":"Bundle","meta":{"profile":["http://fhir.invalid/b"]},"type":"collection","entry":[)" +
      entry(kPatientUrl, kPatient) + "]}";
  EXPECT_EQ(errors(one, {profile}), Places{"Bundle.entry[0].resource"});
}

}  // namespace
}  // namespace fhir::validate
