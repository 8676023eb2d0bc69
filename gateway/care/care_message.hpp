// A whole message about care under way: exactly one kind of its contents is present, that of its event.
#pragma once

#include <optional>
#include <vector>

#include <tl/expected.hpp>

#include "gateway/care/care_event.hpp"
#include "gateway/care/letter.hpp"
#include "gateway/care/patient_record.hpp"
#include "gateway/care/visit.hpp"

namespace gateway::care {

struct CareMessage {
  CareEvent event = CareEvent::kLetter;
  std::optional<Letter> letter;
  std::optional<Visit> visit;          ///< Of an appointment or an attendance.
  std::vector<PatientRecord> records;  ///< Of a patient-update or patient-merge.
};

/// Everything that can be refused without a store. `message.care` is true.
[[nodiscard]] tl::expected<CareMessage, bars::Refusal> read(const bars::BarsMessage& message);

}  // namespace gateway::care
