#include <gmock/gmock.h>

#include "gateway/rest/task_update_handler.hpp"
#include "tests/unit/gateway/intake/task_put.hpp"

namespace gateway::rest {
namespace {

using intake::House;
using intake::kLargeMessage;

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

struct Put {
  CountingPool pool;
  House house{intake::Mode::kDev, intake::demonstration(), &pool};
  TaskUpdateHandler handler{house.intake,
                            [](const http::Request&) -> fhir::Result<store::Caller> { return intake::kHub; },
                            {},
                            &pool};

  http::Response task(const std::string& body) {
    http::Request request;
    request.method = http::Method::kPut;
    request.captures.emplace_back("id", house.referral().task_id);
    request.headers.add("Content-Type", "application/fhir+json");
    request.headers.add("If-Match", "W/\"" + std::to_string(house.referral().task_version) + '"');
    request.body = body;
    return house.run(handler.handle(std::move(request)));
  }
};

TEST(LargeTask, IsReadOnThePoolAndAnsweredAsAnyOther) {
  Put put;
  intake::referred(put.house);
  const std::string id = put.house.referral().task_id;
  ASSERT_EQ(put.task(intake::task_text(put.house, id, "received")).status, 200);
  EXPECT_EQ(put.pool.jobs, 0);
  const std::string note =
      R"(,"note":[{"text":")" + std::string(kLargeMessage, 'x') + R"( and new saddle numbness"}])";
  const http::Response large = put.task(intake::task_text(put.house, id, "accepted", note));
  EXPECT_EQ(large.status, 200) << large.body.substr(0, 400);
  EXPECT_EQ(put.pool.jobs, 2) << "the body, and its words for the gate";
  EXPECT_THAT(put.house.work_kinds(), ::testing::Contains("red-flag"));
  const http::Response wrong = put.task(std::string(kLargeMessage, '{'));
  EXPECT_EQ(wrong.status, 400);
  EXPECT_GT(put.pool.jobs, 2);
}

}  // namespace
}  // namespace gateway::rest
