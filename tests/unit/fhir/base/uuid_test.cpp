#include "fhir/base/uuid.hpp"

#include <gtest/gtest.h>

namespace fhir {
namespace {

TEST(Uuid, RecognisesTheCanonicalForm) {
  EXPECT_TRUE(is_uuid("8e5fc76d-e1cf-4004-b4b3-5717a5807e86"));
  EXPECT_TRUE(is_uuid("8E5FC76D-E1CF-4004-B4B3-5717A5807E86"));
  EXPECT_FALSE(is_uuid("8e5fc76d-e1cf-4004-b4b3-5717a5807e8"));
  EXPECT_FALSE(is_uuid("8e5fc76de-1cf-4004-b4b3-5717a5807e86"));
  EXPECT_FALSE(is_uuid("8e5fc76d-e1cf-4004-b4b3-5717a5807eg6"));
  EXPECT_FALSE(is_uuid("urn:uuid:8e5fc76d-e1cf-4004-b4b3-5717a5807e86"));
  EXPECT_FALSE(is_uuid(""));
}

TEST(Uuid, RandomOnesAreVersionFourAndDiffer) {
  SeededRandom random(3);
  const std::string a = random_uuid(random);
  const std::string b = random_uuid(random);
  EXPECT_TRUE(is_uuid(a));
  EXPECT_NE(a, b);
  EXPECT_EQ(a[14], '4');
}

TEST(Uuid, DigestUuidsAreVersionEightAndRepeatable) {
  std::array<std::uint8_t, 16> bytes{};
  bytes.fill(0xFF);
  EXPECT_EQ(uuid_from_digest(bytes), "ffffffff-ffff-8fff-bfff-ffffffffffff");
}

}  // namespace
}  // namespace fhir
