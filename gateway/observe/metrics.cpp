#include "gateway/observe/metrics.hpp"

#include <array>
#include <mutex>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <stdexcept>
#include <utility>
#include <vector>

namespace gateway::observe {
namespace {

constexpr std::array kLatencyBuckets = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                        0.1,    0.25,  0.5,    1.0,   2.5,  5.0,   10.0};

class PrometheusCounter final : public Counter {
 public:
  explicit PrometheusCounter(prometheus::Counter& counter) : counter_(counter) {}
  void increment(double by) override { counter_.Increment(by); }
  [[nodiscard]] double value() const override { return counter_.Value(); }

 private:
  prometheus::Counter& counter_;
};

class PrometheusGauge final : public Gauge {
 public:
  explicit PrometheusGauge(prometheus::Gauge& gauge) : gauge_(gauge) {}
  void set(double value) override { gauge_.Set(value); }
  void add(double by) override { gauge_.Increment(by); }
  [[nodiscard]] double value() const override { return gauge_.Value(); }

 private:
  prometheus::Gauge& gauge_;
};

class PrometheusHistogram final : public Histogram {
 public:
  explicit PrometheusHistogram(prometheus::Histogram& histogram) : histogram_(histogram) {}
  void observe(double value) override { histogram_.Observe(value); }

 private:
  prometheus::Histogram& histogram_;
};

}  // namespace

std::span<const double> latency_buckets() noexcept {
  return kLatencyBuckets;
}

class Metrics::Registry {
 public:
  using Key = std::pair<std::string, Labels>;
  prometheus::Registry inner;
  std::mutex mutex;
  std::map<Key, std::unique_ptr<Counter>> counters;
  std::map<Key, std::unique_ptr<Gauge>> gauges;
  std::map<Key, std::unique_ptr<Histogram>> histograms;
  std::vector<std::function<void()>> refreshers;
};

Metrics::Metrics() : registry_(std::make_unique<Registry>()) {}

Metrics::~Metrics() = default;

Counter& Metrics::counter(const std::string& name, const std::string& help, const Labels& labels) {
  const std::lock_guard lock(registry_->mutex);
  auto& place = registry_->counters[{name, labels}];
  if (!place) {
    auto& family = prometheus::BuildCounter().Name(name).Help(help).Register(registry_->inner);
    place = std::make_unique<PrometheusCounter>(family.Add(labels));
  }
  return *place;
}

Gauge& Metrics::gauge(const std::string& name, const std::string& help, const Labels& labels) {
  const std::lock_guard lock(registry_->mutex);
  auto& place = registry_->gauges[{name, labels}];
  if (!place) {
    auto& family = prometheus::BuildGauge().Name(name).Help(help).Register(registry_->inner);
    place = std::make_unique<PrometheusGauge>(family.Add(labels));
  }
  return *place;
}

Histogram& Metrics::histogram(const std::string& name, const std::string& help, const Labels& labels,
                              std::span<const double> buckets) {
  const std::lock_guard lock(registry_->mutex);
  auto& place = registry_->histograms[{name, labels}];
  if (!place) {
    auto& family = prometheus::BuildHistogram().Name(name).Help(help).Register(registry_->inner);
    place = std::make_unique<PrometheusHistogram>(
        family.Add(labels, prometheus::Histogram::BucketBoundaries(buckets.begin(), buckets.end())));
  }
  return *place;
}

void Metrics::on_collect(std::function<void()> refresh) {
  const std::lock_guard lock(registry_->mutex);
  registry_->refreshers.push_back(std::move(refresh));
}

std::string Metrics::expose() const {
  std::vector<std::function<void()>> refreshers;
  {
    const std::lock_guard lock(registry_->mutex);
    refreshers = registry_->refreshers;
  }
  for (const auto& refresh : refreshers)
    refresh();
  return prometheus::TextSerializer().Serialize(registry_->inner.Collect());
}

}  // namespace gateway::observe
