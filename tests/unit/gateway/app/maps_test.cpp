// Maps of an installation over the built-in ones.
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "gateway/app/mllp_doors.hpp"
#include "gateway/app/reload.hpp"
#include "gateway/security/digest.hpp"

namespace gateway::app {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class OwnMaps : public ::testing::Test {
 protected:
  void SetUp() override {
    config_.maps_folder =
        (fs::path(::testing::TempDir()) /
         ("maps-" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name())))
            .string();
    fs::remove_all(config_.maps_folder);
    fs::create_directories(fs::path(config_.maps_folder) / "site");
  }
  void TearDown() override { fs::remove_all(config_.maps_folder); }
  void put(const std::string& name, const std::string& text) const {
    std::ofstream(fs::path(config_.maps_folder) / name) << text;
  }
  void enter(const std::string& group) {
    config::Partner& partner = config_.partners.emplace_back();
    partner.name = "hospital";
    partner.hl7v2.emplace();
    partner.hl7v2->entries = {{"REF^I12", group}};
  }

  config::Config config_;
};

/// Adds what the hospital writes into a Z segment of its own.
constexpr const char* kSiteMap = R"(/// url = 'https://site.example/fhir/StructureMap/site'
/// name = 'Site'

uses "http://hl7.org/v2/StructureDefinition/REF_I12" alias REF_I12 as source
uses "http://hl7.org/fhir/StructureDefinition/Bundle" alias Bundle as target
uses "http://hl7.org/fhir/StructureDefinition/Basic" alias Basic as produced

imports "https://ligament.example/fhir/StructureMap/hl7v2-*"

group SiteReferral(source msg : REF_I12, target bundle : Bundle) {
  msg then NewReferral(msg, bundle) "referral";
  msg.ZBK as own -> bundle.entry as entry, entry.resource = create('Basic') as basic, basic.code as concept then {
    own.ZBK_1 as words -> concept.text = words "words";
  } "own";
}
)";

TEST_F(OwnMaps, StandBesideTheBuiltInOnesAndArePartnersEntries) {
  put("site/site.map", kSiteMap);
  enter("SiteReferral");
  const auto converter = make_converter(config_);
  ASSERT_TRUE(converter.has_value()) << converter.error().detail;
  mappings::convert::Manifest manifest;
  manifest.partner = "hospital";
  manifest.entries = config_.partners[0].hl7v2->entries;
  const auto out = (*converter)
                       ->convert(
                           "MSH|^~\\&|A|B|||20261120093000||REF^I12|1|T|2.4\rPID|1||1^^^A||Rowe^Jan\rZBK|"
                           "words of the site\r",
                           manifest, {.hash = [](std::string_view text) { return security::sha256(text); }});
  ASSERT_NE(out.bundle, nullptr);
  std::string words;
  for (const fhir::tree::Node entry : out.bundle->root().children("entry"))
    words.append(entry.at("resource", "code", "text").text());
  EXPECT_EQ(words, "words of the site");
}

TEST_F(OwnMaps, AreRefusedWholeWithPlaceAndLine) {
  put("site/good.map", kSiteMap);
  put("site/wrong.map",
      "/// url = 'https://site.example/fhir/StructureMap/wrong'\n/// name = 'Wrong'\n\n"
      "group Wrong(source a, target b) {\n  a.x -> c.y;\n}\n");
  const auto converter = make_converter(config_);
  ASSERT_FALSE(converter.has_value());
  EXPECT_EQ(converter.error().code, fhir::ErrorCode::kInvalidRequest)
      << "a fault of the installation, not of ours";
  EXPECT_THAT(converter.error().detail, HasSubstr("site/wrong.map:5:"));
}

TEST_F(OwnMaps, CodeTableThatIsNoneIsRefused) {
  put("site/wrong.conceptmap.json", "{");
  const auto converter = make_converter(config_);
  ASSERT_FALSE(converter.has_value());
  EXPECT_THAT(converter.error().detail, HasSubstr("site/wrong.conceptmap.json"));
}

TEST_F(OwnMaps, FolderThatIsNotThereOrHoldsNoneIsRefused) {
  EXPECT_FALSE(make_converter(config_).has_value()) << "no map in it";
  config_.maps_folder += "/nowhere";
  EXPECT_FALSE(make_converter(config_).has_value());
  config_.maps_folder.clear();
  EXPECT_TRUE(make_converter(config_).has_value()) << "the built-in ones alone";
}

TEST_F(OwnMaps, EntryWithoutItsGroupIsRefusedByThePartnersName) {
  put("site/site.map", kSiteMap);
  enter("NobodyWroteThis");
  const auto converter = make_converter(config_);
  ASSERT_FALSE(converter.has_value());
  EXPECT_THAT(converter.error().detail, HasSubstr("partner 'hospital'"));
}

TEST_F(OwnMaps, AnotherFolderNeedsARestart) {
  config::Config next = config_;
  next.maps_folder = "elsewhere";
  EXPECT_THAT(needs_restart(config_, next), ::testing::ElementsAre("maps"));
}

}  // namespace
}  // namespace gateway::app
