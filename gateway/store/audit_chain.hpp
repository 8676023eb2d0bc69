// The arithmetic of the audit chain, the same for every store.
//
// encoding(entry) is, in this order: the version byte 1; seq, at (microseconds since 1970), referral or 0,
// message or 0, each as 8 bytes big-endian; action and outcome, one byte each; then partner, ods, role, event
// and subject, each as a 4-byte big-endian length and its bytes. So no two different entries have the same
// encoding.
#pragma once

#include <string>
#include <string_view>

#include "fhir/base/result.hpp"
#include "gateway/store/audit_log.hpp"

namespace gateway::store {

[[nodiscard]] std::string audit_encoding(const AuditEntry& entry);

/// SHA-256(previous || audit_encoding(entry)). `entry.hash` is not read.
[[nodiscard]] Digest audit_hash(const Digest& previous, const AuditEntry& entry);

[[nodiscard]] Digest sha256(std::string_view bytes);

/// Feeds entries in order and remembers the first that does not fit. Every store's verify() is this over its
/// rows.
class AuditCheck {
 public:
  explicit AuditCheck(const AuditHead& from) : at_(from) {}
  /// False once the chain is broken; later entries are not looked at.
  bool feed(const AuditEntry& entry);
  [[nodiscard]] AuditVerdict finish(const AuditHead& stored_head);

 private:
  void broken(AuditSeq seq, std::string_view reason);
  AuditHead at_;
  AuditVerdict verdict_;
};

}  // namespace gateway::store
