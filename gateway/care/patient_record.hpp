// What an organisation says of its record of a patient: that it changed, that he died, that two are one.
#pragma once

#include <optional>
#include <vector>

#include <tl/expected.hpp>

#include "gateway/bars/rec_error.hpp"
#include "gateway/care/care_event.hpp"

namespace gateway::care {

struct PatientRecord {
  fhir::tree::Node patient;
  std::vector<Name> names;  ///< Local numbers of the record: every identifier but the NHS number.
  std::vector<Name> prior;  ///< Of the records that are no more (merge only), without those of the survivor.
  bool died = false;
  std::optional<fhir::Instant> occurred;
};

/// The local numbers of a Patient.
[[nodiscard]] std::vector<Name> local_numbers(fhir::tree::Node patient);

/// One for each focus, in their order: they are settled together. Refuses all when one of a merge names no
/// prior record, or none of its own.
[[nodiscard]] tl::expected<std::vector<PatientRecord>, bars::Refusal> read_records(
    const bars::BarsMessage& message, CareEvent event);

}  // namespace gateway::care
