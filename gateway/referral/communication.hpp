// What a GP is told about a referral: a Communication that a person can read as it stands and a machine can
// file.
//
// Always says: the decision, the reason, who decided (name, role, organisation), the next step and who holds
// the patient now, the action for the GP with its date or the words "no action", whom to contact, the
// patient's and the referral's identifiers.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/tree/tree.hpp"
#include "gateway/referral/effect.hpp"
#include "gateway/referral/task_tree.hpp"

namespace gateway::referral {

/// Profile of our FHIR package that our Communications name in meta.profile.
inline constexpr std::string_view kCommunicationProfile =
    "https://ligament.example/fhir/StructureDefinition/msk-communication";

/// An action asked of the GP. Without text there is none, and the Communication says "no action".
struct GpAction {
  std::string text;
  std::string by;  ///< A date in words of FHIR: 2026-11-29. May be empty.
};

struct CommunicationFacts {
  CommunicationKind kind = CommunicationKind::kReceipt;
  std::string id;
  std::vector<Identifier> referral_identifiers;  ///< UBRN, our id, the sender's.
  std::vector<Identifier> patient_identifiers;   ///< NHS number first when there is one.
  std::string patient_name;                      ///< As sent.
  std::string patient_birth_date;
  std::string patient;          ///< Reference, `Patient/id`.
  std::string service_request;  ///< Reference, `ServiceRequest/id`.
  std::string task;             ///< Reference, `Task/id`.
  std::string in_response_to;   ///< Reference to an earlier Communication; may be empty.
  std::string letter;           ///< Reference to the DocumentReference or Binary sent along; may be empty.
  Reason reason;
  Decider decided_by;  ///< Empty name: decided by no person, and the text says so.
  std::string advice;  ///< Advice, question, or what was understood (receipt), in the words to be passed on.
  std::string next_step;  ///< Overrides the sentence the kind would give. `{taker}` in it, and in the text of
                          ///< an action, is the organisation that decides on the referral.
  std::vector<GpAction> actions;
  std::string contact;     ///< Telephone or mail of who can be asked.
  std::string sender_ods;  ///< Who sends; the hub's when empty.
  std::optional<fhir::Instant> appointment_start;
  std::optional<fhir::Instant> answer_by;
};

/// `referral` is the state *after* the transition: holder, owner and deadline are told from it. `table` is
/// that of FHIR R4.
[[nodiscard]] fhir::tree::TreePtr build_communication(const fhir::tree::TypeTable& table,
                                                      const CommunicationFacts& facts,
                                                      const ReferralState& referral, fhir::Instant now);

/// The same as lines of text, for forms that carry only text (MDM, RRI notes). No trailing newline.
[[nodiscard]] std::vector<std::string> communication_lines(const CommunicationFacts& facts,
                                                           const ReferralState& referral);

}  // namespace gateway::referral
