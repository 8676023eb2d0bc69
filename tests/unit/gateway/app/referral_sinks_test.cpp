// What silence means for a referral, as the watch reports it.
#include "gateway/app/referral_sinks.hpp"

#include <gmock/gmock.h>

#include "tests/unit/gateway/intake/house.hpp"

namespace gateway::app {
namespace {

using ::testing::ElementsAre;

TEST(WatchReports, PassedDeadlineIsAWorkItemAndTheNextOneIsLater) {
  intake::House house;
  ASSERT_EQ(house.send(intake::Letter()).status, 200);
  observe::NullLog log;
  observe::Metrics metrics;
  WatchReports reports(house.intake.changes(), house.sequence, log, metrics);
  const store::ReferralRow before = house.referral();
  ASSERT_TRUE(before.deadline.has_value());
  const fhir::Instant at = before.deadline->at + std::chrono::seconds(1);
  const fhir::Status passed =
      house.memory.transact(store::Kind::kWrite, intake::kOperator,
                            [&](store::Transaction& tx) { return reports.deadline_passed(tx, before, at); });
  ASSERT_TRUE(passed.has_value());
  EXPECT_THAT(house.work_kinds(), ElementsAre("deadline-passed"));
  const store::ReferralRow after = house.referral();
  ASSERT_TRUE(after.deadline.has_value());
  EXPECT_GT(after.deadline->at, at);
}

}  // namespace
}  // namespace gateway::app
