// A new referral: everything it writes, built before the transaction, and the plain sequence of inserts that
// writes it.
#pragma once

#include <string>
#include <vector>

#include "gateway/config/config.hpp"
#include "gateway/intake/incoming.hpp"
#include "gateway/intake/intake_sink.hpp"
#include "gateway/intake/keyed_hash.hpp"
#include "gateway/intake/outward_forms.hpp"
#include "gateway/intake/reading.hpp"
#include "gateway/referral/deadlines.hpp"
#include "gateway/store/transaction.hpp"

namespace gateway::intake {

struct PlanSurroundings {
  const config::Config& config;
  const KeyedHash& hash;
  const referral::Deadlines& deadlines;
  std::string_view software_version;
  const OutwardForms* forms;  ///< May be null.
};

/// All rows of one accepted referral. `answer` is the body of HTTP 200: it may leave only after the commit.
struct PlannedReferral {
  store::NewMessage message;
  std::vector<store::ResourceWrite> resources;
  store::ReferralRow row;
  std::vector<store::BusinessIdentifier> identifiers;
  std::vector<store::ReferralEvent> events;
  std::vector<store::NewDelivery> deliveries;
  std::vector<store::NewWork> work;
  store::NewAudit audit;
  std::vector<Alert> alerts;
  std::string answer;               ///< Empty when the door wants none.
  store::Reply reply{200, {}, {}};  ///< The answer for the log.
  std::string answer_type;          ///< Media type.
  std::size_t bytes = 0;            ///< About what will be written.
};

/// `reading` has a decision and no refusal. Pure: the same input gives the same rows.
[[nodiscard]] PlannedReferral plan_new_referral(const Incoming& incoming, const Reading& reading,
                                                const PlanSurroundings& around);

/// Writes it. kDuplicate, and nothing written, when the ids of the message are used up. Open referrals of the
/// same patient are linked by a work item, and both kept. May run again with the same plan.
[[nodiscard]] fhir::Status write_new_referral(store::Transaction& tx, PlannedReferral& plan);

}  // namespace gateway::intake
