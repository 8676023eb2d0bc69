// What the gateway stores and sends is valid against FHIR R4, our own package and UK Core, by the whole
// validator.
#include "tests/conformance/suites.hpp"
#include "tests/door/door.hpp"

namespace gateway::door {
namespace {

struct Shelf {
  explicit Shelf(const std::filesystem::path& uk_core) : validator((load(uk_core), registry), terms) {}
  void load(const std::filesystem::path& uk_core) {
    fhir::IssueList issues;
    for (const std::string& path :
         {std::string(LIGAMENT_SOURCE_DIR "/conformance/package"), uk_core.string()}) {
      if (!path.empty()) {
        EXPECT_TRUE(registry.add(path, issues).has_value()) << path;
      }
    }
  }
  fhir::packages::Registry registry = fhir::packages::Registry::core();
  fhir::terminology::Terminology terms{registry};
  fhir::validate::Validator validator;
};

void expect_valid(const Shelf& shelf, const std::string& body, const std::string& what,
                  const std::vector<std::string>& profiles = {}) {
  const auto tree = fhir::json::read(body, fhir::definitions::r4()).tree;
  ASSERT_NE(tree, nullptr) << what;
  const fhir::IssueList issues = shelf.validator.validate(tree->root(), body, profiles);
  for (const fhir::Issue& issue : issues.items()) {
    EXPECT_GT(issue.severity, fhir::Severity::kError)
        << what << ": " << issue.expression << ": " << issue.text;
  }
}

/// The profile of UK Core for resources we make or pass on whole.
std::vector<std::string> profiles_of(const std::string& type, bool uk_core) {
  std::vector<std::string> profiles;
  if (type == "ServiceRequest")
    profiles.push_back("https://ligament.example/fhir/StructureDefinition/msk-service-request");
  if (type == "Provenance")
    profiles.push_back("https://ligament.example/fhir/StructureDefinition/msk-provenance");
  for (const char* const known :
       {"ServiceRequest", "Task", "Communication", "MessageHeader", "Patient", "Organization"}) {
    if (uk_core && type == known)
      profiles.push_back("https://fhir.hl7.org.uk/StructureDefinition/UKCore-" + type);
  }
  return profiles;
}

TEST(Emitted, IsValidAgainstOurProfilesAndUkCore) {
  const std::filesystem::path uk_core = fhir::conformance::suite("ukcore-stu2");
  if (uk_core.empty()) GTEST_SKIP() << "no ukcore-stu2 in LIGAMENT_SUITES";
  const Shelf shelf(uk_core);
  House house;
  for (const char* const name : {"1-ordinary-knee", "2-under-sixteen", "3-red-flag", "4-surgical-choice"}) {
    const std::string path = std::string(LIGAMENT_SOURCE_DIR "/samples/demonstration/") + name + ".json";
    const Answer answer = house.send(house.message(fhir::conformance::bytes_of(path)));
    ASSERT_EQ(answer.status, 200) << name << answer.body;
  }
  std::size_t stored = 0;
  for (const char* const type :
       {"Task", "Communication", "ServiceRequest", "Provenance", "Patient", "Organization"}) {
    for (const store::ResourceRow& row : house.resources(type)) {
      expect_valid(shelf, row.json, std::string("stored ") + type, profiles_of(type, true));
      ++stored;
    }
  }
  EXPECT_GE(stored, 8u);
  std::size_t sent = 0;
  for (const store::DeliveryRow& row : house.deliveries()) {
    if (row.media_type.find("json") == std::string::npos) continue;
    expect_valid(shelf, house.read([&](store::Transaction& tx) { return tx.outbox().read_body(row.seq); }),
                 "delivery " + row.kind);
    ++sent;
  }
  EXPECT_GE(sent, 2u);
}

}  // namespace
}  // namespace gateway::door
