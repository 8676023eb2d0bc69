#include "fhir/xml/reader.hpp"

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/writer.hpp"

namespace fhir::xml {
namespace {

using tree::Node;
using tree::ReadOutcome;
using tree::ValueKind;

ReadOutcome read_r4(std::string_view bytes) {
  return read(bytes, definitions::r4());
}

std::string patient(std::string_view content) {
  return std::string(R"(<Patient xmlns="http://hl7.org/fhir">)").append(content).append("</Patient>");
}

struct Flaw {
  const char* name;
  std::string xml;
  Severity severity;
  const char* place;
  const char* text;  // a part of the issue's text
};

void PrintTo(const Flaw& flaw, std::ostream* out) {
  *out << flaw.name;
}

/// A document with exactly one flaw gives exactly that issue.
class XmlFlaw : public testing::TestWithParam<Flaw> {};

TEST_P(XmlFlaw, IsReportedWithItsPlace) {
  const Flaw& flaw = GetParam();
  const ReadOutcome outcome = read_r4(flaw.xml);
  ASSERT_EQ(outcome.issues.items().size(), 1u);
  const Issue& issue = outcome.issues.items().front();
  EXPECT_EQ(to_code(issue.severity), to_code(flaw.severity));
  EXPECT_EQ(issue.expression, flaw.place);
  EXPECT_NE(issue.text.find(flaw.text), std::string::npos) << issue.text;
  EXPECT_EQ(outcome.tree == nullptr, flaw.severity == Severity::kFatal);
}

constexpr Severity kF = Severity::kFatal;
constexpr Severity kE = Severity::kError;

const Flaw kFlaws[] = {
    {"empty", "", kF, "", "no XML element"},
    {"json", "{}", kF, "", "no XML element"},
    {"unfinished", R"(<Patient xmlns="http://hl7.org/fhir"><id value="a"/>)", kF, "Patient",
     "without an end tag"},
    {"mismatch", patient(R"(<name><family value="a"/></nam>)"), kF, "Patient.name[0]", "does not match"},
    {"two_roots", patient("") + patient(""), kF, "Patient", "after the end"},
    {"text_after", patient("") + "x", kF, "Patient", "after the end"},
    {"attribute_twice", patient(R"(<id value="a" value="b"/>)"), kF, "Patient",
     "an attribute that stands twice"},
    {"prefix", patient(R"(<f:id value="a"/>)"), kF, "Patient", "a prefix without a namespace"},
    {"html_entity", patient(R"(<id value="a&nbsp;"/>)"), kF, "Patient", "none of the five"},
    {"html_entity_in_div",
     patient(R"(<text><status value="empty"/><div xmlns="http://www.w3.org/1999/xhtml">&nbsp;</div></text>)"),
     kF, "Patient.text.div", "none of the five"},
    {"control_character", patient("<id value=\"\x01\"/>"), kF, "Patient", "a character XML may not hold"},
    {"control_reference", patient(R"(<id value="&#1;"/>)"), kF, "Patient", "a character XML may not hold"},
    {"not_utf8", patient("<id value=\"\xE9\"/>"), kF, "", "not UTF-8"},
    {"declared_latin1", R"(<?xml version="1.0" encoding="ISO-8859-1"?>)" + patient(""), kF, "",
     "another encoding"},
    {"utf16", std::string("\xFE\xFF\0<", 4), kF, "", "UTF-16"},
    {"doctype", "<!DOCTYPE Patient>" + patient(""), kF, "", "document type declaration"},
    {"external_doctype", R"(<!DOCTYPE Patient SYSTEM "http://127.0.0.1:1/x.dtd">)" + patient(""), kF, "",
     "document type"},
    {"external_entity",
     R"(<!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/passwd">]>)" + patient(R"(<id value="&x;"/>)"), kF, "",
     "document type"},
    {"laughs",
     R"(<?xml version="1.0"?><!-- <x --><!DOCTYPE p [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>)" +
         patient(R"(<id value="&b;"/>)"),
     kF, "", "document type"},
    {"no_namespace", "<Patient/>", kF, "", "not in the namespace"},
    {"other_namespace", R"(<Patient xmlns="urn:x"/>)", kF, "", "not in the namespace"},
    {"unknown_root", R"(<Pateint xmlns="http://hl7.org/fhir"/>)", kF, "", "names no resource"},
    {"data_type_root", R"(<HumanName xmlns="http://hl7.org/fhir"/>)", kF, "", "names no resource"},
    {"text", patient(R"(<name>Jo<family value="a"/>X</name>)"), kE, "Patient.name[0]",
     "text inside an element"},
    {"cdata", patient(R"(<name><![CDATA[Jo]]><family value="a"/></name>)"), kE, "Patient.name[0]",
     "text inside an element"},
    {"attribute", patient(R"(<gender value="male" lang="en"/>)"), kE, "Patient.gender",
     "an attribute that does not belong"},
    {"value_on_complex", patient(R"(<name value="x"><family value="a"/></name>)"), kE, "Patient.name[0]",
     "does not belong"},
    {"id_on_resource", R"(<Patient xmlns="http://hl7.org/fhir" id="a"/>)", kE, "Patient", "does not belong"},
    {"xml_lang", patient(R"(<gender value="male" xml:lang="en"/>)"), kE, "Patient.gender", "does not belong"},
    {"foreign", patient(R"(<x xmlns="urn:x" value="1"/>)"), kE, "Patient.x", "not in the namespace"},
    {"foreign_known", patient(R"(<gender xmlns="urn:x" value="male"/>)"), kE, "Patient.gender",
     "not in the namespace"},
    {"fhir_div", patient(R"(<text><status value="empty"/><div><p>a</p></div></text>)"), kE,
     "Patient.text.div", "not in the namespace http://www.w3.org/1999/xhtml"},
    {"apart",
     patient(R"(<name><family value="a"/></name><gender value="male"/><name><family value="b"/></name>)"), kE,
     "Patient.name", "apart"},
    {"empty_value", patient(R"(<gender value=""/>)"), kE, "Patient.gender", "an empty value"},
    {"empty_primitive", patient("<gender/>"), kE, "Patient.gender", "an empty element"},
    {"empty_complex", patient("<name></name>"), kE, "Patient.name[0]", "an empty element"},
    {"empty_slot", patient("<contained/>"), kE, "Patient.contained", "holds no resource"},
    {"two_in_slot",
     patient(R"(<contained><Basic><id value="a"/></Basic><Basic><id value="b"/></Basic></contained>)"), kE,
     "Patient.contained[1]", "exactly one"},
    {"unknown_in_slot", patient(R"(<contained><Zebra><id value="a"/></Zebra></contained>)"), kE,
     "Patient.contained[0]", "names no resource"},
    {"attribute_on_slot", patient(R"(<contained id="x"><Basic><id value="a"/></Basic></contained>)"), kE,
     "Patient", "an attribute on an element that holds"},
};

INSTANTIATE_TEST_SUITE_P(Rules, XmlFlaw, testing::ValuesIn(kFlaws),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(XmlReader, ReadsTheSameTreeAsJson) {
  const ReadOutcome outcome = read_r4(R"(<?xml version="1.0" encoding="utf-8"?>
<!-- a comment --><?pi x?>
<Bundle xmlns="http://hl7.org/fhir" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b">
  <type value="collection"/>
  <entry id="e1">
    <resource>
      <Observation>
        <contained><Patient><active value="true"/></Patient></contained>
        <extension url="http://x/1"><valueDecimal value="1.50"/></extension>
        <status value="final"><!-- x --><extension url="http://x/2"><valueCode value="c"/></extension></status>
        <valueQuantity><value value="72.50"/><unit value="a&amp;b&#10;&lt;&quot;"/></valueQuantity>
      </Observation>
    </resource>
  </entry>
</Bundle>
)");
  ASSERT_TRUE(outcome.issues.empty()) << outcome.issues.items().front().text;
  EXPECT_EQ(
      json::write(outcome.tree->root()),
      R"({"resourceType":"Bundle","type":"collection","entry":[{"id":"e1","resource":{"resourceType":"Observation",)"
      R"("contained":[{"resourceType":"Patient","active":true}],"extension":[{"url":"http://x/1","valueDecimal":1.50}],)"
      R"("status":"final","_status":{"extension":[{"url":"http://x/2","valueCode":"c"}]},)"
      R"("valueQuantity":{"value":72.50,"unit":"a&b\n<\""}}}]})");
}

TEST(XmlReader, TakesAByteOrderMarkAndCountsIt) {
  const std::string xml = "\xEF\xBB\xBF" + patient(R"(<id value="a"/>)");
  const ReadOutcome outcome = read_r4(xml);
  ASSERT_NE(outcome.tree, nullptr);
  const tree::SourceSpan span = outcome.tree->root().child("id").source();
  EXPECT_EQ(xml.substr(span.offset, span.length), R"(<id value="a"/>)");
}

TEST(XmlReader, GivesEveryElementItsSourceSpan) {
  const std::string xml = patient(
      "\n <!-- < --> <active value='true'/><name\n id='n'><given value=\"a>b\" /></name ><gender "
      "value=\"male\"></gender>"
      "<unheard><of value='1'/></unheard>");
  const ReadOutcome outcome = read_r4(xml);
  ASSERT_TRUE(outcome.issues.empty()) << outcome.issues.items().front().text;
  const auto source = [&xml](Node node) { return xml.substr(node.source().offset, node.source().length); };
  const Node root = outcome.tree->root();
  EXPECT_EQ(source(root), xml);
  EXPECT_EQ(source(root.child("active")), "<active value='true'/>");
  EXPECT_EQ(source(root.child("name")), "<name\n id='n'><given value=\"a>b\" /></name >");
  EXPECT_EQ(source(root.at("name", "given")), "<given value=\"a>b\" />");
  EXPECT_EQ(source(root.child("gender")), "<gender value=\"male\"></gender>");
  EXPECT_EQ(source(root.at("unheard", "of")), "<of value='1'/>");
}

TEST(XmlReader, SpansHoldPastTheParsersBuffers) {
  std::string names;
  for (int i = 0; i < 20'000; ++i)
    names.append("<name><family value=\"n" + std::to_string(i) + "\"/></name>\n");
  const std::string xml = patient(names);
  const ReadOutcome outcome = read_r4(xml);
  ASSERT_TRUE(outcome.issues.empty());
  for (const Node name : outcome.tree->root().children("name")) {
    const Node family = name.child("family");
    const std::string expected = "<family value=\"" + std::string(family.text()) + "\"/>";
    ASSERT_EQ(xml.substr(family.source().offset, family.source().length), expected);
  }
}

struct Div {
  const char* name;
  const char* xml;
  const char* text;
};

TEST(XmlReader, KeepsTheDiv) {
  const char* const kOpen =
      R"(<Patient xmlns="http://hl7.org/fhir" xmlns:h="http://www.w3.org/1999/xhtml"><text><status value="empty"/>)";
  const Div divs[] = {
      {"as it stood",
       "<div  xmlns='http://www.w3.org/1999/xhtml'>\r\n<p>a &lt; <b>b</b>&#160;</p><br/><!-- c --></div>",
       "<div  xmlns='http://www.w3.org/1999/xhtml'>\r\n<p>a &lt; <b>b</b>&#160;</p><br/><!-- c --></div>"},
      {"prefix", R"(<h:div><h:p class="a&amp;b">x &gt; y</h:p><h:br/></h:div>)",
       R"(<div xmlns="http://www.w3.org/1999/xhtml"><p class="a&amp;b">x &gt; y</p><br/></div>)"},
      {"prefix inside", R"(<div xmlns="http://www.w3.org/1999/xhtml" xml:lang="en"><h:p>x</h:p></div>)",
       R"(<div xmlns="http://www.w3.org/1999/xhtml" xml:lang="en"><p>x</p></div>)"},
      {"nested div", R"(<div xmlns="http://www.w3.org/1999/xhtml"><div><div/></div>x</div>)",
       R"(<div xmlns="http://www.w3.org/1999/xhtml"><div><div/></div>x</div>)"},
  };
  for (const Div& div : divs) {
    const ReadOutcome outcome = read_r4(std::string(kOpen) + div.xml + "</text></Patient>");
    ASSERT_TRUE(outcome.issues.empty()) << div.name << outcome.issues.items().front().text;
    const Node node = outcome.tree->root().at("text", "div");
    EXPECT_EQ(node.kind(), ValueKind::kXhtml);
    EXPECT_EQ(node.text(), div.text) << div.name;
  }
}

TEST(XmlReader, NamesLineAndColumn) {
  const ReadOutcome outcome = read_r4("<Patient xmlns=\"http://hl7.org/fhir\">\n  <gender/>\n</Patient>");
  ASSERT_EQ(outcome.issues.items().size(), 1u);
  EXPECT_EQ(outcome.issues.items()[0].position.line, 2u);
  EXPECT_EQ(outcome.issues.items()[0].position.column, 3u);
}

}  // namespace
}  // namespace fhir::xml
