// Hostile XML at the door (rows 2, 8 and 9 of the list of bad inputs).
#include "fhir/xml/writer.hpp"
#include "tests/door/refused.hpp"

namespace gateway::door {
namespace {

struct Row {
  const char* name;
  std::string body;
  Refusal expected;
};

std::string letter_in_xml() {
  Letter letter;
  letter.note = kRedFlag;
  return fhir::xml::write(parse(marked(letter.json()))->root());
}

/// The letter below a DOCTYPE, with `reference` in the name of the patient.
std::string with_doctype(const std::string& doctype, const std::string& reference) {
  std::string body = letter_in_xml();
  const std::size_t start = body.find("<Bundle");
  body.insert(start, doctype);
  return replaced(body, "Zzcanaryfamily", "Zzcanary" + reference);
}

std::string many_attributes() {
  std::string attributes;
  for (int i = 0; i < 1'000'000; ++i)
    attributes.append(" a").append(std::to_string(i)).append("=\"\"");
  return replaced(letter_in_xml(), "<ServiceRequest", "<ServiceRequest" + attributes);
}

std::string laughs() {
  std::string doctype = "<!DOCTYPE Bundle [<!ENTITY l0 \"ha\">";
  for (int i = 1; i < 12; ++i) {
    doctype.append("<!ENTITY l").append(std::to_string(i)).append(" \"");
    doctype.append(repeated("&l" + std::to_string(i - 1) + ";", 10)).append("\">");
  }
  return doctype + "]>";
}

std::vector<Row> rows() {
  const Refusal bad;
  return {
      {"ExternalEntity",
       with_doctype(R"(<!DOCTYPE Bundle [<!ENTITY x SYSTEM "file:///etc/passwd">]>)", "&x;"), bad},
      {"ExternalEntityByHttp",
       with_doctype(R"(<!DOCTYPE Bundle [<!ENTITY x SYSTEM "http://127.0.0.1:1/x">]>)", "&x;"), bad},
      {"ExternalDtd", with_doctype(R"(<!DOCTYPE Bundle SYSTEM "http://127.0.0.1:1/x.dtd">)", ""), bad},
      {"ParameterEntity",
       with_doctype(R"(<!DOCTYPE Bundle [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>)", ""), bad},
      {"EmptyDoctype", with_doctype("<!DOCTYPE Bundle>", ""), bad},
      {"UndeclaredEntity", with_doctype("", "&nbsp;"), bad},
      {"BillionLaughs", with_doctype(laughs(), "&l11;"), bad},
      {"QuadraticBlowUp",
       with_doctype("<!DOCTYPE Bundle [<!ENTITY a \"" + repeated("a", 100'000) + "\">]>",
                    repeated("&a;", 100'000)),
       bad},
      {"AMillionAttributes", many_attributes(), bad},
      {"Depth100000",
       replaced(letter_in_xml(), "<ServiceRequest",
                repeated("<contained>", 100'000) + repeated("</contained>", 100'000) + "<ServiceRequest"),
       bad},
      {"Inclusion",
       replaced(letter_in_xml(), "<ServiceRequest",
                R"(<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd"/>)"
                "<ServiceRequest"),
       bad},
      {"TwoRoots", letter_in_xml() + "<Bundle/>", bad},
      {"OtherNamespace", replaced(letter_in_xml(), "http://hl7.org/fhir", "http://hl7.org/other"), bad},
      {"Truncated", letter_in_xml().substr(0, 3000), bad},
      {"NulReference", replaced(letter_in_xml(), "Zzcanaryfamily", "Zzcanary&#0;"), bad},
      {"ScriptInNarrative",
       replaced(
           letter_in_xml(), "<status value=\"active\"/>",
           R"(<text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml"><script>x</script>)"
           R"(</div></text><status value="active"/>)"),
       bad},
  };
}

TEST(BadXml, IsRefusedWithoutExpandingOrFetchingAnything) {
  for (const Row& row : rows()) {
    SCOPED_TRACE(row.name);
    const Stopwatch watch;
    House house;
    Ask ask = house.message(row.body);
    ask.type = ask.accept = "application/fhir+xml";
    const Answer answer = house.send(ask);
    expect_refused_whole(house, answer, row.expected, true);
    EXPECT_THAT(answer.body, ::testing::Not(::testing::HasSubstr("root:")));
  }
}

TEST(ProcessingInstruction, IsPassedOver) {
  House house;
  Ask ask = house.message(
      replaced(letter_in_xml(), "<Bundle", R"(<?xml-stylesheet href="http://127.0.0.1:1/x"?><Bundle)"));
  ask.type = "application/fhir+xml";
  EXPECT_EQ(house.send(ask).status, 200);
}

}  // namespace
}  // namespace gateway::door
