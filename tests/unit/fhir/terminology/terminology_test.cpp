#include "fhir/terminology/terminology.hpp"

#include <array>
#include <gtest/gtest.h>
#include <string>
#include <thread>
#include <vector>

#include "fhir/terminology/library.hpp"
#include "sample.hpp"

namespace fhir::terminology {
namespace {

constexpr std::string_view kSystem = "http://example.org/joints";

/// The codes of the joints that are members of the set, in order.
std::string members_of(const std::string& compose, const std::vector<std::string>& more = {}) {
  Shelf shelf({kJoints, value_set("it", compose)});
  for (const std::string& text : more)
    EXPECT_TRUE(shelf.registry.add(resource(text)).has_value());
  std::string found;
  for (const std::string_view code : {"limb", "arm", "leg", "knee", "flipper"}) {
    const CodeAnswer answer = shelf.terms.validate_code("http://example.org/vs/it", {kSystem, {}, code, {}});
    if (answer.verdict == CodeVerdict::kCannotCheck) found += '?';
    if (answer.is_member() || answer.verdict == CodeVerdict::kCannotCheck) found.append(code).append(" ");
  }
  return found;
}

std::string filtered(std::string_view property, std::string_view op, std::string_view value) {
  return members_of(std::string("'include':[{'system':'http://example.org/joints','filter':[{'property':'")
                        .append(property)
                        .append("','op':'")
                        .append(op)
                        .append("','value':'")
                        .append(value)
                        .append("'}]}]"));
}

TEST(Filter, EveryOperatorDoesWhatFhirSays) {
  EXPECT_EQ(filtered("concept", "is-a", "leg"), "leg knee ");
  EXPECT_EQ(filtered("concept", "descendent-of", "leg"), "knee ");
  EXPECT_EQ(filtered("concept", "is-not-a", "leg"), "limb arm flipper ");
  EXPECT_EQ(filtered("concept", "generalizes", "knee"), "limb leg knee ");
  EXPECT_EQ(filtered("concept", "in", "arm, knee"), "arm knee ");
  EXPECT_EQ(filtered("concept", "not-in", "arm,knee"), "limb leg flipper ");
  EXPECT_EQ(filtered("code", "regex", "k.*|a.."), "arm knee ");
  EXPECT_EQ(filtered("code", "=", "arm"), "arm ");
  EXPECT_EQ(filtered("parent", "=", "limb"), "arm leg ");
  EXPECT_EQ(filtered("child", "=", "knee"), "leg ");
  EXPECT_EQ(filtered("child", "exists", "false"), "arm knee flipper ");
  EXPECT_EQ(filtered("bones", "=", "30"), "arm ");
  EXPECT_EQ(filtered("bones", "exists", "true"), "arm ");
  EXPECT_EQ(filtered("display", "regex", ".*joint"), "knee ");
  EXPECT_EQ(filtered("concept", "is-a", "no-such"), "");
}

TEST(Filter, WhatIsNotUnderstoodIsNeverAYes) {
  const std::string all = "?limb ?arm ?leg ?knee ?flipper ";
  EXPECT_EQ(filtered("concept", "resembles", "leg"), all);
  EXPECT_EQ(filtered("no-such-property", "=", "leg"), all);
  EXPECT_EQ(filtered("code", "regex", "(("), all);
}

TEST(Compose, ListsExcludesAndIntersects) {
  const std::string system = "'system':'http://example.org/joints'";
  EXPECT_EQ(members_of("'include':[{" + system + "}]"), "limb arm leg knee flipper ");
  EXPECT_EQ(members_of("'inactive':false,'include':[{" + system + "}]"), "limb arm leg knee ");
  EXPECT_EQ(members_of("'include':[{" + system + ",'concept':[{'code':'arm'},{'code':'leg'}]}]"), "arm leg ");
  EXPECT_EQ(
      members_of("'include':[{" + system + "}],'exclude':[{" + system + ",'concept':[{'code':'arm'}]}]"),
      "limb leg knee flipper ");
  const std::string legs = value_set(
      "legs", "'include':[{" + system + ",'filter':[{'property':'concept','op':'is-a','value':'leg'}]}]");
  EXPECT_EQ(members_of("'include':[{'valueSet':['http://example.org/vs/legs']}]", {legs}), "leg knee ");
  EXPECT_EQ(members_of("'include':[{" + system + ",'concept':[{'code':'arm'},{'code':'leg'}]," +
                           "'valueSet':['http://example.org/vs/legs']}]",
                       {legs}),
            "leg ");
  EXPECT_EQ(members_of("'include':[{" + system + "}],'exclude':[{'valueSet':['http://example.org/vs/legs']}]",
                       {legs}),
            "limb arm flipper ");
}

TEST(Compose, ACycleIsBoundedAndTold) {
  const std::string other = value_set("other",
                                      "'include':[{'valueSet':['http://example.org/vs/it']},"
                                      "{'system':'http://example.org/joints','concept':[{'code':'arm'}]}]");
  EXPECT_EQ(members_of("'include':[{'valueSet':['http://example.org/vs/other']}]", {other}),
            "?limb arm ?leg ?knee ?flipper ");
  EXPECT_EQ(members_of("'include':[{'valueSet':['http://example.org/vs/it']}]"),
            "?limb ?arm ?leg ?knee ?flipper ");
}

TEST(Compose, AStoredExpansionStandsInForWhatCannotBeEvaluated) {
  Shelf shelf({R"({'resourceType':'ValueSet','status':'active','url':'http://example.org/vs/sct',
    'compose':{'include':[{'system':'http://snomed.info/sct','filter':[{'property':'concept','op':'is-a','value':'72696002'}]}]},
    'expansion':{'timestamp':'2026-01-01','total':2,'contains':[{'system':'http://snomed.info/sct','abstract':true,'display':'Knees',
      'contains':[{'system':'http://snomed.info/sct','code':'72696002','display':'Knee region structure'}]},
      {'system':'http://snomed.info/sct','code':'49076000','inactive':true}]}})"});
  const auto ask = [&shelf](std::string_view code) {
    return shelf.terms.validate_code("http://example.org/vs/sct", {"http://snomed.info/sct", {}, code, {}});
  };
  EXPECT_EQ(ask("72696002").verdict, CodeVerdict::kMember);
  EXPECT_EQ(ask("72696002").display, "Knee region structure");
  EXPECT_TRUE(ask("49076000").inactive);
  EXPECT_EQ(ask("386661006").verdict, CodeVerdict::kNotMember);
}

TEST(Verdict, TellsApartWhatIsKnown) {
  Shelf shelf(
      {kJoints,
       value_set("arms", "'include':[{'system':'http://example.org/joints','concept':[{'code':'arm'}]}]"),
       value_set("open",
                 "'include':[{'system':'http://snomed.info/sct'},{'system':'http://nowhere.example.org'},"
                 "{'system':'http://example.org/joints'}]"),
       value_set("lost", "'include':[{'valueSet':['http://example.org/vs/no-such']}]")});
  const auto ask = [&shelf](std::string_view set, std::string_view system, std::string_view code) {
    return shelf.terms.validate_coding(std::string("http://example.org/vs/").append(set),
                                       {system, {}, code, {}});
  };
  const std::string_view snomed = "http://snomed.info/sct";
  EXPECT_EQ(ask("arms", kSystem, "arm").verdict, CodeVerdict::kMember);
  EXPECT_EQ(ask("arms", kSystem, "Arm").verdict, CodeVerdict::kUnknownCode);
  EXPECT_EQ(ask("arms", kSystem, "leg").verdict, CodeVerdict::kNotMember);
  EXPECT_EQ(ask("arms", kSystem, "wing").verdict, CodeVerdict::kUnknownCode);
  EXPECT_EQ(ask("arms", "", "arm").verdict, CodeVerdict::kNotMember);
  EXPECT_EQ(ask("open", snomed, "386661006").missing, Missing::kContent);
  EXPECT_EQ(ask("open", snomed, "386661006").verdict, CodeVerdict::kCannotCheck);
  EXPECT_FALSE(ask("open", snomed, "386661006").malformed);
  EXPECT_EQ(ask("open", "http://nowhere.example.org", "x").verdict, CodeVerdict::kUnknownSystem);
  EXPECT_EQ(ask("open", kSystem, "wing").verdict, CodeVerdict::kUnknownCode);
  EXPECT_EQ(ask("lost", kSystem, "arm").verdict, CodeVerdict::kUnknownValueSet);
  EXPECT_EQ(ask("lost", kSystem, "wing").verdict, CodeVerdict::kUnknownCode);
  EXPECT_EQ(ask("no-such", kSystem, "arm").verdict, CodeVerdict::kUnknownValueSet);
  EXPECT_EQ(shelf.terms.validate_code("http://example.org/vs/arms", {{}, {}, "arm", {}}).system, kSystem);
}

TEST(Verdict, KnowsHeadingsAndTheRetired) {
  const Shelf shelf({kJoints});
  const auto ask = [&shelf](std::string_view code) {
    return shelf.terms.validate_code("http://example.org/vs/joints", {kSystem, {}, code, {}});  // implicit
  };
  EXPECT_TRUE(ask("limb").abstract);
  EXPECT_FALSE(ask("arm").abstract);
  EXPECT_TRUE(ask("flipper").inactive);
  EXPECT_TRUE(ask("flipper").is_member());
}

TEST(Display, AnyOfTheConceptInAnyLanguageWhateverCaseAndSpaces) {
  const Shelf shelf(
      {kJoints, R"({'resourceType':'CodeSystem','url':'http://example.org/more','status':'active',
    'content':'supplement','supplements':'http://example.org/joints','concept':[{'code':'knee','designation':[{'language':'cy','value':'Pen-glin'}]}]})"});
  const auto wrong = [&shelf](std::string_view code, std::string_view display) {
    return shelf.terms.validate_in_system({kSystem, {}, code, display}).display_wrong;
  };
  EXPECT_FALSE(wrong("knee", "Knee joint"));
  EXPECT_FALSE(wrong("knee", " knee\tJOINT "));
  EXPECT_FALSE(wrong("leg", "bein"));
  EXPECT_FALSE(wrong("knee", "Pen-glin"));
  EXPECT_FALSE(wrong("knee", ""));
  EXPECT_TRUE(wrong("knee", "Kneejoint"));
  EXPECT_TRUE(wrong("knee", "Leg"));
}

TEST(Case, IsIgnoredWhereTheSystemDoesNotSayThatItMatters) {
  const Shelf shelf(
      {R"({'resourceType':'CodeSystem','url':'http://example.org/loose','status':'active','content':'complete',
    'concept':[{'code':'Alpha'}]})",
       value_set("loose", "'include':[{'system':'http://example.org/loose','concept':[{'code':'Alpha'}]}]")});
  const CodeAnswer answer =
      shelf.terms.validate_code("http://example.org/vs/loose", {"http://example.org/loose", {}, "ALPHA", {}});
  EXPECT_TRUE(answer.is_member());
  EXPECT_TRUE(answer.case_differs);
  EXPECT_EQ(answer.code, "Alpha");
}

