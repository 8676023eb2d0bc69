// An appointment or an attendance: what it says happened.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "gateway/bars/rec_error.hpp"
#include "gateway/care/care_event.hpp"

namespace gateway::care {

inline constexpr std::string_view kAttendedSystem =
    "https://ligament.example/fhir/CodeSystem/attended-or-did-not-attend";
inline constexpr std::string_view kAttendedExtension =
    "https://ligament.example/fhir/StructureDefinition/attended-or-did-not-attend";
inline constexpr std::string_view kOutcomeExtension =
    "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-OutcomeOfAttendance";

enum class Happening : std::uint8_t {
  kNothing,  ///< Not agreed yet, or only planned.
  kBooked,   ///< Also moved: another start than the one known.
  kCancelled,
  kNotAttended,
  kTooLate,  ///< Came, too late to be seen (code 7): the appointment came to nothing. No failure to attend.
  kAttended,
  kDischarged,
};

/// Who cancelled, as a code of ours for Communication.reasonCode.
struct VisitReason {
  std::string code;  ///< cancelled-by-patient, cancelled-by-provider, came-too-late; empty when not said.
  std::string text;
};

struct Visit {
  Happening what = Happening::kNothing;
  std::vector<Name> names;  ///< Of the appointment and the visit.
  std::optional<fhir::Instant> start;
  std::optional<fhir::Instant> end;
  VisitReason reason;
  std::optional<fhir::Instant> occurred;
};

/// The rows of NHS Data Dictionary ATTENDED OR DID NOT ATTEND, and of the status when there is no such code
/// or it is 0. `outcome` is 1, 2, 3 or empty.
[[nodiscard]] Happening happening_of(std::string_view attended, std::string_view status,
                                     std::string_view outcome) noexcept;

/// Refuses a booking without start and an unknown code of kAttendedSystem.
[[nodiscard]] tl::expected<Visit, bars::Refusal> read_appointment(const bars::BarsMessage& message);
[[nodiscard]] tl::expected<Visit, bars::Refusal> read_attendance(const bars::BarsMessage& message);

}  // namespace gateway::care
