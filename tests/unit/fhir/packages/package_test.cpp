#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>

#include "fhir/packages/registry.hpp"
#include "tests/unit/fhir/packages/archive_text.hpp"

namespace fhir::packages {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

std::string value_set(const std::string& name, const std::string& version = "1.0.0") {
  return R"({"resourceType":"ValueSet","id":")" + name + R"(","url":"http://example.org/)" + name +
         R"(","version":")" + version + R"(","status":"draft"})";
}

/// A folder that is removed after the test.
class PackageFolder : public testing::Test {
 protected:
  PackageFolder() : folder_(fs::path(testing::TempDir()) / ("packages-" + std::to_string(::getpid()))) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~PackageFolder() override { fs::remove_all(folder_); }

  std::string write(const std::string& path, const std::string& bytes) {
    fs::create_directories((folder_ / path).parent_path());
    std::ofstream(folder_ / path, std::ios::binary) << bytes;
    return (folder_ / path).string();
  }
  std::string issue_texts() const {
    std::string out;
    for (const Issue& issue : issues_.items())
      out += issue.text + "\n";
    return out;
  }

  fs::path folder_;
  Registry registry_ = Registry::core();
  IssueList issues_;
};

TEST_F(PackageFolder, GivesJsonAndXmlOfAFolderAndItsFolders) {
  write("package.json", R"({"name":"example","version":"1.0.0"})");
  write("valuesets/a.json", value_set("a"));
  write("codesystems/b.xml", R"(<CodeSystem xmlns="http://hl7.org/fhir"><url value="http://example.org/b"/>
    <status value="draft"/><content value="complete"/></CodeSystem>)");
  write("examples/c.json", value_set("c"));
  write("patient.json", R"({"resourceType":"Patient","id":"p"})");
  write("other.xml", "<settings/>");
  write("list.json", "[1,2,3]");
  write("readme.txt", "not read");
  ASSERT_TRUE(registry_.add(folder_.string(), issues_).has_value());
  EXPECT_EQ(issue_texts(), "");
  EXPECT_EQ(registry_.find("ValueSet", "http://example.org/a|1.0.0").child("id").text(), "a");
  EXPECT_EQ(registry_.find("http://example.org/b").type(), "CodeSystem");
  EXPECT_FALSE(registry_.find("http://example.org/c")) << "examples are no definitions";
}

TEST_F(PackageFolder, TakesOnlyTheFolderPackageOfAFhirPackage) {
  const std::string tar = tar_member("package/package.json", R"({"name":"x"})") +
                          tar_member("package/a.json", value_set("a")) +
                          tar_member("package/example/b.json", value_set("b")) +
                          tar_member("package/.index.json", "{}") + tar_end();
  for (const std::string& name : {write("x.tgz", gzip(tar)), write("x.tar", tar)}) {
    Registry registry = Registry::core();
    ASSERT_TRUE(registry.add(name, issues_).has_value()) << name;
    EXPECT_TRUE(registry.find("http://example.org/a"));
    EXPECT_FALSE(registry.find("http://example.org/b"));
  }
  EXPECT_EQ(issue_texts(), "");
}

TEST_F(PackageFolder, LaterAdditionsWin) {
  ASSERT_TRUE(registry_.add(write("1.json", value_set("a", "1.0.0")), issues_).has_value());
  ASSERT_TRUE(registry_.add(write("2.json", value_set("a", "2.0.0")), issues_).has_value());
  EXPECT_EQ(registry_.find("http://example.org/a").child("version").text(), "2.0.0");
  EXPECT_EQ(registry_.find("http://example.org/a|1.0.0").child("version").text(), "1.0.0");
  EXPECT_FALSE(registry_.find("http://example.org/a|3.0.0"));
}

