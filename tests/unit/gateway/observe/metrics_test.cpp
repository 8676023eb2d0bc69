#include "gateway/observe/metrics.hpp"

#include <gtest/gtest.h>
#include <stdexcept>

namespace gateway::observe {
namespace {

TEST(Metrics, ExposeWhatWasCounted) {
  Metrics metrics;
  metrics.counter("ligament_messages_total", "Messages", {{"outcome", "accepted"}}).increment();
  metrics.counter("ligament_messages_total", "Messages", {{"outcome", "accepted"}}).increment(2);
  metrics.counter("ligament_messages_total", "Messages", {{"outcome", "refused"}}).increment();
  Gauge& depth = metrics.gauge("ligament_outbox_depth", "Rows waiting");
  metrics.on_collect([&] { depth.set(7); });
  metrics.histogram("ligament_http_seconds", "Time to answer").observe(std::chrono::milliseconds(3));
  const std::string text = metrics.expose();
  EXPECT_NE(text.find("ligament_messages_total{outcome=\"accepted\"} 3"), std::string::npos) << text;
  EXPECT_NE(text.find("ligament_messages_total{outcome=\"refused\"} 1"), std::string::npos);
  EXPECT_NE(text.find("ligament_outbox_depth 7"), std::string::npos);
  EXPECT_NE(text.find("ligament_http_seconds_bucket{le=\"0.005\"} 1"), std::string::npos);
  EXPECT_NE(text.find("ligament_http_seconds_bucket{le=\"0.0025\"} 0"), std::string::npos);
}

TEST(Metrics, AreApartFromEachOther) {
  Metrics one;
  Metrics other;
  one.counter("ligament_x_total", "x").increment();
  EXPECT_EQ(other.expose().find("ligament_x_total"), std::string::npos);
}

TEST(Metrics, RefuseOneNameForTwoKinds) {
  Metrics metrics;
  metrics.counter("ligament_x_total", "x").increment();
  EXPECT_THROW(metrics.gauge("ligament_x_total", "x").set(1), std::invalid_argument);
  EXPECT_THROW(metrics.counter("not a name", "x").increment(), std::invalid_argument);
}

}  // namespace
}  // namespace gateway::observe
