#include "fhir/base/utf8.hpp"

#include <gtest/gtest.h>

namespace fhir {
namespace {

TEST(Utf8, FindsTheFirstBadByte) {
  struct Row {
    std::string_view text;
    std::size_t at;
  };
  constexpr std::size_t kFine = std::string_view::npos;
  const Row rows[] = {
      {"", kFine},
      {"O'Brien, plain ASCII over eight bytes", kFine},
      {"Si\xC3\xA2n \xC5\x81ukasz \xE6\x9D\x8E \xF0\x9F\xA6\xB4", kFine},
      {"12345678\xC0\x80", 8},    // overlong NUL
      {"ab\xED\xA0\x80", 2},      // surrogate
      {"ab\xE0\x80\x80", 2},      // overlong
      {"ab\xF4\x90\x80\x80", 2},  // past U+10FFFF
      {"ab\xF5\x80\x80\x80", 2},
      {"ab\xC3", 2},  // cut short
      {"ab\xE2\x82", 2},
      {"ab\x80", 2},           // continuation alone
      {"caf\xE9 au lait", 3},  // Windows-1252
  };
  for (const Row& row : rows)
    EXPECT_EQ(find_invalid_utf8(row.text), row.at) << row.text;
}

TEST(Utf8, AppendsEveryLength) {
  std::string out;
  append_utf8(out, 'A');
  append_utf8(out, 0xE9);
  append_utf8(out, 0x20AC);
  append_utf8(out, 0x1F9B4);
  EXPECT_EQ(out, "A\xC3\xA9\xE2\x82\xAC\xF0\x9F\xA6\xB4");
}

}  // namespace
}  // namespace fhir
