#include "gateway/store/audit_chain.hpp"

#include "gateway/security/digest.hpp"

namespace gateway::store {
namespace {

void put_integer(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
    out.push_back(static_cast<char>((value >> shift) & 0xFFu));
}

void put_text(std::string& out, std::string_view text) {
  put_integer(out, text.size(), 4);
  out.append(text);
}

}  // namespace

std::string audit_encoding(const AuditEntry& entry) {
  const NewAudit& what = entry.what;
  std::string out;
  out.reserve(64 + entry.caller.partner.size() + what.event.size() + what.subject.size());
  put_integer(out, 1, 1);
  put_integer(out, static_cast<std::uint64_t>(entry.seq.value()), 8);
  put_integer(out, static_cast<std::uint64_t>(what.at.time_since_epoch().count()), 8);
  put_integer(out, what.referral ? static_cast<std::uint64_t>(what.referral->value()) : 0, 8);
  put_integer(out, what.message ? static_cast<std::uint64_t>(what.message->value()) : 0, 8);
  out.push_back(static_cast<char>(what.action));
  out.push_back(static_cast<char>(what.outcome));
  put_text(out, entry.caller.partner);
  put_text(out, entry.caller.ods);
  put_text(out, entry.caller.role);
  put_text(out, what.event);
  put_text(out, what.subject);
  return out;
}

Digest sha256(std::string_view bytes) {
  return security::sha256(bytes);
}

Digest audit_hash(const Digest& previous, const AuditEntry& entry) {
  std::string sealed(previous.begin(), previous.end());
  sealed += audit_encoding(entry);
  return sha256(sealed);
}

void AuditCheck::broken(AuditSeq seq, std::string_view reason) {
  verdict_.broken_at = seq;
  verdict_.reason = reason;
}

bool AuditCheck::feed(const AuditEntry& entry) {
  if (verdict_.broken_at) return false;
  ++verdict_.checked;
  const AuditSeq expected(at_.seq.value() + 1);
  if (entry.seq != expected) {
    broken(expected, "missing entry");
    return false;
  }
  const Digest hash = audit_hash(at_.hash, entry);
  if (hash != entry.hash) {
    broken(entry.seq, "hash differs");
    return false;
  }
  at_ = {entry.seq, hash};
  return true;
}

AuditVerdict AuditCheck::finish(const AuditHead& stored_head) {
  if (!verdict_.broken_at && at_ != stored_head) {
    broken(AuditSeq(at_.seq.value() + 1), "head differs");
  }
  return verdict_;
}

}  // namespace gateway::store
