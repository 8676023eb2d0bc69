#include "gateway/intake/pas_news.hpp"

#include <array>

#include "gateway/intake/dispatch.hpp"

namespace gateway::intake {

using referral::EventKind;
using referral::PartyRole;
using referral::ReferralState;
using referral::State;

namespace {

const std::string& treating(const ReferralState& state) noexcept {
  return state.provider.ods.empty() ? state.hub.ods : state.provider.ods;
}

bool held_by_care(const ReferralState& state) noexcept {
  return state.holder == PartyRole::kHub || state.holder == PartyRole::kProvider;
}

}  // namespace

std::string_view to_code(PasFact fact) noexcept {
  static constexpr std::array<std::string_view, 3> kCodes = {"acceptance", "cancellation", "onward"};
  return kCodes[static_cast<std::size_t>(fact)];
}

bars::RequestReason reason_of(PasFact fact) noexcept {
  switch (fact) {
    case PasFact::kAcceptance: return bars::RequestReason::kNew;
    case PasFact::kCancellation: return bars::RequestReason::kCancelled;
    case PasFact::kOnward: break;
  }
  return bars::RequestReason::kUpdate;
}

std::vector<PasNews> pas_news(EventKind event, const ReferralState& before, const ReferralState& after) {
  std::vector<PasNews> news;
  if (event == EventKind::kAccept) {
    const std::string& taker = before.offered_to.ods.empty() ? treating(after) : before.offered_to.ods;
    if (!taker.empty()) news.push_back({PasFact::kAcceptance, taker});
    const bool handed_over = before.state == State::kOfferedOnward && held_by_care(before);
    if (handed_over && treating(before) != taker) news.push_back({PasFact::kOnward, treating(before)});
    return news;
  }
  const bool withdrawn = after.state == State::kCancelled && before.state != State::kCancelled;
  if (withdrawn && held_by_care(before)) news.push_back({PasFact::kCancellation, treating(before)});
  return news;
}

const config::Partner* pas_of(const config::Config& config, const PasNews& news) noexcept {
  const config::Partner* pas = config.partner_by_ods(news.ods, config::PartnerRole::kPas);
  if (pas == nullptr || !can_receive(*pas)) return nullptr;
  const config::Receives& takes = pas->receives;
  const bool wanted = (news.what == PasFact::kAcceptance && takes.acceptance) ||
                      (news.what == PasFact::kCancellation && takes.cancellation) ||
                      (news.what == PasFact::kOnward && takes.onward);
  return wanted ? pas : nullptr;
}

}  // namespace gateway::intake
