// Who the patient of a message is said to be, and whether that can be believed enough to match by software.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/instant.hpp"
#include "fhir/base/issue.hpp"
#include "fhir/tree/tree.hpp"
#include "gateway/identity/nhs_number.hpp"

namespace gateway::identity {

/// UK Core NHSNumberVerificationStatus, in both the word and the number spelling (01, 02).
enum class VerificationStatus : std::uint8_t { kAbsent, kVerified, kNotTraced, kOther };

/// Demographics as sent, texts copied. `nhs_number` holds ten digits and is empty when there is none or it
/// was refused.
struct PatientIdentity {
  std::string nhs_number;
  VerificationStatus verification = VerificationStatus::kAbsent;
  std::string family;
  std::vector<std::string> given;
  std::string birth_date;  ///< FHIR date as sent: may be a year or a month.
  bool nhs_number_refused = false;

  /// Software may match on it: a number that passed, a whole date of birth and a family name.
  [[nodiscard]] bool matchable() const noexcept;
};

/// Reads a Patient and reports what is wrong with it at its places. Error: the number fails its check, stands
/// with a status that forbids sending it, or the date of birth is impossible. A missing number is no fault.
[[nodiscard]] PatientIdentity read_identity(fhir::tree::Node patient, Environment environment,
                                            fhir::Instant now, fhir::IssueList& issues);

/// How two records agree. Only kSame may be acted on by software.
enum class Agreement : std::uint8_t {
  kSame,         ///< NHS number, date of birth and name agree.
  kContradicts,  ///< The same NHS number with another date of birth or name: a person must look.
  kUnsure,       ///< Not enough to say.
  kOther,        ///< Different NHS numbers.
};
[[nodiscard]] Agreement agreement(const PatientIdentity& a, const PatientIdentity& b);

/// True for a name part that is the same but for letter case, accents kept, and punctuation. ASCII case only.
[[nodiscard]] bool same_name(std::string_view a, std::string_view b);

/// Adds an error when a message of one environment comes to the other: meta.tag or meta.security HTEST
/// (v3-ActReason). True when the message may stay.
bool check_environment(fhir::tree::Node resource, Environment environment, fhir::IssueList& issues);

}  // namespace gateway::identity
