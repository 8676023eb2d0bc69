#include "fhir/xml/writer.hpp"

#include <gtest/gtest.h>
#include <string>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/json/writer.hpp"
#include "fhir/xml/reader.hpp"

namespace fhir::xml {
namespace {

std::string to_xml(std::string_view json, tree::Layout layout = tree::Layout::kCompact) {
  const tree::ReadOutcome outcome = json::read(json, definitions::r4());
  return outcome.tree == nullptr ? "fatal" : write(outcome.tree->root(), layout);
}

std::string to_json(std::string_view xml) {
  const tree::ReadOutcome outcome = read(xml, definitions::r4());
  return outcome.tree == nullptr ? "fatal: " + outcome.issues.items().back().text
                                 : json::write(outcome.tree->root());
}

TEST(XmlWriter, WritesAttributesSlotsAndChoices) {
  const std::string json =
      R"({"resourceType":"Bundle","id":"b","type":"collection","entry":[{"id":"e","resource":{"resourceType":"Patient","id":"p",)"
      R"("text":{"status":"empty","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>a</p></div>"},)"
      R"("extension":[{"id":"x","url":"u","valueString":"a<b>\"&\n"}],"active":true,"name":[{"given":["a",null],)"
      R"("_given":[null,{"id":"g"}]}],"deceasedBoolean":false}}]})";
  const std::string xml = to_xml(json);
  EXPECT_EQ(
      xml,
      R"(<Bundle xmlns="http://hl7.org/fhir"><id value="b"/><type value="collection"/><entry id="e"><resource><Patient>)"
      R"(<id value="p"/><text><status value="empty"/><div xmlns="http://www.w3.org/1999/xhtml"><p>a</p></div></text>)"
      R"(<extension id="x" url="u"><valueString value="a&lt;b&gt;&quot;&amp;&#10;"/></extension><active value="true"/>)"
      R"(<name><given value="a"/><given id="g"/></name><deceasedBoolean value="false"/></Patient></resource></entry></Bundle>)");
  EXPECT_EQ(to_json(xml), json);
}

TEST(XmlWriter, LaysOutPretty) {
  EXPECT_EQ(
      to_xml(
          R"({"resourceType":"Patient","contained":[{"resourceType":"Basic","id":"c"}],"text":{"status":"empty",)"
          R"("div":"<div xmlns='http://www.w3.org/1999/xhtml'><p>a</p></div>"},"active":true})",
          tree::Layout::kPretty),
      R"(<Patient xmlns="http://hl7.org/fhir">
  <text>
    <status value="empty"/>
    <div xmlns='http://www.w3.org/1999/xhtml'><p>a</p></div>
  </text>
  <contained>
    <Basic>
      <id value="c"/>
    </Basic>
  </contained>
  <active value="true"/>
</Patient>)");
}

TEST(XmlWriter, NeverLetsADivOutOfItsElement) {
  const struct {
    const char* div;
    const char* written;
  } cases[] = {
      {R"(<div xmlns='http://www.w3.org/1999/xhtml'></div><active value='true'/>)", "&lt;div"},
      {R"(</div></text><active value='true'/>)", "&lt;/div&gt;"},
      {R"(<p xmlns='http://www.w3.org/1999/xhtml'/>)", "&lt;p"},
      {R"(<div xmlns='urn:x'/>)", "&lt;div"},
      {R"(<!DOCTYPE div [<!ENTITY a 'b'>]><div xmlns='http://www.w3.org/1999/xhtml'>&a;</div>)",
       "&lt;!DOCTYPE"},
      {R"(<?xml version='1.0'?><div xmlns='http://www.w3.org/1999/xhtml'/>)",
       "<div xmlns='http://www.w3.org/1999/xhtml'/>"},
      {R"( <div>x</div> )", R"(<div xmlns="http://www.w3.org/1999/xhtml">x</div>)"},
      {R"(<div xmlns='http://www.w3.org/1999/xhtml'>&nbsp;</div>)", "&amp;nbsp;"},
      {"text only", ">text only</div>"},
  };
  for (const auto& one : cases) {
    const std::string json =
        R"({"resourceType":"Patient","text":{"status":"empty","div":")" + std::string(one.div) + R"("}})";
    const std::string xml = to_xml(json);
    EXPECT_NE(xml.find(one.written), std::string::npos) << xml;
    const tree::ReadOutcome again = read(xml, definitions::r4());
    ASSERT_NE(again.tree, nullptr) << xml;
    EXPECT_FALSE(again.tree->root().child("active"));
    EXPECT_EQ(write(again.tree->root()), xml);
  }
}

TEST(XmlWriter, IsStableOnTheSecondPassWhateverItWrites) {
  for (
      const char* json : {
          R"({"resourceType":"Patient","x y":1,"":{"z":[1,{"a":2}]},"1a":"b","div":"<p>"})",
          R"({"resourceType":"Patient","id":"a\u0001\uffff\ufffe\ud83d\ude00"})",
          R"({"resourceType":"Patient","name":["Jo"],"gender":{"id":"x"},"active":"maybe","birthDate":["1","2"]})",
          R"({"resourceType":"Patient","contained":[{"resourceType":"Zebra","id":"z"},{"id":"u"},"s",{"resourceType":"a b"}]})",
          R"({"resourceType":"Patient","extension":[{"url":["a","b"],"_url":[{"id":"i"}],"valueDecimal":"+1"}]})",
          R"({"resourceType":"Patient","name":[{"id":"a","_id":{"extension":[{"url":"u"}]}}]})",
      }) {
    const std::string xml = to_xml(json);
    const tree::ReadOutcome once = read(xml, definitions::r4());
    ASSERT_NE(once.tree, nullptr) << xml << once.issues.items().back().text;
    const std::string second = write(once.tree->root());
    const tree::ReadOutcome twice = read(second, definitions::r4());
    ASSERT_NE(twice.tree, nullptr) << second;
    EXPECT_EQ(write(twice.tree->root()), second) << json;
    EXPECT_EQ(json::write(twice.tree->root()), json::write(once.tree->root()));
  }
}

TEST(XmlWriter, WritesPartsOnTheirOwn) {
  const tree::ReadOutcome outcome = json::read(
      R"({"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","active":true}}]})",
      definitions::r4());
  const tree::Node patient = outcome.tree->root().at("entry", "resource");
  EXPECT_EQ(write(patient), R"(<Patient xmlns="http://hl7.org/fhir"><active value="true"/></Patient>)");
  EXPECT_EQ(write(patient.child("active")), R"(<active xmlns="http://hl7.org/fhir" value="true"/>)");
  EXPECT_EQ(write(tree::Node()), "");
}

}  // namespace
}  // namespace fhir::xml
