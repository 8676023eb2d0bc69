#include "gateway/intake/visibility.hpp"

#include "gateway/intake/referral_memory.hpp"

namespace gateway::intake {

namespace {

bool concerns(const store::ReferralRow& row, const ReferralMemory& memory, std::string_view partner,
              std::string_view ods, std::string_view role) {
  if (row.sender_partner == partner || row.destination == partner) return true;
  if (role == "rota") return (row.flags & store::kRedFlag) != 0;
  if (ods.empty()) return false;
  const referral::ReferralState& state = memory.state;
  if (role == "gp") return state.referrer.ods == ods || memory.practice_ods == ods;
  const bool reached = memory.request_sent || state.hub_acknowledged;
  return (reached && state.hub.ods == ods) || state.provider.ods == ods || state.offered_to.ods == ods ||
         row.holder_ods == ods || row.owner_ods == ods;
}

}  // namespace

bool concerns(const store::ReferralRow& row, const store::Caller& caller) {
  if (caller.role == "operator" || caller.role == "system") return true;
  const fhir::Result<ReferralMemory> memory = parse_memory(row.memory);
  const ReferralMemory none;
  return concerns(row, memory.has_value() ? *memory : none, caller.partner, caller.ods, caller.role);
}

std::vector<std::string> visible_to(const store::ReferralRow& row, const ReferralMemory& memory,
                                    const config::Config& config) {
  std::vector<std::string> names;
  for (const config::Partner& partner : config.partners) {
    if (concerns(row, memory, partner.name, partner.ods, config::to_code(partner.role)))
      names.push_back(partner.name);
  }
  return names;
}

}  // namespace gateway::intake
