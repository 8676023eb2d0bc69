// Requests whose end two readers could see in different places (row 13 of the list of bad inputs).
#include "tests/door/refused.hpp"

namespace gateway::door {
namespace {

struct Row {
  const char* name;
  std::string framing;  ///< Header lines in place of Content-Length.
  std::string body;     ///< In place of the message; empty: the message.
};

std::string chunked(const std::string& body) {
  std::string size;
  for (std::size_t rest = body.size(); rest != 0; rest /= 16)
    size.insert(size.begin(), "0123456789abcdef"[rest % 16]);
  return size + "\r\n" + body + "\r\n0\r\n\r\n";
}

constexpr const char* kSmuggled =
    "POST /fhir/$process-message HTTP/1.1\r\nHost: gateway\r\nContent-Length: 0\r\n\r\n";

std::vector<Row> rows() {
  const std::string message = marked(Letter().json());
  const std::string size = std::to_string(message.size());
  return {
      {"ClTe", "Content-Length: " + size + "\r\nTransfer-Encoding: chunked\r\n", chunked(message)},
      {"TeCl", "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", chunked(message)},
      {"ClTeZero", "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\nG"},
      {"TeTe", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", chunked(message)},
      {"TeObfuscated", "Transfer-Encoding: xchunked\r\n", chunked(message)},
      {"TeSpaceBeforeColon", "Transfer-Encoding : chunked\r\n", chunked(message)},
      {"TeWithTab", "Transfer-Encoding:\tchunked\r\nContent-Length: 3\r\n", chunked(message)},
      {"TwoLengths", "Content-Length: " + size + "\r\nContent-Length: 1\r\n", ""},
      {"LengthList", "Content-Length: " + size + ", 1\r\n", ""},
      {"LengthPlus", "Content-Length: +" + size + "\r\n", ""},
      {"LengthHex", "Content-Length: 0x10\r\n", ""},
      {"LengthNegative", "Content-Length: -1\r\n", ""},
      {"LengthOverflow", "Content-Length: 99999999999999999999\r\n", ""},
      {"Fold", "X-A: b\r\n c\r\nContent-Length: " + size + "\r\n", ""},
      {"BareLf", "X-A: b\nContent-Length: " + size + "\r\n", ""},
      {"BareCr", "X-A: b\rc\r\nContent-Length: " + size + "\r\n", ""},
      {"ChunkHex", "Transfer-Encoding: chunked\r\n", "0x5\r\nhello\r\n0\r\n\r\n"},
      {"ChunkPlus", "Transfer-Encoding: chunked\r\n", "+5\r\nhello\r\n0\r\n\r\n"},
      {"ChunkBareLf", "Transfer-Encoding: chunked\r\n", "5\nhello\n0\n\n"},
      {"ChunkOverflow", "Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\nhello\r\n0\r\n\r\n"},
      {"ChunkLongerThanSaid", "Transfer-Encoding: chunked\r\n", "4\r\nhello\r\n0\r\n\r\n"},
  };
}

TEST(BadFraming, IsRefusedAndTheConnectionEnds) {
  for (const Row& row : rows()) {
    SCOPED_TRACE(row.name);
    House house;
    Ask ask = house.message(row.body.empty() ? marked(Letter().json()) : row.body);
    std::string bytes = house.wire(ask);
    bytes = replaced(bytes, "Content-Length: " + std::to_string(ask.body.size()) + "\r\n", row.framing);
    bytes = replaced(bytes, "Connection: close\r\n", "");
    const std::string received = house.exchange(bytes + kSmuggled);
    EXPECT_TRUE(received.starts_with("HTTP/1.1 4") || received.starts_with("HTTP/1.1 501"))
        << received.substr(0, 200);
    EXPECT_TRUE(house.ended) << "the connection stays open";
    EXPECT_EQ(received.find("HTTP/1.1 ", 8), std::string::npos) << "what follows was taken for a request";
    EXPECT_THAT(received, ::testing::HasSubstr("OperationOutcome"));
    EXPECT_TRUE(house.messages().empty());
  }
}

TEST(Framing, ChunkedMessageIsTaken) {
  House house;
  Ask ask = house.message(marked(Letter().json()));
  std::string bytes = house.wire(ask);
  const std::size_t head = bytes.find("\r\n\r\n") + 4;
  bytes = replaced(bytes.substr(0, head), "Content-Length: " + std::to_string(ask.body.size()) + "\r\n",
                   "Transfer-Encoding: chunked\r\n") +
          chunked(ask.body);
  EXPECT_THAT(house.exchange(bytes), ::testing::StartsWith("HTTP/1.1 200"));
}

TEST(Size, HeadOver16KibAndBodyOverTheLimitAreRefusedEarly) {
  House house;
  Ask ask = house.message("x");
  ask.headers = "X-A: " + std::string(20'000, 'a') + "\r\n";
  EXPECT_THAT(house.exchange(house.wire(ask)), ::testing::StartsWith("HTTP/1.1 431"));
  // Refused by what it announces, before a byte of it.
  ask = house.message("x");
  const std::string bytes =
      replaced(house.wire(ask), "Content-Length: 1\r\n", "Content-Length: 17000000\r\n");
  EXPECT_THAT(house.exchange(bytes), ::testing::StartsWith("HTTP/1.1 413"));
  EXPECT_TRUE(house.messages().empty());
}

}  // namespace
}  // namespace gateway::door
