#include "gateway/outbox/v2_answer.hpp"

#include <gtest/gtest.h>

#include "gateway/outbox/mllp_route.hpp"

namespace gateway::outbox {
namespace {

constexpr const char* kHead = "MSH|^~\\&|PAS|99S20|LIGAMENT|99S00|20261122090000||ACK^R01^ACK|7|T|2.4\r";

std::string judged(const std::string& segments) {
  const Answer answer = interpret_v2(std::string(kHead) + segments);
  return std::string(to_code(answer.verdict)) + ' ' + answer.code;
}

TEST(V2Answer, CodeAndErrorDecide) {
  struct Row {
    const char* segments;
    const char* judged;
  };
  const Row rows[] = {
      {"MSA|AA|1\r", "delivered v2-AA"},
      {"MSA|CA|1\r", "delivered v2-CA"},
      {"MSA|AE|1\r", "dead v2-AE"},
      {"MSA|CE|1|some text\r", "dead v2-CE"},
      {"MSA|AE|1\rERR|PID^1^7^102&Data type&HL70357\r", "dead v2-AE-102"},
      {"MSA|AE|1\rERR||PID^1^7|102^Data type^HL70357|E\r", "dead v2-AE-102"},
      {"MSA|AE|1\rERR||PID^1|206^Locked^HL70357|E\r", "retry v2-AE-206"},
      {"MSA|AE|1\rERR|^^^207\r", "retry v2-AE-207"},
      {"MSA|AR|1\r", "retry v2-AR"},
      {"MSA|CR|1\r", "retry v2-CR"},
      {"MSA|AR|1\rERR||MSH^1^9|200^x^HL70357|E\r", "dead v2-AR-200"},
      {"MSA|AR|1\rERR||MSH^1^9|203|E\r", "dead v2-AR-203"},
      {"MSA|AR|1\rERR|||207|E\r", "retry v2-AR-207"},
      {"MSA|CR|1\rERR|||101|E\r", "dead v2-CR-101"},
      {"MSA|AR|1\rERR|||Smith|E\r", "retry v2-AR"},
      {"MSA|XX|1\r", "retry v2-unreadable"},
      {"MSA||1\r", "retry v2-unreadable"},
      {"PID|1\r", "retry v2-unreadable"},
  };
  for (const Row& row : rows)
    EXPECT_EQ(judged(row.segments), row.judged) << row.segments;
  EXPECT_EQ(interpret_v2(std::string("HTTP/1.1 400")).verdict, Verdict::kRetry);
  const Answer silence = interpret_v2(fhir::fail(fhir::ErrorCode::kTimedOut));
  EXPECT_EQ(silence.verdict, Verdict::kRetry);
  EXPECT_EQ(silence.code, "timed_out");
}

TEST(V2Answer, NamesTheMessageItAnswers) {
  EXPECT_EQ(answered_control_id(std::string(kHead) + "MSA|AA|C 17|x\r"), "C 17");
  EXPECT_EQ(answered_control_id(std::string(kHead) + "SFT|x\rMSA|AA|17\r"), "17");
  EXPECT_EQ(answered_control_id(std::string(kHead)), "");
  EXPECT_EQ(answered_control_id("nothing"), "");
}

TEST(MllpRoute, IsMadeOfTheConfiguration) {
  config::Config config;
  config.doors.tls = config::Tls{"own.pem", "own.key", ""};
  for (const char* name : {"silent", "plain", "encrypted"}) {
    config::Partner partner;
    partner.name = name;
    config.partners.push_back(partner);
  }
  config.partners[1].hl7v2.emplace();
  config.partners[1].hl7v2->endpoint = "pas:2575";
  config.partners[2].hl7v2.emplace();
  config.partners[2].hl7v2->endpoint = "ris:2576";
  config.partners[2].hl7v2->tls = true;
  config.partners[2].hl7v2->ca_file = "ca.pem";
  const auto routes = mllp_destinations(config);
  ASSERT_TRUE(routes.has_value());
  ASSERT_EQ(routes->size(), 2u);
  EXPECT_EQ(routes->at("plain").address, (async::Address{"pas", 2575}));
  EXPECT_EQ(routes->at("plain").tls, nullptr);
  ASSERT_NE(routes->at("encrypted").tls, nullptr);
  EXPECT_EQ(routes->at("encrypted").tls->ca_file, "ca.pem");
  EXPECT_EQ(routes->at("encrypted").tls->certificate_file, "own.pem");
}

}  // namespace
}  // namespace gateway::outbox
