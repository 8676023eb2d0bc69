#include "gateway/hl7v2/spoken_code.hpp"

#include <gtest/gtest.h>

namespace gateway::hl7v2 {
namespace {

/// `now/later`, `-` for nothing.
std::string said(const char* accept, const char* application, Fate fate, bool has_address,
                 const char* type = "REF") {
  mappings::hl7v2::Header header;
  header.type = type;
  header.accept_mode = accept;
  header.application_mode = application;
  const Spoken spoken = hl7v2::spoken(header, fate, has_address);
  const auto text = [](const auto& code) { return code ? std::string(to_text(*code)) : "-"; };
  return text(spoken.now) + '/' + text(spoken.later);
}

TEST(SpokenCode, FollowsTheModeTheSenderAskedFor) {
  struct Row {
    const char* accept;
    const char* application;
    bool has_address;
    const char* accepted;
    const char* error;
    const char* rejected;
  };
  const Row rows[] = {
      {"", "", true, "AA/-", "AE/-", "AR/-"},      {"AL", "NE", true, "CA/-", "CE/-", "CR/-"},
      {"AL", "", false, "CA/-", "CE/-", "CR/-"},   {"AL", "AL", true, "CA/AA", "CE/-", "CR/-"},
      {"AL", "AL", false, "CA/-", "CE/-", "CR/-"}, {"AL", "ER", true, "CA/-", "CE/-", "CR/-"},
      {"AL", "SU", true, "CA/AA", "CE/-", "CR/-"}, {"ER", "NE", true, "-/-", "CE/-", "CR/-"},
      {"SU", "NE", true, "CA/-", "-/-", "-/-"},    {"SU", "AL", true, "CA/AA", "-/AE", "-/AR"},
      {"ER", "SU", true, "-/AA", "CE/-", "CR/-"},  {"NE", "NE", true, "-/-", "-/-", "-/-"},
      {"NE", "AL", true, "-/AA", "-/AE", "-/AR"},  {"", "AL", true, "-/AA", "-/AE", "-/AR"},
      {"NE", "AL", false, "AA/-", "AE/-", "AR/-"}, {"NE", "ER", false, "-/-", "AE/-", "AR/-"},
      {"NE", "SU", false, "AA/-", "-/-", "-/-"},   {"XX", "NE", true, "-/-", "-/-", "-/-"},
  };
  for (const Row& row : rows) {
    const std::string name = std::string(row.accept) + '|' + row.application;
    EXPECT_EQ(said(row.accept, row.application, Fate::kAccepted, row.has_address), row.accepted) << name;
    EXPECT_EQ(said(row.accept, row.application, Fate::kError, row.has_address), row.error) << name;
    EXPECT_EQ(said(row.accept, row.application, Fate::kRejected, row.has_address), row.rejected) << name;
  }
}

TEST(SpokenCode, NothingIsSaidToAnAcknowledgement) {
  for (const char* type : {"ACK", "MCF"}) {
    EXPECT_EQ(said("", "", Fate::kRejected, true, type), "-/-");
    EXPECT_EQ(said("AL", "AL", Fate::kAccepted, true, type), "-/-");
  }
}

}  // namespace
}  // namespace gateway::hl7v2