TEST(Concept, IsAsGoodAsItsBestCoding) {
  const Shelf shelf({kJoints, value_set("all", "'include':[{'system':'http://example.org/joints'}]")});
  const auto ask = [&shelf](const std::string& codings) {
    const tree::TreePtr tree = resource("{'resourceType':'Condition','code':{'coding':[" + codings + "]}}");
    return shelf.terms.validate_concept("http://example.org/vs/all", tree->root().child("code")).best.verdict;
  };
  const std::string good = "{'system':'http://example.org/joints','code':'arm'}";
  const std::string bad = "{'system':'http://example.org/joints','code':'wing'}";
  EXPECT_EQ(ask(bad + "," + good), CodeVerdict::kMember);
  EXPECT_EQ(ask(bad), CodeVerdict::kUnknownCode);
  EXPECT_EQ(ask("{'code':'arm'}"), CodeVerdict::kNotMember);
}

TEST(Hierarchy, ReadsPropertiesAndSurvivesACycle) {
  const Shelf shelf(
      {R"({'resourceType':'CodeSystem','url':'http://example.org/graph','status':'active','content':'complete',
    'property':[{'code':'up','uri':'http://hl7.org/fhir/concept-properties#parent','type':'code'}],
    'concept':[{'code':'a','property':[{'code':'up','valueCode':'c'}]},{'code':'b','property':[{'code':'up','valueCode':'a'},
      {'code':'up','valueCode':'x'}]},{'code':'c','property':[{'code':'subsumedBy','valueCode':'b'}]},{'code':'x'}]})"});
  const auto subsumes = [&shelf](std::string_view general, std::string_view special) {
    return shelf.terms.subsumes({"http://example.org/graph", {}, general, {}},
                                {"http://example.org/graph", {}, special, {}});
  };
  EXPECT_EQ(subsumes("a", "b"), true);
  EXPECT_EQ(subsumes("x", "c"), true);
  EXPECT_EQ(subsumes("c", "x"), false);
  EXPECT_EQ(subsumes("b", "b"), true);
  EXPECT_EQ(subsumes("b", "no-such"), std::nullopt);
}

