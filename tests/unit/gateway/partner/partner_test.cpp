// The stand-in partner over a simulated network: what is sent to it, what it answers, what it does then.
#include "gateway/partner/partner.hpp"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <iterator>
#include <sstream>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "fhir/base/uuid.hpp"
#include "gateway/async/simulated_network.hpp"
#include "gateway/async/simulated_timers.hpp"

namespace gateway::partner {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kBundle = "9d4b1dc4-64f2-4a3c-8d52-7d4b6b1f0a01";
const std::string kRequestId = "9d4b1dc4-64f2-4a3c-8d52-7d4b6b1f0a02";
const std::string kTask = R"({"resourceType":"Task","id":"t1","status":"requested","intent":"order"})";
const std::string kMessage =
    R"({"resourceType":"Bundle","id":")" + kBundle +
    R"(","type":"message","entry":[{"fullUrl":"urn:uuid:h","resource":{"resourceType":"MessageHeader",)"
    R"("eventCoding":{"system":"https://fhir.nhs.uk/CodeSystem/message-events-bars","code":"servicerequest-request"},)"
    R"("source":{"endpoint":"sys|1"},"focus":[{"reference":"urn:uuid:t"}]}},{"fullUrl":"urn:uuid:t","resource":)" +
    kTask + "}]}";

/// A gateway that takes everything: gives the Task, remembers what it was told.
class Gateway final : public http::Handler {
 public:
  async::awaitable<http::Response> handle(http::Request request) override {
    requests.push_back(std::string(http::to_text(request.method)) + " " + request.target.to_text());
    bodies.push_back(request.body);
    request_ids.emplace_back(request.headers.find("X-Request-Id").value_or(""));
    partners.emplace_back(request.headers.find("X-Ligament-Partner").value_or(""));
    if_match.emplace_back(request.headers.find("If-Match").value_or(""));
    int status = 200;
    if (!statuses.empty()) {
      status = statuses.front();
      statuses.erase(statuses.begin());
    }
    http::Response response = http::make_response(status, "application/fhir+json", kTask);
    response.headers.set("ETag", "W/\"3\"");
    co_return response;
  }
  std::vector<int> statuses;
  std::vector<std::string> requests, bodies, request_ids, partners, if_match;
};

/// A partner, a gateway for it, and a sender, in one simulated world.
class World {
 public:
  explicit World(const std::string& script, BodyFolder* bodies = nullptr) {
    const ScriptOutcome outcome = parse_script(script, "s.yaml", Role::kHub, "http://gateway:80/fhir");
    for (const fhir::Issue& issue : outcome.issues.items())
      ADD_FAILURE() << issue.text;
    gateway_server.serve(std::move(*network.listen({"gateway", 80})));
    partner =
        std::move(*Partner::make({io.get_executor(), timers, network, random, out, bodies}, outcome.script));
    EXPECT_TRUE(partner->start({"hub", 80}).has_value());
  }

  /// The outcome of one POST, run until it is there or `limit` has passed.
  fhir::Result<http::Response> send(const std::string& body, const std::string& request_id = kRequestId,
                                    std::chrono::nanoseconds limit = 5s) {
    http::Request request;
    request.method = http::Method::kPost;
    request.target = http::Target::of({"$process-message"});
    request.headers.set("Content-Type", "application/fhir+json");
    request.headers.set("X-Request-Id", request_id);
    request.headers.set("X-Correlation-Id", kBundle);
    request.body = body;
    std::optional<fhir::Result<http::Response>> outcome;
    boost::asio::co_spawn(io, exchange(std::move(request), limit, outcome), boost::asio::detached);
    timers.run_for(limit + 1ms);
    return outcome ? std::move(*outcome) : fhir::fail(fhir::ErrorCode::kTimedOut);
  }

  std::size_t count(const std::string& part) const {
    std::size_t found = 0;
    const std::string text = out.str();
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
      ++found;
    return found;
  }

  boost::asio::io_context io;
  fhir::ManualClock clock{*fhir::parse_instant("2026-11-22T09:00:00Z")};
  async::SimulatedTimers timers{io, clock};
  async::SimulatedNetwork network{io.get_executor(), timers};
  fhir::SeededRandom random{7};
  std::ostringstream out;
  Gateway gateway;
  http_beast::HttpServer gateway_server{http_beast::ServerContext{io.get_executor(), timers}, gateway};
  http_beast::HttpClient client{network, timers};
  std::unique_ptr<Partner> partner;

 private:
  async::awaitable<void> exchange(http::Request request, std::chrono::nanoseconds limit,
                                  std::optional<fhir::Result<http::Response>>& outcome) {
    http::Endpoint endpoint;
    endpoint.address = {"hub", 80};
    const async::Deadline deadline = async::Deadline::after(clock, limit);
    outcome.emplace(co_await client.send(std::move(endpoint), std::move(request), deadline));
  }
};

TEST(Partner, AnswersNamingTheBundleAndBothIds) {
  World world("replies: [{}]");
  const auto response = world.send(kMessage);
  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(response->status, 200);
  EXPECT_THAT(response->body, HasSubstr(R"("response":{"identifier":")" + kBundle + R"(","code":"ok"})"));
  EXPECT_EQ(response->headers.find("X-Request-Id"), kRequestId);
  EXPECT_EQ(response->headers.find("X-Correlation-Id"), kBundle);
  EXPECT_THAT(world.out.str(), HasSubstr(R"("did":"received","event":"servicerequest-request")"));
  EXPECT_THAT(world.out.str(), HasSubstr(R"("did":"answered","status":200)"));
}

TEST(Partner, WritesTheDigestOfEveryDocumentItGets) {
  World world("replies: [{}]");
  const std::string binaries =
      R"(,{"fullUrl":"urn:uuid:b","resource":{"resourceType":"Binary","contentType":"application/pdf","data":"YWJj"}})"
      R"(,{"fullUrl":"urn:uuid:c","resource":{"resourceType":"Binary","contentType":"text/plain","data":"YW"}}]})";
  ASSERT_TRUE(world.send(kMessage.substr(0, kMessage.size() - 2) + binaries).has_value());
  EXPECT_THAT(world.out.str(),
              HasSubstr(R"("attachments":[{"content_type":"application/pdf","bytes":3,"sha256":)"
                        R"("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},)"
                        R"({"content_type":"text/plain","bytes":0}],"bytes":)"));
  World without("replies: [{}]");
  ASSERT_TRUE(without.send(kMessage).has_value());
  EXPECT_EQ(without.out.str().find("attachments"), std::string::npos);
}

