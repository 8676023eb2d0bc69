// The composition root: every room put together into one gateway, started and stopped in order.
//
//   auto app = App::make(surroundings, store, settings, log, metrics);
//   LIGAMENT_CHECK(co_await (*app)->start());
//   ...
//   co_await (*app)->stop(deadline);
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "fhir/base/result.hpp"
#include "gateway/app/surroundings.hpp"
#include "gateway/async/network.hpp"
#include "gateway/config/config.hpp"
#include "gateway/observe/log.hpp"
#include "gateway/observe/metrics.hpp"
#include "gateway/security/id_key.hpp"
#include "gateway/services/catalogue.hpp"
#include "gateway/store/store.hpp"
#include "mappings/convert/converter.hpp"

namespace gateway::app {

inline constexpr const char* kSoftwareVersion = "0.1.0";

struct AppSettings {
  std::shared_ptr<const config::Config> config;
  services::CataloguePtr catalogue;
  security::IdKey id_key = security::IdKey::trial();
  /// The maps of the HL7 v2 doors. Null: the built-in ones, compiled when such a door is configured.
  std::shared_ptr<const mappings::convert::Converter> converter;
  /// Whether the store still takes writes; readiness asks. Empty: always.
  std::function<bool()> takes_writes;
  /// No authentication: a loopback caller is who it says it is. Refuses doors that are not loopback.
  bool dev = false;
};

/// One per store. I/O thread. `surroundings`, `store`, `log` and `metrics` outlive it.
class App {
 public:
  /// Reads files of the configuration (keys, tokens, certificates, packages). Blocks. kInvalidRequest says
  /// what in the configuration cannot work.
  [[nodiscard]] static fhir::Result<std::unique_ptr<App>> make(Surroundings surroundings, store::Store& store,
                                                               AppSettings settings, observe::Log& log,
                                                               observe::Metrics& metrics);
  App(const App&) = delete;
  App& operator=(const App&) = delete;
  ~App();

  /// Opens the doors, and takes up what the last run left in the outbox. kUnavailable when an address cannot
  /// be bound.
  [[nodiscard]] fhir::Status start();

  /// Closes the doors, answers what is under way, lets deliveries end, commits what waits. kTimedOut when the
  /// deadline cut something off: nothing acknowledged is lost by that.
  [[nodiscard]] async::awaitable<fhir::Status> stop(async::Deadline deadline);

  /// Partners, rota, deadlines and services from now on; everything else of the configuration stays as at the
  /// start (see needs_restart). Whole or not at all: kInvalidRequest and what make() says, and then nothing
  /// has changed. What is under way ends by what it began with. Deliveries to a partner that is gone are
  /// parked when their time comes, with a work item. Reads files. Blocks.
  [[nodiscard]] fhir::Status use(const config::Config& config, services::CataloguePtr catalogue);

  /// Bound addresses; empty for doors that are closed.
  [[nodiscard]] std::optional<async::Address> http() const;
  [[nodiscard]] std::optional<async::Address> https() const;
  [[nodiscard]] std::optional<async::Address> mllp() const;
  [[nodiscard]] std::optional<async::Address> mllps() const;

 private:
  class Rooms;
  explicit App(std::unique_ptr<Rooms> rooms);
  std::unique_ptr<Rooms> rooms_;
};

}  // namespace gateway::app
