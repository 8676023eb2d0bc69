#include "fhir/validate/xhtml.hpp"

#include <gtest/gtest.h>
#include <string>

namespace fhir::validate {
namespace {

constexpr const char* kOpen = "<div xmlns=\"http://www.w3.org/1999/xhtml\">";

struct XhtmlCase {
  std::string text;
  XhtmlFault expected;
};

std::string div(const std::string& content) {
  return kOpen + content + "</div>";
}

TEST(CheckXhtml, JudgesTheDiv) {
  const XhtmlCase cases[] = {
      {div("text"), XhtmlFault::kNone},
      {"  " + div("text") + "\n", XhtmlFault::kNone},
      {div("<p class='a'>a<br/>b &amp; c &#160; &#xA0; &nbsp;</p>"), XhtmlFault::kNone},
      {div("<!-- a comment --><table><tr><td colspan=\"2\">x</td></tr></table>"), XhtmlFault::kNone},
      {div("<img src=\"#a\" alt=\"\"/>"), XhtmlFault::kNone},
      {div("<div><div>nested</div></div>"), XhtmlFault::kNone},
      {"<div xmlns='http://www.w3.org/1999/xhtml' xml:lang=\"en\" lang=\"en\">a</div>", XhtmlFault::kNone},
      {"", XhtmlFault::kNotADiv},
      {"text", XhtmlFault::kNotADiv},
      {"<p xmlns=\"http://www.w3.org/1999/xhtml\">a</p>", XhtmlFault::kNotADiv},
      {"<divx>a</divx>", XhtmlFault::kNotADiv},
      {div("a") + div("b"), XhtmlFault::kNotADiv},
      {div("a") + "text", XhtmlFault::kNotADiv},
      {"<div>a</div>", XhtmlFault::kNamespace},
      {"<div xmlns=\"http://example.org\">a</div>", XhtmlFault::kNamespace},
      {div("<p>a</b>"), XhtmlFault::kNotWellFormed},
      {div("<p>a"), XhtmlFault::kNotWellFormed},
      {std::string(kOpen) + "a", XhtmlFault::kNotWellFormed},
      {std::string(kOpen) + "a</div", XhtmlFault::kNotWellFormed},
      {div("<br"), XhtmlFault::kNotWellFormed},
      {div("a & b"), XhtmlFault::kNotWellFormed},
      {div("a &; b"), XhtmlFault::kNotWellFormed},
      {div("<p class=a>x</p>"), XhtmlFault::kNotWellFormed},
      {div("<p class>x</p>"), XhtmlFault::kNotWellFormed},
      {div("<p class='a'id='b'>x</p>"), XhtmlFault::kNotWellFormed},
      {div("<p class='<'>x</p>"), XhtmlFault::kNotWellFormed},
      {div("<!-- a -- b -->x"), XhtmlFault::kNotWellFormed},
      {div("<!-- a"), XhtmlFault::kNotWellFormed},
      {div("<![CDATA[x]]>"), XhtmlFault::kNotWellFormed},
      {div("<?php ?>"), XhtmlFault::kNotWellFormed},
      {"<!DOCTYPE div>" + div("a"), XhtmlFault::kNotADiv},
      {div("<script>alert(1)</script>"), XhtmlFault::kElement},
      {div("<form>a</form>"), XhtmlFault::kElement},
      {div("<P>a</P>"), XhtmlFault::kElement},
      {div("<p onclick=\"x\">a</p>"), XhtmlFault::kAttribute},
      {div("<a href=\"javascript:x\">a</a>"), XhtmlFault::kAttribute},
      {div(""), XhtmlFault::kEmpty},
      {div(" \n "), XhtmlFault::kEmpty},
      {div("<p></p>"), XhtmlFault::kEmpty},
      {"<div xmlns=\"http://www.w3.org/1999/xhtml\"/>", XhtmlFault::kEmpty},
  };
  for (const XhtmlCase& row : cases)
    EXPECT_EQ(check_xhtml(row.text), row.expected) << row.text;
}

TEST(CheckXhtml, BoundsDepth) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i)
    deep += "<p>";
  EXPECT_EQ(check_xhtml(kOpen + deep), XhtmlFault::kTooDeep);
}

}  // namespace
}  // namespace fhir::validate
