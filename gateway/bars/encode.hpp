// Builds the messages this gateway sends: to a hub or provider, back to a GP, and the body of a synchronous
// answer.
//
// What was received travels whole and as sent. Nothing is invented to satisfy a national MessageDefinition:
// where we carry what none of them allows, the message names a definition of our own. Deterministic: ids and
// times are passed in.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/base/instant.hpp"
#include "fhir/tree/tree.hpp"
#include "gateway/bars/message.hpp"

namespace gateway::bars {

inline constexpr std::string_view kRequestDefinition =
    "https://ligament.example/fhir/MessageDefinition/msk-referral-request";
inline constexpr std::string_view kCancelDefinition =
    "https://ligament.example/fhir/MessageDefinition/msk-referral-cancelled";
inline constexpr std::string_view kResponseDefinition =
    "https://ligament.example/fhir/MessageDefinition/msk-referral-response";

/// Profile of our FHIR package that our MessageHeaders name in meta.profile.
inline constexpr std::string_view kHeaderProfile =
    "https://ligament.example/fhir/StructureDefinition/msk-message-header";

inline constexpr std::string_view kLetterDefinition =
    "https://ligament.example/fhir/MessageDefinition/msk-letter";

/// One of our definitions: what a message of it holds. `max` 0 means any number.
struct DefinitionContent {
  std::string_view resource;
  std::uint32_t min;
  std::uint32_t max;
};
[[nodiscard]] std::span<const DefinitionContent> definition_content(std::string_view definition) noexcept;

enum class RequestReason : std::uint8_t { kNew, kUpdate, kCancelled };

/// What every message we send says of itself.
struct Envelope {
  std::string bundle_id;  ///< UUID.
  std::string header_id;  ///< UUID.
  fhir::Instant timestamp;
  std::string version = "1.4.0";
  EndpointId source;  ///< Where answers go.
  EndpointId destination;
  std::string sender_url;  ///< fullUrl of the sending Organization; an entry is made unless a part has it.
  std::string sender_ods;
  std::string sender_name;
  std::string receiver_url;  ///< The same for the receiver.
  std::string receiver_ods;
  std::string receiver_name;
  std::string software = "Ligament";
  std::string software_version;
  bool test = false;  ///< Bundle and MessageHeader are marked as test traffic (meta.tag HTEST).
  /// References of our parts to write anew: `Patient/id` to the fullUrl it goes by. Those of the parts
  /// themselves are known. One that means the same already, read against the fullUrl of its entry, stays.
  std::vector<std::pair<std::string, std::string>> aliases;
};

/// A resource to put in, under the fullUrl it goes by. The node's tree outlives the call.
struct Part {
  std::string full_url;
  fhir::tree::Node resource;
};

/// A message not yet put together: each resource stands where it was made, so that one which is written
/// elsewhere too need not be copied.
struct Outgoing {
  struct Entry {
    std::string full_url;
    fhir::tree::Node resource;
  };
  fhir::tree::TreePtr head;  ///< The Bundle without its entries.
  std::vector<Entry> entries;
  std::vector<fhir::tree::TreePtr> made;  ///< Keeps the resources made for this message.
};

/// The whole as one tree.
[[nodiscard]] fhir::tree::TreePtr to_bundle(const Outgoing& message);

/// The messages that the functions below give whole. What they are made of outlives them.
[[nodiscard]] Outgoing request_message(const BarsMessage& received, RequestReason reason,
                                       std::span<const Part> ours, const Envelope& envelope);
[[nodiscard]] Outgoing response_message(const fhir::tree::TypeTable& table, std::span<const Part> parts,
                                        std::string_view focus, std::string_view answers,
                                        RequestReason reason, const Envelope& envelope);
[[nodiscard]] Outgoing acknowledgement_message(const BarsMessage& received, std::span<const Part> parts,
                                               const Envelope& envelope);

/// To a hub or provider. Every entry of `received` but MessageHeader goes along as sent, except resources
/// that `ours` replaces by the same fullUrl. `ours` holds our Task and, when its author changed it, the
/// ServiceRequest.
[[nodiscard]] fhir::tree::TreePtr encode_request(const BarsMessage& received, RequestReason reason,
                                                 std::span<const Part> ours, const Envelope& envelope);

/// To a GP: `focus` is the fullUrl of the part in focus (the Task or the ServiceRequest); `answers` is
/// Bundle.id of the request.
[[nodiscard]] fhir::tree::TreePtr encode_response(const fhir::tree::TypeTable& table,
                                                  std::span<const Part> parts, std::string_view focus,
                                                  std::string_view answers, RequestReason reason,
                                                  const Envelope& envelope);

/// A letter that belongs to no referral here: `focus` is the fullUrl of its DocumentReference.
[[nodiscard]] Outgoing letter_message(const fhir::tree::TypeTable& table, std::span<const Part> parts,
                                      std::string_view focus, const Envelope& envelope);

/// The body of HTTP 200: the request echoed in short, with MessageHeader.response. Parts are ServiceRequest,
/// Patient, Task.
[[nodiscard]] fhir::tree::TreePtr encode_acknowledgement(const BarsMessage& received,
                                                         std::span<const Part> parts,
                                                         const Envelope& envelope);

}  // namespace gateway::bars
