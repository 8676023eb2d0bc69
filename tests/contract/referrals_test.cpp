#include "tests/contract/store_fixture.hpp"

namespace tests::contract {
namespace {

using store::BusinessIdentifier;
using store::ReferralRow;
using store::ReferralSeq;
using store::WorkState;

template <class Home>
class ReferralStoreContract : public StoreContract<Home> {
 protected:
  Result<ReferralSeq> insert(const ReferralRow& row,
                             const std::vector<BusinessIdentifier>& identifiers = {}) {
    return this->write([&](Transaction& tx) { return tx.referrals().insert(row, identifiers); });
  }
};
TYPED_TEST_SUITE(ReferralStoreContract, Stores);

void expect_same(const ReferralRow& a, const ReferralRow& b) {
  EXPECT_EQ(a.parent, b.parent);
  EXPECT_EQ(a.service_request_id, b.service_request_id);
  EXPECT_EQ(a.task_id, b.task_id);
  EXPECT_EQ(a.state, b.state);
  EXPECT_EQ(a.open, b.open);
  EXPECT_EQ(a.task_version, b.task_version);
  EXPECT_EQ(a.holder_ods, b.holder_ods);
  EXPECT_EQ(a.owner_ods, b.owner_ods);
  EXPECT_EQ(a.owner_role, b.owner_role);
  EXPECT_EQ(a.deadline.has_value(), b.deadline.has_value());
  if (a.deadline && b.deadline) {
    EXPECT_EQ(a.deadline->at, b.deadline->at);
    EXPECT_EQ(a.deadline->what, b.deadline->what);
    EXPECT_EQ(a.deadline->owner_role, b.deadline->owner_role);
  }
  EXPECT_EQ(a.correlation_id, b.correlation_id);
  EXPECT_EQ(a.service, b.service);
  EXPECT_EQ(a.destination, b.destination);
  EXPECT_EQ(a.priority, b.priority);
  EXPECT_EQ(a.flags, b.flags);
  EXPECT_EQ(a.patient_key, b.patient_key);
  EXPECT_EQ(a.received_at, b.received_at);
  EXPECT_EQ(a.received_on, b.received_on);
  EXPECT_EQ(a.sender_partner, b.sender_partner);
  EXPECT_EQ(a.memory, b.memory);
}

TYPED_TEST(ReferralStoreContract, KeepsEveryField) {
  auto row = referral("1");
  row.flags = store::kRedFlag;
  const auto seq = this->insert(row);
  ASSERT_OK(seq);
  this->home.reopen();
  const auto found = this->read([&](Transaction& tx) { return tx.referrals().find(*seq); });
  ASSERT_OK(found);
  ASSERT_TRUE(found->has_value());
  expect_same(**found, row);
  EXPECT_EQ((*found)->version, 1);
}

TYPED_TEST(ReferralStoreContract, UpdatesOnlyTheVersionThatWasRead) {
  const auto seq = this->insert(referral("1"));
  ASSERT_OK(seq);
  auto row = referral("1");
  row.seq = *seq;
  row.version = 1;
  row.state = "accepted";
  row.holder_ods = "HUB01";
  row.deadline.reset();
  row.patient_key.reset();
  row.memory = "changed";
  const auto version = this->write([&](Transaction& tx) { return tx.referrals().update(row); });
  ASSERT_OK(version);
  EXPECT_EQ(*version, 2);
  EXPECT_EQ(code(this->write([&](Transaction& tx) { return tx.referrals().update(row); })),
            ErrorCode::kConflict);
  const auto found = this->read([&](Transaction& tx) { return tx.referrals().find(*seq); });
  ASSERT_OK(found);
  expect_same(**found, row);
  row.seq = ReferralSeq(99);
  EXPECT_EQ(code(this->write([&](Transaction& tx) { return tx.referrals().update(row); })),
            ErrorCode::kNotFound);
}

TYPED_TEST(ReferralStoreContract, WhatIsImmutableStays) {
  const auto seq = this->insert(referral("1"));
  ASSERT_OK(seq);
  auto row = referral("other");
  row.seq = *seq;
  row.version = 1;
  row.received_at = at(999);
  row.received_on = "2030-01-01";
  row.sender_partner = "somebody";
  ASSERT_OK(this->write([&](Transaction& tx) { return tx.referrals().update(row); }));
  const auto found = this->read([&](Transaction& tx) { return tx.referrals().find(*seq); });
  ASSERT_OK(found);
  expect_same(**found, referral("1"));
}

TYPED_TEST(ReferralStoreContract, FindsByEveryKey) {
  const auto first = this->insert(referral("1"), {{"ubrn", "U1"}, {"ours", "1"}, {"ubrn", "U1"}});
  ASSERT_OK(first);
  auto leg = referral("2");
  leg.parent = *first;
  leg.correlation_id = "c-1";
  const auto second = this->insert(leg, {{"ubrn", "U1"}});
  ASSERT_OK(second);
  EXPECT_EQ(code(this->insert(referral("1"))), ErrorCode::kConflict);
  leg.task_id = "task-3";
  leg.parent = ReferralSeq(77);
  EXPECT_EQ(code(this->insert(leg)), ErrorCode::kNotFound);
  ASSERT_OK(this->write([&](Transaction& tx) -> Status {
    LIGAMENT_CHECK(tx.referrals().add_identifier(*second, {"placer", "P2"}));
    return tx.referrals().add_identifier(*second, {"placer", "P2"});
  }));
  ASSERT_OK(this->read([&](Transaction& tx) -> Status {
    LIGAMENT_TRY(const auto by_task, tx.referrals().find_by_task("task-2"));
    EXPECT_TRUE(by_task && by_task->seq == *second && by_task->parent == *first);
    LIGAMENT_TRY(const auto by_request, tx.referrals().find_by_service_request("sr-1"));
    EXPECT_EQ(by_request.size(), 1u);
    LIGAMENT_TRY(const auto by_correlation, tx.referrals().find_by_correlation("c-1"));
    EXPECT_EQ(by_correlation.size(), 2u);
    LIGAMENT_TRY(const auto by_identifier, tx.referrals().find_by_identifier({"ubrn", "U1"}));
    EXPECT_EQ(by_identifier.size(), 2u);
    LIGAMENT_TRY(const auto wrong_system, tx.referrals().find_by_identifier({"ours", "U1"}));
    EXPECT_TRUE(wrong_system.empty());
    LIGAMENT_TRY(const auto identifiers, tx.referrals().identifiers(*second));
    EXPECT_EQ(identifiers, (std::vector<BusinessIdentifier>{{"ubrn", "U1"}, {"placer", "P2"}}));
    LIGAMENT_TRY(const auto children, tx.referrals().children(*first));
    EXPECT_EQ(children.size(), 1u);
    LIGAMENT_TRY(const auto listed, tx.referrals().list(*first, 10));
    EXPECT_EQ(listed.size(), 1u);
    return {};
  }));
}

TYPED_TEST(ReferralStoreContract, OnlyOpenReferralsAreDueOrDuplicates) {
  auto late = referral("late");
  late.deadline->at = at(90);
  auto early = referral("early");
  early.deadline->at = at(80);
  auto closed = referral("closed");
  closed.open = false;
  closed.state = "discharged";
  closed.deadline->at = at(85);  // it still owes something: the letter
  auto other = referral("other");
  other.patient_key = store::sha256("somebody else");
  other.deadline.reset();
  for (const auto& row : {late, early, closed, other})
    ASSERT_OK(this->insert(row));
  ASSERT_OK(this->read([&](Transaction& tx) -> Status {
    LIGAMENT_TRY(const auto due, tx.referrals().due(at(90), 10));
    EXPECT_EQ(due.size(), 3u);
    EXPECT_EQ(due.front().task_id, "task-early");
    if (due.size() == 3) EXPECT_EQ(due[1].task_id, "task-closed");
    LIGAMENT_TRY(const auto first, tx.referrals().due(at(90), 1));
    EXPECT_EQ(first.size(), 1u);
    LIGAMENT_TRY(const auto none, tx.referrals().due(at(79), 10));
    EXPECT_TRUE(none.empty());
    LIGAMENT_TRY(const auto of_patient, tx.referrals().open_of_patient(store::sha256("patient")));
    EXPECT_EQ(of_patient.size(), 2u);
    LIGAMENT_TRY(const auto counts, tx.referrals().counts());
    EXPECT_EQ(counts.size(), 2u);
    EXPECT_EQ(counts.front().state, "discharged");
    EXPECT_EQ(counts.back().count, 3);
    return {};
  }));
}

TYPED_TEST(ReferralStoreContract, TheTimelineKeepsItsOrder) {
  const auto seq = this->insert(referral("1"));
  ASSERT_OK(seq);
  const auto message_seq = this->write([](Transaction& tx) { return tx.messages().append(message("r1")); });
  ASSERT_OK(message_seq);
  for (int i = 0; i < 3; ++i) {
    store::ReferralEvent event{at(10 - i),   "kind" + std::to_string(i), "hub", "RF-1",
                               *message_seq, {"Task/1", "Task/2"}};
    ASSERT_OK(this->write([&](Transaction& tx) { return tx.referrals().append_event(*seq, event); }));
  }
  const auto events = this->read([&](Transaction& tx) { return tx.referrals().events(*seq); });
  ASSERT_OK(events);
  ASSERT_EQ(events->size(), 3u);
  EXPECT_EQ(events->front().kind, "kind0");
  EXPECT_EQ(events->back().at, at(8));
  EXPECT_EQ(events->back().message, *message_seq);
  EXPECT_EQ(events->back().references, (std::vector<std::string>{"Task/1", "Task/2"}));
  EXPECT_EQ(
      code(this->write([](Transaction& tx) { return tx.referrals().append_event(ReferralSeq(9), {}); })),
      ErrorCode::kNotFound);
}

template <class Home>
class WorkStoreContract : public StoreContract<Home> {};
TYPED_TEST_SUITE(WorkStoreContract, Stores);

TYPED_TEST(WorkStoreContract, StepsRunUntilSomebodyConfirms) {
  const auto ref = this->write([](Transaction& tx) { return tx.referrals().insert(referral("1"), {}); });
  ASSERT_OK(ref);
  store::NewWork work;
  work.kind = "red-flag";
  work.referral = *ref;
  work.owner_role = "rota-1";
  work.reason = "RF-01";
  work.next_step_at = at(60);
  work.created_at = at(0);
  const auto seq = this->write([&](Transaction& tx) { return tx.work().open(work); });
  ASSERT_OK(seq);
  ASSERT_OK(this->write([&](Transaction& tx) -> Status {
    LIGAMENT_TRY(const auto none, tx.work().due(at(59), 10));
    EXPECT_TRUE(none.empty());
    LIGAMENT_TRY(const auto due, tx.work().due(at(60), 10));
    EXPECT_EQ(due.size(), 1u);
    LIGAMENT_CHECK(tx.work().advance(*seq, 1, "rota-2", at(120)));
    LIGAMENT_TRY(const auto later, tx.work().due(at(119), 10));
    EXPECT_TRUE(later.empty());
    LIGAMENT_CHECK(tx.work().confirm(*seq, "operator-7", at(100)));
    LIGAMENT_TRY(const auto confirmed, tx.work().due(at(500), 10));
    EXPECT_TRUE(confirmed.empty());
    return {};
  }));
  this->home.reopen();
  const auto row = this->read([&](Transaction& tx) { return tx.work().find(*seq); });
  ASSERT_OK(row);
  ASSERT_TRUE(row->has_value());
  EXPECT_EQ((*row)->state, WorkState::kConfirmed);
  EXPECT_EQ((*row)->confirmed_by, "operator-7");
  EXPECT_EQ((*row)->confirmed_at, at(100));
  EXPECT_EQ((*row)->owner_role, "rota-2");
  EXPECT_EQ((*row)->step, 1);
  EXPECT_EQ((*row)->referral, *ref);
  EXPECT_FALSE((*row)->next_step_at);
  EXPECT_EQ(code(this->write([&](Transaction& tx) { return tx.work().confirm(*seq, "x", at(1)); })),
            ErrorCode::kConflict);
  ASSERT_OK(this->write([&](Transaction& tx) { return tx.work().close(*seq, at(200)); }));
  EXPECT_EQ(code(this->write([&](Transaction& tx) { return tx.work().close(*seq, at(201)); })),
            ErrorCode::kConflict);
  EXPECT_EQ(code(this->write([](Transaction& tx) { return tx.work().close(store::WorkSeq(9), at(1)); })),
            ErrorCode::kNotFound);
}

TYPED_TEST(WorkStoreContract, ListsByFilter) {
  for (int i = 0; i < 4; ++i) {
    store::NewWork work;
    work.kind = i % 2 == 0 ? "held" : "red-flag";
    work.owner_role = "hub";
    ASSERT_OK(this->write([&](Transaction& tx) { return tx.work().open(work); }));
  }
  store::WorkFilter filter;
  filter.kind = "held";
  filter.state = WorkState::kOpen;
  const auto rows =
      this->read([&](Transaction& tx) { return tx.work().list(filter, store::WorkSeq(1), 10); });
  ASSERT_OK(rows);
  ASSERT_EQ(rows->size(), 1u);
  EXPECT_EQ(rows->front().seq, store::WorkSeq(3));
}

}  // namespace
}  // namespace tests::contract
