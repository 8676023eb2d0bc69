#include <gtest/gtest.h>
#include <string>

#include "fhir/path/tree_host.hpp"
#include "tests/unit/fhir/path/sample.hpp"

namespace fhir::path {
namespace {

constexpr std::string_view kBundle = R"({"resourceType":"Bundle","type":"message","entry":[
  {"fullUrl":"https://a.example/fhir/Patient/1","resource":{"resourceType":"Patient","id":"1","gender":"female",
     "contained":[{"resourceType":"Organization","id":"o","name":"Inner"}],
     "managingOrganization":{"reference":"#o"},"generalPractitioner":[{"reference":"Practitioner/2"}]}},
  {"fullUrl":"https://a.example/fhir/Practitioner/2","resource":{"resourceType":"Practitioner","id":"2","gender":"male"}},
  {"fullUrl":"https://b.example/fhir/Practitioner/2","resource":{"resourceType":"Practitioner","id":"2","gender":"other"}},
  {"fullUrl":"urn:uuid:7b1a2c3e-0000-4000-8000-000000000001","resource":{"resourceType":"Task","status":"draft","intent":"order",
     "for":{"reference":"https://a.example/fhir/Patient/1/_history/3"},
     "owner":{"reference":"Organization/9"},
     "focus":{"reference":"urn:uuid:7b1a2c3e-0000-4000-8000-000000000001"}}}]})";

TEST(TreeHost, ResolvesWithinTheBundle) {
  const tree::TreePtr tree = read_sample(kBundle);
  TreeHost host(tree->root());
  const EvalContext context{.root = tree->root(), .host = &host};
  EXPECT_EQ(run("entry[0].resource.managingOrganization.resolve().name", context), "Inner");
  EXPECT_EQ(run("entry[0].resource.generalPractitioner.resolve().gender", context), "male");
  EXPECT_EQ(run("entry[3].resource.for.resolve().gender", context), "female");
  EXPECT_EQ(run("entry[3].resource.focus.resolve().status", context), "draft");
  EXPECT_EQ(run("entry[3].resource.owner.resolve()", context), "{}");
  EXPECT_EQ(run("'https://b.example/fhir/Practitioner/2'.resolve().gender", context), "other");
  EXPECT_EQ(run("entry[0].resource.managingOrganization.resolve() is Organization", context), "true");
}

TEST(TreeHost, KnowsBaseDefinitionsOnly) {
  const tree::TreePtr tree = read_sample();
  TreeHost host(tree->root());
  const EvalContext context{.root = tree->root(), .host = &host};
  EXPECT_EQ(run("conformsTo('http://hl7.org/fhir/StructureDefinition/DomainResource')", context), "true");
  EXPECT_EQ(run("conformsTo('http://hl7.org/fhir/StructureDefinition/Group')", context), "false");
  EXPECT_EQ(run("conformsTo('http://example.org/profile')", context),
            "execution: conformsTo(): the host cannot answer");
}

TEST(MissingHost, IsAFailureThatNamesTheFunction) {
  const tree::TreePtr tree = read_sample();
  const EvalContext context{.root = tree->root()};
  static constexpr Row kRows[] = {
      {"managingOrganization.resolve()", "execution: resolve(): no host was given to resolve with"},
      {"gender.memberOf('http://x')", "execution: memberOf(): the host cannot answer"},
      {"conformsTo('http://x')", "execution: conformsTo(): the host cannot answer"},
      {"htmlChecks()", "execution: htmlChecks(): the host cannot answer"},
      {"gender.subsumes('x')", "execution: subsumes(): the host cannot answer"},
      {"gender.subsumedBy('x')", "execution: subsumedBy(): the host cannot answer"},
      {"link.resolve() | link.htmlChecks() | {}.memberOf('x')", "{}"},
  };
  for (const Row& row : kRows)
    EXPECT_EQ(run(row.expression, context), row.expected) << row.expression;
}

class ListeningHost final : public Host {
 public:
  void trace(std::string_view name, std::span<const Value> items) override {
    heard.append(name).append("=").append(std::to_string(items.size())).append(";");
  }
  std::optional<bool> member_of(tree::Node coded, std::string_view value_set) override {
    return coded.text() == "female" && value_set == "vs";
  }
  std::string heard;
};

TEST(Host, HearsTracesAndAnswersTerminology) {
  const tree::TreePtr tree = read_sample();
  ListeningHost host;
  const EvalContext context{.root = tree->root(), .host = &host};
  EXPECT_EQ(run("name.trace('names').given.trace('first', $this.first()).count()", context), "3");
  EXPECT_EQ(host.heard, "names=2;first=3;");
  EXPECT_EQ(run("gender.memberOf('vs') | gender.memberOf('other')", context), "true, false");
}

}  // namespace
}  // namespace fhir::path
