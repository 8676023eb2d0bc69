// Ids, and what is remembered of a referral.
#include <gmock/gmock.h>
#include <set>

#include "gateway/intake/resource_ids.hpp"
#include "tests/unit/gateway/intake/house.hpp"

namespace gateway::intake {
namespace {

TEST(ResourceIds, AreOrderedByMessageDistinctAndRepeatable) {
  const KeyedHash hash = House::hash();
  std::set<std::string> seen;
  std::string last;
  for (std::int64_t message = 1; message <= 300; message += 37) {
    ResourceIds ids(hash, store::MessageSeq(message));
    ResourceIds again(hash, store::MessageSeq(message));
    for (int at = 0; at < 20; ++at) {
      const std::string id = ids.next();
      EXPECT_TRUE(fhir::is_uuid(id));
      EXPECT_EQ(id, again.next());
      EXPECT_TRUE(seen.insert(id).second);
      EXPECT_LE(last, id.substr(0, 13));  // those of a later message come after
      last = id.substr(0, 13);
    }
  }
  ResourceIds first(hash, store::MessageSeq(1));
  EXPECT_EQ(first.next().substr(0, 13), "00000000-0001");
}

TEST(ResourceIds, DoNotDependOnTheOrderOfMakersInOneScope) {
  const KeyedHash hash = House::hash();
  ResourceIds from_start(hash, store::MessageSeq(9));
  ResourceIds later(hash, store::MessageSeq(9), 2);
  (void)from_start.next();
  (void)from_start.next();
  EXPECT_EQ(from_start.next(), later.next());
}

TEST(ReferralMemory, ComesBackAsItWas) {
  ReferralMemory memory;
  memory.state.state = referral::State::kAwaitingInformation;
  memory.state.resume = referral::State::kBooked;
  memory.state.priority = referral::Priority::kAsap;
  memory.state.red_flag = memory.state.started = memory.state.attended = true;
  memory.state.withdrawal = referral::Withdrawal::kEnteredInError;
  memory.state.referrer = {"99S01", "A practice\nwith \\ two = lines"};
  memory.state.hub = {"99S10", "The hub"};
  memory.state.offered_to = {"99S20", ""};
  memory.state.holder = referral::PartyRole::kProvider;
  memory.state.owner = referral::PartyRole::kReferrer;
  memory.state.deadline_kind = referral::DeadlineKind::kAnswer;
  memory.state.deadline = *fhir::parse_instant("2026-11-22T10:00:00.123Z");
  memory.state.version = 7;
  memory.state.hops = 3;
  memory.state.missed_deadlines = 400;
  memory.state.last_request_event = memory.state.deadline;
  memory.patient_id = "p";
  memory.request_sent = true;
  memory.author_message = store::MessageSeq(12);
  const auto back = parse_memory(to_text(memory));
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->state, memory.state);
  EXPECT_EQ(to_text(*back), to_text(memory));
}

TEST(ReferralMemory, DamageIsCorrupt) {
  for (const char* const text : {"", "state=nowhere\n", "state=received\nversion=x\n"})
    EXPECT_EQ(parse_memory(text).error().code, fhir::ErrorCode::kCorrupt) << text;
}

TEST(MessageSequence, GoesOnAfterTheLastOfTheStore) {
  House house;
  EXPECT_EQ(house.send(Letter()).status, 200);
  const auto last = last_message(house.memory);
  ASSERT_TRUE(last.has_value());
  MessageSequence next(*last);
  EXPECT_EQ(next.next().value(), last->value() + 1);
}

}  // namespace
}  // namespace gateway::intake
