// What the documents name exists: files, folders, tests, rooms.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>
#include <re2/re2.h>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace documents {
namespace {

namespace fs = std::filesystem;

fs::path root() {
  return fs::path(LIGAMENT_SOURCE_DIR);
}

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<fs::path> documents() {
  std::vector<fs::path> files;
  for (const char* name : {"README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"}) {
    if (fs::exists(root() / name)) files.push_back(root() / name);
  }
  for (const auto& entry : fs::recursive_directory_iterator(root() / "docs")) {
    if (entry.path().extension() == ".md") files.push_back(entry.path());
  }
  return files;
}

std::set<std::string> matches(const std::string& text, const RE2& pattern) {
  std::set<std::string> found;
  re2::StringPiece rest(text);
  std::string match;
  while (RE2::FindAndConsume(&rest, pattern, &match))
    found.insert(match);
  return found;
}

/// `Suite.Name` of every test in the sources, C++ and Python.
std::set<std::string> tests_of_sources() {
  static const RE2 kTest(R"(\bTEST(?:_[FP])?\((\w+),\s*(\w+)\))");
  static const RE2 kTyped(R"(\bTYPED_TEST(?:_P)?\((\w+),\s*(\w+)\))");
  std::set<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(root() / "tests")) {
    if (entry.path().extension() != ".cpp") continue;
    const std::string text = bytes_of(entry.path());
    for (const RE2* pattern : {&kTest, &kTyped}) {
      re2::StringPiece rest(text);
      std::string suite;
      std::string name;
      while (RE2::FindAndConsume(&rest, *pattern, &suite, &name))
        names.insert(std::string(suite).append(".").append(name));
    }
  }
  return names;
}

/// A path in backticks, from the root, with at least one slash. `a/b.{hpp,cpp}` and `*` stand for several.
TEST(NamedThings, PathsInBackticksExist) {
  const RE2 kPath("`((?:fhir|gateway|mappings|conformance|tests|samples|docs|cmake)/[A-Za-z0-9_./-]*)`");
  std::size_t paths = 0;
  for (const fs::path& document : documents()) {
    for (const std::string& path : matches(bytes_of(document), kPath)) {
      ++paths;
      EXPECT_TRUE(fs::exists(root() / path)) << document.filename() << " names " << path;
    }
  }
  EXPECT_GE(paths, 40U);
}

TEST(NamedThings, TestsNamedInTheDocumentsExist) {
  const std::set<std::string> tests = tests_of_sources();
  std::size_t named = 0;
  for (const fs::path& document : documents()) {
    const std::string text = bytes_of(document);
    for (const std::string& name : matches(text, RE2("`([A-Z][A-Za-z0-9]+\\.[A-Z][A-Za-z0-9]+)`"))) {
      if (name.starts_with("Suite.")) continue;  // the form of a name, not one
      ++named;
      EXPECT_TRUE(tests.contains(name)) << document.filename() << " names " << name;
    }
  }
  EXPECT_GE(named, 40U);
}

TEST(NamedThings, EveryRoomHasItsRowInTheArchitecture) {
  const std::string architecture = bytes_of(root() / "ARCHITECTURE.md");
  std::istringstream arrows(bytes_of(root() / "tests/layers/arrows.txt"));
  std::size_t rooms = 0;
  for (std::string line; std::getline(arrows, line);) {
    const std::size_t colon = line.find(':');
    if (line.starts_with('#') || colon == std::string::npos) continue;
    const std::string room = line.substr(0, colon);
    if (!fs::is_directory(root() / room)) continue;
    ++rooms;
    EXPECT_THAT(architecture, ::testing::HasSubstr("`" + room + "`")) << room;
  }
  EXPECT_GE(rooms, 25U);
}

}  // namespace
}  // namespace documents
