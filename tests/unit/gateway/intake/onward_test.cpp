// Onward legs, what a PAS is told, and pathways that go to another provider in bulk.
#include <gmock/gmock.h>
#include <set>

#include "gateway/intake/bulk_move.hpp"
#include "gateway/intake/pas_news.hpp"
#include "tests/unit/gateway/intake/house.hpp"

namespace gateway::intake {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const referral::Organisation kTrust{"99S20", "South Downs"};
const referral::Organisation kCoast{"99S21", "Coast Surgical"};
const store::Caller kCoastCaller{"coast-surgical", "99S21", "provider"};

Changed apply(House& house, const store::Caller& caller, store::ReferralSeq seq, referral::Event event) {
  const auto changed = house.run(house.intake.apply_event(caller, seq, std::move(event)));
  EXPECT_TRUE(changed.has_value()) << (changed.has_value() ? "" : changed.error().detail);
  return changed.has_value() ? *changed : Changed();
}

referral::Event event(referral::EventKind kind, std::optional<referral::Organisation> to = std::nullopt) {
  referral::Event made;
  made.kind = kind;
  made.destination = std::move(to);
  made.reason = {std::string(referral::kReasonSystem), "rejected", "", "Not here"};
  return made;
}

void accepted(House& house) {
  ASSERT_EQ(house.send(Letter()).status, 200);
  apply(house, kHub, house.referral().seq, event(referral::EventKind::kAccept));
}

std::set<std::string> content(const fhir::tree::TreePtr& bundle) {
  std::set<std::string> all;
  for (const fhir::tree::Node entry : bundle->root().children("entry")) {
    const fhir::tree::Node resource = entry.child("resource");
    const bool changes = resource.type() == "MessageHeader" || resource.type() == "Task";
    if (!changes && resource.child("id")) all.insert(fhir::json::write(resource));
  }
  return all;
}

std::vector<std::string> details(House& house, store::ReferralSeq seq, const std::string& kind) {
  std::vector<std::string> found;
  for (const store::ReferralEvent& one : house.events(seq)) {
    if (one.kind == kind) found.push_back(one.detail);
  }
  return found;
}

TEST(Onward, LegCarriesAllThatTheFirstLegHadAndWhatCameSince) {
  House house;
  accepted(house);
  apply(house, kHub, house.referral().seq, event(referral::EventKind::kOnwardLeg, kTrust));
  apply(house, kProvider, house.referral().seq, event(referral::EventKind::kAccept));
  apply(house, kProvider, house.referral().seq, event(referral::EventKind::kOnwardLeg, kCoast));
  std::vector<std::set<std::string>> legs;
  for (const store::DeliveryRow& row : house.deliveries()) {
    if (row.kind == "referral") legs.push_back(content(parse(house.body_of(row.seq))));
  }
  ASSERT_EQ(legs.size(), 3U);
  for (std::size_t leg = 1; leg < legs.size(); ++leg) {
    for (const std::string& resource : legs[0])
      EXPECT_TRUE(legs[leg].contains(resource)) << "leg " << leg << ": " << resource;
  }
  const auto digests = details(house, house.referral().seq, "content");
  ASSERT_EQ(digests.size(), 3U) << "of the first leg and of both others";
  EXPECT_EQ(digests[0], digests[1]);
  EXPECT_EQ(digests[0], digests[2]);
  EXPECT_EQ(digests[0].size(), 64U);
}

TEST(Onward, LegKeepsPathwayCorrelationAndClock) {
  House house;
  accepted(house);
  apply(house, kHub, house.referral().seq, event(referral::EventKind::kOnwardLeg, kTrust));
  const store::ReferralRow parent = house.referral();
  const store::ReferralRow leg = house.referrals()[1];
  EXPECT_EQ(leg.correlation_id, parent.correlation_id);
  EXPECT_EQ(leg.received_at, parent.received_at);
  EXPECT_EQ(leg.received_on, parent.received_on);
  const auto request = house.resource("ServiceRequest", leg.service_request_id);
  const auto original = house.resource("ServiceRequest", parent.service_request_id);
  EXPECT_EQ(request->root().at("basedOn", "reference").text(), "ServiceRequest/" + parent.service_request_id);
  EXPECT_EQ(request->root().at("identifier", "value").text(),
            original->root().at("identifier", "value").text());
  EXPECT_EQ(request->root().child("authoredOn").text(), original->root().child("authoredOn").text());
  EXPECT_EQ(parent.holder_ods, "99S10") << "an offer moves nobody";
}

TEST(Onward, ReturningToWhereItWasIsAnAlarm) {
  House house;
  accepted(house);
  const store::ReferralSeq seq = house.referral().seq;
  apply(house, kHub, seq, event(referral::EventKind::kOnwardLeg, kTrust));
  EXPECT_THAT(house.work_kinds(), Not(Contains("returned")));
  apply(house, kProvider, seq, event(referral::EventKind::kOfferDeclined));
  EXPECT_EQ(house.referral().state, "at_hub");
  EXPECT_EQ(house.referral().holder_ods, "99S10");
  apply(house, kHub, seq, event(referral::EventKind::kAccept));
  apply(house, kHub, seq, event(referral::EventKind::kOnwardLeg, kTrust));
  EXPECT_THAT(house.work_kinds(), Contains("returned"));
  EXPECT_THAT(details(house, seq, "counted"), ElementsAre("hops 1 bounces 0", "hops 2 bounces 1"));
}

TEST(PasNews, RowsOfTheTable) {
  referral::ReferralState at_hub;
  at_hub.state = referral::State::kAtHub;
  at_hub.hub = {"99S10", ""};
  referral::ReferralState taken = at_hub;
  taken.state = referral::State::kAccepted;
  taken.holder = referral::PartyRole::kHub;
  referral::ReferralState offered = taken;
  offered.state = referral::State::kOfferedOnward;
  offered.offered_to = kTrust;
  referral::ReferralState gone = taken;
  gone.provider = kTrust;
  gone.holder = referral::PartyRole::kProvider;
  referral::ReferralState cancelled = gone;
  cancelled.state = referral::State::kCancelled;
  using E = referral::EventKind;
  EXPECT_THAT(pas_news(E::kAccept, at_hub, taken), ElementsAre(PasNews{PasFact::kAcceptance, "99S10"}));
  EXPECT_THAT(pas_news(E::kAccept, offered, gone),
              ElementsAre(PasNews{PasFact::kAcceptance, "99S20"}, PasNews{PasFact::kOnward, "99S10"}));
  EXPECT_THAT(pas_news(E::kCancel, gone, cancelled), ElementsAre(PasNews{PasFact::kCancellation, "99S20"}));
  EXPECT_THAT(pas_news(E::kCancel, at_hub, cancelled), IsEmpty()) << "nobody had taken it on";
  EXPECT_THAT(pas_news(E::kUpdate, taken, taken), IsEmpty());
}

TEST(PasNews, GoesToThePasOfWhoeverAcceptsAndOfWhoeverLosesIt) {
  House house;
  accepted(house);
  EXPECT_THAT(house.sent(), Not(Contains(HasSubstr("downs-trust-pas"))));
  const store::ReferralSeq seq = house.referral().seq;
  apply(house, kHub, seq, event(referral::EventKind::kOnwardLeg, kTrust));
  apply(house, kProvider, seq, event(referral::EventKind::kAccept));
  EXPECT_THAT(house.sent(), Contains("acceptance downs-trust-pas"));
  for (const store::DeliveryRow& row : house.deliveries()) {
    if (row.kind != "acceptance") continue;
    const auto bundle = parse(house.body_of(row.seq));
    EXPECT_THAT(fhir::json::write(entry(bundle, "ServiceRequest")), HasSubstr("000049735221"));
    EXPECT_TRUE(entry(bundle, "Patient"));
    EXPECT_TRUE(entry(bundle, "Task"));
  }
  apply(house, kProvider, seq, event(referral::EventKind::kOnwardLeg, kCoast));
  apply(house, kCoastCaller, seq, event(referral::EventKind::kAccept));
  EXPECT_THAT(house.sent(), Contains("onward downs-trust-pas"));
}

TEST(PasNews, ProviderWithoutAPasThatTheHubNamesGetsTheReferral) {
  House house;
  ASSERT_EQ(house.send(Letter()).status, 200);
  apply(house, kHub, house.referral().seq, event(referral::EventKind::kAccept, kCoast));
  EXPECT_THAT(house.sent(), Contains("acceptance coast-surgical"));
}

fhir::Result<MoveReport> move(House& house, const std::string& from, const referral::Organisation& to) {
  fhir::Result<MoveReport> report = MoveReport();
  const fhir::Status done =
      house.memory.transact(store::Kind::kWrite, kOperator, [&](store::Transaction& tx) -> fhir::Status {
        report = move_pathways(tx, house.intake.changes(), {from, to, house.clock.now()});
        if (!report.has_value()) return fhir::fail(report.error());
        return {};
      });
  EXPECT_EQ(done.has_value(), report.has_value());
  return report;
}

TEST(BulkMove, MovesOpenPathwaysAndTheAccountBalances) {
  House house;
  for (int nth = 0; nth < 4; ++nth) {
    Letter letter;
    letter.bundle = uuid(100 + nth);
    letter.request_id = uuid(200 + nth);
    letter.ubrn = "00004973522" + std::to_string(nth);
    ASSERT_EQ(house.send(letter, 10 + nth).status, 200);
  }
  const auto rows = house.referrals();
  for (std::size_t nth = 0; nth < 3; ++nth) {
    apply(house, kHub, rows[nth].seq, event(referral::EventKind::kAccept, kTrust));
    referral::Event booked = event(referral::EventKind::kBooked);
    booked.appointment_start = house.clock.now() + std::chrono::hours(100);
    if (nth < 2) apply(house, kProvider, rows[nth].seq, booked);
  }
  apply(house, kProvider, rows[1].seq, event(referral::EventKind::kDischarge));
  const auto before = house.referrals();
  const auto report = move(house, "99S20", kCoast);
  ASSERT_TRUE(report.has_value()) << report.error().detail;
  EXPECT_EQ(report->open, 3);
  EXPECT_EQ(report->of_from, 2);
  EXPECT_EQ(report->moved, 2);
  EXPECT_EQ(report->left, 0);
  EXPECT_EQ(report->now_of_to, 2);
  EXPECT_EQ(report->holders, 1) << "the hub holds the one that is not booked yet";
  const auto after = house.referrals();
  for (std::size_t nth = 0; nth < after.size(); ++nth) {
    EXPECT_EQ(after[nth].received_at, before[nth].received_at);
    EXPECT_EQ(after[nth].state, before[nth].state);
    EXPECT_EQ(after[nth].deadline.has_value(), before[nth].deadline.has_value());
    if (before[nth].deadline) EXPECT_EQ(after[nth].deadline->at, before[nth].deadline->at);
  }
  EXPECT_EQ(after[0].holder_ods, "99S21");
  EXPECT_EQ(after[1].holder_ods, before[1].holder_ods) << "a closed pathway stays whose it was";
  EXPECT_THAT(house.sent(), Contains("referral coast-surgical"));
  const auto told = parse(house.body_of(house.deliveries().back().seq));
  EXPECT_TRUE(entry(told, "MessageHeader"));
  // The new provider goes on where the old one was; the old one may not.
  const auto stranger =
      house.run(house.intake.apply_event(kProvider, rows[0].seq, event(referral::EventKind::kDischarge)));
  EXPECT_FALSE(stranger.has_value());
  apply(house, kCoastCaller, rows[0].seq, event(referral::EventKind::kDischarge));
  EXPECT_EQ(house.referral().state, "discharged");
}

TEST(BulkMove, CallsBackWhatIsUnderWayAndTellsTheFormerProvider) {
  House house;
  accepted(house);
  const auto seq = house.referral().seq;
  apply(house, kHub, seq, event(referral::EventKind::kOnwardLeg, kTrust));
  const auto of_trust = [&] {
    std::vector<store::DeliveryRow> rows;
    for (const store::DeliveryRow& row : house.deliveries()) {
      if (row.destination == "downs-trust") rows.push_back(row);
    }
    return rows;
  };
  ASSERT_FALSE(of_trust().empty());
  // It is due: an attempt may have begun, and nobody knows yet how it ends.
  ASSERT_EQ(of_trust().front().attempts, 0);
  ASSERT_LE(of_trust().front().next_attempt_at, house.clock.now());
  ASSERT_TRUE(move(house, "99S20", kCoast).has_value());
  const auto rows = of_trust();
  EXPECT_EQ(rows.front().state, store::OutboxState::kAbandoned);
  ASSERT_GT(rows.size(), 1u);
  EXPECT_EQ(rows.back().kind, "update")
      << "it may have arrived: the former provider hears that it is not theirs";
  EXPECT_EQ(rows.back().state, store::OutboxState::kPending);
  EXPECT_GE(rows.back().next_attempt_at, house.clock.now() + house.config->retry.attempt_timeout)
      << "not before an attempt under way has ended";
  EXPECT_THAT(house.sent(), Contains("referral coast-surgical"));
}

TEST(BulkMove, NothingIsSaidToAProviderThatHeardNothing) {
  House house;
  accepted(house);
  apply(house, kHub, house.referral().seq, event(referral::EventKind::kOnwardLeg, kTrust));
  // What is for the trust is put back to a time to come before anything was sent.
  const fhir::Instant later = house.clock.now() + std::chrono::hours(1);
  for (const store::DeliveryRow& row : house.deliveries()) {
    if (row.destination != "downs-trust") continue;
    ASSERT_TRUE(house.memory
                    .transact(store::Kind::kWrite, kOperator,
                              [&](store::Transaction& tx) -> fhir::Status {
                                LIGAMENT_CHECK(tx.outbox().park(row.seq));
                                return tx.outbox().release(row.seq, later);
                              })
                    .has_value());
  }
  ASSERT_TRUE(move(house, "99S20", kCoast).has_value());
  for (const store::DeliveryRow& row : house.deliveries()) {
    if (row.destination == "downs-trust") EXPECT_EQ(row.state, store::OutboxState::kAbandoned);
  }
}

TEST(BulkMove, OfNothingOrOfOneselfIsSaid) {
  House house;
  accepted(house);
  const auto none = move(house, "99S20", kCoast);
  ASSERT_TRUE(none.has_value());
  EXPECT_EQ(none->moved, 0);
  EXPECT_FALSE(move(house, "99S20", kTrust).has_value());
  EXPECT_FALSE(move(house, "", kTrust).has_value());
}

}  // namespace
}  // namespace gateway::intake
