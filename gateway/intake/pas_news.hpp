// What a patient administration system is told: the one place where that is decided. The message is a FHIR
// message of the national form; a partner that speaks HL7 v2 gets it by a map from the same Bundle.
//
// | news | when | HL7 v2 that means it |
// | acceptance | its organisation took the patient on | REF^I12 |
// | cancellation | a referral it had taken on was withdrawn | REF^I14 |
// | onward | another organisation took the patient over | REF^I13 |
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/bars/encode.hpp"
#include "gateway/config/config.hpp"
#include "gateway/referral/event.hpp"
#include "gateway/referral/referral_state.hpp"

namespace gateway::intake {

enum class PasFact : std::uint8_t { kAcceptance, kCancellation, kOnward };
/// Also the kind of its delivery.
[[nodiscard]] std::string_view to_code(PasFact fact) noexcept;
[[nodiscard]] bars::RequestReason reason_of(PasFact fact) noexcept;

struct PasNews {
  PasFact what = PasFact::kAcceptance;
  std::string ods;  ///< Organisation whose PAS is told.
  friend bool operator==(const PasNews&, const PasNews&) = default;
};

/// Pure. `before` and `after` are of one accepted transition.
[[nodiscard]] std::vector<PasNews> pas_news(referral::EventKind event, const referral::ReferralState& before,
                                            const referral::ReferralState& after);

/// The PAS of an organisation that takes such news; null when there is none.
[[nodiscard]] const config::Partner* pas_of(const config::Config& config, const PasNews& news) noexcept;

}  // namespace gateway::intake
