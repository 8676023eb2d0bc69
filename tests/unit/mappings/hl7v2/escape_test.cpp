#include "mappings/hl7v2/escape.hpp"

#include <gtest/gtest.h>
#include <string>

namespace mappings::hl7v2 {
namespace {

struct EscapeRow {
  const char* raw;
  const char* text;
};

TEST(Escape, IsResolvedOrStaysAsSent) {
  const EscapeRow rows[] = {
      {"a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f\\P\\g", "a|b^c&d~e\\f#g"},
      {"\\X41\\\\X0d0A\\\\X09\\", "A\r\n\t"},
      {"\\H\\bold\\N\\", "bold"},
      {"a\\.br\\b\\.sp\\c\\.sp+2\\d\\.ce\\e", "a\nb\nc\n\nd\ne"},
      {"a\\.sk3\\b\\.in+4\\c\\.ti-2\\d\\.fi\\e\\.nf\\f\\.BR\\g", "a   bcdef\ng"},
      {"C:\\temp\\T\\x", "C:\\temp&x"},
      {"\\", "\\"},
      {"\\\\", "\\\\"},
      {"\\X4\\", "\\X4\\"},
      {"\\XZZ\\", "\\XZZ\\"},
      {"\\X00\\\\X1B\\", "\\X00\\\\X1B\\"},
      {"\\X\\", "\\X\\"},
      {"\\Z01\\\\C2842\\\\M249F8C\\", "\\Z01\\\\C2842\\\\M249F8C\\"},
      {"\\.sp999\\\\.sp-1\\\\.xx\\\\.br1\\", "\\.sp999\\\\.sp-1\\\\.xx\\\\.br1\\"},
      {"\\FF\\\\f\\", "\\FF\\\\f\\"},
      {"a\x01"
       "b\x7F",
       "a b "},
  };
  for (const EscapeRow& row : rows) {
    std::string text;
    append_unescaped(text, row.raw, {});
    EXPECT_EQ(text, row.text) << row.raw;
    std::string again;
    append_escaped(again, text, {}, LineFeed::kHexadecimal);
    std::string back;
    append_unescaped(back, again, {});
    EXPECT_EQ(back, text) << again;
  }
}

TEST(Escape, WithoutAnEscapeCharacterNothingIsResolvedAndDelimitersBecomeBlanks) {
  Delimiters none;
  none.escape = '\0';
  std::string text;
  append_unescaped(text, "a\\T\\b", none);
  EXPECT_EQ(text, "a\\T\\b");
  std::string written;
  append_escaped(written, "a|b&c\nd", none, LineFeed::kCommand);
  EXPECT_EQ(written, "a b c d");
}

TEST(Escape, TellsWhatItFound) {
  std::string text;
  EXPECT_TRUE(append_unescaped(text, "a\x02", {}).control_character);
  EXPECT_TRUE(append_unescaped(text, "a\nb", {}).line_feed);
  const LeafFindings none = append_unescaped(text, "a\tb\\X0A\\", {});
  EXPECT_FALSE(none.control_character || none.line_feed);
}

}  // namespace
}  // namespace mappings::hl7v2
