// The priority a sender coded, in any of the ways in use.
#pragma once

#include <string_view>

#include "fhir/tree/tree.hpp"

namespace gateway::gate {

/// FHIR has no cancer priority, so that code 3 of the NHS Data Dictionary travels in this extension of
/// ServiceRequest beside `urgent`: valueCodeableConcept or valueCoding, codes 1, 2, 3 (domain.md 2.7).
inline constexpr std::string_view kPriorityExtension =
    "https://ligament.example/fhir/StructureDefinition/referral-priority";
inline constexpr std::string_view kPrioritySystem =
    "https://ligament.example/fhir/CodeSystem/referral-priority";

struct CodedPriority {
  bool routine = false;  ///< Coded routine; no priority at all is not routine coded.
  bool urgent = false;
  bool cancer = false;     ///< 3, Two Week Wait, Urgent Suspected Cancer: one code, two names.
  bool emergency = false;  ///< stat
};

/// Of one ServiceRequest. Reads `priority` and any extension of it or of the request whose URL or system
/// speaks of priority.
[[nodiscard]] CodedPriority coded_priority(fhir::tree::Node service_request);

}  // namespace gateway::gate
