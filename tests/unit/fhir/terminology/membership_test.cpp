#include "fhir/terminology/membership.hpp"

#include <gtest/gtest.h>
#include <string>

namespace fhir::terminology {
namespace {

using definitions::Definitions;
using definitions::kNoValueSet;
using definitions::Membership;
using definitions::r4_definitions;
using definitions::ValueSetId;

ValueSetId set_named(std::string_view name) {
  return r4_definitions().find_value_set("http://hl7.org/fhir/ValueSet/" + std::string(name));
}

struct CodeCase {
  const char* set;
  const char* code;
  Verdict expected;
};

TEST(FindCode, DecidesByTheCodeAlone) {
  const CodeCase cases[] = {
      {"administrative-gender", "female", Verdict::kMember},
      {"administrative-gender", "Female", Verdict::kNotMember},
      {"administrative-gender", "xx", Verdict::kNotMember},
      {"administrative-gender", "", Verdict::kNotMember},
      {"task-status", "in-progress", Verdict::kMember},
      {"resource-types", "ServiceRequest", Verdict::kMember},
      {"resource-types", "HumanName", Verdict::kNotMember},
      {"all-types", "HumanName", Verdict::kMember},
      {"request-priority", "urgent", Verdict::kMember},
      {"http-verb", "POST", Verdict::kMember},
      {"observation-status", "final", Verdict::kMember},
      {"name-use", "maiden", Verdict::kMember},  // a child concept of `old`
      {"mimetypes", "application/pdf", Verdict::kMember},
      {"mimetypes", "text/plain; charset=utf-8", Verdict::kMember},
      {"mimetypes", "pdf", Verdict::kNotMember},
      {"currencies", "GBP", Verdict::kMember},
      {"currencies", "pounds", Verdict::kNotMember},
      {"ucum-units", "mm[Hg]", Verdict::kMember},
      {"ucum-units", "mm Hg", Verdict::kNotMember},
      {"all-languages", "en-GB", Verdict::kMember},
      {"ucum-units", "mmHg", Verdict::kNotMember},
      {"currencies", "ABC", Verdict::kNotMember},
      {"all-languages", "xx-GB", Verdict::kUnchecked},
      {"all-languages", "en_GB", Verdict::kNotMember},
      {"condition-code", "anything", Verdict::kUnchecked},  // an example binding: not compiled
  };
  for (const CodeCase& row : cases) {
    SCOPED_TRACE(std::string(row.set) + " " + row.code);
    const ValueSetId set = set_named(row.set);
    ASSERT_NE(set, kNoValueSet);
    EXPECT_EQ(find_code(r4_definitions(), set, row.code), row.expected);
  }
}

TEST(FindCoding, WantsTheSystemToo) {
  const Definitions& r4 = r4_definitions();
  const ValueSetId set = set_named("administrative-gender");
  EXPECT_EQ(find_coding(r4, set, "http://hl7.org/fhir/administrative-gender", "male"), Verdict::kMember);
  EXPECT_EQ(find_coding(r4, set, "http://example.org/sex", "male"), Verdict::kNotMember);
  EXPECT_EQ(find_coding(r4, set, "", "male"), Verdict::kNotMember);
  EXPECT_EQ(find_coding(r4, set_named("mimetypes"), "urn:ietf:bcp:13", "text/html"), Verdict::kMember);
  EXPECT_EQ(find_coding(r4, set_named("mimetypes"), "http://example.org", "text/html"), Verdict::kNotMember);
}

TEST(FindCode, KnowsEveryEnumeratedCode) {
  const Definitions& r4 = r4_definitions();
  std::size_t enumerated = 0;
  for (ValueSetId id = 0; id < r4.value_sets.size(); ++id) {
    const definitions::ValueSetRow& set = r4.value_sets[id];
    if (set.membership != Membership::kEnumerated) continue;
    ++enumerated;
    EXPECT_GT(set.codes.count, 0u) << r4.text(set.url);
    for (const definitions::CodeRow& row : r4.codes.subspan(set.codes.begin, set.codes.count)) {
      ASSERT_EQ(find_coding(r4, id, r4.text(r4.systems[row.system]), r4.text(row.code)), Verdict::kMember);
    }
  }
  EXPECT_EQ(enumerated, 220u);
}

struct SyntaxCase {
  const char* text;
  bool expected;
};

TEST(MimeType, IsReadByShape) {
  for (const SyntaxCase& row : {SyntaxCase{"text/plain", true},
                                {"json", true},
                                {"Json", false},
                                {"application/fhir+json", true},
                                {"application/vnd.oasis.opendocument.text", true},
                                {"text/html;charset=utf-8", true},
                                {"text/html ;charset=utf-8", true},
                                {"text/", false},
                                {"/plain", false},
                                {"text/pla in", false},
                                {"text/html;", false},
                                {"text", false},
                                {"", false}}) {
    EXPECT_EQ(is_mime_type(row.text), row.expected) << row.text;
  }
}

}  // namespace
}  // namespace fhir::terminology
