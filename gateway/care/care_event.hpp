// Messages about care under way, by our own event codes (docs/messages.md): what each of them says, without a
// store. Nodes live as long as the tree of the message.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/instant.hpp"
#include "fhir/tree/tree.hpp"
#include "gateway/bars/message.hpp"

namespace gateway::care {

enum class CareEvent : std::uint8_t { kLetter, kAppointment, kAttendance, kPatientUpdate, kPatientMerge };
inline constexpr int kCareEventCount = 5;
[[nodiscard]] std::string_view to_code(CareEvent event) noexcept;
/// The FHIR type of its focus.
[[nodiscard]] std::string_view focus_type(CareEvent event) noexcept;

/// Patients of one patient-update or patient-merge.
inline constexpr std::size_t kMostRecords = 100;

/// Refuses (400 invariant) a code that is not ours, a focus of another type or one too many, and a message
/// without a Patient.
[[nodiscard]] tl::expected<CareEvent, bars::Refusal> read_event(const bars::BarsMessage& message);

/// A business identifier in canonical spelling. Either part may be empty.
struct Name {
  std::string system;
  std::string value;
  friend bool operator==(const Name&, const Name&) = default;
};
/// Every identifier of a resource that has system and value.
[[nodiscard]] std::vector<Name> names_of(fhir::tree::Node resource);

/// When it happened at its source: meta.lastUpdated of the focus, else the time of the message.
[[nodiscard]] std::optional<fhir::Instant> source_time(const bars::BarsMessage& message);
[[nodiscard]] std::optional<fhir::Instant> source_time(const bars::BarsMessage& message,
                                                       fhir::tree::Node focus);

/// By what the message names the referral: identifiers of the References in `element` (a child of the focus,
/// or of its context), with those of a ServiceRequest they point to.
[[nodiscard]] std::vector<Name> referral_names(const bars::BarsMessage& message);

/// Patient, document or Bundle is marked so that nobody may learn from it where the patient is:
/// confidentiality R or V, or the local mark S.
[[nodiscard]] bool is_restricted(const bars::BarsMessage& message) noexcept;
[[nodiscard]] bool is_restricted(fhir::tree::Node resource) noexcept;
/// The Patient without address, telecom, contacts, practice and organisation.
[[nodiscard]] fhir::tree::TreePtr without_whereabouts(fhir::tree::Node patient);

}  // namespace gateway::care
