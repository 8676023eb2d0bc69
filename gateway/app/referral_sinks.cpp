#include "gateway/app/referral_sinks.hpp"

namespace gateway::app {

using observe::Level;

IntakeReports::IntakeReports(observe::Log& log, observe::Metrics& metrics)
    : log_(log),
      metrics_(metrics),
      took_(metrics.histogram("ligament_message_seconds", "From a whole request to its answer")) {}

void IntakeReports::committed() {
  if (told_) told_();
}

void IntakeReports::message(const intake::MessageSummary& summary) {
  metrics_
      .counter(
          "ligament_messages_total", "Messages received",
          {{"verdict", summary.verdict}, {"decision", summary.decision.empty() ? "none" : summary.decision}})
      .increment();
  if (summary.red_flags > 0) {
    metrics_.counter("ligament_red_flags_total", "Red flags raised")
        .increment(static_cast<double>(summary.red_flags));
  }
  took_.observe(summary.took);
  const Level level = summary.http_status >= 500 ? Level::kError : Level::kInfo;
  log_.write(level, "message",
             {{"seq", summary.message.value()},
              {"partner", summary.partner},
              {"action", summary.action},
              {"verdict", summary.verdict},
              {"decision", summary.decision},
              {"error", summary.error_code},
              {"status", summary.http_status},
              {"red_flags", static_cast<std::uint64_t>(summary.red_flags)},
              {"bytes", static_cast<std::uint64_t>(summary.bytes)},
              {"took_us", std::chrono::duration_cast<std::chrono::microseconds>(summary.took).count()}});
}

void IntakeReports::alert(const intake::Alert& alert) {
  metrics_.counter("ligament_alerts_total", "Things a person must see", {{"kind", alert.kind}}).increment();
  log_.write(Level::kWarning, "alert",
             {{"kind", alert.kind},
              {"reference", alert.reference},
              {"owner", alert.owner_role},
              {"code", alert.code}});
}

fhir::Status DeliveryReports::delivered(store::Transaction& tx, const store::DeliveryRow& delivery,
                                        fhir::Instant at) {
  LIGAMENT_TRY(const auto changed, changes_.delivered(tx, delivery, sequence_.next(), at));
  static_cast<void>(changed);
  return {};
}

fhir::Status DeliveryReports::undeliverable(store::Transaction& tx, const store::DeliveryRow& delivery,
                                            std::string_view error_code, fhir::Instant at) {
  // To nobody: a partner that was taken out of the configuration may come back.
  const auto end =
      error_code == outbox::kNoEndpoint ? intake::EndOfDelivery::kParked : intake::EndOfDelivery::kDead;
  LIGAMENT_TRY(const auto alerts, changes_.undeliverable(tx, delivery.seq, error_code, at, end));
  static_cast<void>(alerts);
  return {};
}

void DeliveryReports::recorded(const outbox::Attempt& attempt) {
  const std::string_view verdict = attempt.dead ? "dead" : outbox::to_code(attempt.answer.verdict);
  metrics_
      .counter("ligament_deliveries_total", "Attempts to deliver",
               {{"destination", attempt.delivery.destination}, {"verdict", std::string(verdict)}})
      .increment();
  log_.write(attempt.dead ? Level::kError : Level::kInfo, "delivery",
             {{"delivery", attempt.delivery.seq.value()},
              {"destination", attempt.delivery.destination},
              {"kind", attempt.delivery.kind},
              {"verdict", verdict},
              {"code", attempt.answer.code},
              {"attempt", attempt.delivery.attempts + 1}});
}

fhir::Status WatchReports::deadline_passed(store::Transaction& tx, const store::ReferralRow& referral,
                                           fhir::Instant at) {
  intake::Change change;
  change.event.kind = referral::EventKind::kDeadlinePassed;
  // Without its name the rules take it for a deadline that was met meanwhile, and nothing moves on.
  if (referral.deadline) {
    change.event.deadline =
        referral::parse_deadline_kind(referral.deadline->what).value_or(referral::DeadlineKind::kNone);
  }
  change.scope = sequence_.next();
  change.at = at;
  LIGAMENT_TRY(const intake::Changed changed, changes_.apply(tx, referral.seq, change));
  static_cast<void>(changed);
  return {};
}

fhir::Status WatchReports::next_step(store::Transaction& tx, const store::WorkRow& work, fhir::Instant at) {
  LIGAMENT_TRY(const auto alerts, changes_.next_rota_step(tx, work.seq, sequence_.next(), at));
  static_cast<void>(alerts);
  return {};
}

void WatchReports::silence(const store::ReferralRow& referral) {
  metrics_.counter("ligament_silences_total", "Deadlines that passed", {{"state", referral.state}})
      .increment();
  log_.write(
      Level::kWarning, "deadline_passed",
      {{"reference", "Task/" + referral.task_id},
       {"state", referral.state},
       {"owner", referral.deadline ? std::string_view(referral.deadline->owner_role) : std::string_view()}});
}

void WatchReports::escalated(const store::WorkRow& work) {
  metrics_.counter("ligament_rota_steps_total", "Rota steps told because nobody confirmed").increment();
  log_.write(Level::kWarning, "rota_step", {{"work", work.seq.value()}, {"reason", work.reason}});
}

}  // namespace gateway::app
