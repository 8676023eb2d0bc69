// All messages of the suites are read, written and read again.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "mappings/hl7v2/location.hpp"
#include "mappings/hl7v2/read.hpp"
#include "mappings/hl7v2/write.hpp"
#include "sketch.hpp"

namespace mappings::hl7v2 {
namespace {

std::filesystem::path suite() {
  const char* given = std::getenv("LIGAMENT_SUITES");
  const std::filesystem::path base = given != nullptr
                                         ? std::filesystem::path(given)
                                         : std::filesystem::path(LIGAMENT_SOURCE_DIR) / "../shared/suites";
  return base / "hl7v2";
}

std::vector<std::filesystem::path> messages_of(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string extension = entry.path().extension().string();
    if (extension == ".hl7" || extension == ".erb") files.push_back(entry.path());
  }
  return files;
}

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void expect_settles(const std::string& bytes, const std::string& name) {
  const fhir::tree::ReadOutcome first = read(bytes);
  ASSERT_TRUE(first.tree) << name;
  for (const fhir::Issue& issue : first.issues.items())
    EXPECT_EQ(issue.severity, fhir::Severity::kInformation)
        << name << ": " << issue.expression << " " << issue.text;
  EXPECT_FALSE(first.tree->root().type().empty()) << name;
  const std::string written = write(first.tree->root());
  const fhir::tree::ReadOutcome second = read(written);
  ASSERT_TRUE(second.tree) << name;
  EXPECT_EQ(write(second.tree->root()), written) << name;
  EXPECT_TRUE(test::sketch(second.tree->root(), true) == test::sketch(first.tree->root(), true)) << name;
}

TEST(Hl7v2Suite, EveryMessageReadsAndWritesStably) {
  if (!std::filesystem::exists(suite())) GTEST_SKIP() << "no suites at " << suite();
  std::size_t count = 0;
  for (const char* folder : {"us-samples", "uk-renal-unit"}) {
    for (const std::filesystem::path& path : messages_of(suite() / folder)) {
      expect_settles(bytes_of(path), path.filename().string());
      ++count;
    }
  }
  EXPECT_GE(count, 50u);
}

TEST(Hl7v2Suite, EveryLeafIsFoundAtItsPlaceInTheBytes) {
  if (!std::filesystem::exists(suite())) GTEST_SKIP() << "no suites at " << suite();
  const std::string bytes = bytes_of(suite() / "us-samples" / "REF-I12-01.hl7");
  const fhir::tree::ReadOutcome outcome = read(bytes);
  std::size_t leaves = 0;
  for (fhir::tree::NodeIndex i = 0; i < outcome.tree->node_count(); ++i) {
    const fhir::tree::Node node(outcome.tree.get(), i);
    if (!node.has_value() || node.first_child() || node.name() == "nullFlag") continue;
    ++leaves;
    const std::string raw = bytes.substr(node.source().offset, node.source().length);
    if (raw.find('\\') == std::string::npos) EXPECT_EQ(raw, node.text()) << to_text(location(node));
  }
  EXPECT_GT(leaves, 300u);
}

}  // namespace
}  // namespace mappings::hl7v2
