// Builds the Task of a referral as FHIR: the coordination Task that says who must act, by when, and how far
// things are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/tree/tree.hpp"
#include "gateway/referral/referral_state.hpp"

namespace gateway::referral {

/// Profiles of our FHIR package that our Tasks name in meta.profile.
inline constexpr std::string_view kTaskProfile = "https://ligament.example/fhir/StructureDefinition/msk-task";
inline constexpr std::string_view kAbortTaskProfile =
    "https://ligament.example/fhir/StructureDefinition/msk-abort-task";

struct Identifier {
  std::string system;
  std::string value;
  std::string type_code;  ///< PLAC, FILL or empty (HL7 v2 table 0203).
  friend bool operator==(const Identifier&, const Identifier&) = default;
};

/// What a Task says besides its state. References are relative (`ServiceRequest/id`).
struct TaskFacts {
  std::string id;
  std::vector<Identifier> identifiers;
  std::string focus;  ///< ServiceRequest.
  std::string patient;
  std::string part_of;  ///< Parent Task of an onward leg; may be empty.
  std::string group;    ///< Task.groupIdentifier value (correlation); may be empty.
  fhir::Instant authored;
  Reason status_reason;
  std::string description;  ///< What is asked, in words.
};

/// Task (code fulfill, intent order) of the state given. `table` is that of FHIR R4.
[[nodiscard]] fhir::tree::TreePtr build_task(const fhir::tree::TypeTable& table, const TaskFacts& facts,
                                             const ReferralState& referral, fhir::Instant now);

/// The same Task in a later state: everything of `stored` that does not depend on the state is kept as it
/// was.
[[nodiscard]] fhir::tree::TreePtr rebuild_task(fhir::tree::Node stored, const ReferralState& referral,
                                               const Reason& status_reason, fhir::Instant now);

/// The Task by which an author asks to stop work in progress (code abort, focus on the coordination Task,
/// owner the holder).
[[nodiscard]] fhir::tree::TreePtr build_abort_task(const fhir::tree::TypeTable& table, std::string_view id,
                                                   std::string_view task_id, std::string_view patient,
                                                   const ReferralState& referral, const Reason& reason,
                                                   fhir::Instant now);

/// A ServiceRequest in the version its author last sent, with status, version and time of change set by us on
/// the author's word. `status` empty keeps it.
[[nodiscard]] fhir::tree::TreePtr rebuild_request(fhir::tree::Node received, std::string_view id,
                                                  std::string_view status, std::uint32_t version,
                                                  fhir::Instant now);

/// The ServiceRequest of an onward leg: basedOn the parent, its narrative whole, performer the destination.
[[nodiscard]] fhir::tree::TreePtr build_child_request(fhir::tree::Node parent, std::string_view id,
                                                      std::string_view parent_id,
                                                      const Organisation& destination, fhir::Instant now);

}  // namespace gateway::referral
