// What the reader does with documents made to hurt it: it refuses them at the limit, in bounded memory, time
// and stack.
#include <gtest/gtest.h>
#include <string>

#include "fhir/definitions/definitions.hpp"
#include "fhir/xml/reader.hpp"

namespace fhir::xml {
namespace {

tree::ReadOutcome read_r4(std::string_view content, const ReadLimits& limits = {}) {
  const std::string xml =
      std::string(R"(<Patient xmlns="http://hl7.org/fhir">)").append(content).append("</Patient>");
  return read(xml, definitions::r4(), limits);
}

void expect_fatal(const tree::ReadOutcome& outcome, std::string_view text) {
  EXPECT_EQ(outcome.tree, nullptr);
  ASSERT_EQ(outcome.issues.items().size(), 1u);
  EXPECT_EQ(outcome.issues.items()[0].severity, Severity::kFatal);
  EXPECT_NE(outcome.issues.items()[0].text.find(text), std::string::npos) << outcome.issues.items()[0].text;
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i)
    out.append(text);
  return out;
}

TEST(XmlLimits, RefusesAHundredThousandNestedElements) {
  expect_fatal(read_r4(repeated("<x>", 100'000)), "nested deeper than 64");
  expect_fatal(read_r4(R"(<text><div xmlns="http://www.w3.org/1999/xhtml">)" + repeated("<div>", 100'000)),
               "nested deeper than 64");
}

TEST(XmlLimits, CountsDepthExactly) {
  const auto nested = [](std::size_t depth) {
    return repeated("<x>", depth - 2) + "<x value='1'/>" + repeated("</x>", depth - 2);
  };
  EXPECT_FALSE(read_r4(nested(64)).issues.has_error());
  expect_fatal(read_r4(nested(65)), "nested deeper than 64");
}

TEST(XmlLimits, RefusesAMillionAttributes) {
  std::string attributes;
  for (int i = 0; i < 1'000'000; ++i)
    attributes.append(" a").append(std::to_string(i)).append("=''");
  expect_fatal(read_r4("<x" + attributes + "/>"), "more than 256 attributes");
}

TEST(XmlLimits, RefusesTooManyElements) {
  ReadLimits limits;
  limits.max_nodes = 3;
  EXPECT_NE(read_r4("<name id='i'/>", limits).tree, nullptr);
  expect_fatal(read_r4("<name id='i'><family value='a'/></name>", limits), "more than 3 elements");
}

TEST(XmlLimits, RefusesTooManyBytes) {
  ReadLimits limits;
  limits.max_bytes = 40;
  expect_fatal(read_r4("<id value='a'/>", limits), "over 40 bytes");
}

TEST(XmlLimits, RefusesLongNamesAndTooManyOfThem) {
  expect_fatal(read_r4("<" + std::string(257, 'n') + "/>"), "a name over 256 bytes");
  std::string elements;
  for (int i = 0; i < 20'000; ++i)
    elements.append("<k").append(std::to_string(i)).append(" value='1'/>");
  expect_fatal(read_r4(elements), "unknown names");
}

TEST(XmlLimits, TakesLongValues) {
  const std::string data(12u << 20, 'A');
  const tree::ReadOutcome outcome =
      read("<Binary xmlns='http://hl7.org/fhir'><data value='" + data + "'/></Binary>", definitions::r4());
  ASSERT_NE(outcome.tree, nullptr);
  EXPECT_EQ(outcome.tree->root().child("data").text().size(), data.size());
}

}  // namespace
}  // namespace fhir::xml
