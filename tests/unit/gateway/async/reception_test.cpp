#include "gateway/async/reception.hpp"

#include <array>
#include <gmock/gmock.h>

#include <boost/asio/post.hpp>

#include "tests/unit/gateway/async/simulation.hpp"

namespace gateway::async {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// A server that reads until its peer ends, and stays when it is told to finish if `stubborn`.
struct Shop : std::enable_shared_from_this<Shop> {
  Shop(testing::Simulation& simulation, ReceptionLimits limits)
      : reception(simulation.executor, simulation.timers, limits,
                  [this](std::string_view event) { troubles.emplace_back(event); }) {}

  class Guest final : public Visitor {
   public:
    Guest(Shop& shop, ByteStream& stream) : shop_(shop), stream_(stream) { shop_.reception.enter(*this); }
    ~Guest() override { shop_.reception.leave(*this); }
    void finish() override {
      if (!shop_.stubborn) stream_.close();
    }
    void abort() override { stream_.close(); }

   private:
    Shop& shop_;
    ByteStream& stream_;
  };

  static awaitable<void> attend(std::shared_ptr<Shop> self, StreamPtr stream) {
    const Guest guest(*self, *stream);
    ++self->served;
    if (self->throws) throw std::runtime_error("a fault of ours");
    std::array<char, 64> buffer{};
    while (true) {
      const ReadSome some = co_await read_some(*stream, boost::asio::buffer(buffer));
      if (some.bytes == 0) break;
    }
  }

  void serve(ListenerPtr listener) {
    auto take = [self = weak_from_this()](StreamPtr stream) {
      return attend(self.lock(), std::move(stream));
    };
    auto beyond = [this](const StreamPtr& /*closed*/) { ++turned_away; };
    reception.serve(shared_from_this(), std::move(listener), std::move(take), std::move(beyond));
  }

  std::vector<std::string> troubles;
  int served = 0;
  int turned_away = 0;
  bool stubborn = false;
  bool throws = false;
  Reception reception;
};

class ReceptionTest : public ::testing::Test {
 protected:
  void open(ReceptionLimits limits = {}) {
    shop = std::make_shared<Shop>(simulation, limits);
    shop->serve(std::move(*simulation.network.listen({"door", 1})));
    simulation.timers.run_until_idle();
  }
  StreamPtr connect(const std::string& host = "10.0.0.1") {
    simulation.network.set_client_host(host);
    auto stream = simulation.run(simulation.network.connect({"door", 1}, Deadline::never()));
    EXPECT_TRUE(stream.has_value());
    simulation.timers.run_until_idle();
    return stream.has_value() ? std::move(*stream) : nullptr;
  }
  fhir::Status stop(std::chrono::nanoseconds time) {
    return simulation.run(shop->reception.stop(shop, Deadline::after(simulation.clock, time)));
  }
  void close_all() {
    boost::asio::post(simulation.executor, [held = shop.get()] { held->reception.close_all(); });
  }
  void TearDown() override {
    if (!shop) return;
    close_all();
    simulation.timers.run_until_idle();
  }

  testing::Simulation simulation;
  std::shared_ptr<Shop> shop;
};

TEST_F(ReceptionTest, HasAPlaceForSoManyInAllAndGivesItBack) {
  open({2, ReceptionLimits::kUnlimited});
  StreamPtr first = connect();
  const StreamPtr second = connect();
  const StreamPtr third = connect();
  EXPECT_EQ(shop->reception.connections(), 2U);
  EXPECT_EQ(shop->turned_away, 1);
  first->close();
  simulation.timers.run_until_idle();
  EXPECT_EQ(shop->reception.connections(), 1U);
  const StreamPtr fourth = connect();
  EXPECT_EQ(shop->reception.connections(), 2U);
}

TEST_F(ReceptionTest, HasFewerForOneHost) {
  open({4, 1});
  StreamPtr first = connect("10.0.0.1");
  const StreamPtr again = connect("10.0.0.1");
  const StreamPtr other = connect("10.0.0.2");
  EXPECT_EQ(shop->reception.connections(), 2U);
  EXPECT_EQ(shop->turned_away, 1);
  first->close();
  simulation.timers.run_until_idle();
  const StreamPtr back = connect("10.0.0.1");
  EXPECT_EQ(shop->reception.connections(), 2U);
}

TEST_F(ReceptionTest, AFaultEndsItsConnectionOnlyAndIsNamed) {
  open({1, 1});
  shop->throws = true;
  const StreamPtr faulty = connect();
  EXPECT_EQ(shop->reception.connections(), 0U);
  EXPECT_THAT(shop->troubles, ElementsAre("connection_threw"));
  shop->throws = false;
  const StreamPtr next = connect();
  EXPECT_EQ(shop->reception.connections(), 1U) << "its place was given back";
}

TEST_F(ReceptionTest, StoppingLetsVisitorsFinishAndTakesNoMore) {
  open();
  const StreamPtr one = connect();
  const StreamPtr two = connect();
  EXPECT_TRUE(stop(5s).has_value());
  EXPECT_EQ(shop->reception.connections(), 0U);
  EXPECT_TRUE(shop->reception.stopping());
  const auto refused = simulation.run(simulation.network.connect({"door", 1}, Deadline::never()));
  EXPECT_FALSE(refused.has_value());
  EXPECT_THAT(shop->troubles, IsEmpty());
}

TEST_F(ReceptionTest, StoppingEndsHardAtItsDeadline) {
  open();
  shop->stubborn = true;
  const StreamPtr one = connect();
  const fhir::Status stopped = stop(5s);
  ASSERT_FALSE(stopped.has_value());
  EXPECT_EQ(stopped.error().code, fhir::ErrorCode::kTimedOut);
  EXPECT_EQ(shop->reception.connections(), 0U) << "closed all the same";
}

TEST_F(ReceptionTest, WaitsForTasksBesideItsConnections) {
  open();
  bool done = false;
  struct Late {
    static awaitable<void> run(Timers& timers, bool& done) {
      const fhir::Status slept = co_await timers.sleep_for(2s);
      done = slept.has_value();
    }
  };
  shop->reception.spawn("late", Late::run(simulation.timers, done));
  EXPECT_TRUE(stop(5s).has_value());
  EXPECT_TRUE(done);
}

TEST_F(ReceptionTest, ItsOwnerLivesAsLongAsItsTasks) {
  open();
  const std::weak_ptr<Shop> watched = shop;
  const StreamPtr one = connect();
  close_all();
  shop.reset();
  EXPECT_FALSE(watched.expired());
  simulation.timers.run_until_idle();
  EXPECT_TRUE(watched.expired());
}

}  // namespace
}  // namespace gateway::async
