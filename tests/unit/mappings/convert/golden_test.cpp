// Every message beside the maps gives the Bundle beside it. With LIGAMENT_REWRITE_GOLDENS=1 the test writes
// the Bundles anew.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json/writer.hpp"
#include "tests/unit/mappings/convert/converting.hpp"

namespace mappings::convert {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> messages() {
  std::vector<fs::path> files;
  for (const auto& entry :
       fs::recursive_directory_iterator(fs::path(LIGAMENT_SOURCE_DIR) / "mappings/packs")) {
    const bool outward = entry.path().string().find("/out-") != std::string::npos;
    if (entry.path().extension() == ".hl7" && !outward) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

bool rewriting() {
  const char* flag = std::getenv("LIGAMENT_REWRITE_GOLDENS");
  return flag != nullptr && std::string_view(flag) == "1";
}

TEST(Golden, EveryMessageGivesItsBundle) {
  const auto converter = builtin_converter();
  ASSERT_NE(converter, nullptr);
  const std::vector<fs::path> files = messages();
  ASSERT_GT(files.size(), 20U);
  for (const fs::path& file : files) {
    SCOPED_TRACE(file.string());
    const Conversion out = converter->convert(bytes_of(file), example_partner(), {.hash = trial_hash});
    EXPECT_EQ(told(out.issues), "");
    if (out.bundle == nullptr) {
      ADD_FAILURE() << "refused";
      continue;
    }
    const std::string made = fhir::json::write(out.bundle->root(), fhir::tree::Layout::kPretty) + "\n";
    fs::path expected = file;
    expected.replace_extension(".json");
    if (rewriting()) std::ofstream(expected, std::ios::binary | std::ios::trunc) << made;
    EXPECT_EQ(bytes_of(expected), made) << "look at the difference, then run with LIGAMENT_REWRITE_GOLDENS=1";
  }
}

}  // namespace
}  // namespace mappings::convert
