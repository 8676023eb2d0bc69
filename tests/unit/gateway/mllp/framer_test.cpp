#include "gateway/mllp/framer.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace gateway::mllp {
namespace {

using namespace std::string_literals;

/// What a framer makes of `bytes` in pieces of `piece`, in words: `[payload]`, `[payload|bare]` without its
/// return, `[payload|3!]` with a forbidden byte at 3, `abandoned(head)`, `oversize(head)`, `lost`, and at the
/// end `end[...]` for what only the end completes.
std::string read(std::string_view bytes, std::size_t piece, FramerLimits limits = {}) {
  Framer framer(limits);
  std::string seen;
  const auto say = [&](const Frame& frame) {
    seen += '[' + frame.payload;
    if (frame.return_missing) seen += "|bare";
    if (frame.forbidden_at) seen += '|' + std::to_string(*frame.forbidden_at) + '!';
    seen += ']';
  };
  while (!bytes.empty()) {
    std::string_view unread = bytes.substr(0, piece);
    bytes.remove_prefix(unread.size());
    while (const auto event = framer.take(unread)) {
      if (const auto* frame = std::get_if<Frame>(&*event)) {
        say(*frame);
        continue;
      }
      const auto& violation = std::get<Violation>(*event);
      if (violation.breach == Breach::kAbandoned) seen += "abandoned(" + violation.head + ')';
      if (violation.breach == Breach::kOversize) seen += "oversize(" + violation.head + ')';
      if (violation.breach == Breach::kNotMllp) seen += "lost";
    }
  }
  if (const auto frame = framer.end_without_return()) {
    seen += "end";
    say(*frame);
  }
  if (framer.skipped() != 0) seen += " skipped " + std::to_string(framer.skipped());
  return seen;
}

struct Row {
  const char* name;
  std::string bytes;
  std::string seen;
};

const std::vector<Row>& rows() {
  static const std::vector<Row> kRows = {
      {"OneFrame", "\vMSH\x1c\r", "[MSH]"},
      {"Empty", "\v\x1c\r", "[]"},
      {"Pipelined", "\va\x1c\r\vb\x1c\r\vc\x1c\r", "[a][b][c]"},
      {"LineFeedBetween", "\va\x1c\r\n\vb\x1c\r\n", "[a][b] skipped 2"},
      {"BlanksAndNulBetween", "\va\x1c\r\0 \r\n\vb\x1c\r"s, "[a][b] skipped 4"},
      {"OtherBytesBetween", "\va\x1c\rxyz\vb\x1c\r", "[a][b] skipped 3"},
      {"BlanksBeforeTheFirst", "\r\n\0\vb\x1c\r"s, "[b] skipped 3"},
      {"ReturnMissingBeforeAFrame", "\va\x1c\vb\x1c\r", "[a|bare][b]"},
      {"ReturnMissingAtTheEnd", "\va\x1c", "end[a|bare]"},
      {"StartInsideAFrame", "\vMSH|a\rPID\vMSH|b\x1c\r", "abandoned(MSH|a)[MSH|b]"},
      {"EndBlockInThePayload", "\va\x1c"s + "b\x1c\r", "[a\x1c"s + "b|1!]"},
      {"EndBlockTwice", "\va\x1c\x1c\r", "[a\x1c|1!]"},
      {"LinesOfAnyEnd", "\va\rb\nc\r\nd\te\x1c\r", "[a\rb\nc\r\nd\te]"},
      {"ForbiddenByte", "\vab\x01"s + "c\x02\x1c\r", "[ab\x01"s + "c\x02|2!]"},
      {"Utf16", "\v\xff\xfeM\0S\0H\0\x1c\r"s, "[\xff\xfeM\0S\0H\0|3!]"s},
      {"ByteOrderMarkInside", "\v\xEF\xBB\xBFMSH\x1c\r", "[\xEF\xBB\xBFMSH]"},
      {"CommitBlockOfReleaseTwo", "\v\x06\x1c\r", "[\x06|0!]"},
      {"CutShort", "\vMSH|", ""},
      {"HttpRequest", "GET / HTTP/1.1\r\n\r\n", "lost skipped "},
      {"TlsHello", "\x16\x03\x01\x02\x00\x01"s, "lost skipped "},
      {"NoStartBlock", "MSH|^~\\&|\r\x1c\r", "lost skipped "},
      {"AfterTheEndNothingCounts", "X\va\x1c\r", "lost skipped "},
  };
  return kRows;
}

class FramerReads : public ::testing::TestWithParam<Row> {};

TEST_P(FramerReads, TheSameHoweverTheBytesAreCut) {
  const Row& row = GetParam();
  for (std::size_t piece = 1; piece <= row.bytes.size(); ++piece) {
    std::string seen = read(row.bytes, piece);
    // How much of a foreign protocol is skipped before it is known is no matter.
    if (row.seen.ends_with("skipped ")) seen.resize(row.seen.size());
    EXPECT_EQ(seen, row.seen) << "in pieces of " << piece;
  }
}

INSTANTIATE_TEST_SUITE_P(Rows, FramerReads, ::testing::ValuesIn(rows()),
                         [](const auto& info) { return info.param.name; });

TEST(Framer, APayloadOverTheLimitIsRefusedWithItsFirstLine) {
  const FramerLimits limits{.payload_bytes = 10, .junk_bytes = 256, .head_bytes = 5};
  EXPECT_EQ(read("\v0123456789\x1c\r", 1, limits), "[0123456789]");
  for (const std::size_t piece : {1u, 4u, 100u}) {
    EXPECT_EQ(read("\vMSH\r456789a\x1c\r\vb\x1c\r", piece, limits), "oversize(MSH)");
    EXPECT_EQ(read("\v0123456789a\x1c\r", piece, limits), "oversize(01234)");
    EXPECT_EQ(read("\v0123456789\x1cx\x1c\r", piece, limits), "oversize(01234)");
  }
}

TEST(Framer, JunkBetweenFramesHasABound) {
  const FramerLimits limits{.payload_bytes = 100, .junk_bytes = 4, .head_bytes = 5};
  EXPECT_EQ(read("\va\x1c\r\n\n\n\n\vb\x1c\r\n\n\n\n\vc\x1c\r", 3, limits), "[a][b][c] skipped 8");
  EXPECT_EQ(read("\va\x1c\r\n\n\n\n\n\vb\x1c\r", 1, limits), "[a]lost skipped 5");
}

TEST(Framer, SaysWhatItHoldsAndWaitsFor) {
  Framer framer;
  std::string_view bytes = "\vabc";
  EXPECT_FALSE(framer.inside());
  EXPECT_FALSE(framer.take(bytes).has_value());
  EXPECT_TRUE(framer.inside());
  EXPECT_FALSE(framer.awaits_return());
  EXPECT_EQ(framer.held(), 3u);
  EXPECT_FALSE(framer.end_without_return().has_value());
  bytes = "\x1c";
  EXPECT_FALSE(framer.take(bytes).has_value());
  EXPECT_TRUE(framer.awaits_return());
  bytes = "\rrest";
  ASSERT_TRUE(framer.take(bytes).has_value());
  EXPECT_EQ(bytes, "rest");
  EXPECT_FALSE(framer.inside());
  EXPECT_EQ(framer.held(), 0u);
}

TEST(Wrap, GivesAFrameThatReadsBack) {
  EXPECT_EQ(wrap("MSA|AA|1\r"), "\vMSA|AA|1\r\x1c\r");
  EXPECT_TRUE(can_wrap("MSA|AA|1\r"));
  EXPECT_FALSE(can_wrap("a\vb"));
  EXPECT_FALSE(can_wrap("a\x1c"));
}

}  // namespace
}  // namespace gateway::mllp
