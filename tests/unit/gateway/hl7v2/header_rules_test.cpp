#include "gateway/hl7v2/header_rules.hpp"

#include <gtest/gtest.h>

#include "mappings/hl7v2/error_code.hpp"

namespace gateway::hl7v2 {
namespace {

using config::Environment;

/// `place code` of each issue.
std::string faults(const char* control_id, const char* processing_id, const char* version,
                   Environment environment) {
  mappings::hl7v2::Header header;
  header.control_id = control_id;
  header.processing_id = processing_id;
  header.version = version;
  std::string text;
  const fhir::IssueList issues = check_header(header, environment);
  for (const fhir::Issue& issue : issues.items()) {
    EXPECT_EQ(issue.severity, fhir::Severity::kError);
    text +=
        issue.expression + ' ' + std::to_string(static_cast<int>(mappings::hl7v2::error_code(issue))) + ';';
  }
  return text;
}

TEST(HeaderRules, KeepTestAndLiveApart) {
  struct Row {
    const char* sent;
    const char* in_test;
    const char* in_live;
  };
  const char* wrong = "MSH[1]-11[1] 202;";
  const Row rows[] = {{"P", wrong, ""},   {"T", "", wrong},   {"D", "", wrong},    {"P^T", wrong, ""},
                      {"T^A", "", wrong}, {"", wrong, wrong}, {"X", wrong, wrong}, {"p", wrong, wrong}};
  for (const Row& row : rows) {
    EXPECT_EQ(faults("1", row.sent, "2.4", Environment::kTest), row.in_test) << row.sent;
    EXPECT_EQ(faults("1", row.sent, "2.4", Environment::kLive), row.in_live) << row.sent;
  }
}

TEST(HeaderRules, TakeVersionsFrom23To28) {
  for (const char* taken : {"", "2.3", "2.3.1", "2.4", "2.5.1", "2.8", "2.8.2"})
    EXPECT_EQ(faults("1", "T", taken, Environment::kTest), "") << taken;
  for (const char* refused : {"2.2", "2.1", "2.9", "3.0", "2", "2.", "2.44", "x", "2.4 "})
    EXPECT_EQ(faults("1", "T", refused, Environment::kTest), "MSH[1]-12[1] 203;") << refused;
}

TEST(HeaderRules, AControlIdIsNeeded) {
  EXPECT_EQ(faults("", "T", "2.4", Environment::kTest), "MSH[1]-10[1] 101;");
}

}  // namespace
}  // namespace gateway::hl7v2