TEST_F(PackageFolder, NamesMalformedFilesAndTakesTheRest) {
  write("bad.json", "{\"resourceType\":\"ValueSet\",\n\"url\":");
  write("bad.xml", R"(<ValueSet xmlns="http://hl7.org/fhir"><url value="http://example.org/x">)");
  write("deep.json", std::string(100, '['));
  write("good.json", value_set("good"));
  write("twice.json",
        R"({"resourceType":"ValueSet","url":"http://example.org/twice","status":"draft","status":"x"})");
  ASSERT_TRUE(registry_.add(folder_.string(), issues_).has_value());
  EXPECT_TRUE(issues_.has_error());
  EXPECT_THAT(issue_texts(), AllOf(HasSubstr(": bad.json: "), HasSubstr(": bad.xml: "),
                                   HasSubstr(": deep.json: nested deeper than 64")));
  EXPECT_TRUE(registry_.find("http://example.org/good"));
  EXPECT_FALSE(registry_.find("http://example.org/twice"));
  ASSERT_EQ(registry_.faults().items().size(), 1u) << "found when it was parsed";
  EXPECT_THAT(registry_.faults().items()[0].text, HasSubstr(": twice.json: "));
}

TEST_F(PackageFolder, SaysThatAPackageIsOfAnotherVersion) {
  write("package.json", R"({"name":"x","fhirVersions":["5.0.0"]})");
  write("a.json", value_set("a"));
  ASSERT_TRUE(registry_.add(folder_.string(), issues_).has_value());
  EXPECT_THAT(issue_texts(), HasSubstr("package.json: the package is of another version of FHIR"));
  EXPECT_TRUE(registry_.find("http://example.org/a"));
  IssueList none;
  write("package.json",
        R"({"name":"x","fhirVersions":["4.0.1"],"dependencies":{"hl7.fhir.r4.core":"4.0.1"}})");
  ASSERT_TRUE(registry_.add(folder_.string(), none).has_value());
  EXPECT_TRUE(none.empty());
}

TEST_F(PackageFolder, PassesOverLinksInAFolder) {
  const std::string outside = write("outside.json", value_set("outside"));
  fs::create_directories(folder_ / "in");
  fs::create_symlink(outside, folder_ / "in" / "link.json");
  ASSERT_TRUE(registry_.add((folder_ / "in").string(), issues_).has_value());
  EXPECT_FALSE(registry_.find("http://example.org/outside"));
  EXPECT_THAT(issue_texts(), HasSubstr("link.json: a link was passed over"));
}

TEST_F(PackageFolder, RefusesWhatIsNotThere) {
  const Status added = registry_.add((folder_ / "absent").string(), issues_);
  ASSERT_FALSE(added.has_value());
  EXPECT_EQ(added.error().code, ErrorCode::kNotFound);
}

TEST_F(PackageFolder, RefusesMoreFilesThanAllowed) {
  for (const char* name : {"a", "b", "c"})
    write(std::string(name) + ".json", value_set(name));
  const Status added = registry_.add(folder_.string(), issues_, {.max_files = 2});
  ASSERT_FALSE(added.has_value());
  EXPECT_EQ(added.error().code, ErrorCode::kTooLarge);
}

TEST_F(PackageFolder, ReadsLongNames) {
  const std::string name(180, 'n');
  const std::string record = " path=package/" + name + ".json\n";
  const std::string pax = std::to_string(record.size() + 3) + record;
  const std::string tar = tar_member("PaxHeader/x", pax, 'x') + tar_member("cut", value_set("pax")) +
                          tar_member("././@LongLink", "package/" + name + "2.json", 'L') +
                          tar_member("cut", value_set("gnu")) + tar_end();
  ASSERT_TRUE(registry_.add(write("x.tgz", gzip(tar)), issues_).has_value());
  EXPECT_TRUE(registry_.find("http://example.org/pax"));
  EXPECT_TRUE(registry_.find("http://example.org/gnu"));
}

struct HostileCase {
  const char* name;
  std::string tar;
  ErrorCode code;
  const char* says;
};

void PrintTo(const HostileCase& which, std::ostream* out) {  // NOLINT(readability-identifier-naming): gtest's
  *out << which.name;
}

std::string broken_checksum() {
  std::string tar = tar_member("package/a.json", "{}");
  tar[0] = 'q';
  return tar;
}

class HostileArchive : public PackageFolder, public testing::WithParamInterface<HostileCase> {};

TEST_P(HostileArchive, IsRefusedAndSaysWhere) {
  const std::string good = tar_member("package/good.json", value_set("good"));
  const std::string path = write("hostile.tgz", gzip(good + GetParam().tar));
  const Status added = registry_.add(path, issues_, {.max_plain_bytes = 1u << 20, .max_files = 50});
  ASSERT_FALSE(added.has_value());
  EXPECT_EQ(added.error().code, GetParam().code) << added.error().detail;
  EXPECT_THAT(added.error().detail, AllOf(HasSubstr("hostile.tgz"), HasSubstr(GetParam().says)));
  EXPECT_FALSE(registry_.find("http://example.org/good")) << "nothing of a refused archive is added";
}

std::string many_members() {
  std::string tar;
  for (int i = 0; i < 60; ++i)
    tar += tar_member("package/" + std::to_string(i) + ".txt", "");
  return tar;
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, HostileArchive,
    testing::Values(
        HostileCase{"absolute", tar_member("/etc/a.json", "{}"), ErrorCode::kInvalidRequest,
                    "member 2: an absolute path"},
        HostileCase{"upwards", tar_member("package/../../a.json", "{}"), ErrorCode::kInvalidRequest, "'..'"},
        HostileCase{"drive", tar_member("C:/a.json", "{}"), ErrorCode::kInvalidRequest, "a drive"},
        HostileCase{"symbolic_link", tar_member("package/a.json", "", '2', "/etc/passwd"),
                    ErrorCode::kInvalidRequest, "(package/a.json): a link"},
        HostileCase{"hard_link", tar_member("package/a.json", "", '1', "package/good.json"),
                    ErrorCode::kInvalidRequest, "a link"},
        HostileCase{"device", tar_member("package/a.json", "", '3'), ErrorCode::kInvalidRequest,
                    "neither a file"},
        HostileCase{"checksum", broken_checksum(), ErrorCode::kMalformed, "member 2"},
        HostileCase{"cut", tar_member("package/b.json", std::string(2000, ' ')).substr(0, 1024),
                    ErrorCode::kMalformed, "(package/b.json): the archive is cut short"},
        HostileCase{"bomb", tar_member("package/b.txt", std::string(4u << 20, '\0')), ErrorCode::kTooLarge,
                    "(package/b.txt): over 1048576 bytes"},
        HostileCase{"bomb_in_parts",
                    tar_member("package/b.txt", std::string(700'000, '\0')) +
                        tar_member("package/c.txt", std::string(700'000, '\0')),
                    ErrorCode::kTooLarge, "(package/c.txt): it inflates to over 1048576 bytes"},
        HostileCase{"many", many_members(), ErrorCode::kTooLarge, "over 50 files"},
        HostileCase{"pax", tar_member("x", "99999 path=a\n", 'x'), ErrorCode::kMalformed, "pax header"}));

TEST_F(PackageFolder, RefusesGzipThatIsCut) {
  std::string packed = gzip(tar_member("package/a.json", value_set("a")) + tar_end());
  packed.resize(packed.size() / 2);
  const Status added = registry_.add(write("x.tgz", packed), issues_);
  ASSERT_FALSE(added.has_value());
  EXPECT_EQ(added.error().code, ErrorCode::kMalformed);
}

}  // namespace
}  // namespace fhir::packages
