// Counters, gauges and histograms, in the text form Prometheus reads. One Metrics per App; nothing is global.
//
//   Counter& accepted = metrics.counter("ligament_messages_total", "Messages received", {{"outcome",
//   "accepted"}}); accepted.increment();
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>

namespace gateway::observe {

/// Label names and values: of our own small sets, never from a message.
using Labels = std::map<std::string, std::string>;

/// These live as long as their Metrics. Any thread.
class Counter {
 public:
  Counter() = default;
  Counter(const Counter&) = delete;
  Counter& operator=(const Counter&) = delete;
  virtual ~Counter() = default;
  virtual void increment(double by = 1.0) = 0;
  [[nodiscard]] virtual double value() const = 0;
};

class Gauge {
 public:
  Gauge() = default;
  Gauge(const Gauge&) = delete;
  Gauge& operator=(const Gauge&) = delete;
  virtual ~Gauge() = default;
  virtual void set(double value) = 0;
  virtual void add(double by) = 0;
  [[nodiscard]] virtual double value() const = 0;
};

class Histogram {
 public:
  Histogram() = default;
  Histogram(const Histogram&) = delete;
  Histogram& operator=(const Histogram&) = delete;
  virtual ~Histogram() = default;
  virtual void observe(double value) = 0;
  /// In seconds, as Prometheus has it.
  void observe(std::chrono::nanoseconds elapsed) { observe(std::chrono::duration<double>(elapsed).count()); }
};

/// 0.5 ms to 10 s.
[[nodiscard]] std::span<const double> latency_buckets() noexcept;

/// Owns the registry. Making an instrument again with the same name and labels gives the same one; the same
/// name as another kind, or a malformed name, is std::invalid_argument. Any thread.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  [[nodiscard]] Counter& counter(const std::string& name, const std::string& help, const Labels& labels = {});
  [[nodiscard]] Gauge& gauge(const std::string& name, const std::string& help, const Labels& labels = {});
  [[nodiscard]] Histogram& histogram(const std::string& name, const std::string& help,
                                     const Labels& labels = {},
                                     std::span<const double> buckets = latency_buckets());
  /// Runs before each exposition, to set gauges that follow something else.
  void on_collect(std::function<void()> refresh);

  /// Prometheus text exposition format 0.0.4; its type is kContentType.
  [[nodiscard]] std::string expose() const;
  static constexpr const char* kContentType = "text/plain; version=0.0.4; charset=utf-8";

 private:
  class Registry;
  std::unique_ptr<Registry> registry_;
};

}  // namespace gateway::observe