TEST(Core, EveryValueSetCompiles) {
  const Shelf shelf;
  std::size_t whole = 0;
  std::size_t all = 0;
  for (const std::string_view url : shelf.registry.canonicals("ValueSet")) {
    const auto set = shelf.terms.library().value_set(url);
    ASSERT_TRUE(set) << url;
    ++all;
    if (set->is_complete()) ++whole;
  }
  EXPECT_EQ(all, 1316u);
  EXPECT_GT(whole, 1150u);
  std::cout << whole << " of " << all << " value sets of the core are decided here\n";
}

TEST(Library, AnswersManyThreadsAlike) {
  const Shelf shelf;
  const std::vector<std::string_view> urls = shelf.registry.canonicals("ValueSet");
  const auto ask = [&](std::vector<bool>& complete) {
    for (std::size_t i = 0; i < urls.size(); i += 7)
      complete.push_back(shelf.terms.library().value_set(urls[i])->is_complete());
  };
  std::array<std::vector<bool>, 4> answers;
  std::vector<std::thread> threads;
  threads.reserve(answers.size());
  for (std::vector<bool>& mine : answers)
    threads.emplace_back([&ask, &mine] { ask(mine); });
  for (std::thread& thread : threads)
    thread.join();
  for (const std::vector<bool>& other : answers)
    EXPECT_EQ(other, answers.front());
}

