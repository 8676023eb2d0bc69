// The ways two servers can be made to disagree about where a request ends, each over the whole server with
// raw bytes.
#include "gateway/http_beast/framing.hpp"

#include <gtest/gtest.h>
#include <ostream>

#include "tests/unit/gateway/http_beast/served.hpp"

namespace gateway::http_beast {
namespace {

using namespace std::chrono_literals;
using testing::count_of;
using testing::Served;
using testing::status_of;

struct Row {
  const char* name;
  std::string bytes;
  int status;
};

std::ostream& operator<<(std::ostream& out, const Row& row) {
  return out << row.name;
}

const std::string kPost = "POST /x HTTP/1.1\r\nHost: gateway\r\n";
const std::string kSmuggled = "GET /smuggled HTTP/1.1\r\nHost: gateway\r\n\r\n";

class Framing : public ::testing::TestWithParam<Row> {};

TEST_P(Framing, IsAnsweredOnceAndTheConnectionCloses) {
  Served served;
  const std::string received = served.exchange(GetParam().bytes);
  EXPECT_EQ(status_of(received), GetParam().status) << received;
  EXPECT_EQ(count_of(received, "HTTP/1.1 "), 1u) << "one answer, whatever hides behind: " << received;
  EXPECT_TRUE(served.last_ended) << "the connection must not be used on";
  EXPECT_EQ(count_of(received, "Connection: close"), 1u);
  EXPECT_TRUE(served.handler.seen.empty()) << "the handler must not see it";
}

INSTANTIATE_TEST_SUITE_P(
    Smuggling, Framing,
    ::testing::Values(
        Row{"ClTe", kPost + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + kSmuggled,
            400},
        Row{"TeCl", kPost + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + kSmuggled,
            400},
        Row{"TeTe",
            kPost + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + kSmuggled,
            400},
        Row{"TeTwiceChunked",
            kPost + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        Row{"TeGzip", kPost + "Transfer-Encoding: gzip\r\n\r\n" + kSmuggled, 400},
        Row{"TeChunkedIdentity", kPost + "Transfer-Encoding: chunked, identity\r\n\r\n" + kSmuggled, 400},
        Row{"TeGzipChunked", kPost + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + kSmuggled, 400},
        Row{"TeObscured", kPost + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + kSmuggled, 400},
        Row{"TeVerticalTab",
            kPost +
                "Transfer-Encoding: \x0B"
                "chunked\r\n\r\n0\r\n\r\n" +
                kSmuggled,
            400},
        Row{"TeSpaceBeforeColon", kPost + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + kSmuggled, 400},
        Row{"TeInHttp10", "POST /x HTTP/1.0\r\nHost: gateway\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400},
        Row{"ClDiffering", kPost + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello" + kSmuggled, 400},
        Row{"ClRepeated", kPost + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 400},
        Row{"ClList", kPost + "Content-Length: 5, 5\r\n\r\nhello", 400},
        Row{"ClPlus", kPost + "Content-Length: +5\r\n\r\nhello", 400},
        Row{"ClMinus", kPost + "Content-Length: -5\r\n\r\nhello", 400},
        Row{"ClHex", kPost + "Content-Length: 0x5\r\n\r\nhello", 400},
        Row{"ClEmpty", kPost + "Content-Length: \r\n\r\nhello", 400},
        Row{"ClOverflow", kPost + "Content-Length: 18446744073709551621\r\n\r\nhello", 400},
        Row{"ClTooLarge", kPost + "Content-Length: 10485761\r\n\r\n", 413},
        Row{"NoHost", "GET /x HTTP/1.1\r\n\r\n", 400},
        Row{"TwoHosts", "GET /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
        Row{"TwoEqualHosts", "GET /x HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", 400},
        Row{"HostList", "GET /x HTTP/1.1\r\nHost: a, b\r\n\r\n", 400},
        Row{"HostEmpty", "GET /x HTTP/1.1\r\nHost:\r\n\r\n", 400},
        Row{"BareLfAfterLine", "GET /x HTTP/1.1\nHost: gateway\r\n\r\n", 400},
        Row{"BareLfOnly", "GET /x HTTP/1.1\nHost: gateway\n\n", 400},
        Row{"BareLfInField", kPost + "X: a\nTransfer-Encoding: chunked\r\n\r\n", 400},
        Row{"BareCrInField", kPost + "X: a\rTransfer-Encoding: chunked\r\n\r\n", 400},
        Row{"NulInField", kPost + std::string("X: a\0b\r\n\r\n", 10), 400},
        Row{"FoldedField", kPost + "X: a\r\n Transfer-Encoding: chunked\r\n\r\n", 400},
        Row{"FoldedFirst", "GET /x HTTP/1.1\r\n Host: gateway\r\n\r\n", 400},
        Row{"FieldWithoutColon", kPost + "Content-Length 5\r\n\r\n", 400},
        Row{"FieldWithoutName", kPost + ": x\r\n\r\n", 400},
        Row{"ChunkHexPrefix", kPost + "Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n", 400},
        Row{"ChunkSigned", kPost + "Transfer-Encoding: chunked\r\n\r\n+5\r\nhello\r\n0\r\n\r\n", 400},
        Row{"ChunkLeadingSpace", kPost + "Transfer-Encoding: chunked\r\n\r\n 5\r\nhello\r\n0\r\n\r\n", 400},
        Row{"ChunkBareLf", kPost + "Transfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n", 400},
        Row{"ChunkExtension", kPost + "Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\n\r\n", 400},
        Row{"ChunkTooLong", kPost + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello!\r\n0\r\n\r\n", 400},
        Row{"ChunkOverflow",
            kPost + "Transfer-Encoding: chunked\r\n\r\n10000000000000005\r\nhello\r\n0\r\n\r\n", 400},
        Row{"ChunkOverLimit", kPost + "Transfer-Encoding: chunked\r\n\r\nFFFFFFF\r\nhello\r\n0\r\n\r\n", 413},
        Row{"TrailerHuge",
            kPost + "Transfer-Encoding: chunked\r\n\r\n0\r\nX: " + std::string(200'000, 'a') + "\r\n\r\n",
            431},
        Row{"HeaderHuge", kPost + "X: " + std::string(17'000, 'a') + "\r\n\r\n", 431},
        Row{"HeaderEndless", kPost + "X: " + std::string(100'000, 'a'), 431},
        Row{"Http20", "GET /x HTTP/2.0\r\nHost: gateway\r\n\r\n", 505}, Row{"Http09", "GET /x\r\n\r\n", 400},
        Row{"LowerCaseVersion", "GET /x http/1.1\r\nHost: gateway\r\n\r\n", 400},
        Row{"DoubleSpace", "GET  /x HTTP/1.1\r\nHost: gateway\r\n\r\n", 400},
        Row{"AbsoluteTarget", "GET http://other/x HTTP/1.1\r\nHost: gateway\r\n\r\n", 400},
        Row{"DotSegments", "GET /a/../b HTTP/1.1\r\nHost: gateway\r\n\r\n", 400},
        Row{"EscapedDotSegments", "GET /a/%2e%2e/b HTTP/1.1\r\nHost: gateway\r\n\r\n", 400},
        Row{"EscapedNul", "GET /a%00 HTTP/1.1\r\nHost: gateway\r\n\r\n", 400},
        Row{"BadEscape", "GET /a%zz HTTP/1.1\r\nHost: gateway\r\n\r\n", 400},
        Row{"UnknownMethod", "BREW /x HTTP/1.1\r\nHost: gateway\r\n\r\n", 501},
        Row{"UnknownExpectation", kPost + "Expect: miracles\r\nContent-Length: 5\r\n\r\nhello", 417},
        Row{"CompressedBody", kPost + "Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello", 415},
        Row{"TlsHello", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15), 400}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(FramingAccepts, OneSizedBody) {
  Served served;
  const std::string received = served.exchange(kPost + "Content-Length: 5\r\n\r\nhello");
  EXPECT_EQ(status_of(received), 200);
  EXPECT_NE(received.find("POST /x [hello]"), std::string::npos);
}

TEST(FramingAccepts, ChunksHoweverTheBytesArrive) {
  for (const std::size_t slice : {0u, 1u, 2u, 3u, 7u}) {
    Served served;
    served.simulation.network.link(served.address).slice_bytes = slice;
    const std::string received =
        served.exchange(kPost + "Transfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n");
    EXPECT_NE(received.find("POST /x [hello world]"), std::string::npos) << slice << ": " << received;
    EXPECT_FALSE(served.last_ended);
  }
}

TEST(FramingAccepts, TrailersThatNeverBecomeFields) {
  Served served;
  const std::string received = served.exchange(
      kPost + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Auth: admin\r\nHost: other\r\n\r\n");
  EXPECT_EQ(status_of(received), 200);
  ASSERT_EQ(served.handler.seen.size(), 1u);
  EXPECT_FALSE(served.handler.seen[0].headers.contains("X-Auth"));
  EXPECT_EQ(served.handler.seen[0].headers.count("Host"), 1u);
}

TEST(FramingAccepts, HttpOneZeroAndClosesAfterIt) {
  Served served;
  const std::string received = served.exchange("GET /x HTTP/1.0\r\n\r\n");
  EXPECT_EQ(status_of(received), 200);
  EXPECT_TRUE(served.last_ended);
}

TEST(FramingAccepts, OneEmptyLineBeforeARequest) {
  Served served;
  EXPECT_EQ(status_of(served.exchange("\r\nGET /x HTTP/1.1\r\nHost: gateway\r\n\r\n")), 200);
}

TEST(FindHeadEnd, FindsTheFirstBlankLine) {
  EXPECT_EQ(find_head_end("GET / HTTP/1.1\r\nA: b\r\n\r\nrest", 0), 24u);
  EXPECT_EQ(find_head_end("GET / HTTP/1.1\r\nA: b\r\n\r", 0), 0u);
  EXPECT_EQ(find_head_end("a\r\n\r\n", 2), 5u);
  EXPECT_FALSE(find_head_end("a\n", 0).has_value());
  EXPECT_FALSE(find_head_end("\n", 0).has_value());
}

}  // namespace
}  // namespace gateway::http_beast
