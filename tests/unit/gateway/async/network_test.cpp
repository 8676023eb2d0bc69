#include <gtest/gtest.h>
#include <string>

#include <boost/asio/error.hpp>

#include "gateway/async/system_timers.hpp"
#include "gateway/async/tcp_network.hpp"
#include "gateway/async/within.hpp"
#include "tests/unit/gateway/async/simulation.hpp"

namespace gateway::async {
namespace {

using namespace std::chrono_literals;
using testing::Simulation;

struct Received {
  std::string bytes;
  error_code end;
};

awaitable<Received> read_to_end(ByteStream& stream) {
  Received received;
  std::array<char, 100> buffer{};
  while (!received.end) {
    const ReadSome some = co_await read_some(stream, boost::asio::buffer(buffer));
    received.bytes.append(buffer.data(), some.bytes);
    received.end = some.error;
  }
  co_return received;
}

/// Accepts one connection, reads to its end, answers with `reply`.
awaitable<Received> serve_one(Listener& listener, std::string reply) {
  fhir::Result<StreamPtr> stream = co_await listener.accept();
  Received received = co_await read_to_end(**stream);
  const fhir::Status written = co_await write_all(**stream, reply);
  const fhir::Status ended = co_await shutdown(**stream);
  if (!written.has_value() || !ended.has_value()) ADD_FAILURE() << "the stream broke while writing";
  co_return received;
}

awaitable<Received> exchange(Network& network, Address address, Deadline deadline, std::string request) {
  fhir::Result<StreamPtr> stream = co_await network.connect(address, deadline);
  if (!stream.has_value()) {
    const bool late = stream.error().code == fhir::ErrorCode::kTimedOut;
    co_return Received{late ? "timed out" : "refused", boost::asio::error::connection_refused};
  }
  const fhir::Status written = co_await write_all(**stream, request);
  const fhir::Status ended = co_await shutdown(**stream);
  if (!written.has_value() || !ended.has_value()) ADD_FAILURE() << "the stream broke while writing";
  Received received = co_await read_to_end(**stream);
  co_return received;
}

struct Link {
  Simulation simulation;
  Address hub{"hub", 443};
  ListenerPtr listener = *simulation.network.listen(hub);
  Deadline deadline = Deadline::after(simulation.clock, 10s);
};

TEST(SimulatedNetwork, CarriesBytesBothWaysInOrder) {
  Link link;
  const auto served = link.simulation.start(serve_one(*link.listener, "pong"));
  const Received got =
      link.simulation.run(exchange(link.simulation.network, link.hub, link.deadline, "ping"));
  EXPECT_EQ(got.bytes, "pong");
  EXPECT_EQ(got.end, boost::asio::error::eof);
  EXPECT_EQ((*served)->bytes, "ping");
  link.simulation.timers.run_until_idle();
  EXPECT_EQ(link.simulation.network.open_connections(), 0u);
}

TEST(SimulatedNetwork, CarriesMoreThanItsBuffer) {
  Link link;
  const std::string large(1'000'000, 'x');
  const auto served = link.simulation.start(serve_one(*link.listener, "ok"));
  const Received got = link.simulation.run(exchange(link.simulation.network, link.hub, link.deadline, large));
  EXPECT_EQ(got.bytes, "ok");
  EXPECT_EQ((*served)->bytes, large);
}

TEST(SimulatedNetwork, AWriterWaitsForTheReader) {
  Simulation simulation;
  StreamPair pair = make_stream_pair(simulation.executor, 10);
  const auto written = simulation.start(write_all(*pair.client, "more than ten bytes"));
  EXPECT_FALSE(written->has_value());
  std::array<char, 100> buffer{};
  const ReadSome some = simulation.run(read_some(*pair.server, boost::asio::buffer(buffer)));
  EXPECT_EQ(some.bytes, 10u);
  simulation.timers.run_until_idle();
  EXPECT_TRUE(written->has_value());
}

TEST(SimulatedNetwork, RefusesWithoutListenerOrWhenTold) {
  Link link;
  link.simulation.network.link(link.hub).refuse = true;
  EXPECT_EQ(link.simulation.run(exchange(link.simulation.network, link.hub, link.deadline, "")).bytes,
            "refused");
  EXPECT_EQ(link.simulation.run(exchange(link.simulation.network, {"nobody", 1}, link.deadline, "")).bytes,
            "refused");
}

TEST(SimulatedNetwork, ABlackHoleTimesOut) {
  Link link;
  link.simulation.network.link(link.hub).black_hole = true;
  EXPECT_EQ(link.simulation.run(exchange(link.simulation.network, link.hub, link.deadline, "")).bytes,
            "timed out");
  EXPECT_EQ(link.simulation.clock.monotonic().time_since_epoch(), 10s);
}

TEST(SimulatedNetwork, DelayMovesArrivalNotOrder) {
  Link link;
  link.simulation.network.link(link.hub).delay = 100ms;
  const auto served = link.simulation.start(serve_one(*link.listener, "pong"));
  const Received got =
      link.simulation.run(exchange(link.simulation.network, link.hub, link.deadline, "ping"));
  EXPECT_EQ(got.bytes, "pong");
  EXPECT_EQ((*served)->bytes, "ping");
  EXPECT_EQ(link.simulation.clock.monotonic().time_since_epoch(), 300ms);
}

TEST(SimulatedNetwork, DropsTheReplyAfterACount) {
  Link link;
  link.simulation.network.link(link.hub).drop_replies_after = 2;
  link.simulation.start(serve_one(*link.listener, "pong"));
  const Received got =
      link.simulation.run(exchange(link.simulation.network, link.hub, link.deadline, "ping"));
  EXPECT_EQ(got.bytes, "po");
}

awaitable<Received> read_all_from(Network& network, Address address, Deadline deadline) {
  fhir::Result<StreamPtr> stream = co_await network.connect(address, deadline);
  Received received = co_await read_to_end(**stream);
  co_return received;
}

awaitable<fhir::Status> write_to_one(Listener& listener, std::string bytes) {
  fhir::Result<StreamPtr> stream = co_await listener.accept();
  co_return co_await write_all(**stream, bytes);
}

TEST(SimulatedNetwork, BreaksBothEndsAfterACount) {
  Link link;
  link.simulation.network.link(link.hub).close_after_replies = 2;
  const auto written = link.simulation.start(write_to_one(*link.listener, "pong"));
  const Received got = link.simulation.run(read_all_from(link.simulation.network, link.hub, link.deadline));
  EXPECT_EQ(got.end, boost::asio::error::connection_reset);
  EXPECT_FALSE((*written)->has_value());
}

TEST(SimulatedNetwork, SlicesReads) {
  Link link;
  link.simulation.network.link(link.hub).slice_bytes = 1;
  const auto served = link.simulation.start(serve_one(*link.listener, "pong"));
  EXPECT_EQ(link.simulation.run(exchange(link.simulation.network, link.hub, link.deadline, "ping")).bytes,
            "pong");
  EXPECT_EQ((*served)->bytes, "ping");
}

TEST(ByteStream, CloseAbortsAPendingReadAndCancelOnlyThat) {
  Simulation simulation;
  StreamPair pair = make_stream_pair(simulation.executor);
  std::array<char, 10> buffer{};
  const auto cancelled = simulation.start(read_some(*pair.server, boost::asio::buffer(buffer)));
  pair.server->cancel();
  simulation.timers.run_until_idle();
  EXPECT_EQ((*cancelled)->error, boost::asio::error::operation_aborted);
  const auto closed = simulation.start(read_some(*pair.server, boost::asio::buffer(buffer)));
  EXPECT_FALSE(closed->has_value());
  pair.server->close();
  simulation.timers.run_until_idle();
  EXPECT_EQ((*closed)->error, boost::asio::error::operation_aborted);
}

awaitable<fhir::Result<std::size_t>> read_once(ByteStream& stream, std::array<char, 10>& buffer) {
  const ReadSome some = co_await read_some(stream, boost::asio::buffer(buffer));
  if (some.error) co_return fhir::fail(to_error(some.error, "read"));
  co_return some.bytes;
}

TEST(ByteStream, AReadObeysADeadline) {
  Simulation simulation;
  StreamPair pair = make_stream_pair(simulation.executor);
  std::array<char, 10> buffer{};
  const auto read = simulation.run(
      within(simulation.timers, Deadline::after(simulation.clock, 1s), read_once(*pair.server, buffer)));
  EXPECT_EQ(read.error().code, fhir::ErrorCode::kTimedOut);
}

TEST(Listener, AcceptEndsWhenClosed) {
  Link link;
  const auto accepted = link.simulation.start(link.listener->accept());
  link.listener->close();
  link.simulation.timers.run_until_idle();
  ASSERT_TRUE(accepted->has_value());
  EXPECT_EQ((*accepted)->error().code, fhir::ErrorCode::kCancelled);
}

awaitable<void> exchange_over_tcp(TcpNetwork& network, Address address, Deadline deadline, Received& got) {
  got = co_await exchange(network, address, deadline, "ping");
}

awaitable<void> serve_over_tcp(Listener& listener, Received& got) {
  got = co_await serve_one(listener, "pong");
}

TEST(TcpNetwork, CarriesBytesOverLoopback) {
  boost::asio::io_context io(1);
  const fhir::SystemClock clock;
  SystemTimers timers(io.get_executor(), clock);
  TcpNetwork network(io.get_executor(), timers);
  const ListenerPtr listener = *network.listen({"127.0.0.1", 0});
  EXPECT_NE(listener->local().port, 0);
  TaskGroup tasks(io.get_executor());
  Received at_server;
  Received at_client;
  tasks.spawn("server", serve_over_tcp(*listener, at_server));
  tasks.spawn("client",
              exchange_over_tcp(network, listener->local(), Deadline::after(timers.clock(), 10s), at_client));
  io.run();
  EXPECT_EQ(at_server.bytes, "ping");
  EXPECT_EQ(at_client.bytes, "pong");
}

TEST(TcpNetwork, RefusesANameToListenOn) {
  boost::asio::io_context io(1);
  const fhir::SystemClock clock;
  SystemTimers timers(io.get_executor(), clock);
  TcpNetwork network(io.get_executor(), timers);
  EXPECT_FALSE(network.listen({"hub.example", 0}).has_value());
}

struct AddressRow {
  const char* text;
  bool valid;
  const char* host;
  std::uint16_t port;
};

TEST(Address, ReadsHostAndPort) {
  for (const AddressRow& row : {AddressRow{"127.0.0.1:80", true, "127.0.0.1", 80},
                                {"[::1]:0", true, "::1", 0},
                                {"hub:65535", true, "hub", 65535},
                                {"hub:65536", false, "", 0},
                                {"hub", false, "", 0},
                                {":80", false, "", 0},
                                {"::1:80", false, "", 0},
                                {"hub:", false, "", 0},
                                {"hub:+80", false, "", 0},
                                {"[::1:80", false, "", 0},
                                {"[]:80", false, "", 0}}) {
    const auto address = parse_address(row.text);
    ASSERT_EQ(address.has_value(), row.valid) << row.text;
    if (!row.valid) continue;
    EXPECT_EQ(address->host, row.host);
    EXPECT_EQ(address->port, row.port);
    EXPECT_EQ(to_text(*address), row.text);
  }
}

TEST(Address, KnowsLoopback) {
  for (const char* host : {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "localhost"}) {
    EXPECT_TRUE(is_loopback(host)) << host;
  }
  for (const char* host : {"0.0.0.0", "128.0.0.1", "::", "localhost.example", "127.0.0.1.example", ""}) {
    EXPECT_FALSE(is_loopback(host)) << host;
  }
}

}  // namespace
}  // namespace gateway::async
