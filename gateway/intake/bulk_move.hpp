// All open pathways of one organisation go to another: a provider left, another took its contract. Clocks,
// deadlines, states and identifiers stay; who is responsible changes.
#pragma once

#include <cstdint>
#include <string>

#include "gateway/intake/referral_changes.hpp"
#include "gateway/referral/event.hpp"
#include "gateway/store/transaction.hpp"

namespace gateway::intake {

struct BulkMove {
  std::string from;           ///< ODS code.
  referral::Organisation to;  ///< Holds afterwards what `from` held.
  fhir::Instant at{};
};

/// What was counted. Onward legs are pathways of their own here, as they are rows.
struct MoveReport {
  std::int64_t open = 0;     ///< Open pathways before, of all.
  std::int64_t of_from = 0;  ///< Of them naming `from`: as hub, provider or the one asked.
  std::int64_t of_to = 0;    ///< Naming `to`, before.
  std::int64_t both = 0;     ///< Naming both, before.
  std::int64_t moved = 0;
  std::int64_t left = 0;       ///< Naming `from` still, afterwards.
  std::int64_t now_of_to = 0;  ///< Naming `to`, afterwards.
  std::int64_t holders = 0;    ///< Pathways whose holder changed.
};

/// One unit: everything or nothing. After writing it reads all pathways again and fails with kConflict unless
/// as many came in as went out, none is left, and receipt, state, priority and deadline of each are what they
/// were. kInvalidRequest when from and to are one or either is no code. Cost: every referral row, twice.
[[nodiscard]] fhir::Result<MoveReport> move_pathways(store::Transaction& tx, const ReferralChanges& changes,
                                                     const BulkMove& order);

}  // namespace gateway::intake
