#include "gateway/services/clinical_code.hpp"

#include <gtest/gtest.h>
#include <set>
#include <string>

namespace gateway::services {
namespace {

TEST(SnomedId, IsCheckedByFormPartitionAndDigit) {
  for (const char* good :
       {"306170007", "183524004", "850181000000103", "792891000000102", "3621000175101", "23056005"}) {
    EXPECT_TRUE(is_snomed_concept_id(good)) << good;
  }
  for (const char* bad : {"306127001", "306129003", "306128006", "129564003.0", "10629300000000000.0", "",
                          "0306170007", "30617000", "306170008", "306170007 ", "x06170007", "12345",
                          "1234567890123456789", "680946014" /* a description */}) {
    EXPECT_FALSE(is_snomed_concept_id(bad)) << bad;
  }
}

/// Every single wrong digit and every swap of neighbours is found.
TEST(SnomedId, EveryTypingMistakeIsFound) {
  const std::string id = "306170007";
  for (std::size_t i = 0; i < id.size(); ++i) {
    for (char digit = '0'; digit <= '9'; ++digit) {
      std::string wrong = id;
      wrong[i] = digit;
      if (wrong != id) EXPECT_FALSE(is_snomed_concept_id(wrong)) << wrong;
    }
    if (i + 1 < id.size() && id[i] != id[i + 1]) {
      std::string swapped = id;
      std::swap(swapped[i], swapped[i + 1]);
      EXPECT_FALSE(is_snomed_concept_id(swapped)) << swapped;
    }
  }
}

TEST(KnownCodes, AreTrueIdentifiersAndUnique) {
  std::set<std::string> seen;
  for (const KnownCode& row : known_codes()) {
    EXPECT_TRUE(seen.insert(std::string(row.system) + '|' + std::string(row.code)).second) << row.code;
    if (row.system == kSnomed) EXPECT_TRUE(is_snomed_concept_id(row.code)) << row.code;
    EXPECT_NE(check_coding(row.system, row.code, row.label), CodeCheck::kMismatch)
        << row.code << ' ' << row.label;
  }
}

struct Row {
  std::string_view system;
  const char* code;
  const char* display;
  CodeCheck expected;
};

TEST(CheckCoding, TellsMistakesFromHarmlessWording) {
  const Row rows[] = {
      {kSnomed, "306170007", "Referral to physiotherapy service (procedure)", CodeCheck::kAgrees},
      {kSnomed, "306170007", "Refer to physio", CodeCheck::kAgrees},
      {kSnomed, "306170007", "PHYSIOTHERAPY", CodeCheck::kAgrees},
      {kSnomed, "306170007", "", CodeCheck::kAgrees},
      {kSnomed, "306170007", "Community MSK physio", CodeCheck::kAgrees},
      {kSnomed, "306170007", "Please see", CodeCheck::kUnsure},
      {kSnomed, "183524004", "Referral to physiotherapy service", CodeCheck::kMismatch},
      {kSnomed, "183524004", "Physio", CodeCheck::kMismatch},
      {kSnomed, "183524004", "Referral to psychiatry service", CodeCheck::kAgrees},
      {kSnomed, "306181005", "Referral to podiatry", CodeCheck::kMismatch},
      {kSnomed, "306170007", "Referral to psychiatry service", CodeCheck::kMismatch},
      {kSnomed, "306290009", "Cardiology", CodeCheck::kMismatch},
      {kSnomed, "30989003", "Knee pain", CodeCheck::kAgrees},
      {kSnomed, "30989003", "Arthralgia of the knee", CodeCheck::kAgrees},
      {kSnomed, "30989003", "Shoulder pain", CodeCheck::kMismatch},
      {kSnomed, "239873007", "Osteoarthritis of hip", CodeCheck::kMismatch},
      {kSnomed, "239873007", "OA knee", CodeCheck::kAgrees},
      {kSnomed, "69896004", "Gout", CodeCheck::kMismatch},
      {kSnomed, "129564003.0", "Physiotherapy", CodeCheck::kImpossible},
      {kSnomed, "306127001", "", CodeCheck::kImpossible},
      {kSnomed, "22298006", "Myocardial infarction", CodeCheck::kUnknown},
      {kTreatmentFunction, "654", "Orthotics", CodeCheck::kMismatch},
      {kTreatmentFunction, "654", "Dietetics", CodeCheck::kAgrees},
      {kTreatmentFunction, "658", "Orthotics", CodeCheck::kAgrees},
      {kTreatmentFunction, "658", "Dietetics", CodeCheck::kMismatch},
      {"https://fhir.hl7.org.uk/CodeSystem/UKCore-PracticeSettingCode", "110", "Trauma & Orthopaedics",
       CodeCheck::kAgrees},
      {"http://local", "654", "Orthotics", CodeCheck::kUnknown},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(check_coding(row.system, row.code, row.display), row.expected)
        << row.code << ' ' << row.display;
  }
}

}  // namespace
}  // namespace gateway::services
