#include "fhir/terminology/syntax.hpp"

#include <gtest/gtest.h>
#include <string>

#include "fhir/terminology/check_digit.hpp"
#include "fhir/terminology/language_tag.hpp"

namespace fhir::terminology {
namespace {

TEST(SnomedIdentifier, HasPartitionAndCheckDigit) {
  struct Row {
    const char* id;
    SnomedComponent expected;
  };
  for (const Row& row :
       {Row{"138875005", SnomedComponent::kConcept}, Row{"72696002", SnomedComponent::kConcept},
        Row{"999000011000000103", SnomedComponent::kConcept},  // long form
        Row{"754786014", SnomedComponent::kDescription},
        Row{"138875006", SnomedComponent::kNone},  // check digit
        Row{"183875005", SnomedComponent::kNone},  // digits swapped
        Row{"0138875005", SnomedComponent::kNone}, Row{"13887", SnomedComponent::kNone},
        Row{"13887500x", SnomedComponent::kNone}, Row{"", SnomedComponent::kNone}}) {
    EXPECT_EQ(snomed_component(row.id), row.expected) << row.id;
  }
}

TEST(SnomedCode, IsAConceptOrAnExpressionOfThem) {
  EXPECT_TRUE(is_snomed_code("72696002"));
  EXPECT_TRUE(is_snomed_code("72696002 |Knee 12| : 272741003 = 7771000"));
  EXPECT_TRUE(is_snomed_code("138875005:{1142135004=#10.5}"));
  EXPECT_FALSE(is_snomed_code("72696002:272741004=7771000"));
  EXPECT_FALSE(is_snomed_code("754786014"));
  EXPECT_FALSE(is_snomed_code("knee"));
  EXPECT_FALSE(is_snomed_code(""));
}

TEST(LoincCode, HasACheckDigit) {
  for (const char* code : {"8867-4", "8480-6", "85354-9", "718-7", "LP7839-6", "LA6576-8", "29463-7"})
    EXPECT_TRUE(is_loinc_code(code)) << code;
  for (const char* code : {"8867-5", "8876-4", "88674", "-4", "8867-", "LP-6", "12345678-0", ""})
    EXPECT_FALSE(is_loinc_code(code)) << code;
}

TEST(LanguageTag, FollowsTheGrammar) {
  for (const char* tag : {"en", "EN-gb", "zh-Hans-CN", "sgn-GB", "x-invented", "de-CH-1996", "sl-rozaj-biske",
                          "es-419", "zh-cmn-Hans-CN", "de-a-value", "en-u-ca-gregory-x-mine", "i-klingon",
                          "en-GB-oed", "zh-min-nan", "art-lojban", "hy-Latn-IT-arevela"})
    EXPECT_EQ(check_language_tag(tag), TagVerdict::kRegistered) << tag;
  for (const char* tag : {"xx", "en-UK", "abcde"})
    EXPECT_EQ(check_language_tag(tag), TagVerdict::kUnknown) << tag;
  for (const char* tag :
       {"", "e", "x", "x-", "en-", "-en", "en GB", "en_GB", "1en", "toolonglanguage", "de-419-DE", "a-DE",
        "ar-a-aaa-b-bbb-a-ccc", "sl-rozaj-rozaj", "en-a", "en--GB", "en-u"})
    EXPECT_EQ(check_language_tag(tag), TagVerdict::kMalformed) << tag;
}

TEST(Judge, EverySystemByItsOwnRule) {
  struct Row {
    const char* system;
    const char* code;
    SyntaxVerdict expected;
  };
  for (const Row& row :
       {Row{"urn:iso:std:iso:4217", "GBP", SyntaxVerdict::kValid},
        Row{"urn:iso:std:iso:4217", "AED", SyntaxVerdict::kValid},
        Row{"urn:iso:std:iso:4217", "ZWL", SyntaxVerdict::kValid},
        Row{"urn:iso:std:iso:4217", "gbp", SyntaxVerdict::kInvalid},
        Row{"urn:iso:std:iso:4217", "D A", SyntaxVerdict::kInvalid},
        Row{"urn:iso:std:iso:3166", "GB", SyntaxVerdict::kValid},
        Row{"urn:iso:std:iso:3166", "QQ", SyntaxVerdict::kInvalid},
        Row{"urn:iso:std:iso:3166", "GBR", SyntaxVerdict::kUnknown},
        Row{"urn:iso:std:iso:3166:-2", "GB-ENG", SyntaxVerdict::kUnknown},
        Row{"urn:iso:std:iso:3166:-2", "QQ-ENG", SyntaxVerdict::kInvalid},
        Row{"urn:iso:std:iso:3166:-2", "England", SyntaxVerdict::kInvalid},
        Row{"http://unstats.un.org/unsd/methods/m49/m49.htm", "001", SyntaxVerdict::kUnknown},
        Row{"http://unstats.un.org/unsd/methods/m49/m49.htm", "World", SyntaxVerdict::kInvalid},
        Row{"http://snomed.info/sct", "72696002", SyntaxVerdict::kUnknown},
        Row{"http://snomed.info/sct", "72696001", SyntaxVerdict::kInvalid},
        Row{"http://loinc.org", "8867-4", SyntaxVerdict::kUnknown},
        Row{"urn:ietf:bcp:13", "text/plain", SyntaxVerdict::kValid},
        Row{"urn:ietf:rfc:3986", "urn:oid:1.2", SyntaxVerdict::kValid},
        Row{"urn:ietf:rfc:3986", "a b", SyntaxVerdict::kInvalid}}) {
    EXPECT_EQ(judge(*syntax_of(row.system), row.code), row.expected) << row.system << " " << row.code;
  }
  EXPECT_FALSE(syntax_of("http://example.org"));
}

}  // namespace
}  // namespace fhir::terminology
