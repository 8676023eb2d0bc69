#include "mappings/convert/entry_map.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace mappings::convert {
namespace {

struct Row {
  std::string_view type;
  std::string_view event;  ///< `*`: any other.
  std::string_view group;
};

constexpr auto kRows = std::to_array<Row>({
    {"REF", "I12", "NewReferral"},
    {"REF", "I13", "UpdatedReferral"},
    {"REF", "I14", "CancelledReferral"},
    {"ORM", "O01", "OrderedReferral"},
    {"ORU", "R01", "ResultLetter"},
    {"MDM", "T01", "NotifiedLetter"},
    {"MDM", "T02", "SentLetter"},
    {"MDM", "T03", "NotifiedLetter"},
    {"MDM", "T04", "SentLetter"},
    {"MDM", "T05", "NotifiedLetter"},
    {"MDM", "T06", "SentLetter"},
    {"MDM", "T07", "NotifiedLetter"},
    {"MDM", "T08", "SentLetter"},
    {"MDM", "T09", "NotifiedLetter"},
    {"MDM", "T10", "SentLetter"},
    {"MDM", "T11", "NotifiedLetter"},
    {"SIU", "S12", "BookedAppointment"},
    {"SIU", "S13", "BookedAppointment"},
    {"SIU", "S14", "BookedAppointment"},
    {"SIU", "S15", "CancelledAppointment"},
    {"SIU", "S16", "CancelledAppointment"},
    {"SIU", "S17", "DeletedAppointment"},
    {"SIU", "S26", "MissedAppointment"},
    {"ADT", "A01", "Admission"},
    {"ADT", "A03", "Discharge"},
    {"ADT", "A04", "Arrival"},
    {"ADT", "A05", "PlannedVisit"},
    {"ADT", "A38", "CancelledVisit"},
    {"ADT", "A18", "PatientMerge"},
    {"ADT", "A30", "PatientMerge"},
    {"ADT", "A34", "PatientMerge"},
    {"ADT", "A36", "PatientMerge"},
    {"ADT", "A47", "PatientMerge"},
    {"ADT", "A39", "PatientMergeInGroup"},
    {"ADT", "A40", "PatientMergeInGroup"},
    {"ADT", "A41", "PatientUpdateInGroup"},
    {"ADT", "A42", "PatientUpdateInGroup"},
    {"ADT", "A43", "PatientUpdateInGroup"},
    {"ADT", "A44", "PatientUpdateInGroup"},
    {"ADT", "*", "PatientUpdate"},
});

}  // namespace

Entry find_entry(std::string_view type, std::string_view event, const Manifest& manifest) {
  std::string name(type);
  name.append("^").append(event);
  for (const auto& [from, group] : manifest.entries) {
    if (from == name) return {group.empty() ? EntryAnswer::kNotTaken : EntryAnswer::kFound, group};
  }
  bool type_known = false;
  for (const Row& row : kRows) {
    if (row.type != type) continue;
    type_known = true;
    if (row.event == event || (row.event == "*" && !event.empty())) return {EntryAnswer::kFound, row.group};
  }
  return {type_known ? EntryAnswer::kUnknownEvent : EntryAnswer::kUnknownType, {}};
}

}  // namespace mappings::convert
