#include "mappings/engine/parser.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <string>
#include <vector>

namespace mappings::engine {
namespace {

std::filesystem::path suites() {
  const char* given = std::getenv("LIGAMENT_SUITES");
  return given != nullptr ? std::filesystem::path(given)
                          : std::filesystem::path(LIGAMENT_SOURCE_DIR) / ".." / "shared" / "suites";
}

std::string text_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::string complaint(const tl::expected<MapAst, Word>& map) {
  return map ? std::string() : std::to_string(map.error().at) + ": " + map.error().text;
}

TEST(MapParser, ReadsEveryPublishedExample) {
  std::vector<std::filesystem::path> files;
  for (const char* folder :
       {"fml/examples", "fhir-test-cases/r5/structure-mapping", "fhir-test-cases/r4b/structure-mapping"}) {
    if (!std::filesystem::exists(suites() / folder)) GTEST_SKIP() << "no suites at " << suites();
    for (const auto& entry : std::filesystem::directory_iterator(suites() / folder)) {
      const auto extension = entry.path().extension();
      if (extension == ".fml" || extension == ".map") files.push_back(entry.path());
    }
  }
  EXPECT_GE(files.size(), 75u);
  for (const auto& file : files) {
    const auto map = parse_map(text_of(file));
    EXPECT_TRUE(map.has_value()) << file << ": " << complaint(map);
  }
}

TEST(MapParser, ReadsEveryClauseOfARule) {
  const auto map = parse_map(R"(
map "http://example.org/m" = "m"
uses "http://example.org/A" alias A as source
group g(source s : A, target t) extends base <<type+>> {
  s.a.b : Quantity 1..* default ('x') not_first as v where (v.c = ',;)') check v.exists() log 'here'
    -> t.d = translate(v, '#m', "code") as w share one, (v & 'x') as u, t.e = -1.5
    then h(v, w), k(v, 'y') { v -> w.f = create('R'); } "rule";
})");
  ASSERT_TRUE(map.has_value()) << complaint(map);
  ASSERT_EQ(map->groups.size(), 1u);
  const GroupAst& group = map->groups[0];
  EXPECT_EQ(group.extends.text, "base");
  EXPECT_EQ(group.stereotype, Stereotype::kTypeAndTypes);
  ASSERT_EQ(group.rules.size(), 1u);
  const RuleAst& rule = group.rules[0];
  EXPECT_EQ(rule.name, "rule");
  const SourceAst& source = rule.sources.at(0);
  EXPECT_EQ(source.path.size(), 3u);
  EXPECT_EQ(source.type.text, "Quantity");
  EXPECT_EQ(source.min, 1u);
  EXPECT_EQ(source.list, SourceList::kNotFirst);
  EXPECT_EQ(source.fallback.text.text, "x");
  EXPECT_EQ(source.where.text, "(v.c = ',;)')");
  EXPECT_EQ(source.check.text, "v.exists()");
  EXPECT_EQ(source.log.text, "'here'");
  ASSERT_EQ(rule.targets.size(), 3u);
  EXPECT_EQ(rule.targets[0].transform.name.text, "translate");
  EXPECT_EQ(rule.targets[0].transform.parameters.size(), 3u);
  EXPECT_EQ(rule.targets[0].list, TargetList::kShare);
  EXPECT_EQ(rule.targets[1].variable.text, "u");
  EXPECT_EQ(rule.targets[2].transform.value.form, ValueForm::kNumber);
  EXPECT_EQ(rule.calls.size(), 2u);
  EXPECT_EQ(rule.rules.size(), 1u);
}

TEST(MapParser, MakesOneRuleOfEachNameInAList) {
  const auto map = parse_map("group g(source s, target t) { s -> t : a, b \"both\"; }");
  ASSERT_TRUE(map.has_value()) << complaint(map);
  ASSERT_EQ(map->groups[0].rules.size(), 2u);
  EXPECT_EQ(map->groups[0].rules[1].sources[0].path[1].text, "b");
  EXPECT_EQ(map->groups[0].rules[1].targets[0].path[1].text, "b");
  EXPECT_EQ(map->groups[0].rules[1].name, "both");
}

struct BadRow {
  const char* text;
  std::uint32_t at;
};

TEST(MapParser, SaysWhereItStopped) {
  static constexpr BadRow kRows[] = {
      {"", 0},
      {"group", 5},
      {"group g(source s) { s -> }", 25},
      {"group g(source s) { s.a }", 24},
      {"group g(source s) { s -> s.b = 'x; }", 31},
      {"group g(other s) {}", 8},
      {"group g(source s) { s where (a -> b; }", 28},
      {"nonsense", 0},
      {"group g(source s) { s -> s.b = v.lower(); }", 31},
      {"group g(source s) { s -> s.b = (s.c /* }", 36},
      {"group g(source s) { s -> s.b = (s.c 'x\\", 36},
  };
  for (const BadRow& row : kRows) {
    const auto map = parse_map(row.text);
    ASSERT_FALSE(map.has_value()) << row.text;
    EXPECT_EQ(map.error().at, row.at) << row.text << ": " << map.error().text;
  }
}

TEST(MapParser, BoundsNesting) {
  std::string text = "group g(source s) ";
  for (int i = 0; i < 100; ++i)
    text += "{ s then ";
  EXPECT_FALSE(parse_map(text).has_value());
  EXPECT_NE(parse_map(text).error().text.find("too deep"), std::string::npos);
}

}  // namespace
}  // namespace mappings::engine
