#include "fhir/validate/primitives.hpp"

#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/definitions/well_known.hpp"

namespace fhir::validate {
namespace {

struct FormCase {
  definitions::WellKnown type;
  std::vector<std::string_view> good;
  std::vector<std::string_view> bad;
};

TEST(HasForm, FollowsTheTableOfPrimitives) {
  using namespace std::string_view_literals;
  const FormCase cases[] = {
      {definitions::kBoolean, {"true", "false"}, {"", "True", "1", "0", " true", "yes"}},
      {definitions::kInteger,
       {"0", "1", "-1", "+7", "2147483647", "-2147483648"},
       {"", "-", "+", "01", "-0", "+0", "2147483648", "-2147483649", "99999999999", "1.0", "1e3", " 1",
        "one"}},
      {definitions::kUnsignedInt, {"0", "10", "2147483647"}, {"", "-1", "+1", "00", "2147483648", "1.5"}},
      {definitions::kPositiveInt, {"1", "+1", "2147483647"}, {"", "0", "-1", "+0", "01", "2147483648"}},
      {definitions::kDecimal,
       {"0", "-0", "72.50", "-1.5", "0.000000000000000001", "1e5", "1.5E-10", "1e+3",
        "123456789012345678901234567890"},
       {"", ".", ".5", "5.", "01", "-01.5", "1e", "1e+", "+1", "1,5", "NaN", "Infinity", "0x10", " 1"}},
      {definitions::kDate,
       {"2024", "2024-02", "2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"},
       {"", "0000", "0000-01-01", "24", "2024-", "2024-00", "2024-13", "2024-02-30", "2023-02-29",
        "1900-02-29", "2024-04-31", "2024-01-00", "2024-1-1", "2024-02-29T10:00:00Z", "2024-02-29 ",
        "20240229", "29/02/2024"}},
      {definitions::kDateTime,
       {"2024", "2024-02", "2024-02-29", "2024-02-29T00:00:00Z", "2024-02-29T23:59:59.123456789+01:00",
        "2024-02-29T10:00:60Z", "2024-02-29T10:00:00+14:00", "2024-02-29T10:00:00-00:00"},
       {"", "2024-02-29T", "2024-02-29T10:00Z", "2024-02-29T10:00:00", "2024-02-29T24:00:00Z",
        "2024-02-29T10:60:00Z", "2024-02-29T10:00:61Z", "2024-02-29T10:00:00.Z", "2024-02-29T10:00:00+14:01",
        "2024-02-29T10:00:00+15:00", "2024-02-29T10:00:00+0100", "2024-02-29T10:00:00z",
        "2024-02-29t10:00:00Z", "2024-02T10:00:00Z", "2023-02-29T10:00:00Z", "0000-01-01T00:00:00Z",
        "2024-02-29 10:00:00Z"}},
      {definitions::kInstant,
       {"2024-02-29T10:00:00Z", "2024-02-29T10:00:00.000-05:00"},
       {"", "2024", "2024-02-29", "2024-02-29T10:00:00", "2024-02-29T10:00Z", "2023-02-29T10:00:00Z"}},
      {definitions::kTime,
       {"00:00:00", "23:59:59", "12:30:00.5", "12:00:60"},
       {"", "24:00:00", "12:30", "12:30:00Z", "1:30:00", "12:60:00", "12:30:61", "12:30:00."}},
      {definitions::kCode,
       {"male", "a b", "a-b.c/d", "\xc3\xa9"},
       {"", " male", "male ", "a  b", "a\tb\n", "\n", "a\x01"sv}},
      {definitions::kId,
       {"a", "A-1.b", "0123456789012345678901234567890123456789012345678901234567890123"},
       {"", "a_b", "a b", "a/b", "\xc3\xa9",
        "01234567890123456789012345678901234567890123456789012345678901234"}},
      {definitions::kOid,
       {"urn:oid:1.2.3", "urn:oid:2.16.840.1.113883", "urn:oid:0.9", "urn:oid:1.0.5"},
       {"", "1.2.3", "urn:oid:", "urn:oid:1", "urn:oid:3.1", "urn:oid:1.02", "urn:oid:1..2", "urn:oid:1.2.",
        "urn:oid:1.a"}},
      {definitions::kUuid,
       {"urn:uuid:c757873d-ec9a-4326-a141-556f43239520"},
       {"", "c757873d-ec9a-4326-a141-556f43239520", "urn:uuid:C757873D-EC9A-4326-A141-556F43239520",
        "urn:uuid:c757873d-ec9a-4326-a141-556f4323952", "urn:uuid:c757873dxec9a-4326-a141-556f43239520",
        "urn:uuid:c757873d-ec9a-4326-a141-556f4323952g"}},
      {definitions::kUri,
       {"http://example.org/a?b=c#d", "urn:oid:1.2.3", "urn:uuid:C757873D-EC9A-4326-A141-556F43239520",
        "relative/path", "#x", "mailto:a@example.org"},
       {"", "http://example.org/a b", " http://example.org", "urn:oid:X.Y.Z", "urn:uuid:123", "oid:1.2",
        "uuid:1", "a\nb"}},
      {definitions::kUrl, {"http://example.org"}, {"", "http://example.org/ "}},
      {definitions::kCanonical,
       {"http://example.org/ValueSet/a|1.0", "#contained", "urn:uuid:c757873d-ec9a-4326-a141-556f43239520|2"},
       {"", "http://example.org/a b"}},
      {definitions::kBase64Binary,
       {"AAAA", "AAA=", "AA==", "AAAA\nBBBB", " AAAA ", "+/09azAZ"},
       {"", "A", "AAA", "A===", "=AAA", "AA=A", "AA-A", "AA_A", " "}},
      {definitions::kString,
       {"a", " a ", "line\nline\ttab", "\xe2\x82\xac"},
       {"", " ", "\n\t ", "a\x00z"sv, "a\x1f", "a\x7f"}},
      {definitions::kMarkdown, {"# Title\n\ntext", "a"}, {"", "  \n", "a\x08"}},
      {definitions::kXhtmlType, {"<div/>"}, {}},
  };
  for (const FormCase& row : cases) {
    for (const std::string_view text : row.good) {
      EXPECT_TRUE(has_form(row.type, text)) << definitions::kWellKnownNames[row.type] << " '" << text << "'";
    }
    for (const std::string_view text : row.bad) {
      EXPECT_FALSE(has_form(row.type, text)) << definitions::kWellKnownNames[row.type] << " '" << text << "'";
    }
  }
  EXPECT_EQ(std::size(cases), definitions::kPrimitiveCount);
}

TEST(HasForm, BoundsStringsAtOneMegabyte) {
  const std::string longest(std::size_t{1} << 20, 'a');
  EXPECT_TRUE(has_form(definitions::kString, longest));
  EXPECT_FALSE(has_form(definitions::kString, longest + "a"));
  EXPECT_FALSE(has_form(definitions::kMarkdown, longest + "a"));
}

TEST(FormOf, HasASentenceForEveryPrimitive) {
  for (tree::NameId type = 0; type < definitions::kPrimitiveCount; ++type) {
    EXPECT_TRUE(form_of(type).starts_with("must be ")) << definitions::kWellKnownNames[type];
  }
}

/// Texts are looked at in pieces of eight bytes, the last of which may overlap or be filled up.
TEST(HasForm, LooksAtEveryByteOfATextOfAnyLength) {
  for (std::size_t length = 1; length <= 26; ++length) {
    const std::string good(length, 'a');
    EXPECT_TRUE(has_form(definitions::kString, good)) << length;
    EXPECT_TRUE(has_form(definitions::kCode, good)) << length;
    EXPECT_TRUE(has_form(definitions::kUri, good)) << length;
    EXPECT_TRUE(has_form(definitions::kId, good)) << length;
    EXPECT_FALSE(has_form(definitions::kString, std::string(length, ' '))) << length;
    EXPECT_FALSE(has_form(definitions::kString, std::string(length, '\n'))) << length;
    for (std::size_t at = 0; at < length; ++at) {
      for (const char bad : {'\x01', '\x1f', '\x7f'}) {
        std::string text = good;
        text[at] = bad;
        EXPECT_FALSE(has_form(definitions::kString, text)) << length << " " << at;
        EXPECT_FALSE(has_form(definitions::kCode, text)) << length << " " << at;
        EXPECT_FALSE(has_form(definitions::kUri, text)) << length << " " << at;
        EXPECT_FALSE(has_form(definitions::kId, text)) << length << " " << at;
      }
      std::string text = good;
      text[at] = ' ';
      EXPECT_EQ(has_form(definitions::kString, text), length > 1) << length << " " << at;
      EXPECT_EQ(has_form(definitions::kCode, text), at > 0 && at + 1 < length) << length << " " << at;
      EXPECT_FALSE(has_form(definitions::kUri, text)) << length << " " << at;
      text[at] = '\xe4';
      EXPECT_TRUE(has_form(definitions::kString, text)) << length << " " << at;
      EXPECT_TRUE(has_form(definitions::kCode, text)) << length << " " << at;
      EXPECT_TRUE(has_form(definitions::kUri, text)) << length << " " << at;
      EXPECT_FALSE(has_form(definitions::kId, text)) << length << " " << at;
    }
  }
}

}  // namespace
}  // namespace fhir::validate
