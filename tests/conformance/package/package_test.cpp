// Our own FHIR package says what the code does: every canonical and every code that is emitted is in it.
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>
#include <map>
#include <re2/re2.h>
#include <set>
#include <string>
#include <vector>

#include "fhir/json/reader.hpp"
#include "fhir/validate/validate.hpp"
#include "gateway/bars/encode.hpp"
#include "gateway/gate/priority.hpp"
#include "gateway/gate/red_flag_set.hpp"
#include "gateway/referral/effect.hpp"
#include "gateway/referral/state.hpp"

namespace conformance {
namespace {

using fhir::tree::Node;
using fhir::tree::TreePtr;
using ::testing::IsSupersetOf;
using ::testing::SizeIs;

const std::string kBase = "https://ligament.example/fhir";
using Codes = std::set<std::string>;

std::filesystem::path source(const std::string& name) {
  return std::filesystem::path(LIGAMENT_SOURCE_DIR) / name;
}

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// The resources of the package by file name.
std::map<std::string, TreePtr> read_package() {
  std::map<std::string, TreePtr> trees;
  for (const auto& entry : std::filesystem::directory_iterator(source("conformance/package/package"))) {
    const std::string name = entry.path().filename().string();
    if (name == "package.json") continue;
    const fhir::tree::ReadOutcome outcome = fhir::json::read(bytes_of(entry.path()), fhir::definitions::r4());
    EXPECT_NE(outcome.tree, nullptr) << name;
    EXPECT_TRUE(outcome.issues.empty()) << name;
    if (outcome.tree) trees.emplace(name, outcome.tree);
  }
  return trees;
}

/// URLs of the resources, and URIs that a NamingSystem names.
Codes names_of(const std::map<std::string, TreePtr>& package) {
  Codes names;
  for (const auto& [file, tree] : package) {
    const Node root = tree->root();
    if (root.child("url")) names.emplace(root.child("url").text());
    for (const Node id : root.children("uniqueId"))
      names.emplace(id.child("value").text());
  }
  return names;
}

TreePtr resource(const std::string& file) {
  const fhir::tree::ReadOutcome outcome =
      fhir::json::read(bytes_of(source("conformance/package/package/" + file)), fhir::definitions::r4());
  EXPECT_NE(outcome.tree, nullptr) << file;
  return outcome.tree;
}

Codes concepts(const std::string& code_system) {
  Codes codes;
  const TreePtr tree = resource("CodeSystem-" + code_system + ".json");
  if (!tree) return codes;
  for (const Node concept_node : tree->root().children("concept"))
    EXPECT_TRUE(codes.emplace(concept_node.child("code").text()).second) << "a code twice";
  return codes;
}

/// Every first group that matched in the sources below `folder`.
Codes found_in(const std::string& folder, const std::string& ending, const RE2& pattern) {
  Codes found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(source(folder))) {
    if (!entry.is_regular_file() || !entry.path().string().ends_with(ending)) continue;
    const std::string text = bytes_of(entry.path());
    re2::StringPiece rest(text);
    std::string match;
    while (RE2::FindAndConsume(&rest, pattern, &match)) {
      if (!match.empty()) found.insert(match);
    }
  }
  return found;
}

TEST(OurPackage, IsValidFhir) {
  const auto package = read_package();
  EXPECT_THAT(package, SizeIs(::testing::Ge(16)));
  for (const auto& [file, tree] : package) {
    const fhir::IssueList issues = fhir::validate::check(tree->root());
    EXPECT_FALSE(issues.has_error()) << file;
    const std::string expected =
        std::string(tree->root().type()) + "-" + std::string(tree->root().child("id").text()) + ".json";
    EXPECT_EQ(file, expected);
    const Node url = tree->root().child("url");
    if (url) {
      EXPECT_EQ(url.text(), kBase + "/" + std::string(tree->root().type()) + "/" +
                                std::string(tree->root().child("id").text()));
    }
  }
}

TEST(OurPackage, NamesItsCanonicalBase) {
  EXPECT_THAT(bytes_of(source("conformance/package/package/package.json")),
              ::testing::HasSubstr("\"canonical\": \"" + kBase + "\""));
}

TEST(OurPackage, HoldsEveryNameThatTheCodeWrites) {
  Codes written = found_in("gateway", ".hpp", RE2("\"(https://ligament\\.example/fhir[^\"]*)"));
  written.merge(found_in("gateway", ".cpp", RE2("\"(https://ligament\\.example/fhir[^\"]*)")));
  EXPECT_GE(written.size(), 14U) << "the search itself finds nothing any more";
  written.erase(kBase);  // the base itself: where we are reached when no address is configured
  EXPECT_THAT(names_of(read_package()), IsSupersetOf(written));
}

TEST(OurPackage, HoldsEveryNameThatTheMapsWrite) {
  const RE2 name(
      "'(https://ligament\\.example/fhir/(?:Id|CodeSystem|StructureDefinition|MessageDefinition)/[^']*)'");
  const RE2 code("\"(https://ligament\\.example/fhir/(?:Id|CodeSystem|StructureDefinition)/[^\"]*)\"");
  Codes written = found_in("mappings/packs", ".map", name);
  EXPECT_GE(written.size(), 10U) << "the search itself finds nothing any more";
  written.merge(found_in("mappings/convert", ".hpp", code));
  EXPECT_THAT(names_of(read_package()), IsSupersetOf(written));
}

TEST(OurPackage, ReferencesOnlyWhatItHolds) {
  const Codes names = names_of(read_package());
  const Codes referred =
      found_in("conformance/package/package", ".json",
               RE2("\"(?:system|valueSet|message)\": \"(https://ligament\\.example/fhir/[^\"]*)"));
  EXPECT_GE(referred.size(), 3U);
  EXPECT_THAT(names, IsSupersetOf(referred));
}

TEST(OurPackage, DefinesEachMessageAsItIsEncoded) {
  const std::map<std::string, std::string_view> kDefinitions = {
      {"msk-referral-request", gateway::bars::kRequestDefinition},
      {"msk-referral-cancelled", gateway::bars::kCancelDefinition},
      {"msk-referral-response", gateway::bars::kResponseDefinition},
      {"msk-letter", gateway::bars::kLetterDefinition}};
  for (const auto& [name, canonical] : kDefinitions) {
    SCOPED_TRACE(name);
    const TreePtr tree = resource("MessageDefinition-" + name + ".json");
    ASSERT_NE(tree, nullptr);
    EXPECT_EQ(tree->root().child("url").text(), canonical);
    EXPECT_EQ(tree->root().child("event").child("system").text(),
              name == "msk-letter" ? gateway::bars::kCareEventSystem : gateway::bars::kEventSystem);
    std::vector<std::string> defined;
    for (const Node focus : tree->root().children("focus")) {
      defined.push_back(std::string(focus.child("code").text()) + " " +
                        std::string(focus.child("min").text()) + ".." +
                        std::string(focus.child("max").text()));
    }
    std::vector<std::string> encoded;
    for (const gateway::bars::DefinitionContent& row : gateway::bars::definition_content(canonical)) {
      encoded.push_back(std::string(row.resource) + " " + std::to_string(row.min) + ".." +
                        (row.max == 0 ? "*" : std::to_string(row.max)));
    }
    EXPECT_FALSE(encoded.empty());
    EXPECT_EQ(defined, encoded);
  }
}

TEST(OurPackage, HasTheBusinessStatusOfEveryState) {
  Codes codes = {"entered-in-error"};  // the other way to be cancelled
  for (const gateway::referral::State state : gateway::referral::all_states())
    codes.emplace(gateway::referral::traits(state).business_status);
  EXPECT_EQ(concepts("referral-business-status"), codes);
}

TEST(OurPackage, ShowsEachBusinessStatusInTheWordsOfTheTask) {
  const TreePtr tree = resource("CodeSystem-referral-business-status.json");
  ASSERT_NE(tree, nullptr);
  std::map<std::string, std::string> displays;
  for (const Node concept_node : tree->root().children("concept"))
    displays.emplace(concept_node.child("code").text(), concept_node.child("display").text());
  for (const gateway::referral::State state : gateway::referral::all_states()) {
    const gateway::referral::StateTraits& row = gateway::referral::traits(state);
    EXPECT_EQ(displays[std::string(row.business_status)], row.display);
  }
}

TEST(OurPackage, HasEveryKindOfCommunication) {
  Codes codes;
  for (int i = 0; i < gateway::referral::kCommunicationKindCount; ++i)
    codes.emplace(gateway::referral::to_code(static_cast<gateway::referral::CommunicationKind>(i)));
  EXPECT_EQ(concepts("referral-communication"), codes);
}

TEST(OurPackage, HasEveryRedFlagOfTheMinimum) {
  Codes codes;
  std::map<std::string, std::string> displays;
  const gateway::gate::RedFlagSet minimum = gateway::gate::RedFlagSet::minimum();
  for (const gateway::gate::RedFlag& flag : minimum.flags()) {
    codes.insert(flag.condition);
    displays.emplace(flag.condition, flag.name);
  }
  EXPECT_EQ(concepts("red-flag"), codes);
  const TreePtr tree = resource("CodeSystem-red-flag.json");
  ASSERT_NE(tree, nullptr);
  for (const Node concept_node : tree->root().children("concept"))
    EXPECT_EQ(concept_node.child("display").text(), displays[std::string(concept_node.child("code").text())]);
}

TEST(OurPackage, HasThePrioritiesOfTheDataDictionary) {
  EXPECT_EQ(concepts("referral-priority"), (Codes{"1", "2", "3"}));
}

/// Reasons are written where they are decided, so that the sources themselves are read.
TEST(OurPackage, HasEveryReasonThatIsGiven) {
  const std::string code = "\"([a-z]+(?:-[a-z]+)*)\"";
  Codes given = found_in("gateway/routing", ".cpp", RE2("reason = " + code));
  EXPECT_EQ(given, (Codes{"accepted", "advice-requested", "red-flag"}));
  Codes held = found_in("gateway/routing", ".cpp",
                        RE2("\\bhold\\(\\s*(?:\\{[^}]*\\}|[a-z_.>-]+),\\s*(?:[a-z_.()]+ \\? )?" + code));
  held.merge(found_in("gateway/routing", ".cpp", RE2("\\? \"[a-z-]+\"\\s*: " + code + ",")));
  EXPECT_GE(held.size(), 20U) << "the search itself finds nothing any more";
  given.merge(held);
  const Codes planned = found_in("gateway/intake", ".cpp", RE2("(?:way|decision)\\.reason = " + code));
  EXPECT_EQ(planned, (Codes{"destination-unreachable", "document-not-what-it-says", "document-too-large",
                            "use-case-not-served"}));
  given.insert(planned.begin(), planned.end());
  given.merge(found_in("gateway/intake", ".cpp", RE2("kReasonSystem\\), " + code)));
  given.merge(found_in("gateway/intake", ".hpp", RE2("kMandatoryFieldLost = " + code)));
  given.merge(found_in("gateway/care", ".cpp", RE2("reason\\.code = " + code)));
  const Codes of_service = found_in("samples/services", ".yaml", RE2("(?m)^ *reason: ([a-z-]+)$"));
  EXPECT_GE(of_service.size(), 6U);
  given.insert(of_service.begin(), of_service.end());
  EXPECT_EQ(concepts("referral-reason"), given);
}

}  // namespace
}  // namespace conformance
