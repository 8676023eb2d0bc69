// The profiles and maps of our own package do what they are written for.
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>
#include <re2/re2.h>
#include <set>
#include <string>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/json/writer.hpp"
#include "fhir/packages/registry.hpp"
#include "fhir/search/parameters.hpp"
#include "fhir/terminology/operations.hpp"
#include "fhir/validate/validator.hpp"
#include "gateway/referral/state.hpp"

namespace conformance {
namespace {

using fhir::tree::Node;
using fhir::tree::TreePtr;

const std::string kOurs = "https://ligament.example/fhir/";

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// FHIR R4 and our package.
struct Shelf {
  Shelf() : validator((load(registry), registry), terms) {}
  static void load(fhir::packages::Registry& into) {
    fhir::IssueList issues;
    EXPECT_TRUE(into.add(LIGAMENT_SOURCE_DIR "/conformance/package", issues).has_value());
    for (const fhir::Issue& issue : issues.items())
      ADD_FAILURE() << issue.expression << ": " << issue.text;
  }
  fhir::packages::Registry registry = fhir::packages::Registry::core();
  fhir::terminology::Terminology terms{registry};
  fhir::validate::Validator validator;
};

/// Places and texts of the errors.
std::string errors_of(const fhir::IssueList& issues) {
  std::string out;
  for (const fhir::Issue& issue : issues.items()) {
    if (issue.severity <= fhir::Severity::kError)
      out.append(issue.expression).append(": ").append(issue.text).append("\n");
  }
  return out;
}

TEST(OurPackage, IsValidAsAWhole) {
  const Shelf shelf;
  for (const auto& entry :
       std::filesystem::directory_iterator(LIGAMENT_SOURCE_DIR "/conformance/package/package")) {
    if (entry.path().filename() == "package.json") continue;
    const std::string bytes = bytes_of(entry.path());
    const TreePtr tree = fhir::json::read(bytes, fhir::definitions::r4()).tree;
    ASSERT_NE(tree, nullptr) << entry.path();
    EXPECT_EQ(errors_of(shelf.validator.validate(tree->root(), bytes)), "") << entry.path().filename();
  }
}

constexpr const char* kTask = R"({"resourceType":"Task","id":"t1",
  "meta":{"profile":["https://ligament.example/fhir/StructureDefinition/msk-task"]},
  "text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">Task</div>"},
  "identifier":[{"system":"https://ligament.example/fhir/Id/referral","value":"r1"}],
  "basedOn":[{"reference":"ServiceRequest/s1"}],
  "status":"requested",
  "businessStatus":{"coding":[{"system":"https://ligament.example/fhir/CodeSystem/referral-business-status","code":"awaiting-hub"}]},
  "intent":"order","priority":"urgent",
  "code":{"coding":[{"system":"http://hl7.org/fhir/CodeSystem/task-code","code":"fulfill"}]},
  "focus":{"reference":"ServiceRequest/s1"},"for":{"reference":"Patient/p1"},
  "authoredOn":"2026-11-22T10:00:00Z","lastModified":"2026-11-22T10:00:00Z",
  "restriction":{"period":{"end":"2026-11-24T10:00:00Z"}}})";

TEST(OurProfiles, RefuseWhatTheyForbid) {
  const Shelf shelf;
  const auto check = [&shelf](std::string_view was, std::string_view is) {
    std::string text = kTask;
    if (!was.empty()) {
      const std::size_t at = text.find(was);
      EXPECT_NE(at, std::string::npos) << was;
      text.replace(at, was.size(), is);
    }
    const TreePtr tree = fhir::json::read(text, fhir::definitions::r4()).tree;
    return errors_of(shelf.validator.validate(tree->root(), text));
  };
  EXPECT_EQ(check("", ""), "");
  EXPECT_NE(check(R"("intent":"order")", R"("intent":"plan")"), "");
  EXPECT_NE(check(R"("code":"awaiting-hub")", R"("code":"somewhere")"), "");
  EXPECT_NE(check(R"("code":"fulfill")", R"("code":"abort")"), "");
  EXPECT_NE(check(R"("priority":"urgent",)", ""), "");
  EXPECT_NE(check(R"("focus":{"reference":"ServiceRequest/s1"},)", ""), "");
  EXPECT_NE(check(R"("restriction":{"period":{"end":"2026-11-24T10:00:00Z"}})",
                  R"("restriction":{"repetitions":2})"),
            "");
}

