#include "fhir/terminology/operations.hpp"

#include <gtest/gtest.h>
#include <string>

#include "fhir/json/writer.hpp"
#include "sample.hpp"

namespace fhir::terminology {
namespace {

constexpr std::string_view kSystem = "http://example.org/joints";

std::string text_of(const Result<tree::TreePtr>& answer) {
  return answer.has_value() ? json::write((*answer)->root()) : std::string(traits(answer.error().code).name);
}

/// "code code" of an expansion, headings in brackets, then its total.
std::string codes_of(const Result<tree::TreePtr>& answer) {
  if (!answer.has_value()) return std::string(traits(answer.error().code).name);
  std::string out;
  const tree::Node expansion = (*answer)->root().child("expansion");
  for (const tree::Node item : expansion.children("contains")) {
    const bool abstract = item.child("abstract").text() == "true";
    out.append(abstract ? "[" : "").append(item.child("code").text()).append(abstract ? "] " : " ");
  }
  return out.append(expansion.child("total").text());
}

const std::string kAll = value_set("all", "'include':[{'system':'http://example.org/joints'}]");

ExpandRequest of(std::string_view url) {
  ExpandRequest request;
  request.url = url;
  request.timestamp = "2026-11-22T10:00:00Z";
  return request;
}

TEST(Expand, ListsInOrderWithPagesAndFilter) {
  const Shelf shelf({kJoints, kAll});
  ExpandRequest request = of("http://example.org/vs/all");
  EXPECT_EQ(codes_of(expand(shelf.terms, request)), "[limb] arm leg knee flipper 5");
  request.offset = 1;
  request.count = 2;
  EXPECT_EQ(codes_of(expand(shelf.terms, request)), "arm leg 5");
  request.count = 0;
  EXPECT_EQ(codes_of(expand(shelf.terms, request)), "5");
  request = of("http://example.org/vs/all");
  request.filter = "JOINT";
  EXPECT_EQ(codes_of(expand(shelf.terms, request)), "knee 1");
  request.filter = {};
  request.active_only = true;
  EXPECT_EQ(codes_of(expand(shelf.terms, request)), "[limb] arm leg knee 4");
}

TEST(Expand, GivesDesignationsAndDisplaysOfALanguage) {
  const Shelf shelf({kJoints, kAll});
  ExpandRequest request = of("http://example.org/vs/all");
  request.filter = "leg";
  request.language = "de";
  request.designations = true;
  const std::string text = text_of(expand(shelf.terms, request));
  EXPECT_NE(text.find(R"("display":"Bein","designation":[{"language":"de","value":"Bein"}])"),
            std::string::npos)
      << text;
  EXPECT_EQ(text.find("compose"), std::string::npos);
}

TEST(Expand, RefusesWhatItCannotList) {
  const Shelf shelf({value_set("sct", "'include':[{'system':'http://snomed.info/sct'}]"),
                     value_set("units", "'include':[{'system':'http://unitsofmeasure.org'}]"),
                     value_set("loop", "'include':[{'valueSet':['http://example.org/vs/loop']}]")});
  EXPECT_EQ(codes_of(expand(shelf.terms, of("http://example.org/vs/sct"))), "unsupported");
  EXPECT_EQ(codes_of(expand(shelf.terms, of("http://example.org/vs/units"))), "unsupported");
  EXPECT_EQ(codes_of(expand(shelf.terms, of("http://example.org/vs/loop"))), "unsupported");
  EXPECT_EQ(codes_of(expand(shelf.terms, of("http://example.org/vs/none"))), "not_found");
}

TEST(Expand, TakesASetOfTheCallersOwn) {
  const Shelf shelf({kJoints});
  const tree::TreePtr own = resource(value_set(
      "own",
      "'include':[{'system':'http://example.org/joints','concept':[{'code':'leg','display':'The leg'}]}]"));
  ExpandRequest request = of({});
  request.value_set = own->root();
  EXPECT_EQ(codes_of(expand(shelf.terms, request)), "leg 1");
}

TEST(Expand, KnowsTheCore) {
  const Shelf shelf;
  EXPECT_EQ(codes_of(expand(shelf.terms, of("http://hl7.org/fhir/ValueSet/administrative-gender"))),
            "male female other unknown 4");
}

TEST(ValidateCode, AnswersForSetAndSystem) {
  const Shelf shelf({kJoints, kAll});
  ValidateCodeRequest request;
  request.value_set = "http://example.org/vs/all";
  request.coded = {kSystem, {}, "knee", "Knee joint"};
  EXPECT_EQ(text_of(validate_code(shelf.terms, request)),
            R"({"resourceType":"Parameters","parameter":[{"name":"result","valueBoolean":true},)"
            R"({"name":"system","valueUri":"http://example.org/joints"},{"name":"code","valueCode":"knee"},)"
            R"({"name":"display","valueString":"Knee joint"}]})");
  request.coded.display = "Elbow";
  EXPECT_NE(text_of(validate_code(shelf.terms, request)).find(R"("valueBoolean":false)"), std::string::npos);
  request.coded = {kSystem, {}, "wing", {}};
  EXPECT_NE(text_of(validate_code(shelf.terms, request)).find("no such code"), std::string::npos);
  request = {};
  request.system = kSystem;
  request.coded.code = "arm";
  EXPECT_NE(text_of(validate_code(shelf.terms, request)).find(R"("valueBoolean":true)"), std::string::npos);
  request = {};
  EXPECT_EQ(text_of(validate_code(shelf.terms, request)), "invalid_request");
  request.value_set = "http://example.org/vs/none";
  request.coded.code = "arm";
  EXPECT_EQ(text_of(validate_code(shelf.terms, request)), "not_found");
}

TEST(Lookup, GivesWhatTheSystemSays) {
  const Shelf shelf({kJoints});
  const std::string text = text_of(lookup(shelf.terms, {kSystem, {}, "leg", {}}));
  for (const char* part :
       {R"({"name":"version","valueString":"2"})", R"({"name":"display","valueString":"Leg"})",
        R"({"name":"language","valueCode":"de"},{"name":"value","valueString":"Bein"})",
        R"([{"name":"code","valueCode":"parent"},{"name":"value","valueCode":"limb"}])",
        R"([{"name":"code","valueCode":"child"},{"name":"value","valueCode":"knee"}])"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
  const std::string arm = text_of(lookup(shelf.terms, {kSystem, {}, "arm", {}}, {"bones"}));
  EXPECT_NE(arm.find(R"({"name":"value","valueInteger":30})"), std::string::npos) << arm;
  EXPECT_EQ(arm.find("parent"), std::string::npos);
  EXPECT_EQ(text_of(lookup(shelf.terms, {kSystem, {}, "wing", {}})), "not_found");
  EXPECT_EQ(text_of(lookup(shelf.terms, {"http://snomed.info/sct", {}, "72696002", {}})), "unsupported");
  EXPECT_EQ(text_of(lookup(shelf.terms, {"http://snomed.info/sct", {}, "72696001", {}})), "not_found");
  EXPECT_NE(text_of(lookup(shelf.terms, {"http://unitsofmeasure.org", {}, "mg", {}})).find("mg"),
            std::string::npos);
}

TEST(Subsumes, AnswersByTheHierarchy) {
  const Shelf shelf({kJoints});
  const auto ask = [&shelf](std::string_view a, std::string_view b) {
    const std::string text = text_of(subsumes(shelf.terms, {kSystem, {}, a, {}}, {kSystem, {}, b, {}}));
    const std::size_t at = text.find("valueCode\":\"");
    return at == std::string::npos ? text : text.substr(at + 12, text.find('"', at + 12) - at - 12);
  };
  EXPECT_EQ(ask("limb", "knee"), "subsumes");
  EXPECT_EQ(ask("knee", "limb"), "subsumed-by");
  EXPECT_EQ(ask("leg", "leg"), "equivalent");
  EXPECT_EQ(ask("arm", "leg"), "not-subsumed");
  EXPECT_EQ(ask("arm", "wing"), "not_found");
}

std::string map_named(std::string_view name, std::string_view unmapped) {
  return std::string("{'resourceType':'ConceptMap','status':'active','url':'http://example.org/map/")
      .append(name)
      .append(
          "','sourceUri':'http://example.org/vs/all','group':[{'source':'http://example.org/joints',"
          "'target':'http://example.org/"
          "beasts','element':[{'code':'arm','target':[{'code':'foreleg','equivalence':'wider',"
          "'product':[{'property':'http://example.org/side','system':'http://example.org/"
          "sides','value':'left'}]},"
          "{'code':'fin','equivalence':'unmatched'}]}],'unmapped':")
      .append(unmapped)
      .append("}]}");
}

TEST(Translate, FollowsEquivalenceUnmappedAndOtherMaps) {
  const Shelf shelf({kJoints, map_named("a", "{'mode':'other-map','url':'http://example.org/map/b'}"),
                     map_named("b", "{'mode':'fixed','code':'other','display':'Other'}"),
                     map_named("c", "{'mode':'provided'}"),
                     map_named("d", "{'mode':'other-map','url':'http://example.org/map/d'}")});
  const auto ask = [&shelf](std::string_view map, std::string_view code) {
    TranslateRequest request;
    const std::string url = std::string("http://example.org/map/").append(map);
    request.url = url;
    request.codings = {{kSystem, {}, code, {}}};
    return text_of(translate(shelf.terms, request));
  };
  const std::string arm = ask("a", "arm");
  EXPECT_NE(arm.find(R"({"name":"result","valueBoolean":true})"), std::string::npos);
  EXPECT_NE(arm.find(R"({"name":"equivalence","valueCode":"wider"})"), std::string::npos);
  EXPECT_NE(arm.find(R"({"system":"http://example.org/beasts","code":"foreleg"})"), std::string::npos);
  EXPECT_NE(arm.find(R"({"name":"element","valueUri":"http://example.org/side"})"), std::string::npos);
  EXPECT_NE(arm.find("unmatched"), std::string::npos);
  EXPECT_NE(ask("a", "leg").find(R"("code":"other","display":"Other")"), std::string::npos);
  EXPECT_NE(ask("c", "leg").find(R"({"system":"http://example.org/beasts","code":"leg"})"),
            std::string::npos);
  EXPECT_NE(ask("d", "leg").find(R"("valueBoolean":false)"), std::string::npos);  // a cycle ends
  EXPECT_EQ(ask("none", "leg"), "not_found");
}

TEST(Translate, FindsMapsByTheirEndsAndReadsBackwards) {
  const Shelf shelf({kJoints, map_named("a", "{'mode':'provided'}")});
  TranslateRequest request;
  request.source = "http://example.org/vs/all";
  request.codings = {{kSystem, {}, "arm", {}}};
  EXPECT_NE(text_of(translate(shelf.terms, request)).find("foreleg"), std::string::npos);
  request.target_system = "http://example.org/elsewhere";
  EXPECT_NE(text_of(translate(shelf.terms, request)).find(R"("valueBoolean":false)"), std::string::npos);
  TranslateRequest back;
  back.url = "http://example.org/map/a";
  back.reverse = true;
  back.codings = {{"http://example.org/beasts", {}, "foreleg", {}}};
  const std::string text = text_of(translate(shelf.terms, back));
  EXPECT_NE(text.find(R"({"name":"equivalence","valueCode":"narrower"})"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("code":"arm")"), std::string::npos);
}

TEST(Translate, KnowsTheMapsOfTheCore) {
  const Shelf shelf;
  TranslateRequest request;
  request.codings = {{"http://hl7.org/fhir/address-use", {}, "home", {}}};
  EXPECT_NE(text_of(translate(shelf.terms, request)).find(R"("valueBoolean":true)"), std::string::npos);
}

}  // namespace
}  // namespace fhir::terminology
