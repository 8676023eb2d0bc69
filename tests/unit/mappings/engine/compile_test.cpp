// What is refused before anything runs, and where.
#include <gtest/gtest.h>
#include <string>

#include "sample.hpp"

namespace mappings::engine {
namespace {

struct RefusalRow {
  const char* rules;  ///< From line 5 on.
  std::uint32_t line;
  std::uint32_t column;
  const char* text;
};

TEST(MapCompiler, RefusesWhatCannotWorkWithItsPlace) {
  static constexpr RefusalRow kRows[] = {
      {"x.id -> tgt.id;", 5, 1, "no variable 'x'"},
      {"src.id -> x.id;", 5, 11, "no variable 'x'"},
      {"src.ident -> tgt.id;", 5, 5, "'Patient' has no element 'ident'"},
      {"src.id -> tgt.ident;", 5, 15, "'Patient' has no element 'ident'"},
      {"src.name as n then {\n  n.famly as f -> tgt.id = f;\n};", 6, 5, "'HumanName' has no element 'famly'"},
      {"src.name as n -> tgt.id = n;", 5, 18, "'HumanName' does not fit a 'id'"},
      {"src.name as n -> tgt.identifier = n;", 5, 18, "does not fit"},
      {"src.id as v -> tgt.name = 'x';", 5, 16, "a literal does not fit a 'HumanName'"},
      {"src.name -> tgt.identifier;", 5, 1, "no default group maps 'HumanName' to 'Identifier'"},
      {"src -> tgt.id = translate(src, 'urn:none', 'code');", 5, 32, "no ConceptMap 'urn:none'"},
      {"src -> tgt.id = nothing(src);", 5, 17, "no transform 'nothing'"},
      {"src -> tgt.id = truncate(src);", 5, 17, "does not take 1 parameters"},
      {"src -> tgt then other(src, tgt);", 5, 17, "no group 'other'"},
      {"src -> tgt then main(src);", 5, 17, "'main' takes 2 parameters"},
      {"src -> tgt then main(tgt, src);", 5, 22, "'tgt' is a target"},
      {"src -> tgt.id = create('Nothing');", 5, 17, "no type 'Nothing'"},
      {"src -> tgt.name as n, n.period = create('Range');", 5, 34, "'period' is a 'Period'"},
      {"src -> tgt.deceased = create('Period');", 5, 23, "'deceased' cannot be a 'Period'"},
      {"src.name as n where (famly = 'x') -> tgt.id = 'y';", 5, 22, "'HumanName' has no element 'famly'"},
      {"src.name as n where (family = ) -> tgt.id = 'y';", 5, 31, "an expression is needed here"},
      {"src.name as n where (n.nothing()) -> tgt.id = 'y';", 5, 24, "no function 'nothing'"},
      {"src -> tgt.id = (tgt.id);", 5, 18, "'tgt' is a target"},
      {"src.deceased : Nothing as v -> tgt.id = 'y';", 5, 16, "no type 'Nothing'"},
      {"src.deceasedBoolean as v -> tgt.active = v;", 5, 5, "write it with the type as a filter"},
      {"src -> tgt.deceased.extension as e;", 5, 12, "the type of 'deceased' is open"},
      {"src.id 2..1 as v -> tgt.id = v;", 5, 1, "a minimum over the maximum"},
      {"src -> tgt.maritalStatus = c('a', 'b');", 5, 8, "makes a Coding"},
      {"src.id -> tgt.id", 6, 1, "';' is needed here"},
  };
  for (const RefusalRow& row : kRows) {
    const MapSource maps[] = {{"m.fml", sample::patient_map(row.rules)}};
    const auto plan = Plan::compile(maps, sample::models());
    ASSERT_FALSE(plan.has_value()) << row.rules;
    const auto& issue = plan.error().items().front();
    EXPECT_EQ(issue.expression, "m.fml");
    EXPECT_EQ(issue.position.line, row.line) << row.rules << "\n" << sample::to_text(plan.error());
    EXPECT_EQ(issue.position.column, row.column) << row.rules << "\n" << sample::to_text(plan.error());
    EXPECT_NE(issue.text.find(row.text), std::string::npos) << row.rules << "\n"
                                                            << sample::to_text(plan.error());
  }
}

struct MapRow {
  const char* text;
  const char* complaint;
};

TEST(MapCompiler, RefusesMapsThatAskForWhatIsNotThere) {
  static constexpr MapRow kRows[] = {
      {"uses \"urn:other/Patient\" as source group g(source s, target t) {}", "no model"},
      {"uses \"http://hl7.org/fhir/StructureDefinition/Nothing\" as source group g(source s, target t) {}",
       "no type 'Nothing'"},
      {"imports \"urn:none\" group g(source s, target t) {}", "no map with this url"},
      {"group g(source s : Nothing, target t) {}", "no type 'Nothing'"},
      {"group g(source s, target t) extends h {}", "no group 'h'"},
      {"group g(source s, target t) extends h {} group h(source s, target t) extends g {}", "circle"},
      {"group g(source s, target t) extends h {} group h(source s) {}", "another number of parameters"},
      {"group g(source s, target t) {} group g(source s, target t) {}", "two groups 'g'"},
      {"group g(source s, target t) <<types>> {}", "both with types"},
  };
  for (const MapRow& row : kRows) {
    const MapSource maps[] = {{"m.fml", row.text}};
    const auto plan = Plan::compile(maps, sample::models());
    ASSERT_FALSE(plan.has_value()) << row.text;
    EXPECT_NE(sample::to_text(plan.error()).find(row.complaint), std::string::npos)
        << sample::to_text(plan.error());
  }
  EXPECT_FALSE(Plan::compile({}, sample::models()).has_value());
}

TEST(MapCompiler, BoundsTheCopiesThatExtendsMakes) {
  // Each group doubles nothing, but each inherits all before it.
  std::string text = "group g0(source s, target t) { s -> t; s -> t; s -> t; }\n";
  for (int i = 1; i < 60; ++i)
    text += "group g" + std::to_string(i) + "(source s, target t) extends g" + std::to_string(i - 1) +
            " { s -> t; }\n";
  const MapSource maps[] = {{"m.fml", text}};
  EXPECT_TRUE(Plan::compile(maps, sample::models()).has_value());
  CompileLimits limits;
  limits.max_rules = 100;
  const auto plan = Plan::compile(maps, sample::models(), limits);
  ASSERT_FALSE(plan.has_value());
  EXPECT_NE(sample::to_text(plan.error()).find("more than 100 rules"), std::string::npos);
}

}  // namespace
}  // namespace mappings::engine
