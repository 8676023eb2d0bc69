#include "gateway/care/patient_record.hpp"

#include <algorithm>
#include <utility>

#include "fhir/tree/expression.hpp"
#include "gateway/identity/identifiers.hpp"

namespace gateway::care {

using fhir::tree::Node;

namespace {

bool is_national(const Name& name) {
  return name.system == identity::kNhsNumberSystem;
}

void add_prior(PatientRecord& record, Name name) {
  if (is_national(name) || name.system.empty() || name.value.empty()) return;
  const bool known = std::ranges::find(record.names, name) != record.names.end() ||
                     std::ranges::find(record.prior, name) != record.prior.end();
  if (!known) record.prior.push_back(std::move(name));
}

void read_links(PatientRecord& record, Node patient) {
  for (const Node link : patient.children("link")) {
    if (link.child("type").text() != "replaces") continue;
    const Node other = link.child("other");
    const Node identifier = other.child("identifier");
    add_prior(record, {identity::canonical_system(identifier.child("system").text()),
                       std::string(identifier.child("value").text())});
    const std::string_view reference = other.child("reference").text();
    for (const Node contained : patient.children("contained")) {
      if (reference.empty() || reference.front() != '#' ||
          contained.child("id").text() != reference.substr(1))
        continue;
      for (Name& name : names_of(contained))
        add_prior(record, std::move(name));
    }
  }
}

}  // namespace

std::vector<Name> local_numbers(Node patient) {
  std::vector<Name> names = names_of(patient);
  std::erase_if(names, is_national);
  return names;
}

tl::expected<std::vector<PatientRecord>, bars::Refusal> read_records(const bars::BarsMessage& message,
                                                                     CareEvent event) {
  std::vector<PatientRecord> records;
  records.reserve(message.foci.size());
  for (const Node patient : message.foci) {
    PatientRecord& record = records.emplace_back();
    record.patient = patient;
    record.names = local_numbers(patient);
    record.occurred = source_time(message, patient);
    const Node deceased = patient.child("deceased");
    record.died = deceased && deceased.text() != "false" && !deceased.text().empty();
    if (event != CareEvent::kPatientMerge) continue;
    read_links(record, patient);
    if (record.names.empty() || record.prior.empty()) {
      return tl::unexpected(
          bars::refusal(bars::Rec::kUnprocessableEntity, fhir::IssueType::kNotSupported,
                        expression(patient, record.names.empty() ? "identifier" : "link"),
                        "a merge names a local number of the survivor and of each record that is no more"));
    }
  }
  return records;
}

}  // namespace gateway::care
