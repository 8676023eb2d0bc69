// The national message as this gateway reads it: one Bundle of type message, its references resolved, its
// parts named.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <tl/expected.hpp>

#include "fhir/tree/tree.hpp"
#include "gateway/bars/rec_error.hpp"

namespace gateway::bars {

inline constexpr std::string_view kEventSystem = "https://fhir.nhs.uk/CodeSystem/message-events-bars";
/// Events of our own, for what the national messages have none (docs/messages.md).
inline constexpr std::string_view kCareEventSystem = "https://ligament.example/fhir/CodeSystem/message-event";
inline constexpr std::string_view kReasonSystem = "https://fhir.nhs.uk/CodeSystem/message-reason-bars";
inline constexpr std::string_view kCategorySystem =
    "https://fhir.nhs.uk/CodeSystem/message-category-servicerequest";
inline constexpr std::string_view kUseCaseSystem = "https://fhir.nhs.uk/CodeSystem/usecases-categories-bars";

/// Entries of a Bundle by what references may call them: fullUrl, `Type/id`. Texts live in the tree. Cost:
/// linear to build.
class ReferenceIndex {
 public:
  /// Issues (422) for a fullUrl or a Type/id that two entries claim.
  void add(fhir::tree::Node entry, fhir::IssueList& issues);
  /// The resource a Reference element (or its text) points to inside the Bundle, or an empty node.
  [[nodiscard]] fhir::tree::Node resolve(fhir::tree::Node reference) const;
  [[nodiscard]] fhir::tree::Node resolve(std::string_view reference) const;

 private:
  std::unordered_map<std::string, fhir::tree::Node> by_key_;
};

/// `endpoint` split as `system|value`; a plain URL has no system.
struct EndpointId {
  std::string system;
  std::string value;
  friend bool operator==(const EndpointId&, const EndpointId&) = default;
};
[[nodiscard]] EndpointId parse_endpoint(std::string_view text);
[[nodiscard]] std::string to_text(const EndpointId& endpoint);

/// Nodes live as long as `tree`.
struct BarsMessage {
  fhir::tree::TreePtr tree;
  std::string bundle_id;
  std::string version;  ///< Bundle.meta.versionId.
  std::string event;    ///< Code in kEventSystem, or in kCareEventSystem when `care`; as sent.
  bool care = false;    ///< The event is one of ours.
  std::string reason;   ///< new, update, delete; as sent.
  EndpointId source;    ///< What an answer names as its target.
  std::vector<EndpointId> destinations;
  std::string definition;
  std::string response_identifier;  ///< Bundle.id of the request this answers.
  bool has_response = false;

  fhir::tree::Node header;
  fhir::tree::Node sender;  ///< Organization, when in the Bundle.
  fhir::tree::Node receiver;
  fhir::tree::Node focus;
  std::vector<fhir::tree::Node> foci;  ///< `focus`, and of our own events those after it.
  fhir::tree::Node service_request;    ///< Focus, or the one of the Bundle.
  fhir::tree::Node appointment;
  fhir::tree::Node patient;                ///< The first of `patients`.
  std::vector<fhir::tree::Node> patients;  ///< One, or each that is a focus of a message of our own events.
  fhir::tree::Node encounter;              ///< Focus, or the one the request names, or the first.
  fhir::tree::Node care_plan;
  fhir::tree::Node healthcare_service;
  fhir::tree::Node slot;
  std::vector<fhir::tree::Node> organisations;
  std::vector<fhir::tree::Node> practitioners;
  std::vector<fhir::tree::Node> practitioner_roles;
  std::vector<fhir::tree::Node> tasks;
  std::vector<fhir::tree::Node> communications;
  std::vector<fhir::tree::Node> encounters;
  std::vector<fhir::tree::Node> documents;  ///< DocumentReference and Binary.
  std::string category;                     ///< referral, validation, request; empty when absent.
  std::vector<std::string> use_cases;       ///< Codes of every system but the category's.
  ReferenceIndex index;
};

struct DecodeLimits {
  std::size_t max_entries = 2000;
  std::vector<std::string> versions = {"1.0", "1.1", "1.2", "1.3",
                                       "1.4"};  ///< Major.minor of versionId that are understood.
};

/// A message of our own events needs neither versionId nor destination.
///
/// Refuses: not a message Bundle, no MessageHeader first, no focus inside, versionId absent (400) or not
/// understood (422), two entries with one fullUrl, a patient the message is not about, a reference to such a
/// one, a circle of basedOn/partOf/replaces (422). Whether the content is valid FHIR is the validator's
/// business. Cost: linear in the nodes.
[[nodiscard]] tl::expected<BarsMessage, Refusal> decode(fhir::tree::TreePtr bundle,
                                                        const DecodeLimits& limits);

}  // namespace gateway::bars
