// What leaves the gateway, to whom, and on which thread it was made.
#include <gmock/gmock.h>

#include "gateway/async/blocking_pool.hpp"
#include "tests/unit/gateway/intake/task_put.hpp"

namespace gateway::intake {
namespace {

using ::testing::Contains;
using ::testing::Not;

bool is_marked(fhir::tree::Node resource) {
  for (const fhir::tree::Node tag : resource.child("meta").children("tag")) {
    if (tag.child("code").text() == "HTEST") return true;
  }
  return false;
}

TEST(Outgoing, EverythingOfATestInstallationIsMarked) {
  House house;
  const http::Response answer = house.send(Letter());
  ASSERT_EQ(answer.status, 200);
  ASSERT_TRUE(put(house, kHub, task_text(house, house.referral().task_id, "accepted")).has_value());
  std::vector<std::string> bodies = {answer.body};
  for (const store::DeliveryRow& delivery : house.deliveries())
    bodies.push_back(house.body_of(delivery.seq));
  EXPECT_GE(bodies.size(), 4u);
  for (const std::string& body : bodies) {
    const auto bundle = parse(body);
    EXPECT_TRUE(is_marked(bundle->root()));
    EXPECT_TRUE(is_marked(entry(bundle, "MessageHeader")));
  }
}

TEST(Outgoing, NothingOfALiveInstallationIsMarked) {
  auto live = std::make_shared<config::Config>(*demonstration());
  live->installation.environment = config::Environment::kLive;
  House house(Mode::kDev, live);
  Letter letter;
  letter.nhs = "";  // those of trials are refused here
  ASSERT_EQ(house.send(letter).status, 200);
  for (const store::DeliveryRow& delivery : house.deliveries())
    EXPECT_FALSE(is_marked(parse(house.body_of(delivery.seq))->root()));
}

TEST(Outgoing, APartnerIsPushedOnlyWhatItReceives) {
  auto changed = std::make_shared<config::Config>(*demonstration());
  for (config::Partner& partner : changed->partners) {
    if (partner.name == "sussex-hub") partner.receives = {};
    if (partner.name == "downland-practice") partner.receives = {};
  }
  House house(Mode::kDev, changed);
  ASSERT_EQ(house.send(Letter()).status, 200);
  EXPECT_EQ(house.referral().state, "quarantined") << "nobody takes it by message: a person must";
  EXPECT_THAT(house.sent(), Not(Contains("referral sussex-hub")));
  EXPECT_THAT(house.sent(), Not(Contains("receipt downland-practice")));
  EXPECT_THAT(house.work_kinds(), Contains("no-route-to-gp"));
}

TEST(Outgoing, TheOutboxHearsOfEveryCommit) {
  House house;
  referred(house);
  EXPECT_EQ(house.sink.commits, 1);
  ASSERT_TRUE(put(house, kHub, task_text(house, house.referral().task_id, "accepted")).has_value());
  EXPECT_EQ(house.sink.commits, 2);
  house.flaky.failing = fhir::ErrorCode::kUnavailable;
  EXPECT_EQ(house.send(Letter(), 9).status, 503);
  EXPECT_EQ(house.sink.commits, 2);
}

/// Runs jobs at once and counts them.
class CountingPool final : public async::BlockingPool {
 public:
  int jobs = 0;
  [[nodiscard]] std::size_t load() const override { return 0; }

 private:
  async::awaitable<fhir::Status> run_job(Job job) override {
    ++jobs;
    job();
    co_return fhir::Status();
  }
};

TEST(LargeMessage, IsReadOnThePoolAndAnsweredAsAnyOther) {
  CountingPool pool;
  House house(Mode::kDev, demonstration(), &pool);
  ASSERT_EQ(house.send(Letter()).status, 200);
  EXPECT_EQ(pool.jobs, 0);
  Letter large;
  large.bundle = uuid(4100);
  large.request_id = uuid(4101);
  large.ubrn = "000049735999";
  large.note = std::string(kLargeMessage, 'x') + " and new saddle numbness";
  ASSERT_EQ(house.send(large, 2).status, 200);
  EXPECT_EQ(pool.jobs, 1);
  EXPECT_THAT(house.work_kinds(), Contains("red-flag"));
  EXPECT_EQ(house.send(large, 2).status, 409);
  EXPECT_EQ(house.intake.in_flight(), 0u);
}

}  // namespace
}  // namespace gateway::intake