TEST(Partner, RowsOfAnswers) {
  struct Row {
    std::string rule;
    int status;
    std::string part;  ///< Of the body; "-" is an empty body.
  };
  const Row rows[] = {
      {"{body: none}", 200, "-"},
      {"{body: transient}", 200, "transient-error"},
      {"{body: fatal}", 200, "fatal-error"},
      {"{body: wrong-identifier}", 200, R"("code":"ok")"},
      {"{status: 202, body: none}", 202, "-"},
      {"{status: 503, retry_after: 2s}", 503, "REC_UNAVAILABLE"},
      {"{status: 409, issue: duplicate}", 409, R"("code":"duplicate")"},
      {"{status: 422}", 422, "REC_UNPROCESSABLE_ENTITY"},
      {"{status: 418}", 418, "REC_BAD_REQUEST"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.rule);
    World world("replies: [" + row.rule + "]");
    const auto response = world.send(kMessage);
    ASSERT_TRUE(response.has_value());
    EXPECT_EQ(response->status, row.status);
    if (row.part == "-") {
      EXPECT_THAT(response->body, IsEmpty());
    } else {
      EXPECT_THAT(response->body, HasSubstr(row.part));
    }
    EXPECT_EQ(response->body.find(kBundle) != std::string::npos,
              row.rule != "{body: wrong-identifier}" && row.part.find("error") != std::string::npos);
  }
}

