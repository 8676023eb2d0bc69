// One life of the gateway: the application on a loop, a network and a store of its own, from its start to its
// stop or its crash. What survives is the disk, and what the others know.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "fhir/base/random.hpp"
#include "gateway/app/app.hpp"
#include "gateway/async/blocking_pool.hpp"
#include "gateway/async/simulated_network.hpp"
#include "gateway/async/simulated_timers.hpp"
#include "gateway/http_beast/client.hpp"
#include "gateway/http_beast/server.hpp"
#include "gateway/mllp/client.hpp"
#include "gateway/store_sqlite/sqlite_store.hpp"
#include "tests/fault/fault_vfs.hpp"

namespace tests::simulation {

/// Configuration and services of every simulated gateway, read once.
struct Installation {
  std::shared_ptr<const gateway::config::Config> config;
  gateway::services::CataloguePtr catalogue;
  std::shared_ptr<const mappings::convert::Converter> converter;
};
/// Throws std::runtime_error when they cannot be used.
[[nodiscard]] const Installation& installation();

inline const gateway::async::Address kDoor{"gateway", 8080};
inline const gateway::async::Address kV2Door{"gateway", 2575};
inline const gateway::async::Address kPartnerDoors[] = {
    {"downland", 80}, {"seaview", 80}, {"hub", 80}, {"duty", 80}, {"lead", 80}};

/// What a broken gateway is made of, to prove that the checks see it.
enum class Sabotage : std::uint8_t {
  kNone,
  kForgetfulStore,  ///< Now and then a commit is acknowledged and does not happen.
  kDeafHub,         ///< Now and then the hub says ok and keeps nothing.
};

class Life {
 public:
  /// Throws std::runtime_error when the gateway cannot start on the disk: after a crash it always must.
  Life(fhir::ManualClock& clock, const std::string& vfs, std::uint64_t seed, Sabotage sabotage);
  Life(const Life&) = delete;
  Life& operator=(const Life&) = delete;
  /// A crash, unless stop() was called.
  ~Life();

  /// In order, as on SIGTERM; runs the loop until it is done.
  [[nodiscard]] fhir::Status stop();

  [[nodiscard]] gateway::async::SimulatedTimers& timers() { return *timers_; }
  [[nodiscard]] gateway::async::SimulatedNetwork& network() { return network_; }
  [[nodiscard]] gateway::async::Executor executor() { return loop_.get_executor(); }
  [[nodiscard]] gateway::http::Client& client() { return client_; }
  [[nodiscard]] gateway::mllp::Sender& mllp() { return mllp_; }
  [[nodiscard]] gateway::store::Store& store() { return *store_; }

  /// A coroutine of a partner or sender; it dies with this life.
  void spawn(gateway::async::awaitable<void> task);
  /// Serves `handler`, which lives as long as this, at a partner's address.
  void serve(const gateway::async::Address& address, gateway::http::Handler& handler);

 private:
  /// A loop whose waiting work can be dropped while what it refers to is still there.
  class Loop : public boost::asio::io_context {
   public:
    Loop() : boost::asio::io_context(1) {}
    void drop() { shutdown(); }
  };

  Loop loop_;
  std::unique_ptr<gateway::async::SimulatedTimers> timers_;
  gateway::async::SimulatedNetwork network_;
  gateway::async::InlinePool pool_;
  fhir::SeededRandom random_;
  gateway::observe::NullLog log_;
  gateway::observe::Metrics metrics_;
  std::unique_ptr<gateway::store::Store> sqlite_;
  std::unique_ptr<gateway::store::Store> broken_;
  gateway::store::Store* store_ = nullptr;
  std::unique_ptr<gateway::app::App> app_;
  gateway::http_beast::HttpClient client_;
  gateway::mllp::MllpClient mllp_;
  std::vector<std::unique_ptr<gateway::http_beast::HttpServer>> servers_;
};

}  // namespace tests::simulation
