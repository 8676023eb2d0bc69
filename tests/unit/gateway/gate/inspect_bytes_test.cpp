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

struct Sentence {
  bool raises;
  const char* text;
};

/// How practices really write. What is missed here harms a patient; what is raised for nothing tires the
/// rota.
TEST(GateBytes, TellsUrgentSentencesFromOrdinaryOnes) {
  const Sentence rows[] = {
      {true,
       "52 y/o with low back pain and bilateral leg pain, numbness around the saddle region, reduced urinary "
       "sensation"},
      {true, "Patient reports loss of sensation in her genitals since yesterday with severe sciatica"},
      {true, "New onset urinary incontinence with back pain"},
      {true, "He can't tell when his bladder is full. Sciatica both legs."},
      {true, "no feeling when wiping after toilet, back pain"},
      {true, "LBP + perianal numbness"},
      {true, "CES ? bladder dysfunction with LBP and leg pain"},
      {true, "Possible cauda equina - reduced anal tone on PR"},
      {true, "hot swollen right knee, febrile 38.9, unable to weight bear"},
      {true, "? septic joint"},
      {true, "Temporal headache, scalp tenderness, age 74, raised ESR"},
      {true, "68F new headache, jaw pain on chewing, PMR"},
      {true, "Known prostate cancer, new thoracic back pain and leg weakness"},
      {true, "weight loss 10kg unintentional, night pain"},
      {true, "Lump in thigh, enlarging, ?sarcoma"},
      {true, "Clumsy hands and unsteady gait, neck stiffness"},
      {true, "Foot drop progressive weakness over 3 days"},
      {true, "fell from ladder, suspected fracture of the calcaneus"},
      {true, "Achilles tendon rupture yesterday"},
      {true, "calf swollen and tender, suspected DVT"},
      {true, "IVDU with fever and severe back pain"},
      {true, "immunosuppressed on methotrexate, fever, back pain"},
      {true, "wetting himself since Sunday, leg weakness"},
      {true, "saddle paraesthesiae"},
      {true, "numb bum and difficulty passing water, sciatica"},
      {true, "has lost control of her bowels, back pain radiating to legs"},
      {true, "cannot control bladder, spinal stenosis"},
      {true, "urgent suspected cancer referral"},
      {true, "Bilateral sciatica with leg weakness"},
      {true, "Impotence and numb legs with disc prolapse"},
      {false, "Knee pain 6/12, mechanical, no locking. XR OA. BMI 31"},
      {false, "Low back pain for 3 months, no leg pain. Works as a driver. Tried physio."},
      {false, "Shoulder impingement, painful arc, steroid injection x1"},
      {false, "Tennis elbow. Night pain but sleeping ok. Weight stable."},
      {false, "Plantar fasciitis, worse in morning, tried insoles"},
      {false, "Carpal tunnel with tingling in fingers at night"},
      {false, "Hip OA, wants THR at hospital of choice. Diabetic, HbA1c 52"},
      {false, "Fibromyalgia, poor sleep, fatigue, low mood"},
      {false, "Frozen shoulder post breast cancer surgery 2015, in remission"},
      {false, "Sciatica left leg 8 weeks, SLR 40, power normal, reflexes normal"},
      {false, "Rheumatoid arthritis on methotrexate, flare, review please"},
      {false, "Gout affecting big toe, allopurinol"},
      {false, "Recurrent ankle sprains, instability, sports"},
      {false, "Ankle swelling after sprain 6 weeks ago"},
      {false, "Bunion, wants surgical opinion"},
      {false, "Neck pain whiplash 4 months ago, headaches"},
      {false, "Previous fracture of wrist 2010, now stiff"},
      {false, "Osteoporosis on alendronate, chronic back pain"},
      {false, "Hypermobility, multiple joint pains"},
      {false, "Dupuytren contracture"},
  };
  for (const Sentence& row : rows)
    EXPECT_EQ(inspect_bytes(flags(), row.text).raised(), row.raises) << row.text;
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
