// Whose pathway a message about care under way is of (docs/messages.md): by the referral's own identifiers,
// by an appointment or record matched before, or by the patient when everything agrees and only one pathway
// is open with the organisation that speaks.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "gateway/care/care_event.hpp"
#include "gateway/intake/settlement.hpp"
#include "gateway/store/transaction.hpp"

namespace gateway::intake {

enum class MatchedBy : std::uint8_t {
  kNothing,
  kIdentifier,
  kVisit,      ///< An appointment or visit known before.
  kPatient,    ///< NHS number, date of birth and name.
  kSeveral,    ///< More than one pathway fits: a person decides.
  kDisagrees,  ///< Identifiers fit, and the patient is another: a person looks.
};
[[nodiscard]] std::string_view to_code(MatchedBy by) noexcept;

struct CareMatch {
  MatchedBy by = MatchedBy::kNothing;
  std::vector<store::ReferralRow> rows;  ///< One when matched; all that fit when several.
  [[nodiscard]] bool found() const noexcept {
    return by == MatchedBy::kIdentifier || by == MatchedBy::kVisit || by == MatchedBy::kPatient;
  }
};

/// Only referrals that concern the caller are looked at.
[[nodiscard]] fhir::Result<CareMatch> match_pathway(store::Transaction& tx, const MessageCase& message,
                                                    std::span<const care::Name> visits);

/// Every pathway that the caller's organisation knows by one of these local numbers.
[[nodiscard]] fhir::Result<std::vector<store::ReferralRow>> pathways_of_record(
    store::Transaction& tx, const MessageCase& message, std::span<const care::Name> numbers);
/// Every open pathway of the patient of the message with the caller's organisation, where everything agrees.
[[nodiscard]] fhir::Result<std::vector<store::ReferralRow>> pathways_of_patient(store::Transaction& tx,
                                                                                const MessageCase& message);

/// From now on the referral is also found by these: visits, and the local numbers of the message's patient.
[[nodiscard]] fhir::Status link_names(store::Transaction& tx, const MessageCase& message,
                                      const store::ReferralRow& row, std::span<const care::Name> visits);

/// As what a local number, or a visit, of the caller's organisation is kept: two organisations that use one
/// system stay apart.
[[nodiscard]] store::BusinessIdentifier record_name(const store::Caller& caller, const care::Name& number);
[[nodiscard]] store::BusinessIdentifier visit_name(const store::Caller& caller, const care::Name& visit);

}  // namespace gateway::intake
