#include "gateway/security/digest.hpp"

#include <gtest/gtest.h>

#include "gateway/security/secure_random.hpp"

namespace gateway::security {
namespace {

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

TEST(Digest, Sha256GivesKnownAnswers) {
  // FIPS 180-4 examples.
  EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Sha256 pieces;
  EXPECT_EQ(pieces.update("a").update("").update("bc").finish(), sha256("abc"));
  EXPECT_EQ(pieces.finish(), sha256("")) << "it starts anew";
}

TEST(Digest, HmacGivesKnownAnswers) {
  // RFC 4231, test cases 1, 2 and 6.
  EXPECT_EQ(to_hex(hmac_sha256(bytes_of(std::string(20, '\x0b')), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(to_hex(hmac_sha256(bytes_of("Jefe"), "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(to_hex(hmac_sha256(bytes_of(std::string(131, '\xaa')),
                               "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  EXPECT_EQ(to_hex(hmac_sha256({}, "")), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(Hex, IsStrict) {
  EXPECT_EQ(*from_hex("00fFA5"), (std::vector<std::uint8_t>{0, 255, 165}));
  for (const char* text : {"0", "0g", "0x", " 00", "00 "})
    EXPECT_FALSE(from_hex(text).has_value()) << text;
}

TEST(Hex, ReadsADigestWithOrWithoutColons) {
  const std::string plain = to_hex(sha256("abc"));
  std::string colons;
  for (std::size_t i = 0; i < plain.size(); i += 2)
    colons += (i == 0 ? "" : ":") + plain.substr(i, 2);
  EXPECT_EQ(*parse_digest(plain), sha256("abc"));
  EXPECT_EQ(*parse_digest(colons), sha256("abc"));
  for (const std::string& text :
       {plain + "00", plain.substr(2), colons + ":", ":" + colons, std::string(), plain + ":"}) {
    EXPECT_FALSE(parse_digest(text).has_value()) << text;
  }
}

TEST(Base64, GoesThereAndBackAndIsStrict) {
  // RFC 4648, section 10.
  const std::vector<std::pair<std::string, std::string>> rows = {{"", ""},
                                                                 {"f", "Zg=="},
                                                                 {"fo", "Zm8="},
                                                                 {"foo", "Zm9v"},
                                                                 {"foob", "Zm9vYg=="},
                                                                 {"fooba", "Zm9vYmE="},
                                                                 {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : rows) {
    EXPECT_EQ(to_base64(bytes), text);
    EXPECT_EQ(*from_base64(text), bytes);
  }
  for (const char* text :
       {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Z===", "====", "Zg==Zg==", "Zm 9", "Zm-_", "Zm9v\n"}) {
    EXPECT_FALSE(from_base64(text).has_value()) << text;
  }
}

TEST(Compare, IsByContentAndLength) {
  EXPECT_TRUE(equal_in_constant_time(bytes_of("abc"), bytes_of("abc")));
  EXPECT_FALSE(equal_in_constant_time(bytes_of("abc"), bytes_of("abd")));
  EXPECT_FALSE(equal_in_constant_time(bytes_of("abc"), bytes_of("ab")));
  EXPECT_TRUE(equal_in_constant_time({}, {}));
}

TEST(SecureRandom, FillsDifferently) {
  SecureRandom random;
  Digest a{};
  Digest b{};
  random.fill(a);
  random.fill(b);
  EXPECT_NE(a, b);
}

}  // namespace
}  // namespace gateway::security
