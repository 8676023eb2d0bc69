#include "gateway/rest/resource_reads.hpp"

#include <memory>
#include <utility>

namespace gateway::rest {
namespace {

void restrict_to(fhir::search::Query& query, const store::Caller& caller) {
  if (!sees_everything(caller)) query.audience = caller.partner;
}

store::NewAudit audit_of(std::string event, std::string subject, bool found, fhir::Instant at) {
  store::NewAudit entry;
  entry.at = at;
  entry.action = event == "read" ? store::AuditAction::kRead : store::AuditAction::kExecute;
  entry.event = std::move(event);
  entry.subject = std::move(subject);
  entry.outcome = found ? store::AuditOutcome::kSuccess : store::AuditOutcome::kMinorFailure;
  return entry;
}

}  // namespace

bool sees_everything(const store::Caller& caller) noexcept {
  return caller.role == "operator" || caller.role == "system";
}

async::awaitable<fhir::Result<store::ResourceRow>> ResourceReads::read(store::Caller caller, std::string type,
                                                                       std::string id) {
  fhir::search::Query query;
  query.type = type;
  query.count = 1;
  fhir::search::Clause by_id;
  by_id.kind = fhir::search::ClauseKind::kId;
  by_id.any_of.emplace_back().value = id;
  query.all_of.push_back(std::move(by_id));
  restrict_to(query, caller);

  const auto found = std::make_shared<std::optional<store::ResourceRow>>();
  const fhir::Instant at = clock_.now();
  store::Unit unit;
  unit.caller = std::move(caller);
  unit.bytes = 256;
  unit.work = [found, query, at, subject = type + "/" + id](store::Transaction& tx) -> fhir::Status {
    LIGAMENT_TRY(store::ResourcePage page, tx.resources().search(query));
    found->reset();
    if (!page.rows.empty()) *found = std::move(page.rows.front());
    LIGAMENT_TRY(const store::AuditSeq seq,
                 tx.audit().append(audit_of("read", subject, found->has_value(), at)));
    static_cast<void>(seq);
    return {};
  };
  const fhir::Result<commit::Committed> committed = co_await committer_.commit(std::move(unit));
  if (!committed.has_value()) co_return fhir::fail(committed.error());
  if (!found->has_value()) co_return fhir::fail(fhir::ErrorCode::kNotFound, "no such resource");
  co_return std::move(**found);
}

async::awaitable<fhir::Result<store::ResourcePage>> ResourceReads::search(store::Caller caller,
                                                                          fhir::search::Query query) {
  restrict_to(query, caller);
  const auto found = std::make_shared<store::ResourcePage>();
  const fhir::Instant at = clock_.now();
  store::Unit unit;
  unit.caller = std::move(caller);
  unit.bytes = 256;
  unit.work = [found, query, at](store::Transaction& tx) -> fhir::Status {
    LIGAMENT_TRY(*found, tx.resources().search(query));
    LIGAMENT_TRY(const store::AuditSeq seq, tx.audit().append(audit_of("search", query.type, true, at)));
    static_cast<void>(seq);
    return {};
  };
  const fhir::Result<commit::Committed> committed = co_await committer_.commit(std::move(unit));
  if (!committed.has_value()) co_return fhir::fail(committed.error());
  co_return std::move(*found);
}

}  // namespace gateway::rest
