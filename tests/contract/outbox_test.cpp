#include "tests/contract/store_fixture.hpp"

namespace tests::contract {
namespace {

using store::NewDelivery;
using store::OutboxSeq;
using store::OutboxState;

template <class Home>
class OutboxStoreContract : public StoreContract<Home> {
 protected:
  OutboxSeq enqueue(const NewDelivery& made) {
    const auto seq = this->write([&](Transaction& tx) { return tx.outbox().enqueue(made); });
    EXPECT_TRUE(seq.has_value()) << (seq.has_value() ? "" : to_text(seq.error()));
    return seq.value_or(OutboxSeq(0));
  }
  store::UnderWay under_way_;

  /// Business ids of what is due, in order.
  std::vector<std::string> due(int now, std::size_t limit = 100, std::size_t per_destination = 100) {
    const auto rows = this->read(
        [&](Transaction& tx) { return tx.outbox().due(at(now), limit, per_destination, under_way_); });
    std::vector<std::string> ids;
    if (!rows.has_value()) {
      ADD_FAILURE() << to_text(rows.error());
      return ids;
    }
    for (const auto& row : *rows)
      ids.push_back(row.business_id);
    return ids;
  }
  template <class Step>
  Status step(Step step) {
    return this->write([&](Transaction& tx) -> Status { return step(tx.outbox()); });
  }
};
TYPED_TEST_SUITE(OutboxStoreContract, Stores);
using Ids = std::vector<std::string>;

TYPED_TEST(OutboxStoreContract, KeepsTheBytesOfEveryAttempt) {
  auto made = delivery("lane", "a");
  made.body = std::string("\0\xff same bytes", 13);
  const OutboxSeq seq = this->enqueue(made);
  ASSERT_OK(this->step([&](store::OutboxStore& outbox) { return outbox.retry(seq, at(20), "timed_out"); }));
  this->home.reopen();
  const auto body = this->read([&](Transaction& tx) { return tx.outbox().read_body(seq); });
  ASSERT_OK(body);
  EXPECT_EQ(*body, made.body);
  const auto row = this->read([&](Transaction& tx) { return tx.outbox().find(seq); });
  ASSERT_OK(row);
  ASSERT_TRUE(row->has_value());
  EXPECT_EQ((*row)->request_id, made.request_id);
  EXPECT_EQ((*row)->correlation_id, made.correlation_id);
  EXPECT_EQ((*row)->attempts, 1);
  EXPECT_EQ((*row)->last_error, "timed_out");
  EXPECT_EQ((*row)->next_attempt_at, at(20));
}

TYPED_TEST(OutboxStoreContract, ABodyHasTheVersionsOfItsTimeForEver) {
  const auto wrote = [](const std::string& id, const std::string& json) {
    return task(id, "requested", json);
  };
  auto made = delivery("lane", "a");
  made.body = "[,,]";
  made.inserts = {{1, "Task", "t1"}, {2, "Task", "t2"}, {3, "Task", "t1"}};
  const Result<OutboxSeq> seq = this->write([&](Transaction& tx) -> Result<OutboxSeq> {
    LIGAMENT_CHECK(tx.resources().put(wrote("t1", "one")));
    LIGAMENT_CHECK(tx.resources().put(wrote("t2", "two")));
    return tx.outbox().enqueue(made);
  });
  ASSERT_OK(seq);
  const auto reads = [&](OutboxSeq which) {
    return this->read([&](Transaction& tx) { return tx.outbox().read_body(which); }).value_or("");
  };
  EXPECT_EQ(reads(*seq), "[one,two,one]");
  ASSERT_OK(this->write([&](Transaction& tx) { return tx.resources().put(wrote("t1", "new")); }));
  EXPECT_EQ(reads(*seq), "[one,two,one]");
  made.business_id = "b";
  made.inserts.pop_back();
  const OutboxSeq later = this->enqueue(made);
  ASSERT_OK(this->write([&](Transaction& tx) { return tx.resources().put(wrote("t1", "newer")); }));
  this->home.reopen();
  EXPECT_EQ(reads(*seq), "[one,two,one]");
  EXPECT_EQ(reads(later), "[new,two,]");
}

TYPED_TEST(OutboxStoreContract, InsertsThatCannotBeAreRefusedAndNothingIsPromised) {
  ASSERT_OK(this->write([&](Transaction& tx) { return tx.resources().put(task("t1", "requested")); }));
  const std::vector<std::pair<store::BodyInserts, ErrorCode>> wrong = {
      {{{0, "Task", "unknown"}}, ErrorCode::kNotFound},
      {{{0, "Patient", "t1"}}, ErrorCode::kNotFound},
      {{{5, "Task", "t1"}}, ErrorCode::kInvalidRequest},
      {{{3, "Task", "t1"}, {2, "Task", "t1"}}, ErrorCode::kInvalidRequest}};
  for (const auto& [inserts, expected] : wrong) {
    auto made = delivery("lane", "a");
    made.body = "four";
    made.inserts = inserts;
    ASSERT_OK(this->write([&](Transaction& tx) -> Status {
      EXPECT_EQ(code(tx.outbox().enqueue(made)), expected);
      return {};
    }));
  }
  EXPECT_EQ(this->due(99), (Ids{}));
}

TYPED_TEST(OutboxStoreContract, OnlyTheHeadOfALaneIsDue) {
  const OutboxSeq first = this->enqueue(delivery("one", "a1"));
  const OutboxSeq second = this->enqueue(delivery("one", "a2", 3));
  this->enqueue(delivery("two", "b1"));
  EXPECT_EQ(this->due(9), (Ids{}));
  EXPECT_EQ(this->due(10), (Ids{"a1", "b1"}));
  ASSERT_OK(this->step([&](store::OutboxStore& outbox) { return outbox.mark_sent(first, at(50)); }));
  EXPECT_EQ(this->due(10), (Ids{"b1"})) << "awaiting an answer blocks the lane";
  ASSERT_OK(this->step([&](store::OutboxStore& outbox) { return outbox.mark_delivered(first, at(11)); }));
  EXPECT_EQ(this->due(11), (Ids{"a2", "b1"})) << "and an emergency goes first";
  ASSERT_OK(this->step([&](store::OutboxStore& outbox) { return outbox.retry(second, at(30), "busy"); }));
  EXPECT_EQ(this->due(29), (Ids{"b1"}));
  EXPECT_EQ(this->due(30), (Ids{"a2", "b1"}));
}

TYPED_TEST(OutboxStoreContract, DeadAndParkedBlockTheirLaneOnly) {
  const OutboxSeq first = this->enqueue(delivery("one", "a1"));
  this->enqueue(delivery("one", "a2"));
  this->enqueue(delivery("two", "b1"));
  ASSERT_OK(
      this->step([&](store::OutboxStore& outbox) { return outbox.mark_dead(first, at(12), "refused"); }));
  EXPECT_EQ(this->due(20), (Ids{"b1"}));
  ASSERT_OK(this->step([&](store::OutboxStore& outbox) { return outbox.park(first); }));
  EXPECT_EQ(this->due(20), (Ids{"b1"}));
  ASSERT_OK(this->step([&](store::OutboxStore& outbox) { return outbox.release(first, at(15)); }));
  EXPECT_EQ(this->due(20), (Ids{"b1", "a1"}));
  ASSERT_OK(this->step([&](store::OutboxStore& outbox) { return outbox.park(first); }));
  ASSERT_OK(
      this->step([&](store::OutboxStore& outbox) { return outbox.abandon(first, at(16), "by-operator"); }));
  EXPECT_EQ(this->due(20), (Ids{"a2", "b1"}));
}

TYPED_TEST(OutboxStoreContract, WhatIsUnderWayIsNotDueAndTakesPlaces) {
  const OutboxSeq first = this->enqueue(delivery("l1", "a1"));
  this->enqueue(delivery("l1", "a2"));
  this->enqueue(delivery("l2", "b1"));
  const OutboxSeq third = this->enqueue(delivery("l3", "c1"));
  this->enqueue(delivery("l4", "d1"));
  this->enqueue(delivery("l5", "gp1", 1, "gp"));
  this->under_way_.deliveries = {first, third};
  EXPECT_EQ(this->due(10), (Ids{"b1", "d1", "gp1"})) << "under way still blocks its lane";
  EXPECT_EQ(this->due(10, 10, 1), (Ids{"b1", "gp1"})) << "its exchange is over: it takes no place";
  this->under_way_.places[delivery("", "").destination] = 2;
  EXPECT_EQ(this->due(10, 10, 3), (Ids{"b1", "gp1"}));
  EXPECT_EQ(this->due(10, 10, 2), (Ids{"gp1"}));
  EXPECT_EQ(this->due(10, 10, 1), (Ids{"gp1"}));
}

TYPED_TEST(OutboxStoreContract, DueIsOrderedAndBounded) {
  auto early = delivery("l1", "early");
  early.not_before = at(5);
  this->enqueue(delivery("l2", "late"));
  this->enqueue(early);
  this->enqueue(delivery("l3", "urgent", 2));
  this->enqueue(delivery("l4", "emergency", 3));
  this->enqueue(delivery("l5", "gp1", 1, "gp"));
  this->enqueue(delivery("l6", "gp2", 3, "gp"));
  EXPECT_EQ(this->due(10), (Ids{"emergency", "gp2", "urgent", "early", "late", "gp1"}));
  EXPECT_EQ(this->due(10, 2), (Ids{"emergency", "gp2"}));
  EXPECT_EQ(this->due(10, 10, 1), (Ids{"emergency", "gp2"}));
  EXPECT_EQ(this->due(10, 10, 2), (Ids{"emergency", "gp2", "urgent", "gp1"}));
  EXPECT_EQ(this->due(10, 0), (Ids{}));
}

TYPED_TEST(OutboxStoreContract, AnswersAreMatchedByBusinessId) {
  const OutboxSeq seq = this->enqueue(delivery("one", "a"));
  EXPECT_EQ(code(this->write([](Transaction& tx) { return tx.outbox().enqueue(delivery("two", "a")); })),
            ErrorCode::kConflict);
  this->enqueue(delivery("three", "a", 1, "gp"));
  this->enqueue(delivery("four", ""));
  this->enqueue(delivery("five", ""));
  const auto matched =
      this->write([](Transaction& tx) { return tx.outbox().mark_delivered("hub", "a", at(30)); });
  ASSERT_OK(matched);
  EXPECT_EQ(*matched, seq);
  EXPECT_EQ(code(this->write([](Transaction& tx) { return tx.outbox().mark_delivered("hub", "a", at(30)); })),
            ErrorCode::kNotFound);
  EXPECT_EQ(code(this->write([](Transaction& tx) { return tx.outbox().mark_delivered("hub", "", at(30)); })),
            ErrorCode::kNotFound);
  this->enqueue(delivery("two", "a"));
}

TYPED_TEST(OutboxStoreContract, AnAnswerThatDoesNotComeIsSeenAndRetried) {
  const OutboxSeq seq = this->enqueue(delivery("one", "a"));
  ASSERT_OK(this->step([&](store::OutboxStore& outbox) { return outbox.mark_sent(seq, at(50)); }));
  const auto overdue = [&](int now) {
    return this->read([&](Transaction& tx) { return tx.outbox().overdue_answers(at(now), 10); });
  };
  EXPECT_EQ(overdue(49)->size(), 0u);
  EXPECT_EQ(overdue(50)->size(), 1u);
  ASSERT_OK(this->step([&](store::OutboxStore& outbox) { return outbox.retry(seq, at(55), "no_answer"); }));
  EXPECT_EQ(overdue(99)->size(), 0u);
  EXPECT_EQ(this->due(55), (Ids{"a"}));
  const auto row = this->read([&](Transaction& tx) { return tx.outbox().find(seq); });
  EXPECT_EQ((*row)->attempts, 1);
}

TYPED_TEST(OutboxStoreContract, StepsOutOfStateAreConflicts) {
  const OutboxSeq seq = this->enqueue(delivery("one", "a"));
  using Step = std::function<Status(store::OutboxStore&)>;
  const Step release = [&](store::OutboxStore& outbox) { return outbox.release(seq, at(1)); };
  const Step abandon = [&](store::OutboxStore& outbox) { return outbox.abandon(seq, at(1), "x"); };
  EXPECT_EQ(code(this->step(release)), ErrorCode::kConflict);
  EXPECT_EQ(code(this->step(abandon)), ErrorCode::kConflict);
  ASSERT_OK(this->step([&](store::OutboxStore& outbox) { return outbox.mark_delivered(seq, at(1)); }));
  const std::vector<Step> steps = {
      release,
      abandon,
      [&](store::OutboxStore& outbox) { return outbox.retry(seq, at(1), "x"); },
      [&](store::OutboxStore& outbox) { return outbox.mark_sent(seq, std::nullopt); },
      [&](store::OutboxStore& outbox) { return outbox.mark_delivered(seq, at(1)); },
      [&](store::OutboxStore& outbox) { return outbox.mark_dead(seq, at(1), "x"); },
      [&](store::OutboxStore& outbox) { return outbox.park(seq); }};
  for (const Step& each : steps)
    EXPECT_EQ(code(this->step(each)), ErrorCode::kConflict);
  EXPECT_EQ(code(this->step([](store::OutboxStore& outbox) { return outbox.park(OutboxSeq(9)); })),
            ErrorCode::kNotFound);
}

TYPED_TEST(OutboxStoreContract, RefusesWhatCannotBeDelivered) {
  for (const int priority : {0, 4, -1}) {
    EXPECT_EQ(
        code(this->write([&](Transaction& tx) { return tx.outbox().enqueue(delivery("l", "x", priority)); })),
        ErrorCode::kInvalidRequest);
  }
  EXPECT_EQ(code(this->write([](Transaction& tx) { return tx.outbox().enqueue(delivery("", "x")); })),
            ErrorCode::kInvalidRequest);
  auto unknown = delivery("l", "x");
  unknown.referral = store::ReferralSeq(5);
  EXPECT_EQ(code(this->write([&](Transaction& tx) { return tx.outbox().enqueue(unknown); })),
            ErrorCode::kNotFound);
}

TYPED_TEST(OutboxStoreContract, ListsAndCounts) {
  const OutboxSeq first = this->enqueue(delivery("one", "a"));
  this->enqueue(delivery("two", "b"));
  this->enqueue(delivery("three", "c", 1, "gp"));
  ASSERT_OK(this->step([&](store::OutboxStore& outbox) { return outbox.mark_dead(first, at(1), "x"); }));
  store::OutboxFilter filter;
  filter.destination = "hub";
  filter.state = OutboxState::kPending;
  const auto rows = this->read([&](Transaction& tx) { return tx.outbox().list(filter, std::nullopt, 10); });
  ASSERT_OK(rows);
  ASSERT_EQ(rows->size(), 1u);
  EXPECT_EQ(rows->front().business_id, "b");
  const auto counts = this->read([](Transaction& tx) { return tx.outbox().counts(); });
  ASSERT_OK(counts);
  ASSERT_EQ(counts->size(), 3u);
  EXPECT_EQ(counts->at(0).destination, "gp");
  EXPECT_EQ(counts->at(2).state, OutboxState::kDead);
}

}  // namespace
}  // namespace tests::contract
