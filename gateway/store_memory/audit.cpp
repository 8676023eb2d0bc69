#include "gateway/store/audit_chain.hpp"
#include "gateway/store_memory/ports.hpp"

namespace gateway::store_memory {

using fhir::Result;
using fhir::Status;
using store::AuditEntry;
using store::AuditHead;
using store::AuditSeq;

Result<AuditSeq> MemoryAuditLog::append(const store::NewAudit& entry) {
  LIGAMENT_CHECK(context_->writing());
  LIGAMENT_CHECK(context_->known(entry.referral));
  LIGAMENT_CHECK(context_->known(entry.message));
  LIGAMENT_TRY(const AuditHead before, head());
  AuditEntry sealed{AuditSeq(before.seq.value() + 1), context_->caller, entry, {}};
  sealed.hash = store::audit_hash(before.hash, sealed);
  const AuditSeq seq = sealed.seq;
  context_->tables.audit.put(context_->journal, seq, std::move(sealed));
  return seq;
}

Result<AuditHead> MemoryAuditLog::head() {
  const auto& rows = context_->tables.audit.rows();
  if (rows.empty()) return AuditHead{};
  return AuditHead{rows.rbegin()->first, rows.rbegin()->second.hash};
}

Result<store::AuditVerdict> MemoryAuditLog::verify(const AuditHead& from) {
  store::AuditCheck check(from);
  const auto& rows = context_->tables.audit.rows();
  for (auto at = rows.upper_bound(from.seq); at != rows.end(); ++at) {
    if (!check.feed(at->second)) break;
  }
  LIGAMENT_TRY(const AuditHead stored, head());
  return check.finish(stored);
}

Result<std::vector<AuditEntry>> MemoryAuditLog::list(std::optional<AuditSeq> after, std::size_t limit) {
  std::vector<AuditEntry> rows;
  for (const auto& [seq, entry] : context_->tables.audit.rows()) {
    if (rows.size() == limit) break;
    if (!after || seq > *after) rows.push_back(entry);
  }
  return rows;
}

Result<std::optional<std::string>> MemorySettings::get(std::string_view name) {
  const auto at = context_->tables.settings.find(name);
  return at == context_->tables.settings.end() ? std::nullopt : std::optional(at->second);
}

Status MemorySettings::set(std::string_view name, std::string_view value) {
  LIGAMENT_CHECK(context_->writing());
  auto& settings = context_->tables.settings;
  const auto at = settings.find(name);
  std::optional<std::string> before;
  if (at != settings.end()) before = at->second;
  context_->journal.add([&settings, key = std::string(name), before] {
    if (before) {
      settings[key] = *before;
    } else {
      settings.erase(key);
    }
  });
  settings.insert_or_assign(std::string(name), std::string(value));
  return {};
}

}  // namespace gateway::store_memory
