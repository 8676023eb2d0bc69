// The audit chain: who did what to which thing, each entry sealed over the one before, in the transaction of
// the deed itself.
//
// hash(n) = SHA-256(hash(n-1) || encoding(n)); see audit_chain.hpp. The head (last seq and hash) is stored
// apart from the entries and is meant to be copied elsewhere now and then: then the removal of the newest
// entries shows too.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/instant.hpp"
#include "fhir/base/result.hpp"
#include "gateway/store/caller.hpp"
#include "gateway/store/ids.hpp"

namespace gateway::store {

/// AuditEvent.action (FHIR R4 audit-event-action); the value is its code.
enum class AuditAction : char { kCreate = 'C', kRead = 'R', kUpdate = 'U', kDelete = 'D', kExecute = 'E' };

/// AuditEvent.outcome (FHIR R4 audit-event-outcome).
enum class AuditOutcome : std::uint8_t {
  kSuccess = 0,
  kMinorFailure = 4,
  kSeriousFailure = 8,
  kMajorFailure = 12
};

/// What a unit reports; the caller is the transaction's.
struct NewAudit {
  fhir::Instant at{};
  AuditAction action = AuditAction::kExecute;
  std::string event;    ///< `referral-received`, `task-update`, `search`.
  std::string subject;  ///< A reference or id of our own: `Task/abc`. No identifier of a patient.
  std::optional<ReferralSeq> referral;
  std::optional<MessageSeq> message;
  AuditOutcome outcome = AuditOutcome::kSuccess;
};

struct AuditEntry {
  AuditSeq seq;
  Caller caller;
  NewAudit what;
  Digest hash{};
};

/// The last entry; seq 0 and a hash of zeros for an empty log.
struct AuditHead {
  AuditSeq seq{0};
  Digest hash{};
  friend bool operator==(const AuditHead&, const AuditHead&) = default;
};

struct AuditVerdict {
  std::int64_t checked = 0;           ///< Entries read.
  std::optional<AuditSeq> broken_at;  ///< First entry that does not fit; empty: the chain holds.
  std::string reason;                 ///< `missing entry`, `hash differs`, `head differs`.
};

/// Valid inside its transaction only.
class AuditLog {
 public:
  AuditLog() = default;
  AuditLog(const AuditLog&) = delete;
  AuditLog& operator=(const AuditLog&) = delete;
  virtual ~AuditLog() = default;

  [[nodiscard]] virtual fhir::Result<AuditSeq> append(const NewAudit& entry) = 0;
  [[nodiscard]] virtual fhir::Result<AuditHead> head() = 0;
  /// Checks the entries after `from`, whose hash must be `from.hash`, to the stored head. `{}` checks all.
  /// Bounded memory; linear time.
  [[nodiscard]] virtual fhir::Result<AuditVerdict> verify(const AuditHead& from) = 0;
  /// At most `limit` entries after `after`, in order.
  [[nodiscard]] virtual fhir::Result<std::vector<AuditEntry>> list(std::optional<AuditSeq> after,
                                                                   std::size_t limit) = 0;
};

}  // namespace gateway::store
