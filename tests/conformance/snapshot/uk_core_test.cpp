// UK Core (R4, STU2): profiles and extensions without snapshots, as a package.
#include <gtest/gtest.h>
#include <iostream>

#include "fhir/packages/registry.hpp"
#include "fhir/snapshot/snapshots.hpp"
#include "tests/conformance/suites.hpp"

namespace fhir::conformance {
namespace {

TEST(UkCoreSnapshots, AreAllMadeWithoutFault) {
  const std::filesystem::path folder = suite("ukcore-stu2");
  if (folder.empty()) GTEST_SKIP() << "LIGAMENT_SUITES has no ukcore-stu2";
  const packages::Registry core = packages::Registry::core();
  packages::Registry registry = packages::Registry::core();
  IssueList package_issues;
  ASSERT_TRUE(registry.add(folder.string(), package_issues).has_value());
  for (const Issue& issue : package_issues.items())
    std::cout << to_code(issue.severity) << ' ' << issue.text << '\n';
  const snapshot::Snapshots snapshots(registry);
  int made = 0;
  int elements = 0;
  for (const std::string_view url : registry.canonicals("StructureDefinition")) {
    if (core.find("StructureDefinition", url)) continue;
    IssueList issues;
    const tree::Node structure = snapshots.structure(url, issues);
    EXPECT_TRUE(structure.at("snapshot", "element")) << url;
    EXPECT_FALSE(issues.has_error()) << url;
    for (const Issue& issue : issues.items())
      std::cout << url << ": " << to_code(issue.severity) << ' ' << issue.expression << ": " << issue.text
                << '\n';
    ++made;
    elements += static_cast<int>(structure.child("snapshot").children("element").size());
  }
  EXPECT_EQ(made, 153);
  std::cout << made << " snapshots, " << elements << " elements\n";
}

}  // namespace
}  // namespace fhir::conformance