TEST(Partner, CutsTheConnectionWithoutAnAnswer) {
  World world("replies: [{drop: true, times: 1}, {}]");
  const auto lost = world.send(kMessage);
  ASSERT_FALSE(lost.has_value());
  EXPECT_NE(lost.error().code, fhir::ErrorCode::kCancelled);
  EXPECT_THAT(world.out.str(), HasSubstr(R"("did":"dropped")"));
  const auto again = world.send(kMessage);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->status, 200);
}

TEST(Partner, AnswersLate) {
  World world("replies: [{delay: 3s}]");
  EXPECT_FALSE(world.send(kMessage, kRequestId, 2s).has_value());
  World patient("replies: [{delay: 3s}]");
  EXPECT_TRUE(patient.send(kMessage, kRequestId, 4s).has_value());
}

TEST(Partner, TakesARepeatOnceUnlessToldOtherwise) {
  World world("replies: [{}]");
  EXPECT_EQ(world.send(kMessage)->status, 200);
  const auto repeat = world.send(kMessage);
  EXPECT_EQ(repeat->status, 409);
  EXPECT_THAT(repeat->body, HasSubstr(R"("code":"duplicate")"));
  World forgetful("{remembers: false, replies: [{}]}");
  EXPECT_EQ(forgetful.send(kMessage)->status, 200);
  EXPECT_EQ(forgetful.send(kMessage)->status, 200);
}

TEST(Partner, ForgetsWhatItDidNotTake) {
  World world("replies: [{status: 503, times: 1}, {}]");
  EXPECT_EQ(world.send(kMessage)->status, 503);
  EXPECT_EQ(world.send(kMessage)->status, 200);
}

TEST(Partner, RefusesWhatIsNoMessage) {
  World world("replies: [{}]");
  EXPECT_EQ(world.send("{")->status, 400);
  EXPECT_EQ(world.send(kTask)->status, 400);
}

TEST(Partner, AcceptsByReadingAndPuttingTheTask) {
  World world("replies: [{then: [{after: 200ms, task: accept, decided_by: {name: Ada Example}}]}]");
  ASSERT_TRUE(world.send(kMessage).has_value());
  EXPECT_THAT(world.gateway.requests, ElementsAre("GET /fhir/Task/t1", "PUT /fhir/Task/t1"));
  EXPECT_EQ(world.gateway.if_match.back(), "W/\"3\"");
  EXPECT_EQ(world.gateway.partners.back(), "sussex-hub");
  EXPECT_THAT(world.gateway.bodies.back(), HasSubstr(R"("status":"accepted")"));
  EXPECT_EQ(world.count(R"("did":"sent","what":"task accept","status":200)"), 1u);
}

