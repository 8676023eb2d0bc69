// Carries out the effects of one transition inside its transaction. Part of ReferralChanges.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fhir/base/result.hpp"
#include "fhir/tree/tree.hpp"
#include "gateway/intake/dispatch.hpp"
#include "gateway/intake/notices.hpp"
#include "gateway/intake/referral_changes.hpp"
#include "gateway/intake/referral_memory.hpp"
#include "gateway/store/transaction.hpp"

namespace gateway::intake {

/// What does not change while a change is applied.
struct ChangeSurroundings {
  const config::Config& config;
  const KeyedHash& hash;
  std::string_view software_version;
  const referral::Deadlines& deadlines;
  const OutwardForms* forms;  ///< May be null.
};

/// One change of one referral, used once. Reads what it needs, then writes.
class AppliedChange {
 public:
  AppliedChange(store::Transaction& tx, store::ReferralRow row, ReferralMemory memory, const Change& change,
                const ChangeSurroundings& around);

  /// The state moved on: Task, row, and every effect.
  [[nodiscard]] fhir::Status accept(const referral::Accepted& accepted);
  /// The pathway goes from one organisation to another as it stands; no event of the state machine.
  [[nodiscard]] fhir::Status move(std::string_view from, const referral::Organisation& to);
  /// It did not; the timeline says why.
  [[nodiscard]] fhir::Status ignore(const referral::Ignored& ignored);

  [[nodiscard]] std::vector<Alert> take_alerts() { return std::move(alerts_); }
  [[nodiscard]] const store::ReferralRow& row() const noexcept { return row_; }
  [[nodiscard]] const fhir::tree::TreePtr& task() const noexcept { return task_; }

 private:
  [[nodiscard]] fhir::Status load();
  [[nodiscard]] fhir::Status load_subject();
  [[nodiscard]] fhir::Result<fhir::tree::TreePtr> read(std::string_view type, std::string_view id);
  [[nodiscard]] fhir::Status put(fhir::tree::Node resource, store::WriteRule rule, std::int64_t expected = 0);
  [[nodiscard]] fhir::Status show_from(const std::vector<std::string>& saw);
  [[nodiscard]] fhir::Status write_request(const std::vector<referral::Effect>& effects);
  [[nodiscard]] fhir::Status carry_out(const referral::Effect& effect);
  [[nodiscard]] fhir::Status tell_gp(referral::CommunicationKind kind);
  [[nodiscard]] fhir::Status notify(const referral::NotifyPartner& notice);
  [[nodiscard]] fhir::Status notify_with_request(const config::Partner& to, bars::RequestReason reason);
  [[nodiscard]] fhir::Status notify_with_answer(const config::Partner& to,
                                                std::optional<fhir::Instant> not_before = std::nullopt);
  [[nodiscard]] fhir::Status open_work(const referral::OpenWorkItem& open);
  [[nodiscard]] fhir::Status sent_elsewhere(const referral::ReferralState& was);
  [[nodiscard]] bool nobody_took_it(const store::WorkRow& flag) const;
  [[nodiscard]] fhir::Status end_rota(const referral::ReferralState& was);
  [[nodiscard]] fhir::Result<std::vector<store::WorkRow>> open_red_flags();
  [[nodiscard]] fhir::Status create_abort_task();
  [[nodiscard]] fhir::Status close_abort_task(std::string_view status);
  [[nodiscard]] fhir::Status create_child(const referral::CreateChild& child);
  [[nodiscard]] fhir::Status send_child(const config::Partner* to, const fhir::tree::Tree& task,
                                        const fhir::tree::Tree& request, store::ReferralSeq child);
  [[nodiscard]] fhir::Status close_child(std::string_view status);
  [[nodiscard]] fhir::Status tell_pas(const referral::ReferralState& before);
  [[nodiscard]] fhir::Status send_news(const config::Partner& to, std::string_view kind,
                                       bars::RequestReason reason);
  [[nodiscard]] fhir::Result<fhir::tree::TreePtr> with_numbers_of(std::string_view ods);
  [[nodiscard]] fhir::Status count_hop(const referral::Organisation& to);
  [[nodiscard]] fhir::Result<std::vector<fhir::tree::TreePtr>> attached();
  [[nodiscard]] fhir::Status recall(std::string_view ods);
  [[nodiscard]] fhir::Status enqueue(store::NewDelivery delivery);
  [[nodiscard]] fhir::Status write_deliveries();
  void is_stored(const fhir::tree::TreePtr& resource);
  [[nodiscard]] fhir::Status take(Notice notice);
  [[nodiscard]] fhir::Status add_work(store::NewWork work);
  [[nodiscard]] fhir::Status event(std::string kind, std::string detail,
                                   std::vector<std::string> references = {});
  [[nodiscard]] fhir::Status audit(store::AuditOutcome outcome);
  [[nodiscard]] About about() const;
  [[nodiscard]] Words words() const;
  [[nodiscard]] std::string actor() const;

  store::Transaction& tx_;
  store::ReferralRow row_;
  ReferralMemory memory_;
  const Change& change_;
  const ChangeSurroundings& around_;
  ResourceIds ids_;
  StoredNodes stored_;                           ///< What goes into messages by reference.
  std::vector<fhir::tree::TreePtr> keep_alive_;  ///< The trees of those, so that no other takes their place.
  Dispatch dispatch_;
  Notices notices_;
  fhir::tree::TreePtr task_;
  fhir::tree::TreePtr request_;  ///< As patient_ from load_subject() on: most steps tell nobody.
  fhir::tree::TreePtr patient_;
  fhir::tree::TreePtr communication_;
  std::vector<store::NewDelivery> deliveries_;  ///< Written when the Task they carry is.
  std::vector<Alert> alerts_;
};

}  // namespace gateway::intake
