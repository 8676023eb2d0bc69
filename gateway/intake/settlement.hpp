// What became of one message inside its unit of work, and the records every refusal and repetition leaves.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gateway/bars/encode.hpp"
#include "gateway/bars/rec_error.hpp"
#include "gateway/intake/incoming.hpp"
#include "gateway/intake/intake_sink.hpp"
#include "gateway/intake/new_referral.hpp"
#include "gateway/intake/outcome.hpp"
#include "gateway/intake/reading.hpp"
#include "gateway/intake/referral_changes.hpp"
#include "gateway/intake/resource_ids.hpp"
#include "gateway/store/transaction.hpp"

namespace gateway::intake {

/// Assigned whole by the unit, so that a unit that runs again leaves one result.
struct Settlement {
  Outcome::Kind kind = Outcome::Kind::kUnknown;
  int status = 0;
  std::optional<store::MessageSeq> original;  ///< Of a duplicate.
  std::optional<bars::Refusal> refusal;       ///< Present exactly when the message was not accepted.
  std::string answer;                         ///< Body of a 200, in `answer_type`.
  std::string answer_type;
  std::string verdict;
  std::vector<Alert> alerts;
};

/// A red flag of a message that does not become a referral: what is written beside its refusal.
struct Escalation {
  store::NewWork work;
  std::vector<store::NewDelivery> deliveries;
};

/// Built before the transaction; empty when nothing was raised. The rota is told what could be read.
[[nodiscard]] std::optional<Escalation> plan_escalation(const Incoming& incoming, const Reading& reading,
                                                        const PlanSurroundings& around);

[[nodiscard]] fhir::Status write_escalation(store::Transaction& tx, const Escalation& escalation,
                                            std::vector<Alert>& alerts);

/// All that a unit of work of one message is given. Shared and never changed.
struct MessageCase {
  Incoming incoming;
  Reading reading;
  std::optional<Escalation> escalation;
  const ReferralChanges* changes = nullptr;
  PlanSurroundings around;
  RulesPtr rules;  ///< Keeps what `around` refers to.
};

/// Refused: kept for review, with its audit entry and its escalation. The same bytes of the same sender that
/// were refused in the last seven days are kept and counted (`refused-again`), and escalated once.
[[nodiscard]] fhir::Status record_refused(store::Transaction& tx, const MessageCase& message,
                                          const bars::Refusal& refusal, int status, Settlement& settled);

/// The escalation of a message that is taken and belongs to no referral. Nothing without one.
[[nodiscard]] fhir::Status raise_escalation(store::Transaction& tx, const MessageCase& message,
                                            Settlement& settled);

/// When the ids of the message are used up: recorded as a duplicate, or as refused and flagged when it is
/// another message under the same ids of its sender. True when that was so.
[[nodiscard]] fhir::Result<bool> settle_repetition(store::Transaction& tx, const MessageCase& message,
                                                   Settlement& settled);

/// True when its sender used the control id of the message for other content before, and it took effect.
[[nodiscard]] fhir::Result<bool> control_id_reused(store::Transaction& tx, const Incoming& incoming);
/// Says so in the audit log.
[[nodiscard]] fhir::Status record_reuse(store::Transaction& tx, const Incoming& incoming);

/// A refusal by the rules of the referral's life: the rule, who owns the Task now, what this caller may do.
[[nodiscard]] bars::Refusal refusal_of(const referral::Refused& refused);

/// The body of 200 in the form the caller wants, the message echoed in short with what it is now here; empty
/// when it wants none.
[[nodiscard]] std::string acknowledgement(const MessageCase& message, const bars::BarsMessage& local,
                                          std::span<const bars::Part> parts, ResourceIds& ids);

}  // namespace gateway::intake
