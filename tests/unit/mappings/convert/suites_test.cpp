// Messages written by others: all of them convert, and what they give is valid R4.
#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "tests/unit/mappings/convert/converting.hpp"

namespace mappings::convert {
namespace {

namespace fs = std::filesystem;

fs::path suites() {
  const char* folder = std::getenv("LIGAMENT_SUITES");
  return folder != nullptr ? fs::path(folder) : fs::path(LIGAMENT_SOURCE_DIR) / "../shared/suites";
}

TEST(Suites, ReferralsLettersAppointmentsAndAdministrationConvert) {
  const fs::path folder = suites() / "hl7v2/us-samples";
  if (!fs::exists(folder)) GTEST_SKIP() << "no suites at " << folder;
  const auto converter = builtin_converter();
  ASSERT_NE(converter, nullptr);
  std::size_t converted = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    const bool ours = name.starts_with("REF") || name.starts_with("MDM") || name.starts_with("SIU") ||
                      name.starts_with("ADT") || name.starts_with("ORU");
    if (entry.path().extension() != ".hl7" || !ours) continue;
    SCOPED_TRACE(name);
    const Conversion out = converter->convert(bytes_of(entry.path()), Manifest(), {.hash = trial_hash});
    EXPECT_NE(out.bundle, nullptr) << told(out.issues);
    EXPECT_FALSE(out.issues.has_error());
    converted += out.bundle != nullptr ? 1U : 0U;
  }
  EXPECT_EQ(converted, 42U);
}

}  // namespace
}  // namespace mappings::convert
