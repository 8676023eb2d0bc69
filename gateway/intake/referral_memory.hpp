// What the gateway remembers of a referral beside the columns of its row: the whole state of the state
// machine, and what later messages about it need.
//
// Stored as ReferralRow::memory. Nothing clinical and nothing of the patient but our own resource id.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "fhir/base/result.hpp"
#include "gateway/referral/referral_state.hpp"
#include "gateway/store/referral_store.hpp"

namespace gateway::intake {

/// How long a stretch may take for this referral, by the service it came to, as it was on that day. Empty: as
/// the installation is configured.
struct OwnLimit {
  config::Term routine;
  config::Term urgent;
};

struct ReferralMemory {
  referral::ReferralState state;
  std::string patient_id;            ///< Of our Patient; empty when the message had none.
  std::string request_bundle;        ///< Bundle.id of the author's first message: what answers name.
  std::string source_endpoint;       ///< `system|value` the author wants answers sent to.
  std::string version;               ///< BaRS version the author speaks.
  std::string author_version;        ///< ServiceRequest.meta.versionId of the author's last word, or empty.
  std::string contact;               ///< Whom to ask about this referral.
  std::string abort_task;            ///< Id of the pending abort Task.
  std::string child_task;            ///< Id of the Task of the leg now offered onward.
  bool request_sent = false;         ///< The hub was sent the request.
  store::MessageSeq author_message;  ///< The message that stands: the new referral or its last update.
  std::string practice_ods;          ///< The patient's practice when it is not the author: told beside it.
  std::string chosen_ods;            ///< The provider the patient chose.
  std::string
      beside_choice;  ///< ODS codes, with blanks between: to hand on to one of them is no other choice.
  std::string week;   ///< services::Week of the service, as text.
  OwnLimit triage;    ///< Receipt to triage decision.
  OwnLimit offer;     ///< Triage decision to the offer of the next step.
};

/// `configured` with the limits the referral brought along.
[[nodiscard]] referral::Deadlines own_deadlines(const ReferralMemory& memory, referral::Deadlines configured);

/// True when this word would take the patient to another provider than the chosen one.
[[nodiscard]] bool against_choice(const ReferralMemory& memory, const referral::Event& event);

/// Lines of `name=value`.
[[nodiscard]] std::string to_text(const ReferralMemory& memory);
/// kCorrupt when the text cannot be read. Names this version does not know are passed over.
[[nodiscard]] fhir::Result<ReferralMemory> parse_memory(std::string_view text);

/// Fills the columns that follow from the state: state, open, Task version, holder, owner, deadline,
/// priority, red flag, memory.
void fill_row(store::ReferralRow& row, const ReferralMemory& memory);

}  // namespace gateway::intake
