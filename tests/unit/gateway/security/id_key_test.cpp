#include "gateway/security/id_key.hpp"

#include <gtest/gtest.h>

#include "fhir/base/uuid.hpp"

namespace gateway::security {
namespace {

TEST(IdKey, GivesTheSameUuidForTheSamePartsOnly) {
  const IdKey key = IdKey::trial();
  const std::string id = key.uuid("patient", {"https://fhir.nhs.uk/Id/nhs-number", "9990000026"});
  EXPECT_TRUE(fhir::is_uuid(id));
  EXPECT_EQ(id, key.uuid("patient", {"https://fhir.nhs.uk/Id/nhs-number", "9990000026"}));
  EXPECT_NE(id, key.uuid("practitioner", {"https://fhir.nhs.uk/Id/nhs-number", "9990000026"}));
  EXPECT_NE(id, IdKey(sha256("other")).uuid("patient", {"https://fhir.nhs.uk/Id/nhs-number", "9990000026"}));
}

TEST(IdKey, KeepsPartsApart) {
  const IdKey key = IdKey::trial();
  EXPECT_NE(key.uuid("d", {"ab", "c"}), key.uuid("d", {"a", "bc"}));
  EXPECT_NE(key.uuid("d", {"a"}), key.uuid("d", {"a", ""}));
  EXPECT_NE(key.uuid("da", {"b"}), key.uuid("d", {"ab"}));
}

TEST(IdKey, CorrelationDoesNotShowTheValue) {
  const std::string text = IdKey::trial().correlation("nhs-number", "9990000026");
  EXPECT_EQ(text.size(), 16u);
  EXPECT_EQ(text.find("999000"), std::string::npos);
}

TEST(IdKey, ReadsHexadecimalOnly) {
  EXPECT_TRUE(IdKey::from_hex(to_hex(sha256("x"))).has_value());
  EXPECT_FALSE(IdKey::from_hex("00").has_value());
  const auto refused = IdKey::from_hex("secret");
  EXPECT_EQ(refused.error().detail.find("secret"), std::string::npos);
}

}  // namespace
}  // namespace gateway::security
