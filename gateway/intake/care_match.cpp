#include "gateway/intake/care_match.hpp"

#include <algorithm>
#include <utility>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "gateway/care/patient_record.hpp"
#include "gateway/intake/referral_memory.hpp"
#include "gateway/intake/visibility.hpp"

namespace gateway::intake {

using fhir::tree::Node;
using identity::Agreement;
using Rows = std::vector<store::ReferralRow>;

namespace {

store::BusinessIdentifier own_name(std::string_view kind, const store::Caller& caller,
                                   const care::Name& name) {
  std::string system(kind);
  system.append(":").append(caller.ods).append(":").append(name.system);
  return {std::move(system), name.value};
}

/// Adds those that concern the caller and are not there yet.
void take(Rows& rows, Rows found, const store::Caller& caller) {
  for (store::ReferralRow& row : found) {
    const bool known = std::ranges::find(rows, row.seq, &store::ReferralRow::seq) != rows.end();
    if (!known && concerns(row, caller)) rows.push_back(std::move(row));
  }
}

/// An open one before a closed one, a later before an earlier.
void keep_best(Rows& rows) {
  const auto best = std::ranges::max_element(
      rows, [](const auto& a, const auto& b) { return a.open != b.open ? b.open : a.seq < b.seq; });
  if (best != rows.end() && rows.size() > 1) rows = Rows{*best};
}

identity::Environment environment(const MessageCase& message) {
  return message.around.config.installation.environment == config::Environment::kLive
             ? identity::Environment::kLive
             : identity::Environment::kTest;
}

/// How the patient of the message agrees with the one the referral was sent with.
fhir::Result<Agreement> agreement_with(store::Transaction& tx, const MessageCase& message,
                                       const store::ReferralRow& row) {
  LIGAMENT_TRY(const ReferralMemory memory, parse_memory(row.memory));
  if (memory.patient_id.empty()) return Agreement::kUnsure;
  LIGAMENT_TRY(const std::optional<store::ResourceRow> stored,
               tx.resources().get("Patient", memory.patient_id));
  if (!stored) return Agreement::kUnsure;
  const fhir::tree::TreePtr tree = fhir::json::read(stored->json, fhir::definitions::r4()).tree;
  if (!tree) return fhir::fail(fhir::ErrorCode::kCorrupt, "the Patient of a referral cannot be read");
  fhir::IssueList ignored;
  const identity::PatientIdentity sent =
      identity::read_identity(tree->root(), environment(message), message.incoming.received, ignored);
  return identity::agreement(message.reading.patient, sent);
}

fhir::Result<Rows> by_identifiers(store::Transaction& tx, const MessageCase& message) {
  Rows rows;
  const store::Caller& caller = message.incoming.caller;
  for (const care::Name& name : care::referral_names(message.reading.message)) {
    LIGAMENT_TRY(Rows found, tx.referrals().find_by_identifier({name.system, name.value}));
    take(rows, std::move(found), caller);
  }
  const Node request = message.reading.message.service_request;
  if (const std::string_view id = request.child("id").text(); !id.empty()) {
    LIGAMENT_TRY(Rows found, tx.referrals().find_by_service_request(id));
    take(rows, std::move(found), caller);
  }
  keep_best(rows);
  return rows;
}

fhir::Result<Rows> by_visits(store::Transaction& tx, const MessageCase& message,
                             std::span<const care::Name> visits) {
  Rows rows;
  for (const care::Name& visit : visits) {
    LIGAMENT_TRY(Rows found, tx.referrals().find_by_identifier(visit_name(message.incoming.caller, visit)));
    take(rows, std::move(found), message.incoming.caller);
  }
  keep_best(rows);
  return rows;
}

}  // namespace

std::string_view to_code(MatchedBy by) noexcept {
  switch (by) {
    case MatchedBy::kNothing: return "unmatched";
    case MatchedBy::kIdentifier: return "identifier";
    case MatchedBy::kVisit: return "visit";
    case MatchedBy::kPatient: return "patient";
    case MatchedBy::kSeveral: return "several-pathways";
    case MatchedBy::kDisagrees: return "patient-disagrees";
  }
  return "unmatched";
}

store::BusinessIdentifier record_name(const store::Caller& caller, const care::Name& number) {
  return own_name("record", caller, number);
}

store::BusinessIdentifier visit_name(const store::Caller& caller, const care::Name& visit) {
  return own_name("visit", caller, visit);
}

fhir::Result<CareMatch> match_pathway(store::Transaction& tx, const MessageCase& message,
                                      std::span<const care::Name> visits) {
  CareMatch match;
  LIGAMENT_TRY(match.rows, by_identifiers(tx, message));
  match.by = MatchedBy::kIdentifier;
  if (match.rows.empty()) {
    LIGAMENT_TRY(match.rows, by_visits(tx, message, visits));
    match.by = MatchedBy::kVisit;
  }
  if (!match.rows.empty()) {
    LIGAMENT_TRY(const Agreement agreement, agreement_with(tx, message, match.rows.front()));
    if (agreement == Agreement::kOther || agreement == Agreement::kContradicts)
      match.by = MatchedBy::kDisagrees;
    return match;
  }
  LIGAMENT_TRY(match.rows, pathways_of_patient(tx, message));
  match.by = match.rows.empty()       ? MatchedBy::kNothing
             : match.rows.size() == 1 ? MatchedBy::kPatient
                                      : MatchedBy::kSeveral;
  return match;
}

fhir::Result<Rows> pathways_of_record(store::Transaction& tx, const MessageCase& message,
                                      std::span<const care::Name> numbers) {
  Rows rows;
  for (const care::Name& number : numbers) {
    LIGAMENT_TRY(Rows found, tx.referrals().find_by_identifier(record_name(message.incoming.caller, number)));
    take(rows, std::move(found), message.incoming.caller);
  }
  return rows;
}

fhir::Result<Rows> pathways_of_patient(store::Transaction& tx, const MessageCase& message) {
  Rows rows;
  const identity::PatientIdentity& patient = message.reading.patient;
  if (!patient.matchable()) return rows;
  Rows open;
  LIGAMENT_TRY(Rows found,
               tx.referrals().open_of_patient(patient_key(message.around.hash, patient.nhs_number)));
  take(open, std::move(found), message.incoming.caller);
  for (store::ReferralRow& row : open) {
    LIGAMENT_TRY(const Agreement agreement, agreement_with(tx, message, row));
    if (agreement == Agreement::kSame) rows.push_back(std::move(row));
  }
  return rows;
}

fhir::Status link_names(store::Transaction& tx, const MessageCase& message, const store::ReferralRow& row,
                        std::span<const care::Name> visits) {
  const store::Caller& caller = message.incoming.caller;
  for (const care::Name& visit : visits)
    LIGAMENT_CHECK(tx.referrals().add_identifier(row.seq, visit_name(caller, visit)));
  for (const care::Name& number : care::local_numbers(message.reading.message.patient))
    LIGAMENT_CHECK(tx.referrals().add_identifier(row.seq, record_name(caller, number)));
  return {};
}

}  // namespace gateway::intake
