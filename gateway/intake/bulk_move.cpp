#include "gateway/intake/bulk_move.hpp"

#include <map>
#include <vector>

#include "gateway/identity/identifiers.hpp"
#include "gateway/intake/referral_memory.hpp"
#include "gateway/intake/resource_ids.hpp"

namespace gateway::intake {

namespace {

constexpr std::size_t kPage = 500;
constexpr std::uint32_t kIdsOfPathway = 16;
/// Beyond what messages and their changes use; the second keeps two moves apart that stand on one number.
constexpr std::uint32_t kMoveIds = kChangeIds * 400;
constexpr std::int64_t kSlots = 13'000;
constexpr std::uint32_t kIdsOfSlot = 20'000;

struct Facts {
  fhir::Instant received{};
  std::string state;
  std::string priority;
  std::optional<fhir::Instant> deadline;
  std::string holder;
  bool of_from = false;
  bool of_to = false;
};
using Ledger = std::map<std::int64_t, Facts>;

bool names(const referral::ReferralState& state, std::string_view ods) {
  return state.hub.ods == ods || state.provider.ods == ods || state.offered_to.ods == ods;
}

/// Every open pathway, by its number.
fhir::Result<Ledger> count(store::Transaction& tx, const BulkMove& order) {
  Ledger ledger;
  std::optional<store::ReferralSeq> after;
  while (true) {
    LIGAMENT_TRY(const std::vector<store::ReferralRow> rows, tx.referrals().list(after, kPage));
    if (rows.empty()) return ledger;
    for (const store::ReferralRow& row : rows) {
      after = row.seq;
      if (!row.open) continue;
      LIGAMENT_TRY(const ReferralMemory memory, parse_memory(row.memory));
      Facts facts;
      facts.received = row.received_at;
      facts.state = row.state;
      facts.priority = row.priority;
      if (row.deadline) facts.deadline = row.deadline->at;
      facts.holder = row.holder_ods;
      facts.of_from = names(memory.state, order.from);
      facts.of_to = names(memory.state, order.to.ods);
      ledger.emplace(row.seq.value(), std::move(facts));
    }
  }
}

bool same_clocks(const Facts& a, const Facts& b) {
  return a.received == b.received && a.state == b.state && a.priority == b.priority &&
         a.deadline == b.deadline;
}

fhir::Status reconcile(const Ledger& before, const Ledger& after, MoveReport& report) {
  if (before.size() != after.size())
    return fhir::fail(fhir::ErrorCode::kConflict, "another number of pathways is open afterwards");
  for (const auto& [seq, facts] : after) {
    const auto was = before.find(seq);
    if (was == before.end() || !same_clocks(was->second, facts))
      return fhir::fail(fhir::ErrorCode::kConflict, "a clock, state or priority would have changed");
    report.left += facts.of_from ? 1 : 0;
    report.now_of_to += facts.of_to ? 1 : 0;
    report.holders += was->second.holder != facts.holder ? 1 : 0;
  }
  const bool balanced = report.left == 0 && report.moved == report.of_from &&
                        report.now_of_to == report.of_to + report.of_from - report.both;
  if (!balanced) return fhir::fail(fhir::ErrorCode::kConflict, "the counts before and after do not balance");
  return {};
}

}  // namespace

fhir::Result<MoveReport> move_pathways(store::Transaction& tx, const ReferralChanges& changes,
                                       const BulkMove& order) {
  if (!identity::is_ods_code(order.from) || !identity::is_ods_code(order.to.ods) ||
      order.from == order.to.ods)
    return fhir::fail(fhir::ErrorCode::kInvalidRequest, "two different ODS codes are needed");
  LIGAMENT_TRY(const Ledger before, count(tx, order));
  LIGAMENT_TRY(const store::MessageSeq scope, tx.messages().last_seq());
  const std::int64_t second =
      std::chrono::duration_cast<std::chrono::seconds>(order.at.time_since_epoch()).count();
  std::uint32_t first = kMoveIds + static_cast<std::uint32_t>(second % kSlots) * kIdsOfSlot;
  MoveReport report;
  report.open = static_cast<std::int64_t>(before.size());
  for (const auto& [seq, facts] : before) {
    report.of_from += facts.of_from ? 1 : 0;
    report.of_to += facts.of_to ? 1 : 0;
    report.both += facts.of_from && facts.of_to ? 1 : 0;
    if (!facts.of_from) continue;
    Change change;
    change.scope = scope;
    change.first_id = first;
    change.at = order.at;
    first += kIdsOfPathway;
    LIGAMENT_CHECK(changes.move(tx, store::ReferralSeq(seq), order.from, order.to, std::move(change)));
    ++report.moved;
  }
  LIGAMENT_TRY(const Ledger after, count(tx, order));
  LIGAMENT_CHECK(reconcile(before, after, report));
  return report;
}

}  // namespace gateway::intake
