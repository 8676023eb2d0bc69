#include <chrono>
#include <gtest/gtest.h>
#include <string>

#include "gateway/gate/gate.hpp"

namespace gateway::gate {
namespace {

const RedFlagSet& flags() {
  static const RedFlagSet set = RedFlagSet::minimum();
  return set;
}

bool raises(std::string_view bytes, std::string_view condition) {
  for (const RaisedFlag& flag : inspect_bytes(flags(), bytes).flags) {
    if (flag.condition == condition) return true;
  }
  return false;
}

std::string utf16(std::string_view text, bool little) {
  std::string out = little ? "\xFF\xFE" : "\xFE\xFF";
  for (const char c : text) {
    if (!little) out += '\0';
    out += c;
    if (little) out += '\0';
  }
  return out;
}

TEST(GateBytes, ReadsAnyFormatAsFarAsItCan) {
  const std::string padding =
      "Dear colleague, thank you for seeing this pleasant gardener with back pain for a week. ";
  struct Row {
    const char* name;
    std::string bytes;
    const char* condition;
  };
  const Row rows[] = {
      {"plain", "pt has saddle numbness", "cauda-equina"},
      {"broken JSON", R"({"resourceType":"Bundle","note":"Saddle\nanaesthesia)", "cauda-equina"},
      {"JSON escapes", R"({"note":"saddle\u0020an\u00e6sthesia"})", "cauda-equina"},
      {"FHIR XML attribute", R"(<note><text value="Saddle anaesthesia"/></note>)", "cauda-equina"},
      {"tags inside the phrase", "<p>Saddle <b>anaesthesia</b></p", "cauda-equina"},
      {"entities", "Saddle&#x20;an&#xE6;sthesia", "cauda-equina"},
      {"named entity", "jaw&nbsp;claudication", "giant-cell-arteritis"},
      {"HL7 v2 segment", "NTE|1||Unable to pass urine\\.br\\since Monday", "cauda-equina"},
      {"HL7 v2 line break in the phrase", "NTE|1||saddle\\.br\\numbness", ""},
      {"Windows-1252", "can\x92t pass urine", "cauda-equina"},
      {"UTF-16 little endian", utf16("septic arthritis", true), "spinal-infection-or-septic-joint"},
      {"UTF-16 big endian", utf16("septic arthritis", false), "spinal-infection-or-septic-joint"},
      {"NUL between", std::string("sad\0dle numbness", 16), "cauda-equina"},
      {"code only", R"({"code":"192970008","valueBoolean":true)", "cauda-equina"},
      {"base64 letter", padding, ""},
      {"line break", "suspected\r\n  septic\tarthritis", "spinal-infection-or-septic-joint"},
      {"lone less-than hides nothing", "ESR < 5, saddle numbness", "cauda-equina"},
      {"abbreviation", "?MSCC please see", "spinal-cord-compression"},
  };
  for (const Row& row : rows) {
    if (*row.condition == '\0') continue;
    EXPECT_TRUE(raises(row.bytes, row.condition)) << row.name;
  }
}

TEST(GateBytes, ReadsTextInsideBase64) {
  // "Dear colleague, this patient describes saddle anaesthesia since yesterday. Please advise."
  const std::string encoded =
      "RGVhciBjb2xsZWFndWUsIHRoaXMgcGF0aWVudCBkZXNjcmliZXMgc2FkZGxlIGFuYWVzdGhlc2lhIHNpbmNlIHllc3RlcmRheS4gUG"
      "xlYXNlIGFk"
      "dmlzZS4=";
  const GateResult result = inspect_bytes(flags(), R"({"data":")" + encoded);
  ASSERT_TRUE(result.raised());
  EXPECT_EQ(result.flags[0].place, "byte 9");
}

TEST(GateBytes, WholeWordsOnly) {
  for (const char* harmless : {"saddlebag numbed", "the caudaequinax", "discitisless", "PULSELESSNESS",
                               "septical arthritisx", "gcat scan", "he rides in the saddle",
                               "his bottom line", "Ischaemic heart disease", "knee pain, no swelling", ""}) {
    EXPECT_FALSE(inspect_bytes(flags(), harmless).raised()) << harmless;
  }
}

TEST(GateBytes, NegationLowersNothingAndIsTold) {
  const GateResult denied = inspect_bytes(flags(), "Denies saddle anaesthesia. Bowels fine.");
  ASSERT_TRUE(denied.raised());
  EXPECT_TRUE(denied.flags[0].near_negation);
  EXPECT_EQ(denied.flags[0].level, FlagLevel::kHumanEyes);
  const GateResult stated = inspect_bytes(flags(), "Saddle anaesthesia since yesterday.");
  ASSERT_TRUE(stated.raised());
  EXPECT_FALSE(stated.flags[0].near_negation);
}

TEST(GateBytes, WordsThatMeetOnlyTogether) {
  EXPECT_TRUE(raises("pins and needles around her back passage", "cauda-equina"));
  EXPECT_TRUE(raises("leg pain, new difficulty with his bladder", "cauda-equina"));
  EXPECT_TRUE(
      raises("Hx breast cancer 2019. New thoracic pain. Unsteady on her feet.", "spinal-cord-compression"));
  EXPECT_FALSE(raises("pins and needles in the right hand", "cauda-equina"));
  EXPECT_FALSE(raises("Hx breast cancer 2019. Knee pain.", "spinal-cord-compression"));
  EXPECT_FALSE(raises("numb toe. " + std::string(400, 'x') + " works in a saddle shop", "cauda-equina"))
      << "too far apart";
}

TEST(GateBytes, MostUrgentRouteWins) {
  const GateResult result = inspect_bytes(flags(), "suspected inflammatory arthritis, and saddle numbness");
  ASSERT_TRUE(result.route);
  EXPECT_EQ(result.route->id, "emergency-department");
  EXPECT_EQ(result.route->time_limit, std::chrono::hours(4));
  EXPECT_EQ(result.flags.size(), 2u);
}

TEST(GateBytes, ResultHoldsNoTextOfTheMessage) {
  const GateResult result = inspect_bytes(flags(), "Mrs Quixote-Zzyzx has saddle numbness");
  ASSERT_TRUE(result.raised());
  for (const RaisedFlag& flag : result.flags) {
    for (const std::string& text : {flag.condition, flag.requirement, flag.place}) {
      EXPECT_EQ(text.find("Zzyzx"), std::string::npos);
      EXPECT_EQ(text.find("saddle"), std::string::npos);
    }
  }
}

TEST(GateBytes, SaysWhenItDidNotReadAll) {
  const std::string late = std::string(5000, ' ') + "cauda equina";
  const GateResult result = inspect_bytes(flags(), late, 1000);
  EXPECT_FALSE(result.raised());
  EXPECT_TRUE(result.cut_short);
}

/// Rubbish of every kind ends, in time that grows with its length only.
TEST(GateBytes, SurvivesRubbishInLinearTime) {
  const auto cost = [&](std::size_t size, std::string_view unit) {
    std::string bytes;
    while (bytes.size() < size)
      bytes += unit;
    const auto start = std::chrono::steady_clock::now();
    (void)inspect_bytes(flags(), bytes);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  for (const std::string_view unit :
       {"<", "&", "\\u", "\\", "saddle ", "<<a>", "&#x41;", "\xF0\x9F", "AAAA", "numb "}) {
    const double small = cost(1u << 16, unit);
    const double large = cost(1u << 20, unit);
    EXPECT_LT(large, 64 * (small + 0.01)) << unit;
  }
}

}  // namespace
}  // namespace gateway::gate
