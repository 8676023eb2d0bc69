#include "gateway/store_sqlite/search_plan.hpp"

#include <algorithm>

namespace gateway::store_sqlite {

using fhir::Result;
using fhir::Status;
using fhir::search::ClauseKind;
using fhir::search::IndexKind;
using fhir::search::Query;

namespace {

IndexKind index_kind(ClauseKind kind) {
  switch (kind) {
    case ClauseKind::kReference: return IndexKind::kReference;
    case ClauseKind::kString: return IndexKind::kString;
    case ClauseKind::kDate: return IndexKind::kDate;
    default: return IndexKind::kToken;
  }
}

constexpr int kNoDriver = 9;

/// How few resources a clause names, lowest first: an id one, an identifier or reference few, a status many.
int rank_of(const fhir::search::Clause& clause) {
  const auto valued = [](const fhir::search::Operand& operand) { return operand.value.has_value(); };
  if (clause.kind == ClauseKind::kId) return 0;
  if (clause.kind == ClauseKind::kLastUpdated || clause.kind == ClauseKind::kDate ||
      !std::ranges::all_of(clause.any_of, valued))
    return kNoDriver;
  if (clause.param.ends_with("identifier")) return 1;
  return clause.kind == ClauseKind::kReference ? 2 : 3;
}

Result<std::unordered_set<std::int64_t>> audiences_of(std::int64_t reader, Connection& connection) {
  std::unordered_set<std::int64_t> audiences;
  Statement select = connection.prepared(Sql::kAudiencesOf);
  select.bind(reader);
  for (;;) {
    LIGAMENT_TRY(const bool row, select.step());
    if (!row) return audiences;
    audiences.insert(select.integer(0));
  }
}

}  // namespace

Result<SearchPlan> SearchPlan::make(const Query& query, std::optional<std::int64_t> before, Names& names,
                                    Connection& connection) {
  SearchPlan plan;
  plan.impossible_ = true;
  LIGAMENT_TRY(const std::optional<std::int64_t> type, names.find(query.type));
  if (!type) return plan;
  if (query.audience) {
    LIGAMENT_TRY(const std::optional<std::int64_t> reader, names.find("partner\n" + *query.audience));
    if (!reader) return plan;
    LIGAMENT_TRY(plan.audiences_, audiences_of(*reader, connection));
  }
  plan.impossible_ = false;
  for (const fhir::search::Clause& clause : query.all_of)
    LIGAMENT_CHECK(plan.add(clause, query.type, names));
  if (!plan.impossible_) plan.choose(*type, before);
  return plan;
}

Status SearchPlan::add(const fhir::search::Clause& asked, const std::string& type, Names& names) {
  Clause clause{&asked, 0, {}};
  if (asked.kind != ClauseKind::kId && asked.kind != ClauseKind::kLastUpdated) {
    LIGAMENT_TRY(const std::optional<std::int64_t> param, names.find(type + "." + asked.param));
    impossible_ = impossible_ || !param;
    clause.param = param.value_or(0);
  }
  const bool by_system = asked.kind == ClauseKind::kToken || asked.kind == ClauseKind::kReference;
  for (const fhir::search::Operand& operand : asked.any_of) {
    Operand ready{&operand, std::nullopt};
    if (by_system && operand.system) {
      LIGAMENT_TRY(ready.system, names.find(*operand.system));
      if (!ready.system) continue;
    }
    clause.any_of.push_back(ready);
  }
  impossible_ = impossible_ || clause.any_of.empty();
  all_of_.push_back(std::move(clause));
  return {};
}

std::string SearchPlan::value(std::variant<std::int64_t, std::string> bound) {
  values_.push_back(std::move(bound));
  return "?" + std::to_string(values_.size());
}

/// One clause is walked by its index; holds() compares the others for each key it gives.
void SearchPlan::choose(std::int64_t type, std::optional<std::int64_t> before) {
  const auto best =
      std::ranges::min_element(all_of_, {}, [](const Clause& clause) { return rank_of(*clause.asked); });
  const int rank = best == all_of_.end() ? kNoDriver : rank_of(*best->asked);
  if (rank == 0 || rank == kNoDriver) {
    text_ = "SELECT key FROM resource WHERE type = " + value(type);
    if (rank == 0) text_ += " AND id IN (";
  } else {
    text_ = "SELECT key FROM value_index WHERE param = " + value(best->param) + " AND value IN (";
  }
  if (rank != kNoDriver) {
    for (const Operand& operand : best->any_of) {
      if (&operand != &best->any_of.front()) text_ += ", ";
      text_ += value(operand.asked->value.value_or(""));
    }
    text_ += ")";
  }
  if (before) text_ += " AND key < " + value(*before);
  text_ += " ORDER BY key DESC";
}

bool SearchPlan::holds(const Candidate& candidate) const {
  if (audiences_ && !audiences_->contains(candidate.audience)) return false;
  return std::ranges::all_of(all_of_, [&](const Clause& clause) {
    return std::ranges::any_of(clause.any_of,
                               [&](const Operand& operand) { return holds(clause, operand, candidate); });
  });
}

bool SearchPlan::holds(const Clause& clause, const Operand& operand, const Candidate& candidate) {
  const fhir::search::Operand& asked = *operand.asked;
  switch (clause.asked->kind) {
    case ClauseKind::kId: return asked.value == candidate.id;
    case ClauseKind::kLastUpdated: return fhir::search::matches(asked, candidate.at);
    default: break;
  }
  const IndexKind kind = index_kind(clause.asked->kind);
  return std::ranges::any_of(candidate.entries, [&](const StoredEntry& entry) {
    if (entry.kind != kind || entry.param != clause.param) return false;
    if (kind == IndexKind::kDate) return fhir::search::matches(asked, entry.low, entry.high);
    if (kind == IndexKind::kString) return asked.value == entry.value;
    return (!operand.system || *operand.system == entry.system) &&
           (!asked.value || *asked.value == entry.value);
  });
}

}  // namespace gateway::store_sqlite
