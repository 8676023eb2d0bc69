// Whom a referral concerns: only they may see it or speak about it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/config/config.hpp"
#include "gateway/intake/referral_memory.hpp"
#include "gateway/store/caller.hpp"
#include "gateway/store/referral_store.hpp"

namespace gateway::intake {

/// The partner that sent it, the organisations that hold it, held it or are asked to (hub, provider,
/// offered), its destination, the rota while a red flag stands, and the gateway's own operators. Everybody
/// else is told that there is no such thing. Cost: reads the memory of the row.
[[nodiscard]] bool concerns(const store::ReferralRow& row, const store::Caller& caller);

/// The configured partners the referral concerns, in order of configuration. Cost: linear in the partners.
[[nodiscard]] std::vector<std::string> visible_to(const store::ReferralRow& row, const ReferralMemory& memory,
                                                  const config::Config& config);

}  // namespace gateway::intake
