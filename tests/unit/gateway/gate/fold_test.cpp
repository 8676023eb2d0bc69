#include "gateway/gate/fold.hpp"

#include <gtest/gtest.h>

namespace gateway::gate {
namespace {

TEST(Fold, MakesSpellingsOfOneWordEqual) {
  struct Row {
    const char* text;
    const char* folded;
  };
  const Row rows[] = {
      {"Saddle  ANAESTHESIA", "saddle anaesthesia"},
      {"saddle-an\xC3\xA6sthesia", "saddle anaesthesia"},
      {"can't", "cant"},
      {"can\xE2\x80\x99t", "cant"},
      {"can\x92t", "cant"},
      {"\xC3\xA9p\xC3\xA9ron\xC3\xA9 \xC5\x81ukasz", "eperone lukasz"},
      {"e\xCC\x81pi", "epi"},
      {"sad\xE2\x80\x8B"
       "dle",
       "saddle"},
      {"\xEF\xBC\xB3\xEF\xBD\x81"
       "ddle",
       "saddle"},
      {"a\xC2\xADnus", "anus"},
      {"\xE6\x9D\x8E", ""},
      {"numb*", "numb*"},
      {"  x\t\ny ", "x y"},
  };
  for (const Row& row : rows)
    EXPECT_EQ(fold_phrase(row.text), row.folded) << row.text;
}

TEST(Fold, ReadsEveryByteSequenceToItsEnd) {
  std::string all;
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; b += 7) {
      all += static_cast<char>(a);
      all += static_cast<char>(b);
    }
  }
  std::size_t steps = 0;
  for (std::size_t at = 0; at < all.size(); ++steps) {
    const std::size_t before = at;
    const Folded folded = fold(next_scalar(all, at));
    ASSERT_GT(at, before);
    ASSERT_LE(folded.count, 2);
    for (int i = 0; i < folded.count; ++i)
      ASSERT_LT(folded.symbols[i], kAlphabet);
  }
  EXPECT_GT(steps, all.size() / 4);
}

}  // namespace
}  // namespace gateway::gate
