#include "fhir/path/equality.hpp"

#include <gtest/gtest.h>

#include "tests/unit/fhir/path/sample.hpp"

namespace fhir::path {
namespace {

TEST(Equality, OfElementsIgnoresTheOrderOfNamesButNotOfItems) {
  const tree::TreePtr a =
      read_sample(R"({"resourceType":"Patient","name":[{"family":"F","given":["A","B"]}]})");
  const tree::TreePtr b =
      read_sample(R"({"resourceType":"Patient","name":[{"given":["A","B"],"family":"F"}]})");
  const tree::TreePtr c =
      read_sample(R"({"resourceType":"Patient","name":[{"given":["B","A"],"family":"f"}]})");
  EXPECT_EQ(equal(Value(a->root()), Value(b->root())), true);
  EXPECT_EQ(equal(Value(a->root()), Value(c->root())), false);
  EXPECT_TRUE(equivalent(Value(a->root()), Value(c->root())));
}

TEST(Equality, OfPrimitivesGoesByValue) {
  const tree::TreePtr tree = read_sample();
  EXPECT_EQ(equal(Value(tree->root().child("birthDate")), Value(*Temporal::parse_date("1974-12-25"))), true);
  EXPECT_EQ(equal(Value(tree->root().child("birthDate")), Value("1974-12-25")), false);
  EXPECT_EQ(equal(Value(tree->root().child("gender")), Value("female")), true);
  EXPECT_EQ(equal(Value(tree->root().at("extension", "value")), Value(*Quantity::parse("72500 'g'"))), true);
  EXPECT_EQ(equal(Value(std::int32_t{1}), Value(*Decimal::parse("1.00"))), true);
  EXPECT_EQ(equal(Value(true), Value(std::int32_t{1})), false);
}

TEST(ItemSet, HashesEqualMomentsAlike) {
  const auto at = [](std::string_view text) { return Value(*Temporal::parse_date_time(text)); };
  const Value first = at("2012-04-15T15:00:00+02:00");
  const Value day = at("2012-04-15");
  ItemSet set;
  EXPECT_TRUE(set.insert(first));
  EXPECT_TRUE(set.insert(day));
  EXPECT_TRUE(set.contains(at("2012-04-15T16:00:00.000+03:00")));
  EXPECT_TRUE(set.contains(Value(*Temporal::parse_date("2012-04-15"))));
  EXPECT_FALSE(set.contains(at("2012-04-15T15:00:00")));
}

TEST(ItemSet, FindsEqualItemsOfDifferentForms) {
  std::vector<Value> values;
  for (std::int32_t i = 0; i < 100; ++i)
    values.emplace_back(i);
  ItemSet set;
  for (const Value& value : values)
    EXPECT_TRUE(set.insert(value));
  for (const Value& value : values)
    EXPECT_FALSE(set.insert(value));
  EXPECT_TRUE(set.contains(Value(*Decimal::parse("42.0"))));
  EXPECT_TRUE(set.contains(Value(*Decimal::parse("-0.00"))));
  EXPECT_FALSE(set.contains(Value(*Decimal::parse("42.5"))));
  EXPECT_FALSE(set.contains(Value("42")));
}

}  // namespace
}  // namespace fhir::path