TEST(Core, KnowsItsOwnCodes) {
  const Shelf shelf;
  struct Row {
    const char* set;
    const char* system;
    const char* code;
    CodeVerdict expected;
  };
  for (const Row& row :
       {Row{"administrative-gender", "http://hl7.org/fhir/administrative-gender", "female",
            CodeVerdict::kMember},
        Row{"administrative-gender", "http://hl7.org/fhir/administrative-gender", "xx",
            CodeVerdict::kUnknownCode},
        Row{"languages", "urn:ietf:bcp:47", "en-GB", CodeVerdict::kMember},
        Row{"languages", "urn:ietf:bcp:47", "cy", CodeVerdict::kNotMember},
        Row{"all-languages", "urn:ietf:bcp:47", "cy", CodeVerdict::kMember},
        Row{"mimetypes", "urn:ietf:bcp:13", "text/plain", CodeVerdict::kMember},
        Row{"currencies", "urn:iso:std:iso:4217", "GBP", CodeVerdict::kMember},
        Row{"currencies", "urn:iso:std:iso:4217", "ABC", CodeVerdict::kUnknownCode},
        Row{"ucum-units", "http://unitsofmeasure.org", "mm[Hg]", CodeVerdict::kMember},
        Row{"iso3166-1-2", "urn:iso:std:iso:3166", "GB", CodeVerdict::kMember},
        Row{"iso3166-1-2", "urn:iso:std:iso:3166", "UK", CodeVerdict::kUnknownCode},
        Row{"condition-code", "http://snomed.info/sct", "386661006", CodeVerdict::kCannotCheck},
        Row{"observation-codes", "http://loinc.org", "8867-4", CodeVerdict::kCannotCheck},
        Row{"marital-status", "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus", "M",
            CodeVerdict::kMember}}) {
    EXPECT_EQ(shelf.terms
                  .validate_coding(std::string("http://hl7.org/fhir/ValueSet/") + row.set,
                                   {row.system, {}, row.code, {}})
                  .verdict,
              row.expected)
        << row.set << " " << row.code;
  }
}

}  // namespace
}  // namespace fhir::terminology
