#include "gateway/intake/visibility.hpp"

#include "gateway/intake/referral_memory.hpp"

namespace gateway::intake {

bool concerns(const store::ReferralRow& row, const store::Caller& caller) {
  if (caller.role == "operator" || caller.role == "system") return true;
  if (row.sender_partner == caller.partner || row.destination == caller.partner) return true;
  if (caller.role == "rota") return (row.flags & store::kRedFlag) != 0;
  if (caller.ods.empty()) return false;
  const fhir::Result<ReferralMemory> memory = parse_memory(row.memory);
  if (!memory.has_value()) return false;
  const referral::ReferralState& state = memory->state;
  if (caller.role == "gp") return state.referrer.ods == caller.ods;
  const bool reached = memory->request_sent || state.hub_acknowledged;
  return (reached && state.hub.ods == caller.ods) || state.provider.ods == caller.ods ||
         state.offered_to.ods == caller.ods || row.holder_ods == caller.ods || row.owner_ods == caller.ods;
}

}  // namespace gateway::intake
