// Joins the rooms that must not know each other: what deliveries and silence mean for a referral, and what
// operators see.
#pragma once

#include <functional>

#include "gateway/intake/intake.hpp"
#include "gateway/observe/log.hpp"
#include "gateway/observe/metrics.hpp"
#include "gateway/outbox/delivery_loop.hpp"
#include "gateway/watch/watch.hpp"

namespace gateway::app {

/// Summaries and alerts of intake to log and metrics. I/O thread.
class IntakeReports final : public intake::IntakeSink {
 public:
  IntakeReports(observe::Log& log, observe::Metrics& metrics);
  void committed() override;
  void message(const intake::MessageSummary& summary) override;
  /// Called after each commit of intake.
  void on_commit(std::function<void()> told) { told_ = std::move(told); }
  void alert(const intake::Alert& alert) override;

 private:
  observe::Log& log_;
  observe::Metrics& metrics_;
  observe::Histogram& took_;
  std::function<void()> told_;
};

/// Ends of deliveries to the referral they belong to. The transactional parts run on the writer.
class DeliveryReports final : public outbox::DeliverySink {
 public:
  DeliveryReports(const intake::ReferralChanges& changes, intake::MessageSequence& sequence,
                  observe::Log& log, observe::Metrics& metrics)
      : changes_(changes), sequence_(sequence), log_(log), metrics_(metrics) {}
  fhir::Status delivered(store::Transaction& tx, const store::DeliveryRow& delivery,
                         fhir::Instant at) override;
  fhir::Status undeliverable(store::Transaction& tx, const store::DeliveryRow& delivery,
                             std::string_view error_code, fhir::Instant at) override;
  void recorded(const outbox::Attempt& attempt) override;

 private:
  const intake::ReferralChanges& changes_;
  intake::MessageSequence& sequence_;
  observe::Log& log_;
  observe::Metrics& metrics_;
};

/// Passed deadlines and rota steps.
class WatchReports final : public watch::WatchSink {
 public:
  WatchReports(const intake::ReferralChanges& changes, intake::MessageSequence& sequence, observe::Log& log,
               observe::Metrics& metrics)
      : changes_(changes), sequence_(sequence), log_(log), metrics_(metrics) {}
  fhir::Status deadline_passed(store::Transaction& tx, const store::ReferralRow& referral,
                               fhir::Instant at) override;
  fhir::Status next_step(store::Transaction& tx, const store::WorkRow& work, fhir::Instant at) override;
  void silence(const store::ReferralRow& referral) override;
  void escalated(const store::WorkRow& work) override;

 private:
  const intake::ReferralChanges& changes_;
  intake::MessageSequence& sequence_;
  observe::Log& log_;
  observe::Metrics& metrics_;
};

}  // namespace gateway::app