TEST(Partner, KeepsEachBodyItReceivesWhereItIsTold) {
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / "kept-bodies";
  auto bodies = BodyFolder::open(folder.string());
  ASSERT_TRUE(bodies.has_value());
  World world("replies: [{then: [{task: accept}]}]", &*bodies);
  ASSERT_TRUE(world.send(kMessage).has_value());
  const auto kept = [&folder](const char* name) {
    std::ifstream in(folder / name, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  EXPECT_EQ(kept("000001-received.json"), kMessage);
  EXPECT_EQ(kept("000002-answer.json"), kTask) << "the Task it read";
  EXPECT_EQ(kept("000003-answer.json"), kTask) << "the answer to its update";
  EXPECT_THAT(world.out.str(), HasSubstr(R"("file":"000001-received.json")"));
}

TEST(BodyFolder, EndsNamesByTheMediaTypeAndKeepsNothingOfAnEmptyBody) {
  auto bodies = BodyFolder::open((std::filesystem::path(testing::TempDir()) / "endings").string());
  ASSERT_TRUE(bodies.has_value());
  EXPECT_EQ(bodies->keep("received", "", "application/fhir+json"), "");
  EXPECT_EQ(bodies->keep("received", "<", "application/fhir+xml; charset=utf-8"), "000001-received.xml");
  EXPECT_EQ(bodies->keep("received", "MSH", "x-application/hl7-v2+er7"), "000002-received.hl7");
  EXPECT_EQ(bodies->keep("answer", "?", ""), "000003-answer.bin");
  EXPECT_FALSE(BodyFolder::open("/dev/null/bodies").has_value());
}

TEST(Partner, ReadsAgainWhenSomebodyElseWasFaster) {
  World world("replies: [{then: [{task: accept}]}]");
  world.gateway.statuses = {200, 412, 200, 200};
  ASSERT_TRUE(world.send(kMessage).has_value());
  EXPECT_THAT(world.gateway.requests, ElementsAre("GET /fhir/Task/t1", "PUT /fhir/Task/t1",
                                                  "GET /fhir/Task/t1", "PUT /fhir/Task/t1"));
}

TEST(Partner, SpeaksByMessageTwiceWithTheSameBytes) {
  World world(
      "replies: [{then: [{task: reject, via: message, twice: true, reason: {code: capacity, text: Full}}]}]");
  ASSERT_TRUE(world.send(kMessage).has_value());
  ASSERT_EQ(world.gateway.requests.size(), 2u);
  EXPECT_EQ(world.gateway.requests[0], "POST /fhir/$process-message");
  EXPECT_EQ(world.gateway.bodies[0], world.gateway.bodies[1]);
  EXPECT_EQ(world.gateway.request_ids[0], world.gateway.request_ids[1]);
  EXPECT_THAT(world.gateway.bodies[0], HasSubstr(R"("identifier":")" + kBundle));
  EXPECT_THAT(world.gateway.bodies[0], HasSubstr(R"("status":"rejected")"));
}

TEST(Partner, OwesTheBusinessAnswerAndGivesItLater) {
  World world("replies: [{body: none, then: [{after: 1s, answer: ok}]}]");
  EXPECT_THAT(world.send(kMessage)->body, IsEmpty());
  ASSERT_EQ(world.gateway.bodies.size(), 2u);
  EXPECT_EQ(world.gateway.requests[0], "GET /fhir/Task/t1");
  EXPECT_THAT(world.gateway.bodies[1], HasSubstr("servicerequest-response"));
  EXPECT_THAT(world.gateway.bodies[1],
              HasSubstr(R"("response":{"identifier":")" + kBundle + R"(","code":"ok"})"));
  World fatal("replies: [{body: none, then: [{answer: fatal}]}]");
  ASSERT_TRUE(fatal.send(kMessage).has_value());
  EXPECT_THAT(fatal.gateway.bodies.back(), HasSubstr(kBundle + R"(","code":"fatal-error"})"));
}

TEST(Partner, SendsFilesUntilTheyAreTaken) {
  const std::string folder = std::string(LIGAMENT_SOURCE_DIR) + "/samples/demonstration/";
  World world("send: [{file: " + folder + "1-ordinary-knee.json, at: 1s}]");
  world.gateway.statuses = {503, 503, 200};
  world.timers.run_for(10s);
  ASSERT_EQ(world.gateway.requests.size(), 3u);
  EXPECT_EQ(world.gateway.bodies[0], world.gateway.bodies[2]);
  EXPECT_EQ(world.gateway.request_ids[0], world.gateway.request_ids[2]);
  EXPECT_EQ(world.gateway.bodies[0].find("3ceaaf30-8142-48ea-91d9-3080f9b439fc"), std::string::npos);
}

TEST(FreshIds, SameStaysSameAndNothingElseChanges) {
  fhir::SeededRandom random(1);
  const std::string a = "9d4b1dc4-64f2-4a3c-8d52-7d4b6b1f0a01";
  const std::string fresh = with_fresh_ids("x" + a + "y 999-1 " + a + "z" + kRequestId, random);
  ASSERT_EQ(fresh.size(), 1 + 36 + 8 + 36 + 1 + 36u);
  EXPECT_TRUE(fhir::is_uuid(fresh.substr(1, 36)));
  EXPECT_NE(fresh.substr(1, 36), a);
  EXPECT_EQ(fresh.substr(1, 36), fresh.substr(45, 36));
  EXPECT_NE(fresh.substr(1, 36), fresh.substr(82, 36));
  EXPECT_EQ(fresh.substr(37, 8), "y 999-1 ");
}

}  // namespace
}  // namespace gateway::partner
