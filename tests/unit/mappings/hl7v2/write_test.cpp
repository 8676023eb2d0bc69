#include "mappings/hl7v2/write.hpp"

#include <gtest/gtest.h>
#include <string>

#include "fhir/tree/resource_builder.hpp"
#include "mappings/hl7v2/read.hpp"
#include "mappings/hl7v2/v2_types.hpp"
#include "sketch.hpp"

namespace mappings::hl7v2 {
namespace {

constexpr const char* kHeader = "MSH|^~\\&|||||||ADT^A08^ADT_A01|1|T|2.4\r";

struct RoundTripRow {
  const char* name;
  const char* segments;
  const char* written;  // null: the same
};

TEST(Write, GivesBackWhatWasRead) {
  const RoundTripRow rows[] = {
      {"parts and repetitions", "PID|1||A^^^H&1.2&ISO^NH~B||F&&&&G^N\r", nullptr},
      {"nulls", "PID|\"\"||A^\"\"^^\"\"&x\r", nullptr},
      {"primitive with parts", "PID|||||||1976^D\r", nullptr},
      {"Z segment with parts", "PID|1\rZU1|a^b&c~d||e\r", nullptr},
      {"past the definition", "PID|1|||||||||||||||||||||||||||||||||||||||||||x^y\r", nullptr},
      {"escapes", "PID|||a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f\r", nullptr},
      {"empty ends", "PID|1||A^^^^~||||\rPV1|||\r", "PID|1||A\rPV1\r"},
      {"hexadecimal line feed", "PID|||a\\X0A\\b\\X0D\\c\r", nullptr},
      {"formatted text", "PID|1\rPV1|1\rOBX|1|FT|||a\\.br\\b\\.sp2\\c\\H\\d\\N\\\r",
       "PID|1\rPV1|1\rOBX|1|FT|||a\\.br\\b\\.br\\\\.br\\cd\r"},
      {"malformed escapes", "PID|||C:\\temp\\Zab\\x\r", "PID|||C:\\E\\temp\\E\\Zab\\E\\x\r"},
      {"unescaped separators in a text", "PID|1\rPV1|1\rOBX|1|TX|||R & L^x&\r",
       "PID|1\rPV1|1\rOBX|1|TX|||R \\T\\ L\\S\\x\\T\\\r"},
      {"late segments", "PV1|1\rZZZ|1\rPID|1\rNK1|1\r", nullptr},
  };
  for (const RoundTripRow& row : rows) {
    const std::string expected = row.written == nullptr ? row.segments : row.written;
    const fhir::tree::ReadOutcome first = read(kHeader + std::string(row.segments));
    const std::string written = write(first.tree->root());
    EXPECT_EQ(written, kHeader + expected) << row.name;
    const fhir::tree::ReadOutcome second = read(written);
    EXPECT_EQ(write(second.tree->root()), written) << row.name;
    EXPECT_EQ(test::sketch(second.tree->root()), test::sketch(first.tree->root())) << row.name;
  }
}

TEST(Write, UsesTheDelimitersOfItsOptions) {
  const fhir::tree::ReadOutcome outcome = read(kHeader + std::string("PID|||A$^B^^N&1~x\\S\\y\r"));
  WriteOptions options;
  options.delimiters = {'$', '%', '*', '/', '@', '\0'};
  EXPECT_EQ(write(outcome.tree->root(), options),
            "MSH$%*/@$$$$$$$ADT%A08%ADT_A01$1$T$2.4\rPID$$$A/F/%B%%N@1*x^y\r");
}

TEST(Write, OrdersWhatABuilderAddedInAnyOrder) {
  fhir::tree::ResourceBuilder builder(v2_types(), "REF_I12");
  builder.open("PID").open("PID_5").open("c1").set("s1", "Test|er").close().close().set("PID_1", "1").close();
  builder.open("PROVIDER_CONTACT").open("CTD").set("CTD_6", "").close();
  builder.open("PRD").open("PRD_1").set("c1", "RP").close().close().close();
  builder.open("RF1").set("RF1_14", "line\nbreak").set("RF1_7", "\"\"").set("RF1_21", " ").close();
  builder.open("OBSERVATION").open("RESULTS_NOTES").open("OBX").set("OBX_5_FT", "a\nb").set("OBX_2", "FT");
  builder.close().close().close();
  builder.open("MSH").set("MSH_10", "7").open("MSH_9").set("c2", "I12").set("c1", "REF").close().close();
  EXPECT_EQ(write(builder.finish()->root()),
            "MSH|^~\\&|||||||REF^I12|7\rRF1|||||||\\X22\\\"|||||||line\\X0A\\break|||||||\\X20\\\r"
            "PRD|RP\rCTD\rPID|1||||Test\\F\\er\rOBX||FT|||a\\.br\\b\r");
}

TEST(Write, EncodesInThePartnersCharacterSetOrRefuses) {
  const fhir::tree::ReadOutcome outcome = read(kHeader + std::string("PID|||Zo\xC3\xAB \xE2\x80\x99\r"));
  const fhir::tree::Node root = outcome.tree->root();
  const auto windows = write_in(root, CharacterSet::find("WINDOWS-1252").value());
  ASSERT_TRUE(windows.has_value());
  EXPECT_EQ(*windows, "MSH|^~\\&|||||||ADT^A08^ADT_A01|1|T|2.4||||||WINDOWS-1252\rPID|||Zo\xEB \x92\r");
  const auto utf8 = write_in(root, CharacterSet());
  EXPECT_NE(utf8->find("|UNICODE UTF-8\r"), std::string::npos);
  const auto latin1 = write_in(root, CharacterSet::find("8859/1").value());
  ASSERT_FALSE(latin1.has_value());
  EXPECT_EQ(latin1.error().code, fhir::ErrorCode::kUnprocessable);
}

TEST(Write, ReplacesTheCharacterSetOfTheTree) {
  const fhir::tree::ReadOutcome outcome = read("MSH|^~\\&|||||||ADT^A08|1|T|2.4||||||8859/1||X\rPID|1\r");
  EXPECT_EQ(*write_in(outcome.tree->root(), CharacterSet()),
            "MSH|^~\\&|||||||ADT^A08|1|T|2.4||||||UNICODE UTF-8||X\rPID|1\r");
}

TEST(Write, AMessageOfAShortNameIsAMessage) {
  const std::string bytes = "MSH|^~\\&|||||||ACK^A08^ACK|1|T|2.4\rMSA|AA|1\r";
  EXPECT_EQ(write(read(bytes).tree->root()), bytes);
  const std::string unknown = "MSH|^~\\&|||||||HUB|1|T|2.4\rPID|1\r";
  EXPECT_EQ(write(read(unknown).tree->root()), unknown);
  EXPECT_EQ(write(fhir::tree::Node()), "");
}

}  // namespace
}  // namespace mappings::hl7v2
