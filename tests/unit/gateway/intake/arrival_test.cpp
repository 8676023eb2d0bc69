#include <gmock/gmock.h>

#include "gateway/store/audit_chain.hpp"
#include "tests/unit/gateway/intake/house.hpp"

namespace gateway::intake {
namespace {

using Kind = Outcome::Kind;
using testing::Contains;
using testing::Not;

/// A message that a converting door brings: its original in any bytes, and what was made of it.
Arrival converted(const Letter& letter, const std::string& original, const std::string& control_id,
                  const std::string& content) {
  Arrival arrival;
  arrival.caller = kGp;
  arrival.door = "mllp";
  arrival.bytes = original;
  arrival.media_type = "x-application/hl7-v2+er7";
  arrival.content = Content::kConverted;
  arrival.control_id = control_id;
  arrival.event = "REF^I12";
  arrival.repetition = store::sha256(content);
  arrival.converted =
      Converted{parse(letter.json()), parse(R"({"resourceType":"Basic"})"), R"({"unmapped":[]})", {}};
  return arrival;
}

class ConvertedMessage : public testing::Test {
 protected:
  Outcome process(Arrival arrival) { return house_.run(house_.intake.process(std::move(arrival))); }
  std::vector<std::string> audited() {
    std::vector<std::string> events;
    for (const store::AuditEntry& entry :
         house_.read([](store::Transaction& tx) { return tx.audit().list(std::nullopt, 100); }))
      events.push_back(entry.what.event);
    return events;
  }
  House house_;
};

TEST_F(ConvertedMessage, BecomesAReferralAndKeepsOriginalBundleAndReceipt) {
  const Outcome outcome = process(converted(Letter(), "MSH|original", "C1", "one"));
  ASSERT_EQ(outcome.kind, Kind::kAccepted);
  EXPECT_TRUE(outcome.committed.has_value());
  EXPECT_TRUE(outcome.answer.empty()) << "the door answers in words of its own";
  const auto logged = house_.messages();
  ASSERT_EQ(logged.size(), 1u);
  EXPECT_EQ(logged[0].door, "mllp");
  EXPECT_EQ(logged[0].business_id, "C1");
  EXPECT_EQ(logged[0].event, "REF^I12");
  EXPECT_EQ(logged[0].digest, store::sha256("MSH|original"));
  EXPECT_TRUE(fhir::is_uuid(house_.referral().correlation_id));
  const auto kept =
      house_.read([&](store::Transaction& tx) { return tx.messages().read_conversion(logged[0].seq); });
  ASSERT_TRUE(kept.has_value());
  EXPECT_EQ(kept->receipt, R"({"unmapped":[]})");
  EXPECT_NE(parse(kept->bundle), nullptr);
  EXPECT_EQ(house_.read([&](store::Transaction& tx) { return tx.messages().read_bytes(logged[0].seq); }),
            "MSH|original");
}

TEST_F(ConvertedMessage, SameContentUnderANewControlIdIsADuplicateWithNoSecondEffect) {
  const Outcome first = process(converted(Letter(), "MSH|1", "C1", "content"));
  const std::size_t sent = house_.deliveries().size();
  const Outcome second = process(converted(Letter(), "MSH|2", "C2", "content"));
  EXPECT_EQ(second.kind, Kind::kDuplicate);
  EXPECT_EQ(second.original, first.message);
  EXPECT_TRUE(second.committed.has_value());
  EXPECT_EQ(house_.referrals().size(), 1u);
  EXPECT_EQ(house_.deliveries().size(), sent);
  EXPECT_THAT(audited(), Contains("message-repeated"));
  EXPECT_THAT(audited(), Not(Contains("control-id-reused")));
}

TEST_F(ConvertedMessage, SameControlIdWithOtherContentIsNewAndFlagged) {
  Letter other;
  other.bundle = "11111111-1111-4111-8111-222222222222";
  other.ubrn = "000049735999";
  other.request_id = "22222222-2222-4222-8222-333333333333";
  ASSERT_EQ(process(converted(Letter(), "MSH|1", "C1", "one")).kind, Kind::kAccepted);
  EXPECT_EQ(process(converted(other, "MSH|2", "C1", "two")).kind, Kind::kAccepted);
  EXPECT_EQ(house_.referrals().size(), 2u);
  EXPECT_THAT(audited(), Contains("control-id-reused"));
  // The first again: its control id is its own.
  EXPECT_EQ(process(converted(Letter(), "MSH|1", "C1", "one")).kind, Kind::kDuplicate);
}

TEST_F(ConvertedMessage, RefusedByItsReaderIsKeptForReviewAndItsRedFlagsEscalate) {
  Arrival arrival = converted(Letter(), "MSH|^~\\&|A\rNTE|1||new saddle numbness", "C1", "one");
  arrival.converted = Converted{nullptr, nullptr, "{}", {}};
  arrival.refusal =
      bars::refusal(bars::Rec::kBadRequest, fhir::IssueType::kRequired, "PID[1]-5", "a name is required");
  const Outcome outcome = process(std::move(arrival));
  EXPECT_EQ(outcome.kind, Kind::kRefused);
  ASSERT_TRUE(outcome.refusal.has_value());
  EXPECT_EQ(outcome.refusal->issues.items().front().expression, "PID[1]-5");
  EXPECT_TRUE(house_.referrals().empty());
  EXPECT_THAT(house_.work_kinds(), Contains("red-flag"));
  ASSERT_EQ(house_.messages().size(), 1u);
  EXPECT_EQ(house_.messages().front().verdict, store::Verdict::kRefused);
}

TEST_F(ConvertedMessage, RedFlagOfTheOriginalThatNoRuleTookIsRaised) {
  Arrival arrival = converted(Letter(), "MSH|", "C1", "one");
  arrival.converted->source = parse(R"({"resourceType":"Basic","code":{"text":"suspected cauda equina"}})");
  ASSERT_EQ(process(std::move(arrival)).kind, Kind::kAccepted);
  EXPECT_NE(house_.referral().flags & store::kRedFlag, 0u);
}

TEST_F(ConvertedMessage, WithoutAVerdictOnItsOwnTreeIsValidatedHere) {
  const auto tree = parse(Letter().json());
  fhir::IssueList issues;
  const auto verdict = fhir::validate::ValidTree::check(tree, {.report_unchecked_codes = false}, issues);
  ASSERT_TRUE(verdict.has_value());
  const auto invalid = parse(R"({"resourceType":"Bundle","type":"message","entry":[{"wrong":true}]})");
  EXPECT_FALSE(fhir::validate::ValidTree::check(invalid, {}, issues).has_value());
  EXPECT_FALSE(fhir::validate::ValidTree::check(nullptr, {}, issues).has_value());
  Arrival none = converted(Letter(), "MSH|1", "C1", "one");
  none.converted->bundle = invalid;
  EXPECT_EQ(process(std::move(none)).kind, Kind::kRefused);
  Arrival of_another = converted(Letter(), "MSH|2", "C2", "two");
  of_another.converted->bundle = invalid;
  of_another.converted->verdict = verdict;
  EXPECT_EQ(process(std::move(of_another)).kind, Kind::kRefused);
  Arrival its_own = converted(Letter(), "MSH|3", "C3", "three");
  its_own.converted->bundle = tree;
  its_own.converted->verdict = verdict;
  EXPECT_EQ(process(std::move(its_own)).kind, Kind::kAccepted);
}

TEST_F(ConvertedMessage, LossOfAMandatoryFieldHoldsIt) {
  Arrival optional = converted(Letter(), "MSH|1", "C1", "one");
  optional.converted->losses = {{"ZZZ[1]-1", false}};
  EXPECT_FALSE(process(std::move(optional)).held);
  Letter other;
  other.bundle = "11111111-1111-4111-8111-222222222222";
  other.ubrn = "000049735999";
  other.request_id = "22222222-2222-4222-8222-333333333333";
  Arrival mandatory = converted(other, "MSH|2", "C2", "two");
  mandatory.converted->losses = {{"ZZZ[1]-1", false}, {"PID[1]-7", true}};
  const Outcome outcome = process(std::move(mandatory));
  EXPECT_EQ(outcome.kind, Kind::kAccepted);
  EXPECT_TRUE(outcome.held);
  EXPECT_THAT(house_.work_kinds(), Contains("held-referral"));
}

TEST_F(ConvertedMessage, HeldReferralGoesOnWithWhatWasMadeOfIt) {
  Arrival arrival = converted(Letter(), "MSH|not FHIR at all", "C1", "one");
  arrival.converted->losses = {{"PID[1]-7", true}};
  ASSERT_TRUE(process(std::move(arrival)).held);
  referral::Event release;
  release.kind = referral::EventKind::kReleased;
  const auto changed = house_.run(house_.intake.apply_event(kOperator, house_.referral().seq, release));
  ASSERT_TRUE(changed.has_value());
  EXPECT_THAT(house_.sent(), Contains("referral sussex-hub"));
}

TEST_F(ConvertedMessage, BusyAndFailedCommitsSayThatNothingIsKnown) {
  house_.flaky.failing = fhir::ErrorCode::kCommitUnknown;
  const Outcome outcome = process(converted(Letter(), "MSH|1", "C1", "one"));
  EXPECT_EQ(outcome.kind, Kind::kUnknown);
  EXPECT_EQ(outcome.http_status, 503);
  EXPECT_FALSE(outcome.committed.has_value());
  house_.flaky.failing.reset();
  EXPECT_EQ(process(converted(Letter(), "MSH|1", "C1", "one")).kind, Kind::kAccepted);
}

}  // namespace
}  // namespace gateway::intake
