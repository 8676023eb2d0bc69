#include "tests/contract/store_fixture.hpp"

namespace tests::contract {
namespace {

using store::MessageSeq;
using store::Verdict;

template <class Home>
class MessageLogContract : public StoreContract<Home> {
 protected:
  Result<MessageSeq> append(const store::NewMessage& message) {
    return this->write([&](Transaction& tx) { return tx.messages().append(message); });
  }
};
TYPED_TEST_SUITE(MessageLogContract, Stores);

TYPED_TEST(MessageLogContract, AReplyHasTheVersionsOfItsTimeForEver) {
  const auto seq = this->append(message("r1"));
  ASSERT_OK(seq);
  ASSERT_OK(this->write([&](Transaction& tx) -> Status {
    LIGAMENT_CHECK(tx.resources().put(task("t1", "requested", "one")));
    return tx.messages().set_reply(*seq, {200, "<>", {{1, "Task", "t1"}}});
  }));
  ASSERT_OK(this->write([&](Transaction& tx) { return tx.resources().put(task("t1", "accepted", "two")); }));
  this->home.reopen();
  ASSERT_OK(this->read([&](Transaction& tx) -> Status {
    LIGAMENT_TRY(const auto row, tx.messages().find(*seq));
    EXPECT_TRUE(row && row->reply && row->reply->body == "<one>" && row->reply->inserts.empty());
    return {};
  }));
}

TYPED_TEST(MessageLogContract, KeepsEveryFieldAndTheBytes) {
  const std::string bytes("{\"a\":\0\xff\"}", 9);
  auto sent = message("r1", bytes);
  const auto seq = this->append(sent);
  ASSERT_OK(seq);
  ASSERT_OK(this->write([&](Transaction& tx) { return tx.messages().set_reply(*seq, {200, "answer"}); }));
  this->home.reopen();
  ASSERT_OK(this->read([&](Transaction& tx) -> Status {
    LIGAMENT_TRY(const auto row, tx.messages().find(*seq));
    EXPECT_TRUE(row.has_value());
    if (!row) return {};
    EXPECT_EQ(row->partner, sent.partner);
    EXPECT_EQ(row->door, sent.door);
    EXPECT_EQ(row->media_type, sent.media_type);
    EXPECT_EQ(row->request_id, sent.request_id);
    EXPECT_EQ(row->correlation_id, sent.correlation_id);
    EXPECT_EQ(row->business_id, sent.business_id);
    EXPECT_EQ(row->event, sent.event);
    EXPECT_EQ(row->digest, sent.digest);
    EXPECT_EQ(row->received_at, sent.received_at);
    EXPECT_EQ(row->byte_count, 9);
    EXPECT_TRUE(row->reply.has_value());
    if (row->reply) EXPECT_EQ(row->reply->body, "answer");
    LIGAMENT_TRY(const std::string stored, tx.messages().read_bytes(*seq));
    EXPECT_EQ(stored, bytes);
    return {};
  }));
}

TYPED_TEST(MessageLogContract, KeepsWhatAMessageWasMadeInto) {
  const auto plain = this->append(message("r1"));
  ASSERT_OK(plain);
  auto converted = message("r2", "MSH|");
  converted.conversion = store::Conversion{R"({"resourceType":"Bundle"})", R"({"unmapped":["ZZZ[1]-1"]})"};
  const auto seq = this->append(converted);
  ASSERT_OK(seq);
  auto refused = message("r3", "MSH|broken");
  refused.verdict = Verdict::kRefused;
  refused.conversion = store::Conversion{"", "{}"};
  const auto review = this->append(refused);
  ASSERT_OK(review);
  this->home.reopen();
  ASSERT_OK(this->read([&](Transaction& tx) -> Status {
    LIGAMENT_TRY(const auto none, tx.messages().read_conversion(*plain));
    EXPECT_EQ(none, std::nullopt);
    LIGAMENT_TRY(const auto kept, tx.messages().read_conversion(*seq));
    EXPECT_EQ(kept, converted.conversion);
    LIGAMENT_TRY(const auto receipt_only, tx.messages().read_conversion(*review));
    EXPECT_EQ(receipt_only, refused.conversion);
    EXPECT_EQ(code(tx.messages().read_conversion(MessageSeq(999))), ErrorCode::kNotFound);
    return {};
  }));
}

TYPED_TEST(MessageLogContract, AcceptsTheSameRequestIdsOnce) {
  ASSERT_OK(this->append(message("r1")));
  EXPECT_EQ(code(this->append(message("r1", "other bytes"))), ErrorCode::kDuplicate);
  auto held = message("r1");
  held.verdict = Verdict::kQuarantined;
  EXPECT_EQ(code(this->append(held)), ErrorCode::kDuplicate);
  auto refused = message("r1");
  refused.verdict = Verdict::kRefused;
  EXPECT_TRUE(this->append(refused).has_value());
  auto duplicate = message("r1");
  duplicate.verdict = Verdict::kDuplicate;
  EXPECT_TRUE(this->append(duplicate).has_value());
  auto other_partner = message("r1");
  other_partner.partner = "south-practice";
  EXPECT_TRUE(this->append(other_partner).has_value());
  auto other_correlation = message("r1");
  other_correlation.correlation_id = "another";
  EXPECT_TRUE(this->append(other_correlation).has_value());
  auto outgoing = message("r1");
  outgoing.direction = store::Direction::kOut;
  EXPECT_TRUE(this->append(outgoing).has_value());
}

TYPED_TEST(MessageLogContract, MessagesWithoutRequestIdAreNeverDuplicates) {
  auto anonymous = message("");
  ASSERT_OK(this->append(anonymous));
  ASSERT_OK(this->append(anonymous));
}

TYPED_TEST(MessageLogContract, ARefusedMessageDoesNotUseUpItsIds) {
  auto refused = message("r1");
  refused.verdict = Verdict::kRefused;
  ASSERT_OK(this->append(refused));
  ASSERT_OK(this->append(message("r1")));
}

TYPED_TEST(MessageLogContract, ADuplicateLeavesTheUnitUsable) {
  ASSERT_OK(this->append(message("r1")));
  ASSERT_OK(this->write([&](Transaction& tx) -> Status {
    const auto again = tx.messages().append(message("r1"));
    EXPECT_EQ(code(again), ErrorCode::kDuplicate);
    auto note = message("r1");
    note.verdict = Verdict::kDuplicate;
    LIGAMENT_TRY(const MessageSeq seq, tx.messages().append(note));
    LIGAMENT_TRY(const auto first, tx.messages().find_by_request("north-practice", "r1", "c-r1"));
    EXPECT_TRUE(first && first->seq < seq);
    return {};
  }));
}

TYPED_TEST(MessageLogContract, FindsWhatTookEffect) {
  auto refused = message("r0", "same");
  refused.verdict = Verdict::kRefused;
  ASSERT_OK(this->append(refused));
  const auto seq = this->append(message("r1", "same"));
  ASSERT_OK(seq);
  ASSERT_OK(this->read([&](Transaction& tx) -> Status {
    LIGAMENT_TRY(const auto by_business, tx.messages().find_by_business_id("north-practice", "b-r1"));
    EXPECT_TRUE(by_business && by_business->seq == *seq);
    LIGAMENT_TRY(const auto by_digest, tx.messages().find_by_digest("north-practice", store::sha256("same")));
    EXPECT_TRUE(by_digest && by_digest->seq == *seq);
    LIGAMENT_TRY(const auto refused_one, tx.messages().find_by_business_id("north-practice", "b-r0"));
    EXPECT_FALSE(refused_one);
    LIGAMENT_TRY(const auto other, tx.messages().find_by_digest("south-practice", store::sha256("same")));
    EXPECT_FALSE(other);
    return {};
  }));
}

TYPED_TEST(MessageLogContract, AQuarantineEndsOnce) {
  auto held = message("r1");
  held.verdict = Verdict::kQuarantined;
  const auto seq = this->append(held);
  ASSERT_OK(seq);
  const auto settle = [&](Verdict verdict) {
    return this->write([&](Transaction& tx) { return tx.messages().settle(*seq, verdict); });
  };
  EXPECT_EQ(code(settle(Verdict::kDuplicate)), ErrorCode::kInvalidRequest);
  ASSERT_OK(settle(Verdict::kRefused));
  EXPECT_EQ(code(settle(Verdict::kAccepted)), ErrorCode::kConflict);
  EXPECT_EQ(code(this->append(message("r1"))), ErrorCode::kDuplicate);
  const auto found = this->read(
      [&](Transaction& tx) { return tx.messages().find_by_business_id("north-practice", "b-r1"); });
  ASSERT_OK(found);
  EXPECT_FALSE(found->has_value());
}

TYPED_TEST(MessageLogContract, TakesNumbersGivenFromOutside) {
  auto numbered = message("r1");
  numbered.seq = MessageSeq(40);
  ASSERT_OK(this->append(numbered));
  numbered = message("r2");
  numbered.seq = MessageSeq(40);
  EXPECT_EQ(code(this->append(numbered)), ErrorCode::kConflict);
  numbered.seq = MessageSeq(20);
  ASSERT_OK(this->append(numbered));
  const auto last = this->read([](Transaction& tx) { return tx.messages().last_seq(); });
  ASSERT_OK(last);
  EXPECT_EQ(*last, MessageSeq(40));
  const auto next = this->append(message("r3"));
  ASSERT_OK(next);
  EXPECT_EQ(*next, MessageSeq(41));
}

TYPED_TEST(MessageLogContract, ListsNewestFirstByPages) {
  for (int i = 0; i < 5; ++i) {
    auto one = message("r" + std::to_string(i));
    one.received_at = at(i);
    if (i == 2) one.verdict = Verdict::kRefused;
    ASSERT_OK(this->append(one));
  }
  std::vector<std::int64_t> seen;
  std::optional<MessageSeq> before;
  for (int page = 0; page < 4; ++page) {
    const auto found = this->read([&](Transaction& tx) {
      store::MessageFilter filter;
      filter.verdict = Verdict::kAccepted;
      filter.since = at(1);
      return tx.messages().list(filter, before, 2);
    });
    ASSERT_OK(found);
    for (const auto& row : found->rows)
      seen.push_back(row.seq.value());
    before = found->before;
    if (!before) break;
  }
  EXPECT_EQ(seen, (std::vector<std::int64_t>{5, 4, 2}));
}

TYPED_TEST(MessageLogContract, UnknownMessagesAreNotFound) {
  EXPECT_EQ(code(this->read([](Transaction& tx) { return tx.messages().read_bytes(MessageSeq(9)); })),
            ErrorCode::kNotFound);
  EXPECT_EQ(code(this->write([](Transaction& tx) {
              return tx.messages().set_reply(MessageSeq(9), {200, ""});
            })),
            ErrorCode::kNotFound);
  EXPECT_EQ(code(this->write(
                [](Transaction& tx) { return tx.messages().settle(MessageSeq(9), Verdict::kRefused); })),
            ErrorCode::kNotFound);
}

}  // namespace
}  // namespace tests::contract
