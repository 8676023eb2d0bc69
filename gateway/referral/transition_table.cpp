#include "gateway/referral/transition_table.hpp"

#include <array>

namespace gateway::referral {
namespace {

using enum State;
using E = EventKind;
using T = Target;
using C = CommunicationKind;

constexpr StateSet kRequested = bit(kReceived) | bit(kQuarantined) | bit(kEscalated);
/// The hub may decide as soon as it has the referral; its decision says that it has.
constexpr StateSet kForHub = bit(kReceived) | bit(kAtHub);
constexpr StateSet kBeforeAcceptance = kRequested | bit(kAtHub);
constexpr StateSet kWorking = bit(kBooked) | bit(kNotAttended) | bit(kInTreatment) | kAcceptedAgain;
constexpr StateSet kAccept = bit(kAccepted);
constexpr StateSet kAfterAcceptance = kAccept | bit(kOfferedOnward) | kWorking;
constexpr StateSet kOpen = kBeforeAcceptance | bit(kAwaitingInformation) | kAfterAcceptance;
constexpr StateSet kAfterwards =
    bit(kAdviceGiven) | bit(kDischarged) | bit(kRejected) | bit(kRedirected) | bit(kFailed) | bit(kCancelled);
constexpr std::uint16_t kSite = kPasOfIt | kHolderOfIt | kProviderOfIt;
constexpr std::uint16_t kConcerned =
    kAuthor | kHubOfIt | kProviderOfIt | kOfferedIt | kHolderOfIt | kReviewerOnDuty | kRotaOnDuty;
constexpr std::uint16_t kClinical = kPasOfIt | kHubOfIt | kProviderOfIt | kOfferedIt | kGateway;

constexpr auto kRows = std::to_array<TransitionRow>({
    {E::kClinicalDuplicate,
     kOpen,
     kGateway | kHubOfIt | kReviewerOnDuty,
     T::kStay,
     {},
     {},
     "linked, both kept, work item"},
    {E::kUpdate,
     kBeforeAcceptance,
     kAuthor,
     T::kStay,
     {},
     {},
     "new version of the request replaces; both kept"},
    {E::kUpdate,
     kAfterAcceptance,
     kAuthor,
     T::kStay,
     {},
     {},
     "new version kept; information and work item to the holder"},
    {E::kCancel, kBeforeAcceptance | kAccept | bit(kOfferedOnward), kAuthor, T::kMove, kCancelled,
     C::kCancelled, "request revoked or entered in error"},
    {E::kCancel,
     kWorking,
     kAuthor,
     T::kStay,
     {},
     C::kCancellationAsked,
     "abort Task, which the holder accepts or rejects"},
    {E::kHubAcknowledged,
     bit(kReceived),
     kHubOfIt | kGateway,
     T::kMove,
     kAtHub,
     {},
     "triage is due by priority"},
    {E::kHubAcknowledged,
     bit(kQuarantined) | bit(kEscalated),
     kHubOfIt | kGateway,
     T::kStay,
     {},
     {},
     "noted"},
    {E::kReleased, bit(kQuarantined), kReviewerOnDuty, T::kHubOrQueue, kReceived, C::kReceipt,
     "goes on to the hub"},
    {E::kRedFlagRaised, bit(kReceived) | bit(kQuarantined), kAnyone, T::kMove, kEscalated, C::kEscalated,
     "priority raised; pushed to the rota"},
    {E::kRedFlagRaised,
     kOpen & ~kRequested,
     kAnyone,
     T::kStay,
     {},
     C::kEscalated,
     "priority raised; pushed to the rota"},
    {E::kEscalationConfirmed, bit(kEscalated), kRotaOnDuty, T::kHubOrQueue, kReceived, C::kReceipt,
     "a person has it; goes on to the hub, or to the place named"},
    {E::kEscalationConfirmed,
     bit(kReceived),
     kRotaOnDuty,
     T::kStay,
     {},
     C::kReceipt,
     "nobody has taken it yet: sent to the other place named"},
    {E::kInformationAsked, kForHub, kHubOfIt, T::kPause, kAwaitingInformation, C::kInformationAsked,
     "owner becomes the asked party; the clock runs on"},
    {E::kInformationAsked, kAccept | kWorking, kHolderOfIt, T::kPause, kAwaitingInformation,
     C::kInformationAsked, "owner becomes the asked party; the clock runs on"},
    {E::kInformationGiven,
     bit(kAwaitingInformation),
     kAskedParty,
     T::kResume,
     {},
     {},
     "owner back; document attached"},
    {E::kAccept, kForHub, kHubOfIt, T::kMove, kAccepted, C::kAccepted, "the hub holds from now on"},
    {E::kAccept, bit(kOfferedOnward), kOfferedIt, T::kMove, kAccepted, C::kOnwardAccepted,
     "the provider holds from now on"},
    {E::kAccept,
     kWorking,
     kOfferedIt,
     T::kStay,
     {},
     C::kOnwardAccepted,
     "child accepted; the parent stays with its holder"},
    {E::kReject, kForHub, kHubOfIt, T::kMove, kRejected, C::kRejected, "coded reason required"},
    {E::kReject, bit(kQuarantined), kReviewerOnDuty, T::kMove, kRejected, C::kRejected,
     "coded reason required"},
    {E::kAdviceReturned, kForHub, kHubOfIt, T::kMove, kAdviceGiven, C::kAdvice, "advice required"},
    {E::kRedirect, bit(kReceived), kHubOfIt | kGateway, T::kMove, kRedirected, C::kRedirected,
     "reason required; GP told at once"},
    {E::kRedirect, bit(kAtHub), kHubOfIt, T::kMove, kRedirected, C::kRedirected,
     "reason required; GP told at once"},
    {E::kRedirect, bit(kQuarantined), kReviewerOnDuty | kGateway, T::kMove, kRedirected, C::kRedirected,
     "reason required; GP told at once"},
    {E::kRedirect, bit(kEscalated), kRotaOnDuty | kHubOfIt, T::kMove, kRedirected, C::kRedirected,
     "reason required; GP told at once"},
    {E::kPriorityChanged,
     kForHub,
     kHubOfIt | kGateway,
     T::kStay,
     {},
     C::kPriorityChanged,
     "raised by anyone of these; lowered by a person with a reason"},
    {E::kPriorityChanged,
     kAccept | kAcceptedAgain,
     kHolderOfIt | kHubOfIt | kGateway,
     T::kStay,
     {},
     C::kPriorityChanged,
     "raised by anyone of these; lowered by a person with a reason"},
    {E::kOnwardLeg, kAccept, kHolderOfIt, T::kMove, kOfferedOnward, C::kOfferedOnward,
     "child request and Task; hop counted"},
    {E::kOnwardLeg,
     kWorking,
     kHolderOfIt,
     T::kStay,
     {},
     C::kOfferedOnward,
     "child request and Task; hop counted"},
    {E::kOfferDeclined, bit(kOfferedOnward), kOfferedIt, T::kMove, kAtHub, C::kRouteChanged,
     "child rejected; parent back at the hub, holder unchanged; bounce counted"},
    {E::kOfferDeclined,
     kWorking,
     kOfferedIt,
     T::kStay,
     {},
     C::kRouteChanged,
     "child rejected; work item to the holder; bounce counted"},
    {E::kBooked, kAccept | kWorking, kSite, T::kMove, kBooked, C::kBooked,
     "Task in-progress at the first booking; the provider holds"},
    {E::kAppointmentMoved, kAccept | kWorking, kSite, T::kMove, kBooked, C::kAppointmentMoved, "new date"},
    {E::kAppointmentCancelled, bit(kBooked), kSite, T::kUnbook, kAccepted, C::kAppointmentCancelled,
     "next step is due again"},
    {E::kNotAttended, bit(kBooked) | bit(kInTreatment), kSite, T::kMove, kNotAttended, C::kNotAttended,
     "a decision is due"},
    {E::kAttended,
     kAccept | kWorking,
     kSite,
     T::kAttend,
     kInTreatment,
     {},
     "in treatment, or discharged when that was the outcome"},
    {E::kLetter,
     kOpen | kAfterwards,
     kClinical,
     T::kStay,
     {},
     C::kLetter,
     "kept with the referral; status unchanged"},
    {E::kDischarge, kWorking, kSite, T::kMove, kDischarged, C::kDischarged, "the letter is due"},
    {E::kUnableToComplete, kAfterAcceptance, kHolderOfIt, T::kMove, kFailed, C::kFailed,
     "reason required; the hub holds"},
    {E::kAbortAccepted, kWorking, kHolderOfIt, T::kMove, kCancelled, C::kCancelled,
     "request revoked or entered in error"},
    {E::kAbortRefused, kWorking, kHolderOfIt, T::kStay, {}, C::kCancellationRefused, "work goes on"},
    {E::kPatientDied,
     kOpen,
     kClinical | kAuthor | kHolderOfIt,
     T::kStay,
     {},
     {},
     "booking stops; the holder must close and is told"},
    {E::kMerge,
     kOpen | kAfterwards,
     kPasOfIt | kGateway,
     T::kStay,
     {},
     {},
     "re-pointed within that assigning authority only"},
    {E::kDemographics,
     kOpen | kAfterwards,
     kPasOfIt | kGateway,
     T::kStay,
     {},
     {},
     "re-pointed within that assigning authority only"},
    {E::kDeadlinePassed, kOpen | kAfterwards, kGateway, T::kStay, {}, {}, "work item; a new deadline"},
    {E::kNoted,
     kOpen | kAfterwards,
     kConcerned,
     T::kStay,
     {},
     {},
     "kept on the Task; told to whoever must act"},
    {E::kGpTold, kAfterwards, kGateway, T::kStay, {}, {}, "nothing more is due"},
});

StateSet bit_of(const ReferralState& referral, bool paused) noexcept {
  const State state = paused ? referral.resume : referral.state;
  return state == kAccepted && referral.started ? kAcceptedAgain : bit(state);
}

const TransitionRow* find_in(EventKind event, StateSet in, std::uint16_t standing) noexcept {
  const TransitionRow* other = nullptr;
  for (const TransitionRow& row : kRows) {
    if (row.event != event || (row.in & in) == 0) continue;
    if ((row.who & standing) != 0) return &row;
    if (other == nullptr) other = &row;
  }
  return other;
}

}  // namespace

std::span<const TransitionRow> transition_rows() noexcept {
  return kRows;
}

Misplaced misplaced(EventKind kind) noexcept {
  switch (kind) {
    case E::kReleased:
    case E::kInformationAsked:
    case E::kAccept:
    case E::kReject:
    case E::kAdviceReturned:
    case E::kRedirect:
    case E::kPriorityChanged:
    case E::kOnwardLeg:
    case E::kOfferDeclined:
    case E::kUnableToComplete:
    case E::kAbortAccepted:
    case E::kAbortRefused: return Misplaced::kRefuse;
    default: return Misplaced::kIgnore;
  }
}

const TransitionRow* find_row(EventKind event, const ReferralState& referral,
                              std::uint16_t standing) noexcept {
  const TransitionRow* row = find_in(event, bit_of(referral, false), standing);
  if (row == nullptr && referral.state == kAwaitingInformation)
    row = find_in(event, bit_of(referral, true), standing);
  return row;
}

std::uint16_t anyone_who_may(EventKind event) noexcept {
  std::uint16_t who = 0;
  for (const TransitionRow& row : kRows) {
    if (row.event == event) who = static_cast<std::uint16_t>(who | row.who);
  }
  return who;
}

std::uint16_t standing(const ReferralState& referral, const TransitionCaller& caller) noexcept {
  const auto is = [&](const Organisation& party) { return !caller.ods.empty() && party.ods == caller.ods; };
  unsigned bits = 0;
  switch (caller.role) {
    case CallerRole::kSystem: return kGateway;
    case CallerRole::kReviewer: return kReviewerOnDuty;
    case CallerRole::kRota: return kRotaOnDuty;
    case CallerRole::kPas:
      return is(referral.hub) || is(referral.provider) || is(referral.offered_to) ? kPasOfIt : 0;
    case CallerRole::kReferrer:
      if (is(referral.referrer)) bits |= kAuthor;
      break;
    case CallerRole::kHub:
    case CallerRole::kProvider:
      // A hospital that sends a patient back to the hub is the author of that referral.
      if (is(referral.referrer)) bits |= kAuthor;
      if (is(referral.hub)) bits |= kHubOfIt;
      if (is(referral.provider)) bits |= kProviderOfIt;
      if (is(referral.offered_to)) bits |= kOfferedIt;
      break;
  }
  const auto speaks_for = [&](PartyRole role) {
    const Organisation* party = organisation(referral, role);
    const unsigned needed = role == PartyRole::kReferrer ? bits & kAuthor : bits & ~unsigned{kAuthor};
    return needed != 0 && party != nullptr && is(*party);
  };
  if (speaks_for(referral.holder)) bits |= kHolderOfIt;
  if (referral.state == kAwaitingInformation && speaks_for(referral.owner)) bits |= kAskedParty;
  return static_cast<std::uint16_t>(bits);
}

}  // namespace gateway::referral
