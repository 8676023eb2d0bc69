#include "mappings/hl7v2/batch.hpp"

#include <gtest/gtest.h>

namespace mappings::hl7v2 {
namespace {

struct BatchRow {
  const char* name;
  const char* bytes;
  bool is_batch;
  std::vector<std::string_view> messages;
  std::size_t issues;
  bool refused;
};

TEST(Batch, IsSplitIntoItsMessages) {
  const BatchRow rows[] = {
      {"one message", "MSH|^~\\&|A\rPID|1\r", false, {"MSH|^~\\&|A\rPID|1"}, 0, false},
      {"a run",
       "MSH|^~\\&|A\rPID|1\r\nMSH|^~\\&|B\r\n",
       true,
       {"MSH|^~\\&|A\rPID|1", "MSH|^~\\&|B"},
       0,
       false},
      {"file and batch",
       "FHS|^~\\&|F\rBHS|^~\\&|B\rMSH|^~\\&|A\rPID|1\rMSH|^~\\&|B\rBTS|2\rFTS|1\r",
       true,
       {"MSH|^~\\&|A\rPID|1", "MSH|^~\\&|B"},
       0,
       false},
      {"wrong counts", "BHS|^~\\&|B\rMSH|^~\\&|A\rBTS|2\rFTS|3\r", true, {"MSH|^~\\&|A"}, 2, false},
      {"no counts", "BHS|^~\\&|B\rMSH|^~\\&|A\rBTS\rFTS|\r", true, {"MSH|^~\\&|A"}, 0, false},
      {"stray segment", "FHS|^~\\&|F\rPID|1\rMSH|^~\\&|A\r", true, {"MSH|^~\\&|A"}, 1, true},
      {"not HL7", "PID|1\r", false, {}, 1, true},
      {"nothing", "", false, {}, 1, true},
  };
  for (const BatchRow& row : rows) {
    const Batch batch = split_batch(row.bytes);
    EXPECT_EQ(is_batch(row.bytes), row.is_batch) << row.name;
    EXPECT_EQ(batch.messages, row.messages) << row.name;
    EXPECT_EQ(batch.issues.items().size(), row.issues) << row.name;
    EXPECT_EQ(batch.issues.has_error(), row.refused) << row.name;
  }
}

TEST(Batch, StopsAtItsLimit) {
  const Batch batch = split_batch("MSH|^~\\&|A\rMSH|^~\\&|B\rMSH|^~\\&|C\r", 2);
  EXPECT_EQ(batch.messages.size(), 2u);
  EXPECT_TRUE(batch.issues.has_error());
}

}  // namespace
}  // namespace mappings::hl7v2
