#include "mappings/packs/packs.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>

namespace mappings::packs {
namespace {

namespace fs = std::filesystem;

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// A folder of this test, empty.
fs::path fresh_folder(const std::string& name) {
  const fs::path folder = fs::path(::testing::TempDir()) / ("packs_test_" + name);
  fs::remove_all(folder);
  fs::create_directories(folder / "hl7v2-ref");
  return folder;
}

const OwnedPackFile* find(const std::vector<OwnedPackFile>& files, std::string_view name) {
  const auto found = std::ranges::find(files, name, &OwnedPackFile::name);
  return found == files.end() ? nullptr : &*found;
}

TEST(Packs, AreEmbeddedAsTheyStandInTheFolder) {
  ASSERT_GT(builtin_packs().size(), 15U);
  for (const PackFile& file : builtin_packs()) {
    const fs::path source = fs::path(LIGAMENT_SOURCE_DIR) / "mappings/packs" / file.name;
    EXPECT_EQ(bytes_of(source), file.text) << file.name;
  }
}

TEST(Packs, FolderReplacesAndAdds) {
  const fs::path folder = fresh_folder("replaces");
  std::ofstream(folder / "hl7v2-ref/referral.map") << "replaced";
  std::ofstream(folder / "hl7v2-ref/site.map") << "added";
  std::ofstream(folder / "hl7v2-ref/readme.txt") << "not a map";
  const auto files = load_packs(folder.string());
  ASSERT_TRUE(files.has_value());
  EXPECT_EQ(files->size(), builtin_packs().size() + 1);
  ASSERT_NE(find(*files, "hl7v2-ref/referral.map"), nullptr);
  EXPECT_EQ(find(*files, "hl7v2-ref/referral.map")->text, "replaced");
  EXPECT_EQ(find(*files, "hl7v2-ref/site.map")->text, "added");
  EXPECT_EQ(find(*files, "hl7v2-ref/readme.txt"), nullptr);
  fs::remove_all(folder);
}

TEST(Packs, AFolderWithoutMapsIsAMistake) {
  const fs::path folder = fresh_folder("empty");
  EXPECT_EQ(load_packs(folder.string()).error().code, fhir::ErrorCode::kMalformed);
  EXPECT_EQ(load_packs((folder / "nowhere").string()).error().code, fhir::ErrorCode::kNotFound);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace mappings::packs
