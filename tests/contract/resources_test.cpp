#include "tests/contract/store_fixture.hpp"

namespace tests::contract {
namespace {

using fhir::search::Clause;
using fhir::search::ClauseKind;
using fhir::search::Operand;
using fhir::search::Prefix;
using fhir::search::Query;
using store::WriteRule;

template <class Home>
class ResourceStoreContract : public StoreContract<Home> {
 protected:
  Result<std::int64_t> put(const store::ResourceWrite& write) {
    return this->write([&](Transaction& tx) { return tx.resources().put(write); });
  }
  std::vector<std::string> ids(const Query& query) {
    const auto page = this->read([&](Transaction& tx) { return tx.resources().search(query); });
    if (!page.has_value()) {
      ADD_FAILURE() << to_text(page.error());
      return {};
    }
    std::vector<std::string> found;
    for (const auto& row : page->rows)
      found.push_back(row.id);
    return found;
  }
};
TYPED_TEST_SUITE(ResourceStoreContract, Stores);

Clause token(const std::string& param, std::optional<std::string> system, std::optional<std::string> value) {
  Operand operand;
  operand.system = std::move(system);
  operand.value = std::move(value);
  return {ClauseKind::kToken, param, {operand}};
}

Clause dated(ClauseKind kind, const std::string& param, Prefix prefix, Instant low, Instant high) {
  Operand operand;
  operand.prefix = prefix;
  operand.low = low;
  operand.high = high;
  return {kind, param, {operand}};
}

Query tasks(std::vector<Clause> clauses) {
  Query query;
  query.type = "Task";
  query.all_of = std::move(clauses);
  return query;
}

TYPED_TEST(ResourceStoreContract, CountsVersionsAndKeepsHistory) {
  auto write = task("t1", "requested", "{\"v\":1}");
  EXPECT_EQ(this->put(write).value_or(0), 1);
  write.json = "{\"v\":2}";
  write.at = at(3);
  EXPECT_EQ(this->put(write).value_or(0), 2);
  this->home.reopen();
  ASSERT_OK(this->read([&](Transaction& tx) -> Status {
    LIGAMENT_TRY(const auto current, tx.resources().get("Task", "t1"));
    EXPECT_TRUE(current && current->version == 2 && current->json == "{\"v\":2}" && current->at == at(3));
    LIGAMENT_TRY(const auto first, tx.resources().get_version("Task", "t1", 1));
    EXPECT_TRUE(first && first->json == "{\"v\":1}" && first->at == at(2));
    LIGAMENT_TRY(const auto third, tx.resources().get_version("Task", "t1", 3));
    EXPECT_FALSE(third);
    LIGAMENT_TRY(const auto history, tx.resources().history("Task", "t1", 10));
    EXPECT_EQ(history.size(), 2u);
    EXPECT_EQ(history.front().version, 2);
    LIGAMENT_TRY(const auto other_type, tx.resources().get("Patient", "t1"));
    EXPECT_FALSE(other_type);
    LIGAMENT_TRY(const auto version, tx.resources().current_version("Task", "t1"));
    EXPECT_EQ(version, 2);
    return {};
  }));
}

TYPED_TEST(ResourceStoreContract, WhatOnlyHasANewMomentIsNoNewVersion) {
  const auto stamped = [](const std::string& moment, const std::string& name) {
    auto write = task("t1", "requested", R"({"lastUpdated":")" + moment + R"(","name":")" + name + "\"}");
    write.stamp = store::Stamp{16, moment.size()};
    return write;
  };
  ASSERT_OK(this->put(stamped("2026", "a")));
  auto again = stamped("2026-11-22", "a");
  again.at = at(9);
  again.audience = {"hub"};
  EXPECT_EQ(this->put(again).value_or(0), 1);
  ASSERT_OK(this->read([&](Transaction& tx) -> Status {
    LIGAMENT_TRY(const auto current, tx.resources().get("Task", "t1"));
    EXPECT_TRUE(current && current->at == at(2) && current->json == stamped("2026", "a").json);
    return {};
  }));
  Query shown = tasks({});
  shown.audience = "hub";
  EXPECT_EQ(this->ids(shown).size(), 1u);
  EXPECT_EQ(this->put(stamped("2027", "b")).value_or(0), 2);
  auto unmarked = stamped("2028", "b");
  unmarked.stamp.reset();
  EXPECT_EQ(this->put(unmarked).value_or(0), 3);
  auto matched = stamped("2029", "b");
  matched.rule = WriteRule::kMatch;
  matched.expected_version = 3;
  EXPECT_EQ(this->put(matched).value_or(0), 4);
  // Where the moment was is now an element of its own: not the same content.
  auto moved = stamped("2029", "b");
  moved.json = R"({"lastUpdated":"2029","name":"a","name":"b"})";
  moved.stamp = store::Stamp{16, 4};
  EXPECT_EQ(this->put(moved).value_or(0), 5);
  EXPECT_EQ(this->put(stamped("2029", "b")).value_or(0), 6);
}

TYPED_TEST(ResourceStoreContract, RulesOfWriting) {
  auto write = task("t1", "requested");
  write.rule = WriteRule::kMatch;
  write.expected_version = 1;
  EXPECT_EQ(code(this->put(write)), ErrorCode::kNotFound);
  write.rule = WriteRule::kCreate;
  ASSERT_OK(this->put(write));
  EXPECT_EQ(code(this->put(write)), ErrorCode::kConflict);
  write.rule = WriteRule::kMatch;
  ASSERT_OK(this->put(write));
  EXPECT_EQ(code(this->put(write)), ErrorCode::kConflict);
  write.expected_version = 2;
  ASSERT_OK(this->put(write));
  write.message = store::MessageSeq(77);
  write.rule = WriteRule::kAny;
  EXPECT_EQ(code(this->put(write)), ErrorCode::kNotFound);
}

TYPED_TEST(ResourceStoreContract, FindsByTokenReferenceIdAndDate) {
  ASSERT_OK(this->put(task("t1", "requested")));
  ASSERT_OK(this->put(task("t2", "accepted")));
  auto third = task("t3", "requested");
  third.at = at(50);
  ASSERT_OK(this->put(third));
  using Ids = std::vector<std::string>;
  EXPECT_EQ(this->ids(tasks({})), (Ids{"t3", "t2", "t1"}));
  EXPECT_EQ(this->ids(tasks({token("status", std::nullopt, "requested")})), (Ids{"t3", "t1"}));
  EXPECT_EQ(this->ids(tasks({token("identifier", "urn:ubrn", "u-t2")})), (Ids{"t2"}));
  EXPECT_EQ(this->ids(tasks({token("identifier", "urn:other", "u-t2")})), (Ids{}));
  EXPECT_EQ(this->ids(tasks({token("identifier", "", "u-t2")})), (Ids{}));
  EXPECT_EQ(this->ids(tasks({token("identifier", "urn:ubrn", std::nullopt)})), (Ids{"t3", "t2", "t1"}));
  EXPECT_EQ(this->ids(tasks({token("nothing", std::nullopt, "x")})), (Ids{}));
  Clause patient = token("patient", "Patient", "p1");
  patient.kind = ClauseKind::kReference;
  EXPECT_EQ(this->ids(tasks({patient, token("status", std::nullopt, "accepted")})), (Ids{"t2"}));
  patient.any_of.front().system = "Group";
  EXPECT_EQ(this->ids(tasks({patient})), (Ids{}));
  Clause id = token("_id", std::nullopt, "t1");
  id.kind = ClauseKind::kId;
  id.any_of.push_back(id.any_of.front());
  id.any_of.back().value = "t3";
  EXPECT_EQ(this->ids(tasks({id})), (Ids{"t3", "t1"}));
  EXPECT_EQ(this->ids(tasks({id, token("status", std::nullopt, "accepted")})), (Ids{}));
  EXPECT_EQ(this->ids(tasks({token("status", std::nullopt, "requested"), id})), (Ids{"t3", "t1"}));
  const auto updated = [](Prefix prefix) {
    return dated(ClauseKind::kLastUpdated, "_lastUpdated", prefix, at(2), at(3));
  };
  EXPECT_EQ(this->ids(tasks({updated(Prefix::kEq)})), (Ids{"t2", "t1"}));
  EXPECT_EQ(this->ids(tasks({updated(Prefix::kGt)})), (Ids{"t3"}));
  EXPECT_EQ(this->ids(tasks({updated(Prefix::kLe)})), (Ids{"t2", "t1"}));
  EXPECT_EQ(this->ids(tasks({dated(ClauseKind::kDate, "authored-on", Prefix::kEq, at(0), at(60))})).size(),
            3u);
  EXPECT_EQ(this->ids(tasks({dated(ClauseKind::kDate, "authored-on", Prefix::kEq, at(0), at(59))})).size(),
            0u);
  EXPECT_EQ(this->ids(tasks({dated(ClauseKind::kDate, "authored-on", Prefix::kLt, at(1), at(2))})).size(),
            3u);
}

TYPED_TEST(ResourceStoreContract, AnyOfAndRepeatedTokensGiveAResourceOnce) {
  auto write = task("t1", "requested");
  write.index.push_back({fhir::search::IndexKind::kToken, "identifier", "urn:second", "u-t1", {}, {}});
  write.index.push_back(write.index.back());
  ASSERT_OK(this->put(write));
  ASSERT_OK(this->put(task("t2", "accepted")));
  EXPECT_EQ(this->ids(tasks({token("identifier", std::nullopt, "u-t1")})), (std::vector<std::string>{"t1"}));
  Clause either = token("status", std::nullopt, "requested");
  either.any_of.push_back(either.any_of.front());
  either.any_of.back().value = "accepted";
  EXPECT_EQ(this->ids(tasks({either})), (std::vector<std::string>{"t2", "t1"}));
}

TYPED_TEST(ResourceStoreContract, AnUpdateReplacesTheIndex) {
  ASSERT_OK(this->put(task("t1", "requested")));
  ASSERT_OK(this->put(task("t1", "accepted")));
  EXPECT_TRUE(this->ids(tasks({token("status", std::nullopt, "requested")})).empty());
  EXPECT_EQ(this->ids(tasks({token("status", std::nullopt, "accepted")})).size(), 1u);
}

TYPED_TEST(ResourceStoreContract, ShowsAResourceToItsAudienceOnly) {
  auto both = task("t1", "requested", "{}");
  both.audience = {"hub", "practice"};
  auto one = task("t2", "requested", "{}");
  one.audience = {"practice"};
  const auto nobody = task("t3", "requested", "{}");
  for (const auto& write : {both, one, nobody})
    ASSERT_TRUE(this->put(write).has_value());
  const auto seen = [&](std::vector<Clause> clauses, const char* reader) {
    Query query = tasks(std::move(clauses));
    query.audience = reader;
    return this->ids(query);
  };
  EXPECT_EQ(seen({}, "hub"), std::vector<std::string>{"t1"});
  EXPECT_EQ(seen({token("status", {}, "requested")}, "practice"), (std::vector<std::string>{"t2", "t1"}));
  EXPECT_TRUE(seen({}, "stranger").empty());
  EXPECT_TRUE(seen({}, "hub\npractice").empty());
  EXPECT_EQ(this->ids(tasks({})).size(), 3u);
  one.audience = {"hub"};
  ASSERT_TRUE(this->put(one).has_value());
  EXPECT_EQ(seen({}, "practice"), std::vector<std::string>{"t1"});
  this->home.reopen();
  EXPECT_EQ(seen({}, "hub"), (std::vector<std::string>{"t2", "t1"}));
}

TYPED_TEST(ResourceStoreContract, WhatIsSharedIsNeverTakenOutOfSight) {
  const auto seen = [&](const char* reader) {
    Query query = tasks({});
    query.audience = reader;
    return !this->ids(query).empty();
  };
  auto shared = task("t1", "requested", "{}");
  shared.audience = {"practice", "hub"};
  ASSERT_TRUE(this->put(shared).has_value());
  shared.audience = {"practice", "clinic"};
  shared.sight = store::Sight::kWiden;
  shared.json = R"({"a":1})";
  ASSERT_TRUE(this->put(shared).has_value());
  EXPECT_TRUE(seen("hub") && seen("clinic") && seen("practice"));
  const auto show = [&](std::vector<std::string> partners, store::Sight sight) {
    return this->write([&](Transaction& tx) { return tx.resources().show("Task", "t1", partners, sight); });
  };
  ASSERT_OK(show({"rota"}, store::Sight::kWiden));
  this->home.reopen();
  EXPECT_TRUE(seen("hub") && seen("rota"));
  ASSERT_OK(show({"rota"}, store::Sight::kReplace));
  EXPECT_TRUE(seen("rota"));
  EXPECT_FALSE(seen("hub"));
  EXPECT_EQ(code(this->write([&](Transaction& tx) {
              return tx.resources().show("Task", "none", {}, store::Sight::kWiden);
            })),
            ErrorCode::kNotFound);
  ASSERT_OK(this->read([&](Transaction& tx) -> Status {
    LIGAMENT_TRY(const auto version, tx.resources().current_version("Task", "t1"));
    EXPECT_EQ(version, 2) << "showing makes no version";
    return {};
  }));
}

TYPED_TEST(ResourceStoreContract, PagesCoverAllOnceAndCount) {
  for (int i = 0; i < 7; ++i)
    ASSERT_OK(this->put(task("t" + std::to_string(i), i == 3 ? "failed" : "requested")));
  Query query = tasks({token("status", std::nullopt, "requested")});
  query.count = 2;
  query.total = true;
  std::vector<std::string> seen;
  for (int page = 0; page < 10; ++page) {
    const auto found = this->read([&](Transaction& tx) { return tx.resources().search(query); });
    ASSERT_OK(found);
    EXPECT_EQ(found->total, 6);
    for (const auto& row : found->rows)
      seen.push_back(row.id);
    query.cursor = found->next;
    if (!query.cursor) break;
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"t6", "t5", "t4", "t2", "t1", "t0"}));
  query.cursor.reset();
  query.count = 0;
  query.total = false;
  const auto only_total = this->read([&](Transaction& tx) { return tx.resources().search(query); });
  ASSERT_OK(only_total);
  EXPECT_EQ(only_total->total, 6);
  EXPECT_TRUE(only_total->rows.empty());
  for (const char* bad : {"", "x", "1x", "-4", "99999999999999999999"}) {
    query.cursor = bad;
    EXPECT_EQ(code(this->read([&](Transaction& tx) { return tx.resources().search(query); })),
              ErrorCode::kInvalidRequest)
        << bad;
  }
}

TYPED_TEST(ResourceStoreContract, ASystemNeverStoredMatchesNothingAlsoInATotal) {
  ASSERT_OK(this->put(task("t1", "requested")));
  Query query = tasks({token("identifier", "urn:never", "u-t1")});
  query.count = 0;
  const auto page = this->read([&](Transaction& tx) { return tx.resources().search(query); });
  ASSERT_OK(page);
  EXPECT_EQ(page->total, 0);
}

TYPED_TEST(ResourceStoreContract, HostileValuesAreOnlyValues) {
  const std::string hostile = "x'; DROP TABLE resource; --\"%_";
  auto write = task("t1", hostile);
  ASSERT_OK(this->put(write));
  EXPECT_EQ(this->ids(tasks({token("status", std::nullopt, hostile)})).size(), 1u);
  EXPECT_EQ(this->ids(tasks({token("status", hostile, hostile)})).size(), 0u);
  EXPECT_EQ(this->ids(tasks({token(hostile, std::nullopt, "x")})).size(), 0u);
}

}  // namespace
}  // namespace tests::contract
