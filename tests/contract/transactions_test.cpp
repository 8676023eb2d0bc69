#include <stdexcept>

#include "tests/contract/store_fixture.hpp"

namespace tests::contract {
namespace {

using store::AuditHead;
using store::Unit;

template <class Home>
class TransactionContract : public StoreContract<Home> {
 protected:
  std::size_t message_count() {
    const auto page = this->read([](Transaction& tx) { return tx.messages().list({}, std::nullopt, 1000); });
    return page.has_value() ? page->rows.size() : 9999;
  }
};
TYPED_TEST_SUITE(TransactionContract, Stores);

/// Writes to every port.
Status write_everywhere(Transaction& tx, const std::string& id) {
  LIGAMENT_TRY(const auto message_seq, tx.messages().append(message(id)));
  LIGAMENT_CHECK(tx.messages().set_reply(message_seq, {200, "x"}));
  auto write = task("t-" + id, "requested");
  write.message = message_seq;
  LIGAMENT_TRY([[maybe_unused]] const auto version, tx.resources().put(write));
  LIGAMENT_TRY(const auto ref, tx.referrals().insert(referral(id), {{"ubrn", id}}));
  LIGAMENT_CHECK(tx.referrals().append_event(ref, {at(1), "received", "gp", "", message_seq, {}}));
  LIGAMENT_TRY([[maybe_unused]] const auto out, tx.outbox().enqueue(delivery("lane-" + id, id)));
  LIGAMENT_TRY([[maybe_unused]] const auto work, tx.work().open({.kind = "held", .referral = ref}));
  LIGAMENT_TRY([[maybe_unused]] const auto entry, tx.audit().append(audit(id)));
  return tx.settings().set("last", id);
}

/// What is there of write_everywhere(id), counted over the ports.
Result<int> traces(Transaction& tx, const std::string& id) {
  int found = 0;
  LIGAMENT_TRY(const auto by_request, tx.messages().find_by_request("north-practice", id, "c-" + id));
  found += by_request ? 1 : 0;
  LIGAMENT_TRY(const auto resource, tx.resources().get("Task", "t-" + id));
  found += resource ? 1 : 0;
  fhir::search::Query query;
  query.type = "Task";
  fhir::search::Operand operand;
  operand.value = "u-t-" + id;
  query.all_of = {{fhir::search::ClauseKind::kToken, "identifier", {operand}}};
  LIGAMENT_TRY(const auto page, tx.resources().search(query));
  found += static_cast<int>(page.rows.size());
  LIGAMENT_TRY(const auto ref, tx.referrals().find_by_task("task-" + id));
  found += ref ? 1 : 0;
  LIGAMENT_TRY(const auto out, tx.outbox().find_unfinished("hub", id));
  found += out ? 1 : 0;
  LIGAMENT_TRY(const auto last, tx.settings().get("last"));
  found += last == id ? 1 : 0;
  return found;
}
constexpr int kAllTraces = 6;

TYPED_TEST(TransactionContract, AFailedUnitLeavesNothing) {
  const Status failed = this->write([](Transaction& tx) -> Status {
    LIGAMENT_CHECK(write_everywhere(tx, "1"));
    return fhir::fail(ErrorCode::kUnprocessable, "changed my mind");
  });
  EXPECT_EQ(code(failed), ErrorCode::kUnprocessable);
  const auto left = this->read([](Transaction& tx) { return traces(tx, "1"); });
  ASSERT_OK(left);
  EXPECT_EQ(*left, 0);
  const auto head = this->read([](Transaction& tx) { return tx.audit().head(); });
  ASSERT_OK(head);
  EXPECT_EQ(*head, AuditHead{});
  ASSERT_OK(this->write([](Transaction& tx) { return write_everywhere(tx, "1"); }));
  this->home.reopen();
  const auto all = this->read([](Transaction& tx) { return traces(tx, "1"); });
  ASSERT_OK(all);
  EXPECT_EQ(*all, kAllTraces);
}

TYPED_TEST(TransactionContract, AUnitThatThrowsIsRolledBackAndTheStoreGoesOn) {
  const Status thrown = this->write([](Transaction& tx) -> Status {
    LIGAMENT_CHECK(write_everywhere(tx, "1"));
    throw std::logic_error("bug");
  });
  EXPECT_EQ(code(thrown), ErrorCode::kInternal);
  EXPECT_EQ(this->message_count(), 0u);
  ASSERT_OK(this->write([](Transaction& tx) { return write_everywhere(tx, "2"); }));
}

TYPED_TEST(TransactionContract, AReadMayNotWrite) {
  const Status wrote = this->read([](Transaction& tx) -> Status {
    const auto ignored = tx.messages().append(message("r1"));
    EXPECT_FALSE(ignored.has_value());
    return {};  // swallowing the failure does not help
  });
  EXPECT_EQ(code(wrote), ErrorCode::kInternal);
  EXPECT_EQ(this->message_count(), 0u);
}

TYPED_TEST(TransactionContract, UnitsOfAGroupSucceedAndFailAlone) {
  std::vector<Unit> units;
  units.push_back({kCaller, [](Transaction& tx) { return write_everywhere(tx, "1"); }});
  units.push_back({kCaller, [](Transaction& tx) -> Status {
                     LIGAMENT_CHECK(write_everywhere(tx, "2"));
                     return fhir::fail(ErrorCode::kUnprocessable);
                   }});
  units.push_back({kCaller, [](Transaction& tx) -> Status {
                     LIGAMENT_TRY(const int before, traces(tx, "1"));
                     EXPECT_EQ(before, kAllTraces) << "a unit sees the units before it";
                     LIGAMENT_TRY(const int undone, traces(tx, "2"));
                     EXPECT_EQ(undone, 0);
                     return write_everywhere(tx, "3");
                   }});
  units.push_back({kCaller, [](Transaction& tx) -> Status {
                     LIGAMENT_TRY([[maybe_unused]] const auto seq, tx.messages().append(message("1")));
                     return {};
                   }});
  units.push_back({kCaller, [](Transaction&) -> Status { throw std::logic_error("bug"); }});
  const store::GroupOutcome outcome = this->home.get().transact_group(units);
  ASSERT_EQ(outcome.units.size(), 5u);
  EXPECT_TRUE(outcome.units[0].has_value());
  EXPECT_EQ(code(outcome.units[1]), ErrorCode::kUnprocessable);
  EXPECT_TRUE(outcome.units[2].has_value());
  EXPECT_EQ(code(outcome.units[3]), ErrorCode::kDuplicate);
  EXPECT_EQ(code(outcome.units[4]), ErrorCode::kInternal);
  EXPECT_GT(outcome.sequence.value(), 0);
  this->home.reopen();
  ASSERT_OK(this->read([](Transaction& tx) -> Status {
    LIGAMENT_TRY(const int one, traces(tx, "1"));
    EXPECT_EQ(one, kAllTraces - 1);  // the setting is that of unit 3
    LIGAMENT_TRY(const int two, traces(tx, "2"));
    EXPECT_EQ(two, 0);
    LIGAMENT_TRY(const int three, traces(tx, "3"));
    EXPECT_EQ(three, kAllTraces);
    LIGAMENT_TRY(const auto verdict, tx.audit().verify({}));
    EXPECT_FALSE(verdict.broken_at) << verdict.reason;
    EXPECT_EQ(verdict.checked, 2);
    return {};
  }));
}

TYPED_TEST(TransactionContract, AGroupWhereNothingSucceedsCommitsNothing) {
  std::vector<Unit> units(
      2, Unit{kCaller, [](Transaction&) -> Status { return fhir::fail(ErrorCode::kForbidden); }});
  const store::GroupOutcome outcome = this->home.get().transact_group(units);
  EXPECT_EQ(outcome.sequence, store::CommitSeq(0));
  EXPECT_EQ(code(outcome.units[1]), ErrorCode::kForbidden);
  EXPECT_TRUE(this->home.get().transact_group({}).units.empty());
}

TYPED_TEST(TransactionContract, CommitNumbersRise) {
  std::int64_t last = 0;
  for (int i = 0; i < 4; ++i) {
    if (i == 2 && TypeParam::kPersists) this->home.reopen();
    const std::vector<Unit> units{
        {kCaller, [i](Transaction& tx) { return write_everywhere(tx, std::to_string(i)); }}};
    const store::GroupOutcome outcome = this->home.get().transact_group(units);
    EXPECT_EQ(outcome.sequence.value(), last + 1);
    last = outcome.sequence.value();
  }
}

TYPED_TEST(TransactionContract, AuditCarriesTheCallerAndHolds) {
  for (int i = 0; i < 5; ++i)
    ASSERT_OK(this->write([&](Transaction& tx) { return tx.audit().append(audit("e")); }));
  this->home.reopen();
  ASSERT_OK(this->read([](Transaction& tx) -> Status {
    LIGAMENT_TRY(const auto entries, tx.audit().list(store::AuditSeq(1), 2));
    EXPECT_EQ(entries.size(), 2u);
    EXPECT_EQ(entries.front().seq, store::AuditSeq(2));
    EXPECT_EQ(entries.front().caller.partner, kCaller.partner);
    EXPECT_EQ(entries.front().caller.ods, kCaller.ods);
    EXPECT_EQ(entries.front().caller.role, kCaller.role);
    LIGAMENT_TRY(const auto head, tx.audit().head());
    EXPECT_EQ(head.seq, store::AuditSeq(5));
    LIGAMENT_TRY(const auto whole, tx.audit().verify({}));
    EXPECT_FALSE(whole.broken_at);
    EXPECT_EQ(whole.checked, 5);
    LIGAMENT_TRY(const auto tail, tx.audit().verify({entries.back().seq, entries.back().hash}));
    EXPECT_FALSE(tail.broken_at);
    EXPECT_EQ(tail.checked, 2);
    LIGAMENT_TRY(const auto wrong, tx.audit().verify({entries.back().seq, store::Digest{}}));
    EXPECT_EQ(wrong.broken_at, store::AuditSeq(4));
    return {};
  }));
  auto unknown = audit("e");
  unknown.referral = store::ReferralSeq(9);
  EXPECT_EQ(code(this->write([&](Transaction& tx) { return tx.audit().append(unknown); })),
            ErrorCode::kNotFound);
}

TYPED_TEST(TransactionContract, SettingsAreReplaced) {
  ASSERT_OK(this->write([](Transaction& tx) { return tx.settings().set("a", "1"); }));
  ASSERT_OK(this->write([](Transaction& tx) { return tx.settings().set("a", "2"); }));
  this->home.reopen();
  const auto value = this->read([](Transaction& tx) { return tx.settings().get("a"); });
  ASSERT_OK(value);
  EXPECT_EQ(*value, "2");
  const auto none = this->read([](Transaction& tx) { return tx.settings().get("b"); });
  ASSERT_OK(none);
  EXPECT_FALSE(none->has_value());
}

}  // namespace
}  // namespace tests::contract
