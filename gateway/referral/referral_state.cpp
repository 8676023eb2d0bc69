#include "gateway/referral/referral_state.hpp"

namespace gateway::referral {

bool is_open(const ReferralState& referral) noexcept {
  return traits(referral.state).open;
}

std::string_view task_status(const ReferralState& referral) noexcept {
  const State state = referral.state == State::kAwaitingInformation ? referral.resume : referral.state;
  if (referral.started && traits(state).open) return "in-progress";
  return traits(state).task_status;
}

std::string_view business_status(const ReferralState& referral) noexcept {
  if (referral.state == State::kCancelled && referral.withdrawal == Withdrawal::kEnteredInError)
    return "entered-in-error";
  return traits(referral.state).business_status;
}

const Organisation* organisation(const ReferralState& referral, PartyRole role) noexcept {
  switch (role) {
    case PartyRole::kReferrer: return &referral.referrer;
    case PartyRole::kHub: return &referral.hub;
    case PartyRole::kProvider: return &referral.provider;
    case PartyRole::kNobody:
    case PartyRole::kReviewer:
    case PartyRole::kRota: return nullptr;
  }
  return nullptr;
}

PartyRole deadline_owner(const ReferralState& referral) noexcept {
  switch (referral.deadline_kind) {
    case DeadlineKind::kNone: return PartyRole::kNobody;
    case DeadlineKind::kHubAcknowledges:
    case DeadlineKind::kTriageDecision: return PartyRole::kHub;
    case DeadlineKind::kReviewerActs: return PartyRole::kReviewer;
    case DeadlineKind::kPersonConfirms: return PartyRole::kRota;
    case DeadlineKind::kAnswer: return referral.owner;
    case DeadlineKind::kOfferAnswered: return PartyRole::kProvider;
    case DeadlineKind::kNextStepOffered:
    case DeadlineKind::kAppointment:
    case DeadlineKind::kDecision:
    case DeadlineKind::kNextContact:
    case DeadlineKind::kHolderCloses: return referral.holder;
    case DeadlineKind::kLetterDelivered:
      return referral.provider.ods.empty() ? PartyRole::kHub : PartyRole::kProvider;
    case DeadlineKind::kGpTold: return PartyRole::kHub;
  }
  return PartyRole::kNobody;
}

}  // namespace gateway::referral
