#include "fhir/base/result.hpp"

#include <gtest/gtest.h>
#include <memory>

namespace fhir {
namespace {

Result<int> positive(int n) {
  if (n <= 0) return fail(ErrorCode::kInvalidRequest, "not positive");
  return n;
}

Status checked(int n) {
  LIGAMENT_CHECK(positive(n));
  return {};
}

Result<std::unique_ptr<int>> boxed(int n) {
  LIGAMENT_TRY(const int value, positive(n));
  LIGAMENT_TRY(auto box, Result<std::unique_ptr<int>>(std::make_unique<int>(value)));
  return box;
}

TEST(Result, TryPassesValueOrReturnsTheError) {
  EXPECT_EQ(**boxed(3), 3);
  const auto failed = boxed(-1);
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().code, ErrorCode::kInvalidRequest);
  EXPECT_EQ(failed.error().detail, "not positive");
}

TEST(Result, CheckReturnsTheError) {
  EXPECT_TRUE(checked(1).has_value());
  EXPECT_FALSE(checked(0).has_value());
}

TEST(Result, MonadicMembersConvertBack) {
  const Result<int> doubled = positive(2).map([](int n) { return n * 2; });
  EXPECT_EQ(doubled.value(), 4);
}

}  // namespace
}  // namespace fhir