/// The codes a map of ours gives, joined.
std::string translated(const Shelf& shelf, const std::string& map, const std::string& system,
                       std::string_view code) {
  fhir::terminology::TranslateRequest request;
  const std::string url = kOurs + "ConceptMap/" + map;
  request.url = url;
  request.codings = {{system, {}, code, {}}};
  const auto answer = fhir::terminology::translate(shelf.terms, request);
  std::string out;
  if (!answer.has_value()) return "?";
  for (const Node parameter : (*answer)->root().children("parameter")) {
    for (const Node part : parameter.children("part"))
      out.append(part.at("value", "code").text()).append(part.at("value", "code") ? " " : "");
  }
  return out;
}

TEST(OurMaps, GiveThePriorities) {
  const Shelf shelf;
  const std::string ours = kOurs + "CodeSystem/referral-priority";
  EXPECT_EQ(translated(shelf, "priority-to-request-priority", ours, "3"), "urgent ");
  EXPECT_EQ(
      translated(shelf, "request-priority-to-priority", "http://hl7.org/fhir/request-priority", "routine"),
      "1 ");
}

TEST(OurMaps, KnowTheTaskStatusOfEveryState) {
  const Shelf shelf;
  for (const gateway::referral::State state : gateway::referral::all_states()) {
    const auto& traits = gateway::referral::traits(state);
    EXPECT_THAT(translated(shelf, "business-status-to-task-status",
                           std::string(gateway::referral::kBusinessStatusSystem), traits.business_status),
                ::testing::HasSubstr(std::string(traits.task_status)))
        << traits.name;
  }
}

/// Every code in `name: [..]` of the data of a service, with the specialty it stands under.
TEST(OurMaps, AgreeWithTheDataOfTheServices) {
  const Shelf shelf;
  const std::string text = bytes_of(LIGAMENT_SOURCE_DIR "/samples/services/vale_of_york.yaml");
  std::size_t codes = 0;
  re2::StringPiece rest(text);
  std::string specialty, functions, requests;
  while (RE2::FindAndConsume(
      &rest, R"((?s)- id: (\w+)\n\s+name:.*?treatment_functions: \[([^\]]*)\].*?requests: \[([^\]]*)\])",
      &specialty, &functions, &requests)) {
    std::string code;
    re2::StringPiece list(functions);
    for (; RE2::FindAndConsume(&list, R"re("(\d+)")re", &code); ++codes) {
      EXPECT_EQ(translated(shelf, "treatment-function-to-specialty",
                           "https://fhir.hl7.org.uk/CodeSystem/UKCore-TreatmentFunctionCode", code),
                specialty + " ");
    }
    list = requests;
    for (; RE2::FindAndConsume(&list, R"re(\|(\d+)")re", &code); ++codes)
      EXPECT_EQ(translated(shelf, "referral-code-to-specialty", "http://snomed.info/sct", code),
                specialty + " ");
  }
  EXPECT_GT(codes, 20u);
}

TEST(OurStatement, SaysWhatIsSearched) {
  const Shelf shelf;
  const Node statement = shelf.registry.find("CapabilityStatement", kOurs + "CapabilityStatement/gateway");
  ASSERT_TRUE(statement);
  std::size_t searched = 0;
  for (const Node resource : statement.child("rest").children("resource")) {
    const std::string_view type = resource.child("type").text();
    std::set<std::string> said;
    for (const Node parameter : resource.children("searchParam")) {
      said.emplace(parameter.child("name").text());
      EXPECT_TRUE(shelf.registry.find("SearchParameter", parameter.child("definition").text()))
          << parameter.child("definition").text();
    }
    for (const Node operation : resource.children("operation"))
      EXPECT_TRUE(shelf.registry.find("OperationDefinition", operation.child("definition").text()));
    if (!fhir::search::is_searchable(type)) continue;
    ++searched;
    std::set<std::string> offered = {"_id", "_lastUpdated"};
    for (const fhir::search::Parameter& parameter : fhir::search::parameters_of(type))
      offered.emplace(parameter.name);
    EXPECT_EQ(said, offered) << type;
  }
  for (const fhir::tree::ChildSlot& slot : fhir::definitions::r4().types)
    searched -= fhir::search::is_searchable(fhir::definitions::r4().name(slot.serial_name)) ? 1 : 0;
  EXPECT_EQ(searched, 0u);
}

}  // namespace
}  // namespace conformance
