#include <algorithm>
#include <gtest/gtest.h>

#include "tests/unit/gateway/referral/scenes.hpp"

namespace gateway::referral {
namespace {

using S = State;
using E = EventKind;
using R = CallerRole;

Outcome run(const ReferralState& referral, const Event& event, R role, int at_hour = 300) {
  return transition(referral, event, caller(role), default_deadlines(), hour(at_hour));
}
Rule rule_of(const Outcome& outcome) {
  return std::get<Refused>(outcome).rule;
}

bool tells(const Accepted& accepted, CommunicationKind kind) {
  const auto* tell = find_effect<TellGp>(accepted.effects);
  return tell != nullptr && tell->kind == kind;
}
bool opens(const std::vector<Effect>& effects, WorkKind kind) {
  return std::any_of(effects.begin(), effects.end(), [&](const Effect& effect) {
    const auto* item = std::get_if<OpenWorkItem>(&effect);
    return item != nullptr && item->kind == kind;
  });
}

TEST(Transition, CancellingBeforeWorkIsAtOnceAndRevokesTheRequest) {
  const Accepted accepted = must(run(scene(S::kAccepted), complete(E::kCancel), R::kReferrer));
  EXPECT_EQ(accepted.state.state, S::kCancelled);
  EXPECT_EQ(find_effect<SetRequestStatus>(accepted.effects)->status, "revoked");
  EXPECT_EQ(find_effect<CreateAbortTask>(accepted.effects), nullptr);
  EXPECT_TRUE(tells(accepted, CommunicationKind::kCancelled));
}

TEST(Transition, EnteredInErrorIsKeptApartFromWithdrawn) {
  Event event = complete(E::kCancel);
  event.withdrawal = Withdrawal::kEnteredInError;
  const Accepted accepted = must(run(scene(S::kAtHub), event, R::kReferrer));
  EXPECT_EQ(find_effect<SetRequestStatus>(accepted.effects)->status, "entered-in-error");
  EXPECT_EQ(business_status(accepted.state), "entered-in-error");
}

TEST(Transition, CancellingWorkInProgressAsksTheHolder) {
  const Accepted asked = must(run(scene(S::kBooked), complete(E::kCancel), R::kReferrer));
  EXPECT_EQ(asked.state.state, S::kBooked);
  EXPECT_EQ(task_status(asked.state), "in-progress");
  EXPECT_NE(find_effect<CreateAbortTask>(asked.effects), nullptr);
  EXPECT_EQ(find_effect<SetRequestStatus>(asked.effects), nullptr);

  const Accepted stopped = must(run(asked.state, complete(E::kAbortAccepted), R::kProvider));
  EXPECT_EQ(stopped.state.state, S::kCancelled);
  EXPECT_EQ(find_effect<SetRequestStatus>(stopped.effects)->status, "revoked");

  const Accepted refused = must(run(asked.state, complete(E::kAbortRefused), R::kProvider));
  EXPECT_EQ(refused.state.state, S::kBooked);
  EXPECT_FALSE(refused.state.abort_pending);
  EXPECT_TRUE(tells(refused, CommunicationKind::kCancellationRefused));
}

TEST(Transition, NobodyAbortsWithoutBeingAsked) {
  EXPECT_EQ(rule_of(run(scene(S::kBooked), complete(E::kAbortAccepted), R::kProvider)),
            Rule::kNotInThisState);
}

TEST(Transition, AQuestionFlipsTheOwnerAndNotTheClock) {
  const ReferralState before = scene(S::kAtHub);
  const Accepted asked = must(run(before, complete(E::kInformationAsked), R::kHub, 10));
  EXPECT_EQ(asked.state.owner, PartyRole::kReferrer);
  EXPECT_EQ(asked.state.holder, before.holder);
  EXPECT_EQ(task_status(asked.state), task_status(before));
  EXPECT_TRUE(tells(asked, CommunicationKind::kInformationAsked));
  const Accepted answered = must(run(asked.state, complete(E::kInformationGiven), R::kReferrer, 20));
  EXPECT_EQ(answered.state.state, S::kAtHub);
  EXPECT_EQ(answered.state.owner, PartyRole::kHub);
  EXPECT_EQ(answered.state.deadline, before.deadline);
  EXPECT_NE(find_effect<AttachDocument>(answered.effects), nullptr);
}

TEST(Transition, AQuestionDuringTreatmentKeepsTheTaskInProgress) {
  const Accepted asked = must(run(scene(S::kInTreatment), complete(E::kInformationAsked), R::kProvider));
  EXPECT_EQ(task_status(asked.state), "in-progress");
  EXPECT_EQ(business_status(asked.state), "awaiting-information");
}

TEST(Transition, AQuestionToNobodyWhoCanAnswerGoesToTheReferrer) {
  Event event = complete(E::kInformationAsked);
  for (const PartyRole asked : {PartyRole::kNobody, PartyRole::kRota, PartyRole::kProvider}) {
    event.asked = asked;
    EXPECT_EQ(must(run(scene(S::kAtHub), event, R::kHub)).state.owner, PartyRole::kReferrer);
  }
  event.asked = PartyRole::kHub;
  const ReferralState asked = must(run(scene(S::kInTreatment), event, R::kProvider)).state;
  EXPECT_EQ(asked.owner, PartyRole::kHub);
  EXPECT_EQ(apply(asked, E::kInformationGiven, R::kHub).state, S::kInTreatment);
}

TEST(Transition, OnlyTheAskedPartyAnswers) {
  EXPECT_EQ(rule_of(run(scene(S::kAwaitingInformation), complete(E::kInformationGiven), R::kHub)),
            Rule::kOnlyAskedParty);
}

TEST(Transition, AnAnswerNobodyAskedForIsKept) {
  const Outcome outcome = run(scene(S::kAtHub), complete(E::kInformationGiven), R::kReferrer);
  EXPECT_NE(find_effect<AttachDocument>(std::get<Ignored>(outcome).effects), nullptr);
}

TEST(Transition, AppointmentsGoOnWhileAQuestionIsOpen) {
  const ReferralState asked = apply(scene(S::kBooked), E::kInformationAsked, R::kProvider);
  const Accepted missed = must(run(asked, complete(E::kNotAttended), R::kPas));
  EXPECT_EQ(missed.state.state, S::kAwaitingInformation);
  EXPECT_EQ(missed.state.resume, S::kNotAttended);
  EXPECT_TRUE(tells(missed, CommunicationKind::kNotAttended));
  EXPECT_EQ(apply(missed.state, E::kInformationGiven, R::kReferrer).state, S::kNotAttended);
}

TEST(Transition, AFormerOwnerIsForbidden) {
  ReferralState referral = scene(S::kOfferedOnward);
  referral = apply(referral, E::kOfferDeclined, R::kProvider);
  referral.provider = {};
  const Outcome outcome = run(referral, complete(E::kAccept), R::kProvider);
  EXPECT_EQ(rule_of(outcome), Rule::kOnlyCurrentReceiver);
  EXPECT_EQ(std::get<Refused>(outcome).http_status(), 403);
  EXPECT_EQ(std::get<Refused>(outcome).owner_ods, kHubOrg.ods);
}

TEST(Transition, ARefusalSaysOwnerAndAllowedActions) {
  const Outcome outcome = run(scene(S::kAtHub), complete(E::kOnwardLeg), R::kHub);
  const auto& refused = std::get<Refused>(outcome);
  EXPECT_EQ(refused.http_status(), 403);  // the hub does not hold yet
  EXPECT_EQ(refused.owner_ods, kHubOrg.ods);
  EXPECT_NE(std::find(refused.allowed.begin(), refused.allowed.end(), E::kAccept), refused.allowed.end());
}

TEST(Transition, SoftwareRaisesAPriorityAndNeverLowersIt) {
  Event event;
  event.kind = E::kPriorityChanged;
  event.priority = Priority::kUrgent;
  const ReferralState raised = must(run(scene(S::kAtHub), event, R::kSystem)).state;
  EXPECT_EQ(raised.priority, Priority::kUrgent);
  event.priority = Priority::kRoutine;
  EXPECT_EQ(rule_of(run(raised, event, R::kSystem)), Rule::kLoweringNeedsPerson);
  event.reason.text = "Pain settled.";
  EXPECT_EQ(rule_of(run(raised, event, R::kHub)), Rule::kLoweringNeedsPerson);
  event.decided_by = kTriager;
  const Accepted lowered = must(run(raised, event, R::kHub));
  EXPECT_EQ(lowered.state.priority, Priority::kRoutine);
  EXPECT_TRUE(tells(lowered, CommunicationKind::kPriorityChanged));
}

TEST(Transition, AnUpdateRaisesAPriorityAndNeverLowersIt) {
  Event event = complete(E::kUpdate);
  event.priority = Priority::kStat;
  const ReferralState raised = must(run(scene(S::kAtHub), event, R::kReferrer)).state;
  event.priority = Priority::kRoutine;
  EXPECT_EQ(must(run(raised, event, R::kReferrer)).state.priority, Priority::kStat);
}

TEST(Transition, ARedFlagOutlivesAWithdrawal) {
  const Accepted accepted = must(run(scene(S::kEscalated), complete(E::kCancel), R::kReferrer));
  EXPECT_TRUE(accepted.state.red_flag);
  EXPECT_TRUE(opens(accepted.effects, WorkKind::kRedFlagWithdrawn));
}

TEST(Transition, AnEscalationGoesOnToTheHubOnceAPersonConfirms) {
  EXPECT_EQ(apply(scene(S::kEscalated), E::kEscalationConfirmed, R::kRota).state, S::kReceived);
  const ReferralState known = apply(scene(S::kEscalated), E::kHubAcknowledged, R::kHub);
  EXPECT_EQ(known.state, S::kEscalated);
  EXPECT_EQ(apply(known, E::kEscalationConfirmed, R::kRota).state, S::kAtHub);
}

TEST(Transition, AnEscalationGoesNowhereUntilAPlaceIsKnown) {
  ReferralState nowhere = scene(S::kEscalated);
  nowhere.hub = {};
  Event confirmed = complete(E::kEscalationConfirmed);
  EXPECT_EQ(rule_of(run(nowhere, confirmed, R::kRota)), Rule::kDestinationRequired);
  confirmed.destination = kClinic;
  const Accepted sent = must(run(nowhere, confirmed, R::kRota));
  EXPECT_EQ(sent.state.hub, kClinic);
  EXPECT_EQ(sent.state.state, S::kReceived);
  EXPECT_GE(sent.state.priority, Priority::kUrgent);
  ASSERT_NE(find_effect<NotifyPartner>(sent.effects), nullptr);
  EXPECT_EQ(find_effect<NotifyPartner>(sent.effects)->to, PartyRole::kHub);
  EXPECT_EQ(apply(nowhere, E::kRedirect, R::kRota).state, S::kRedirected) << "or the GP is told another way";
}

TEST(Transition, TheRotaHasARedFlagAgainThatNobodyTook) {
  const ReferralState sent = apply(scene(S::kEscalated), E::kEscalationConfirmed, R::kRota);
  Event silence;
  silence.kind = E::kDeadlinePassed;
  silence.deadline = sent.deadline_kind;
  const Outcome late = transition(sent, silence, caller(R::kSystem), default_deadlines(), sent.deadline);
  EXPECT_TRUE(opens(must(late).effects, WorkKind::kRedFlag));
  Event elsewhere = complete(E::kEscalationConfirmed);
  EXPECT_TRUE(std::holds_alternative<Ignored>(run(sent, elsewhere, R::kRota))) << "it is with the hub";
  elsewhere.destination = kClinic;
  const Accepted resent = must(transition(sent, elsewhere, caller(R::kRota), default_deadlines(), hour(5)));
  EXPECT_EQ(resent.state.hub, kClinic);
  EXPECT_EQ(resent.state.state, S::kReceived);
  EXPECT_GT(resent.state.deadline, hour(5)) << "whoever has it now has the whole time";
  EXPECT_NE(find_effect<NotifyPartner>(resent.effects), nullptr);
  EXPECT_TRUE(std::holds_alternative<Ignored>(run(fresh(), elsewhere, R::kRota))) << "no flag, no rota";
  const ReferralState taken = apply(sent, E::kHubAcknowledged, R::kHub);
  EXPECT_FALSE(opens(must(transition(taken, {.kind = E::kDeadlinePassed, .deadline = taken.deadline_kind},
                                     caller(R::kSystem), default_deadlines(), taken.deadline))
                         .effects,
                     WorkKind::kRedFlag));
}

TEST(Transition, TheHolderMovesOnAcceptanceOnly) {
  const ReferralState offered = scene(S::kOfferedOnward);
  EXPECT_EQ(offered.holder, PartyRole::kHub);
  const Accepted accepted = must(run(offered, complete(E::kAccept), R::kProvider));
  EXPECT_EQ(accepted.state.holder, PartyRole::kProvider);
  EXPECT_EQ(accepted.state.provider, kClinic);
  EXPECT_EQ(find_effect<MoveHolder>(accepted.effects)->to, PartyRole::kProvider);
  EXPECT_TRUE(tells(accepted, CommunicationKind::kOnwardAccepted));
}

TEST(Transition, ADeclinedOfferComesBackToTheHubWithoutMovingTheHolder) {
  const Accepted declined = must(run(scene(S::kOfferedOnward), complete(E::kOfferDeclined), R::kProvider));
  EXPECT_EQ(declined.state.state, S::kAtHub);
  EXPECT_EQ(declined.state.holder, PartyRole::kHub);
  EXPECT_EQ(declined.state.bounces, 1);
  EXPECT_EQ(declined.state.hops, 1);
  EXPECT_EQ(find_effect<CloseChild>(declined.effects)->status, "rejected");
}

TEST(Transition, HopsAreBoundedAndBouncesCallAPerson) {
  ReferralState referral = scene(S::kAtHub);
  referral.hops = 0;
  std::vector<Effect> last;
  for (int i = 0; i < 3; ++i) {
    referral = apply(referral, E::kAccept, R::kHub);
    referral = apply(referral, E::kOnwardLeg, R::kHub);
    const Accepted declined = must(run(referral, complete(E::kOfferDeclined), R::kProvider));
    referral = declined.state;
    last = declined.effects;
  }
  EXPECT_TRUE(opens(last, WorkKind::kTooManyBounces));
  referral = apply(referral, E::kAccept, R::kHub);
  referral.hops = default_deadlines().max_hops;
  EXPECT_EQ(rule_of(run(referral, complete(E::kOnwardLeg), R::kHub)), Rule::kHopLimit);
}

TEST(Transition, WhoeverLetsGoMayNameTheDestinationAndMustWhenNobodyIsKnown) {
  ReferralState held = fresh(IntakeVerdict::kHeld);
  Event released = complete(E::kReleased);
  EXPECT_EQ(must(run(held, released, R::kReviewer)).state.hub, kHubOrg);
  released.destination = kClinic;
  const Accepted elsewhere = must(run(held, released, R::kReviewer));
  EXPECT_EQ(elsewhere.state.hub, kClinic);
  EXPECT_EQ(elsewhere.state.holder, PartyRole::kReferrer);
  held.hub = {};
  EXPECT_EQ(must(run(held, released, R::kReviewer)).state.hub, kClinic);
  released.destination.reset();
  EXPECT_EQ(rule_of(run(held, released, R::kReviewer)), Rule::kDestinationRequired);
}

TEST(Transition, AHospitalThatReferredIsTheAuthorAndNotTheHolderOfWork) {
  NewReferral back{kClinic, kHubOrg, Priority::kRoutine, IntakeVerdict::kClean, hour(0)};
  const ReferralState referral = begin(back, default_deadlines(), hour(0)).state;
  Event cancel = complete(E::kCancel);
  cancel.occurred = hour(1);
  EXPECT_EQ(must(run(referral, cancel, R::kProvider)).state.state, S::kCancelled);
  EXPECT_FALSE(std::holds_alternative<Accepted>(run(referral, complete(E::kAccept), R::kProvider)));
  const ReferralState asked = must(run(referral, complete(E::kInformationAsked), R::kHub)).state;
  EXPECT_EQ(asked.owner, PartyRole::kReferrer);
  EXPECT_EQ(must(run(asked, complete(E::kInformationGiven), R::kProvider)).state.state, S::kAtHub);
  const ReferralState accepted = must(run(referral, complete(E::kAccept), R::kHub)).state;
  EXPECT_FALSE(std::holds_alternative<Accepted>(run(accepted, complete(E::kUnableToComplete), R::kProvider)));
}

TEST(Transition, TheChoiceOfThePatientIsChangedByANamedPersonWithAReasonOnly) {
  Event leg = complete(E::kOnwardLeg);
  leg.against_choice = true;
  leg.reason = {};
  EXPECT_EQ(rule_of(run(scene(S::kAccepted), leg, R::kHub)), Rule::kChoiceStands);
  leg = complete(E::kOnwardLeg);
  leg.against_choice = true;
  leg.decided_by = {};
  EXPECT_EQ(rule_of(run(scene(S::kAccepted), leg, R::kHub)), Rule::kChoiceStands);
  leg = complete(E::kOnwardLeg);
  leg.against_choice = true;
  EXPECT_EQ(must(run(scene(S::kAccepted), leg, R::kHub)).state.state, S::kOfferedOnward);
}

TEST(Transition, AdviceBecomesAReferralOnlyWhenItsAuthorAllowsIt) {
  const auto asked = [](bool convertible) {
    NewReferral fresh{kPractice, kHubOrg, Priority::kRoutine, IntakeVerdict::kClean, hour(0)};
    fresh.advice = true;
    fresh.convertible = convertible;
    return begin(fresh, default_deadlines(), hour(0)).state;
  };
  const ReferralState question = asked(false);
  EXPECT_EQ(rule_of(run(question, complete(E::kAccept), R::kHub)), Rule::kAdviceOnly);
  const auto may = allowed_actions(question, caller(R::kHub));
  EXPECT_EQ(std::count(may.begin(), may.end(), E::kAccept), 0);
  EXPECT_EQ(must(run(question, complete(E::kAdviceReturned), R::kHub)).state.state, S::kAdviceGiven);
  const ReferralState allowed = asked(true);
  EXPECT_TRUE(allowed.advice);
  const ReferralState converted = must(run(allowed, complete(E::kAccept), R::kHub)).state;
  EXPECT_EQ(converted.state, S::kAccepted);
  EXPECT_FALSE(converted.advice);
  EXPECT_EQ(converted.holder, PartyRole::kHub);
  // Allowed by a later word of the author, and by nobody else's.
  Event update = complete(E::kUpdate);
  update.occurred = hour(1);
  update.may_convert = true;
  const ReferralState later = must(run(question, update, R::kReferrer)).state;
  EXPECT_EQ(must(run(later, complete(E::kAccept), R::kHub)).state.state, S::kAccepted);
}

TEST(Transition, TaskStatusChangesOnlyAtTheFirstBooking) {
  const Accepted booked = must(run(scene(S::kAccepted), complete(E::kBooked), R::kPas));
  EXPECT_EQ(find_effect<SetTask>(booked.effects)->status, "in-progress");
  const Accepted unbooked = must(run(booked.state, complete(E::kAppointmentCancelled), R::kPas));
  EXPECT_EQ(unbooked.state.state, S::kAccepted);
  EXPECT_EQ(task_status(unbooked.state), "in-progress");
  const Accepted cancelled = must(run(unbooked.state, complete(E::kCancel), R::kReferrer));
  EXPECT_EQ(cancelled.state.state, S::kAccepted);
  EXPECT_NE(find_effect<CreateAbortTask>(cancelled.effects), nullptr);
}

TEST(Transition, AnAppointmentIsTheDeadlineWithTimeToReportIt) {
  const ReferralState booked = scene(S::kBooked);
  EXPECT_EQ(booked.deadline, hour(200) + default_deadlines().after_appointment);
}

TEST(Transition, StaleAndRepeatedAppointmentNewsIsIgnored) {
  Event event = complete(E::kBooked);
  event.occurred = hour(50);
  const ReferralState booked = must(run(scene(S::kAccepted), event, R::kPas)).state;
  EXPECT_TRUE(std::holds_alternative<Ignored>(run(booked, event, R::kPas)));
  Event older = complete(E::kAppointmentCancelled);
  older.occurred = hour(40);
  EXPECT_TRUE(std::holds_alternative<Ignored>(run(booked, older, R::kPas)));
  older.occurred = hour(60);
  EXPECT_TRUE(std::holds_alternative<Accepted>(run(booked, older, R::kPas)));
}

TEST(Transition, ABookingBeforeTheOfferIsAnsweredIsNotLost) {
  const Outcome outcome = run(scene(S::kOfferedOnward), complete(E::kBooked), R::kPas);
  EXPECT_TRUE(opens(std::get<Ignored>(outcome).effects, WorkKind::kOutOfOrder));
}

TEST(Transition, NothingIsBookedForThePatientWhoDied) {
  const Accepted died = must(run(scene(S::kAccepted), complete(E::kPatientDied), R::kPas));
  EXPECT_NE(find_effect<StopBooking>(died.effects), nullptr);
  EXPECT_EQ(died.state.deadline_kind, DeadlineKind::kHolderCloses);
  EXPECT_TRUE(opens(std::get<Ignored>(run(died.state, complete(E::kBooked), R::kPas)).effects,
                    WorkKind::kBookingAfterDeath));
}

TEST(Transition, SilenceOpensAWorkItemAndSetsANewDeadline) {
  const ReferralState referral = scene(S::kAtHub);
  Event event;
  event.kind = E::kDeadlinePassed;
  event.deadline = referral.deadline_kind;
  EXPECT_TRUE(std::holds_alternative<Ignored>(run(referral, event, R::kSystem, 2)));
  const Accepted passed = must(run(referral, event, R::kSystem, 100));
  EXPECT_TRUE(opens(passed.effects, WorkKind::kDeadlinePassed));
  EXPECT_GT(passed.state.deadline, hour(100));
  EXPECT_EQ(passed.state.missed_deadlines, 1);
}

TEST(Transition, MissingPayloadsAreRefused) {
  struct Row {
    S state;
    E event;
    R role;
    Rule rule;
  };
  for (const Row& row : {Row{S::kAtHub, E::kReject, R::kHub, Rule::kReasonRequired},
                         Row{S::kAtHub, E::kRedirect, R::kHub, Rule::kReasonRequired},
                         Row{S::kAtHub, E::kAdviceReturned, R::kHub, Rule::kReasonRequired},
                         Row{S::kAtHub, E::kInformationAsked, R::kHub, Rule::kReasonRequired},
                         Row{S::kAtHub, E::kPriorityChanged, R::kHub, Rule::kPriorityRequired},
                         Row{S::kAccepted, E::kOnwardLeg, R::kHub, Rule::kDestinationRequired},
                         Row{S::kAccepted, E::kUnableToComplete, R::kHub, Rule::kReasonRequired},
                         Row{S::kAccepted, E::kBooked, R::kPas, Rule::kAppointmentRequired}}) {
    Event bare;
    bare.kind = row.event;
    SCOPED_TRACE(to_text(row.event));
    const Outcome outcome = run(scene(row.state), bare, row.role);
    EXPECT_EQ(rule_of(outcome), row.rule);
    EXPECT_EQ(std::get<Refused>(outcome).http_status(), 422);
  }
}

TEST(Transition, AttendanceWithDischargeClosesAndTellsTheGp) {
  Event event = complete(E::kAttended);
  event.outcome = AttendanceOutcome::kDischarged;
  const Accepted accepted = must(run(scene(S::kBooked), event, R::kPas));
  EXPECT_EQ(accepted.state.state, S::kDischarged);
  EXPECT_TRUE(tells(accepted, CommunicationKind::kDischarged));
}

TEST(Transition, AChildOfWorkInProgressLeavesItsParentAlone) {
  Event leg = complete(E::kOnwardLeg);
  leg.destination = Organisation{"RELSE", "Elsewhere"};
  const Accepted offered = must(run(scene(S::kInTreatment), leg, R::kProvider));
  EXPECT_EQ(offered.state.state, S::kInTreatment);
  EXPECT_EQ(find_effect<CreateChild>(offered.effects)->destination.ods, "RELSE");
  EXPECT_EQ(rule_of(run(offered.state, leg, R::kProvider)), Rule::kNotInThisState);
  const Accepted taken = must(transition(offered.state, complete(E::kAccept), {R::kProvider, "RELSE"},
                                         default_deadlines(), hour(301)));
  EXPECT_EQ(taken.state.holder, PartyRole::kProvider);
  EXPECT_EQ(taken.state.provider, kClinic);
}

TEST(Begin, ARedFlagOutranksRoutine) {
  const Accepted begun = begin({kPractice, kHubOrg, Priority::kRoutine, IntakeVerdict::kRedFlag, {}},
                               default_deadlines(), hour(0));
  EXPECT_EQ(begun.state.state, S::kEscalated);
  EXPECT_EQ(begun.state.priority, Priority::kUrgent);
  EXPECT_TRUE(opens(begun.effects, WorkKind::kRedFlag));
  EXPECT_TRUE(tells(begun, CommunicationKind::kEscalated));
}

TEST(Begin, TheReferrerHoldsUntilTheHubAccepts) {
  for (const IntakeVerdict verdict : {IntakeVerdict::kClean, IntakeVerdict::kHeld, IntakeVerdict::kRedFlag}) {
    EXPECT_EQ(fresh(verdict).holder, PartyRole::kReferrer);
  }
  EXPECT_EQ(scene(S::kAtHub).holder, PartyRole::kReferrer);
  EXPECT_EQ(scene(S::kAccepted).holder, PartyRole::kHub);
}

}  // namespace
}  // namespace gateway::referral
