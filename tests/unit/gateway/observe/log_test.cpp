#include "gateway/observe/log.hpp"

#include <array>
#include <gtest/gtest.h>
#include <string>
#include <thread>
#include <unistd.h>

namespace gateway::observe {
namespace {

/// The two ends of a pipe.
struct Pipe {
  Pipe() {
    if (::pipe(ends.data()) != 0) ADD_FAILURE() << "no pipe";
  }
  ~Pipe() { ::close(ends[0]); }
  /// Until every writer closed.
  std::string drain() {
    std::string text;
    std::array<char, 4096> buffer{};
    for (ssize_t n = 1; (n = ::read(ends[0], buffer.data(), buffer.size())) > 0;)
      text.append(buffer.data(), static_cast<std::size_t>(n));
    return text;
  }
  std::string read_all() {
    ::close(ends[1]);
    return drain();
  }
  std::array<int, 2> ends{};
};

TEST(Log, WritesOneLineOfJsonForAnEvent) {
  const std::string reason = "REC_BAD_REQUEST";
  EXPECT_EQ(
      format_line(fhir::Instant{}, Level::kWarning, "message_refused",
                  {{"seq", 17},
                   {"partner", "gp-1"},
                   {"reason", reason},
                   {"urgent", true},
                   {"code", fhir::ErrorCode::kTooLarge},
                   {"bytes", std::uint64_t{12}}}),
      R"({"time":"1970-01-01T00:00:00.000Z","level":"warning","event":"message_refused","seq":17,"partner":"gp-1",)"
      R"("reason":"REC_BAD_REQUEST","urgent":true,"code":"too_large","bytes":12})");
}

TEST(Log, DoesNotLetTextOut) {
  for (const char* canary :
       {"Jane Canary", "a\nb", "a\r\n{\"level\":\"error\"}", "a\"b", "a\\b", "", "Canary,Jane", "\xC3\xA9",
        "a\x1b[2J",
        "canary-0123456789-0123456789-0123456789-0123456789-0123456789-0123456789-0123456789-x"}) {
    const std::string line = format_line(fhir::Instant{}, Level::kInfo, "event", {{"value", canary}});
    EXPECT_TRUE(line.ends_with(R"("value":"?"})")) << line;
  }
}

TEST(StreamLog, WritesWhatIsAtItsLevelBeforeItEnds) {
  Pipe pipe;
  {
    fhir::ManualClock clock(fhir::Instant{});
    StreamLog log(clock, Level::kInfo, pipe.ends[1]);
    log.write(Level::kDebug, "not_this", {});
    log.write(Level::kInfo, "first", {{"n", 1}});
    log.write(Level::kError, "second", {{"n", 2}});
  }
  EXPECT_EQ(pipe.read_all(),
            "{\"time\":\"1970-01-01T00:00:00.000Z\",\"level\":\"info\",\"event\":\"first\",\"n\":1}\n"
            "{\"time\":\"1970-01-01T00:00:00.000Z\",\"level\":\"error\",\"event\":\"second\",\"n\":2}\n");
}

TEST(StreamLog, NeverWaitsForASlowReader) {
  Pipe pipe;  // 64 KiB, and nobody reads yet
  fhir::ManualClock clock(fhir::Instant{});
  auto log = std::make_unique<StreamLog>(clock, Level::kInfo, pipe.ends[1], 16);
  for (int i = 0; i < 10'000; ++i)
    log->write(Level::kInfo, "flood", {{"n", i}});
  std::string text;
  std::thread reader([&] { text = pipe.drain(); });
  log->write(Level::kInfo, "last", {});
  log = nullptr;
  ::close(pipe.ends[1]);
  reader.join();
  EXPECT_NE(text.find(R"("event":"log_lines_lost","count":)"), std::string::npos);
  EXPECT_NE(text.find(R"("event":"last")"), std::string::npos);
}

}  // namespace
}  // namespace gateway::observe
