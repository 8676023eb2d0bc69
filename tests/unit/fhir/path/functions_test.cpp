#include <gtest/gtest.h>
#include <string>

#include "fhir/path/equality.hpp"
#include "tests/unit/fhir/path/sample.hpp"

namespace fhir::path {
namespace {

class Functions : public ::testing::Test {
 protected:
  void check(std::span<const Row> rows) {
    for (const Row& row : rows)
      EXPECT_EQ(run(row.expression, context_), row.expected) << row.expression;
  }
  tree::TreePtr tree_ = read_sample();
  ManualClock clock_{*parse_instant("2026-11-22T05:06:07.890Z")};
  EvalContext context_{.root = tree_->root(), .clock = &clock_};
};

TEST_F(Functions, NavigateElements) {
  static constexpr Row kRows[] = {
      {"birthDate", "1974-12-25"},
      {"Patient.name.given", "Ann, Beth, Annie"},
      {"Resource.id | DomainResource.id", "p1"},
      {"Encounter.id", "{}"},
      {"name.given1", "{}"},
      {"name[1].given[0]", "Annie"},
      {"name[5]", "{}"},
      {"name['a']", "execution: an index is one integer"},
      {"birthDate.id", "b"},
      {"extension.value.unit", "kg"},
      {"extension.valueQuantity", "semantic: a choice element is named without its type: 'value'"},
      {"extension('http://example.org/weight').value.value + 0.1", "72.60"},
      {"contained.children().count()", "2"},
      {"Patient.name.descendants().count()", "6"},
      {"$this.id", "p1"},
      {"name.select($index)", "0, 1"},
      {"(1 'mg').unit | (1 'mg').value.toString()", "mg, 1"},
  };
  check(kRows);
}

TEST_F(Functions, AskWhatExists) {
  static constexpr Row kRows[] = {
      {"name.empty() | link.empty()", "false, true"},
      {"name.exists(use = 'usual')", "true"},
      {"name.all(given.exists())", "true"},
      {"{}.all(false)", "true"},
      {"(true | false).allTrue()", "false"},
      {"(true | false).anyTrue()", "true"},
      {"(true | false).allFalse()", "false"},
      {"(true | false).anyFalse()", "true"},
      {"{}.allTrue() and {}.allFalse() and {}.anyTrue().not()", "true"},
      {"(true | 'x').allTrue()", "execution: allTrue(): an item is no boolean"},
      {"name.given.subsetOf('Ann' | 'Beth' | 'Annie' | 'X')", "true"},
      {"name.given.supersetOf('Ann' | 'X')", "false"},
      {"name.count() + {}.count()", "2"},
      {"(1).combine(1.0).combine(2).distinct()", "1, 2"},
      {"(1).combine(1).isDistinct()", "false"},
      {"name.not()", "execution: several items where one boolean is needed"},
      {"active.hasValue() and name.hasValue().not() and birthDate.getValue() is Date", "true"},
  };
  check(kRows);
}

TEST_F(Functions, FilterAndProject) {
  static constexpr Row kRows[] = {
      {"name.where(use = 'official').given", "Ann, Beth"},
      {"name.where(given)", "execution: several items where one boolean is needed"},
      {"name.select(given.first())", "Ann, Annie"},
      {"name.repeat(given)", "Ann, Beth, Annie"},
      {"name.repeat('x')", "x"},
      {"1.repeatAll(iif($this < 3, $this + 1))", "2, 3"},
      {"(1 | 2 | 3).aggregate($this + $total, 10)", "16"},
      {"(1 | 2 | 3).aggregate(iif($total.empty(), $this, $total * $this))", "6"},
      {"{}.aggregate($this, 5)", "5"},
      {"extension.value.ofType(Quantity).unit", "kg"},
      {"gender.ofType(string) | gender.ofType(code)", "female"},
      {"gender.ofType(nothing)", "execution: ofType(): no type 'nothing'"},
      {"(3 | 1 | 2).sort() ", "1, 2, 3"},
      {"(3 | 1 | 2).sort(-$this)", "3, 2, 1"},
      {"name.sort(family).use", "official, usual"},
      {"name.sort(-family).use", "usual, official"},
      {"(1 | 'a').sort()", "execution: sort(): the keys cannot be compared"},
      {"(name.given | 'Zed').first() | name.given.last() | name.given.tail()", "Ann, Annie, Beth"},
      {"name.given.skip(1).take(1) | name.given.skip(-1).count().toString() | name.given.take(0)", "Beth, 3"},
      {"name.single()", "execution: single(): the input has several items"},
      {"(1 | 2 | 3).intersect(2 | 3 | 4)", "2, 3"},
      {"(1).combine(1).combine(2).exclude(2)", "1, 1"},
      {"1.union(1.0).count() + 1.combine(1.0).count()", "3"},
      {"coalesce(link, name.family, 'x')", "Sample"},
      {"name.select(use.combine($this.family)).count()", "3"},
  };
  check(kRows);
}

TEST_F(Functions, ConvertValues) {
  static constexpr Row kRows[] = {
      {"'Yes'.toBoolean() and 'f'.toBoolean().not() and 1.0.toBoolean()", "true"},
      {"'maybe'.toBoolean() | 2.toBoolean()", "{}"},
      {"'-5'.toInteger() | '1.0'.toInteger() | true.toInteger()", "-5, 1"},
      {"'3000000000'.toInteger() | '3000000000'.toLong()", "3000000000"},
      {"'1.50'.toDecimal() | 1.toDecimal() | 'x'.toDecimal()", "1.50, 1"},
      {"'2015-02-04T10:00'.toDate() | @2015.toDateTime().type().name", "2015-02-04, DateTime"},
      {"'T10:30'.toTime() | '25:00'.toTime()", "10:30"},
      {"'2 days'.toQuantity() | 5.toQuantity() | '2 d'.toQuantity()", "2 days, 5 '1'"},
      {"'1 \\'kg\\''.toQuantity('g')", "1000 'g'"},
      {"'1 \\'kg\\''.convertsToQuantity('s')", "false"},
      {"1.50.toString() & true.toString() & @2015-01.toString() & (1 'mg').toString()",
       "1.50true2015-011 'mg'"},
      {"(1 | 2).toString()", "execution: toString(): the input has several items"},
      {"{}.convertsToInteger() | {}.toInteger()", "{}"},
      {"iif(true, 1, 1 / 'x')", "1"},
      {"iif({}, 1)", "{}"},
      {"iif(1 | 2, 1)", "semantic: iif(): the criterion has several items"},
  };
  check(kRows);
}

TEST_F(Functions, WorkOnStrings) {
  static constexpr Row kRows[] = {
      {"'h\\u00e9llo'.length() | 'h\\u00e9llo'.indexOf('l') | 'abcb'.lastIndexOf('b')", "5, 2, 3"},
      {"'h\\u00e9llo'.substring(1, 2) | 'abc'.substring(3) | 'abc'.substring(1, -1)", "\xC3\xA9l, "},
      {"'\\u00e9\\u03b1\\u0434z'.upper() | '\\u00c9Z'.lower()", "\xC3\x89\xCE\x91\xD0\x94Z, \xC3\xA9z"},
      {"'abc'.replace('', '-') | ''.replace('', '-') | 'aXbX'.replace('X', '')", "-a-b-c-, -, ab"},
      {"'\\u00e9'.replace('', '-')", "-\xC3\xA9-"},
      {"'abc'.startsWith('ab') and 'abc'.endsWith('') and 'abc'.contains('x').not()", "true"},
      {"'a\\nb'.matches('a.b') and 'xabc'.matches('abc') and 'xabc'.matchesFull('abc').not()", "true"},
      {"'x'.matches('(?=x)')", "execution: matches(): the regular expression is not supported"},
      {"'x'.matches('(' + 'x')", "execution: matches(): the regular expression is not supported"},
      {"'2015-02'.replaceMatches('(?<y>\\\\d+)-(\\\\d+)', '$2/${y} \\\\1 $9 $$')", "02/2015 \\1  $"},
      {"'ab'.toChars() | '  x '.trim() | ' '.trim()", "a, b, x, "},
      {"'a,,b'.split(',').count() | 'ab'.split('').join('+')", "3, a+b"},
      {"name.given.join()", "AnnBethAnnie"},
      {"(1 | 2).join(',')", "execution: join(): an item is no string"},
      {"'\\u00e9?'.encode('base64') | 'w6k/'.decode('base64') | '//8='.decode('base64')", "w6k/, \xC3\xA9?"},
      {"'ab'.encode('hex') | '6162'.decode('hex') | '6'.decode('hex') | 'ab'.encode('rot13')", "6162, ab"},
      {"'<a \"b\">'.escape('html') | '&lt;'.unescape('html') | 'a\\nb'.escape('json') | "
       "'x\\\\u0041'.unescape('json')",
       "&lt;a &quot;b&quot;&gt;, <, a\\nb, xA"},
      {"1.length()", "semantic: length(): the input is no string but Integer"},
      {"name.first().length()", "semantic: length(): the input is no string but HumanName"},
      {"birthDate.substring(0, 4)", "1974"},
      {"'a' & {} & 'b'", "ab"},
      {"name.given & 'x'", "execution: several items where one string is needed"},
  };
  check(kRows);
}

TEST_F(Functions, ComputeNumbers) {
  static constexpr Row kRows[] = {
      {"1.5.ceiling() | 1.5.floor() | (-1.5).truncate() | (-1.5).floor()", "2, 1, -1, -2"},
      {"2.5.round() | 1.2345.round(2) | (-2.5).round() | 1.round(2)", "3, 1.23, -3, 1"},
      {"1.round(-1)", "execution: round(): the precision is out of range"},
      {"(-5).abs() | (-5.5 'mg').abs()", "5, 5.5 'mg'"},
      {"2.power(10) | 2.power(-1) | 2.power(1000)", "1024, 0.5"},
      {"0.exp() | 1.ln() | (-1).ln() | 100.log(10)", "1, 0, 2"},
      {"'x'.abs()", "execution: abs(): the input is no number"},
      {"7 / 2 | 7 div 2 | 7 mod 2 | 7 / 0 | 7 div 0", "3.5, 3, 1"},
      {"2147483647 + 1 | 2147483647L + 1", "2147483648"},
      {"-2147483648", "-2147483648"},
      {"9223372036854775807 + 1", "{}"},
      {"1 + 'a'", "execution: operator '+' does not take Integer and String"},
      {"@2015 + 1", "semantic: operator '+' does not take Date and Integer"},
      {"@2015-01-01 + 1 'mo'", "execution: operator '+' does not take Date and Quantity"},
      {"birthDate + 50 years - 1 day", "2024-12-24"},
      {"1.587.lowBoundary() | 1.587.highBoundary(2) | (2.0 'm').highBoundary(3)",
       "1.58650000, 1.59, 2.050 'm'"},
      {"@2015.precision() | 1.50.precision() | birthDate.precision()", "4, 2, 8"},
      {"(1 'cm').comparable(1 'm')", "true"},
  };
  check(kRows);
}

TEST_F(Functions, CompareAndCombine) {
  static constexpr Row kRows[] = {
      {"1 = 1.0 and 'a' != 'A' and 'a  b' ~ ' A b' and (1 | 2) ~ (2 | 1)", "true"},
      {"{} = {} | 1 = {}", "{}"},
      {"{} ~ {}", "true"},
      {"name[0] = name[0] and name[0] != name[1] and name = name", "true"},
      {"birthDate < today() and birthDate > @1974 = {}", "{}"},
      {"'a' < 1", "execution: operator '<' does not take String and Integer"},
      {"name < 1", "execution: several items where one is compared"},
      {"'Ann' in name.given and (name.given contains 'Zed').not() and ({} in name).empty()", "true"},
      {"(true and {}) | (false and {}) | ({} or true) | ({} implies {}) | (true xor {})", "false, true"},
      {"false and (1 | 2) | (true or (1 | 2))", "false"},
      {"5 | 5.0 | 6", "5, 6"},
  };
  check(std::span(kRows).first(10));
  EXPECT_EQ(run("5 | 5.0 | 6", context_), "5, 6");
}

TEST_F(Functions, KnowTypes) {
  static constexpr Row kRows[] = {
      {"gender is code and gender is string and (gender is uri).not()", "true"},
      {"active.is(boolean) and active.is(System.Boolean).not() and true.is(Boolean)", "true"},
      {"Patient is DomainResource and Patient is Resource and name.first() is Element", "true"},
      {"(gender as string) | (gender as code)", "female"},
      {"name.as(HumanName)", "execution: as(): the input has several items"},
      {"1 is nothing", "execution: no type 'nothing'"},
      {"extension.value.type().name | 1.type().namespace | name.first().type().namespace",
       "Quantity, System, FHIR"},
      {"is(1)", "semantic: 'is' needs the name of a type"},
  };
  check(kRows);
  EXPECT_EQ(run("contained.checkModifiers('x').count()", context_), "1");
  CompileOptions filters;
  filters.as_filters = true;
  EXPECT_EQ(run("name.as(HumanName).use | (name as HumanName).use", context_, filters), "official, usual");
  EXPECT_EQ(run("(birthDate as Date) | (name.first().family as String)", context_, filters),
            run("(birthDate as date) | (name.first().family as string)", context_));
}

TEST_F(Functions, TellTheTimeOfTheirClock) {
  static constexpr Row kRows[] = {
      {"now()", "2026-11-22T05:06:07.890Z"},
      {"today()", "2026-11-22"},
      {"timeOfDay()", "05:06:07.890"},
      {"now() = now()", "true"},
  };
  check(kRows);
  context_.utc_offset_minutes = -6 * 60;
  EXPECT_EQ(run("now() | today() | timeOfDay()", context_),
            "2026-11-21T23:06:07.890-06:00, 2026-11-21, 23:06:07.890");
  context_.clock = nullptr;
  EXPECT_EQ(run("now()", context_), "execution: now(): no clock was given");
}

TEST_F(Functions, SeeVariables) {
  const Value limit(std::int32_t{5});
  const Variable variables[] = {{"limit", Items(&limit, 1)}};
  context_.variables = variables;
  static constexpr Row kRows[] = {
      {"%limit + 1", "6"},
      {"%resource.id | %rootResource.id | %context.id", "p1"},
      {"%sct | %loinc | %ucum", "http://snomed.info/sct, http://loinc.org, http://unitsofmeasure.org"},
      {"%`vs-x` | %'ext-y'", "http://hl7.org/fhir/ValueSet/x, http://hl7.org/fhir/StructureDefinition/y"},
      {"%nothing", "execution: no variable %nothing"},
      {"name.defineVariable('n').given.select(%n.count())", "2, 2, 2"},
      {"defineVariable('a', 1).select(%a + 1)", "2"},
      {"defineVariable('a', 1).select(%a) | %a", "execution: no variable %a"},
      {"defineVariable('a').defineVariable('a')", "execution: defineVariable(): %a is there already"},
      {"defineVariable('resource')", "execution: defineVariable(): %resource is there already"},
  };
  check(kRows);
}

TEST_F(Functions, AreRefusedByNameWhenUnknownOrMiscalled) {
  static constexpr Row kRows[] = {
      {"name.frist()", "semantic: no function 'frist'"},
      {"name.slice('x', 'y')", "semantic: function 'slice' is not offered"},
      {"name.where()", "semantic: 'where' does not take 0 arguments"},
      {"name.first(1)", "semantic: 'first' does not take 1 arguments"},
  };
  check(kRows);
}

TEST_F(Functions, RunOnAFocusOtherThanTheResource) {
  const Value name(tree_->root().child("name"));
  context_.focus = Items(&name, 1);
  EXPECT_EQ(run("family | %context.use | %resource.id", context_), "Sample, official, p1");
  context_.focus = Items();
  EXPECT_EQ(run("family.exists() | %resource.exists()", context_), "false, true");
}

TEST_F(Functions, AnswerConditionsLikeCollections) {
  const auto condition = [this](std::string_view text) {
    const auto plan = Plan::compile(text, definitions::r4());
    const auto met = evaluate_boolean(**plan, context_);
    return !met ? std::string("failed") : !*met ? "empty" : **met ? "true" : "false";
  };
  EXPECT_EQ(condition("active"), "true");
  EXPECT_EQ(condition("active.not()"), "false");
  EXPECT_EQ(condition("birthDate"), "true");
  EXPECT_EQ(condition("link"), "empty");
  EXPECT_EQ(condition("name"), "failed");
  EXPECT_EQ(condition("name.exists() and (birthDate < @1970 or gender = 'female')"), "true");
  EXPECT_EQ(condition("link.code = 'x'"), "empty");
}

}  // namespace
}  // namespace fhir::path
