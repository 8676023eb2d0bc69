// One message at a door, whatever door: what every door hands to Intake::process.
//
//   Arrival arrival;                                  // HL7 v2 over MLLP
//   arrival.caller = caller;                          // who was authenticated
//   arrival.door = "mllp";
//   arrival.bytes = frame;
//   arrival.media_type = "x-application/hl7-v2+er7";
//   arrival.content = Content::kConverted;
//   arrival.control_id = facts.control_id;            // MSH-10
//   arrival.repetition = key;                         // SHA-256 of what makes two messages the same
//   arrival.converted = Converted{bundle, source, receipt, losses};
//   if (!bundle) arrival.refusal = bars::refusal(issues);
//   Outcome outcome = co_await intake.process(std::move(arrival));
//
// A door fills in what it found; it decides nothing about the message. A refusal of the door (malformed
// headers, a message its reader or converter could not take) travels inside: intake runs the red-flag gate on
// whatever can be read, records the message for review and escalates, exactly as for its own refusals.
//
// Repetition. With `repetition`, both conversation ids are derived from (caller, repetition), so the same
// content under a new control id is the same message: its Outcome is kDuplicate, with no second effect. The
// control id then decides nothing; if it was used for other content, the message is processed as new and the
// audit log says `control-id-reused`. Without `repetition` the ids are the sender's, and the same ids with
// other bytes are refused (BaRS).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fhir/tree/tree.hpp"
#include "fhir/validate/valid_tree.hpp"
#include "gateway/bars/rec_error.hpp"
#include "gateway/config/config.hpp"
#include "gateway/intake/keyed_hash.hpp"
#include "gateway/store/caller.hpp"
#include "gateway/store/ids.hpp"

namespace gateway::intake {

/// What the bytes are.
enum class Content : std::uint8_t {
  kUnreadable,  ///< Of no format that is read here: only the gate looks at them. Comes with a refusal.
  kJson,        ///< FHIR.
  kXml,         ///< FHIR.
  kConverted,   ///< Another format; Arrival::converted holds what was made of them.
};

/// The ids of a conversation; empty when the sender gave none.
struct ConversationIds {
  std::string request_id;
  std::string correlation_id;
};

/// A part of the original that no rule took.
struct Loss {
  std::string place;  ///< In the original: `PID[1]-7`.
  bool mandatory =
      false;  ///< A field every referral must have (domain rules): a person looks before it goes on.
};

/// What a converting door made of a message.
struct Converted {
  fhir::tree::TreePtr bundle;  ///< The FHIR message; null when there is none, and then the door refuses.
  fhir::tree::TreePtr source;  ///< The original as a tree, for the gate; may be null.
  std::string receipt;         ///< JSON, kept beside the message.
  std::vector<Loss> losses;
  /// That `bundle` is valid R4; without it, or with that of another tree, intake validates.
  std::optional<fhir::validate::ValidTree> verdict = {};
};

/// A value. Texts are UTF-8, `bytes` are as received.
struct Arrival {
  store::Caller caller;
  std::string door = "http";  ///< Of the message log: `http`, `mllp`, `file`.
  std::string bytes;
  std::string media_type;
  Content content = Content::kUnreadable;
  ConversationIds ids;
  std::optional<store::Digest> repetition;
  std::string control_id;  ///< MSH-10; empty where the message names itself.
  std::string event;       ///< `REF^I12`; empty: the event of the message header.
  std::optional<Converted> converted;
  std::optional<bars::Refusal> refusal;
  int refused_status = 0;  ///< As HTTP, of `refusal`; 0: what its code says.
  /// The form of the answer Bundle; absent: the door answers in words of its own, and none is made.
  std::optional<config::WireFormat> answer;
};

/// Ids of a message that has none: the same each time this partner sends this content. Version 8 UUIDs.
[[nodiscard]] ConversationIds derived_ids(const KeyedHash& hash, const std::string& partner,
                                          const store::Digest& repetition);

}  // namespace gateway::intake
