#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include "gateway/app/app.hpp"
#include "gateway/app/commands.hpp"
#include "gateway/app/installation.hpp"
#include "gateway/app/reload.hpp"
#include "gateway/app/shifted_clock.hpp"
#include "gateway/async/shutdown.hpp"
#include "gateway/async/system_timers.hpp"
#include "gateway/async/tcp_network.hpp"
#include "gateway/config/yaml.hpp"
#include "gateway/security/secure_random.hpp"
#include "gateway/store_sqlite/sqlite_store.hpp"

namespace gateway::app {
namespace {

/// What `serve` says when it takes messages. Addresses are ours: nothing in them needs escaping.
void announce(const App& app) {
  std::cout << R"({"ready":true)";
  if (const auto http = app.http()) std::cout << R"(,"http":")" << async::to_text(*http) << '"';
  if (const auto https = app.https()) std::cout << R"(,"https":")" << async::to_text(*https) << '"';
  if (const auto mllp = app.mllp()) std::cout << R"(,"mllp":")" << async::to_text(*mllp) << '"';
  if (const auto mllps = app.mllps()) std::cout << R"(,"mllps":")" << async::to_text(*mllps) << '"';
  std::cout << "}\n" << std::flush;
}

/// Everything `serve` owns, in the order in which one thing stands on another.
class Process {
 public:
  Process(std::shared_ptr<const config::Config> config, const fhir::Clock& clock)
      : config_(std::move(config)),
        running_(config_),
        timers_(io_.get_executor(), clock),
        network_(io_.get_executor(), timers_),
        pool_("store", 2, 1024),
        log_(clock, observe::Level::kInfo) {}

  int run(AppSettings settings, const ServeOptions& said) {
    const services::CataloguePtr catalogue = settings.catalogue;
    options_ = said;
    store_sqlite::Options options;
    options.folder = config_->data_folder;
    auto store = store_sqlite::SqliteStore::open(options);
    if (!store.has_value()) return complain(store.error());
    settings.takes_writes = [&opened = **store] { return opened.takes_writes(); };
    Surroundings surroundings{timers_, random_, network_, pool_, io_.get_executor(), writer_.get_executor()};
    auto app = App::make(surroundings, **store, std::move(settings), log_, metrics_);
    if (!app.has_value()) return complain(app.error());
    const fhir::Status started = (*app)->start();
    if (!started.has_value()) return complain(started.error());
    announce(**app);
    warn_of_calendar(*catalogue);

    std::optional<fhir::Status> stopped;
    boost::asio::co_spawn(io_, stop_on_signal(**app, stopped), rethrow);
    boost::asio::co_spawn(io_, reload_on_signal(**app), rethrow);
    io_.run();
    writer_.join();
    pool_.stop();
    if (stopped && stopped->has_value()) return kSuccess;
    log_.write(observe::Level::kWarning, "drain_cut_short", {});
    return stopped ? kNegative : kFault;
  }

 private:
  static void rethrow(const std::exception_ptr& fault) {
    if (fault) std::rethrow_exception(fault);
  }

  int complain(const fhir::Error& error) {
    std::cerr << "ligament serve: " << fhir::to_text(error) << '\n';
    return error.code == fhir::ErrorCode::kInternal ? kFault : kUsage;
  }

  async::awaitable<void> stop_on_signal(App& app, std::optional<fhir::Status>& stopped) {
    const fhir::Result<int> signal = co_await end_.wait();
    static_cast<void>(signal);
    log_.write(observe::Level::kInfo, "stopping", {});
    boost::asio::co_spawn(io_, end_at_once(), rethrow);
    const async::Deadline deadline = async::Deadline::after(timers_.clock(), config_->limits.drain);
    fhir::Status outcome = co_await app.stop(deadline);
    stopped = std::move(outcome);
    io_.stop();
  }

  /// Asked a second time: whoever asks does not want to wait for the drain. What was acknowledged is on the
  /// disk; what was not is its sender's. Supervisors send one wish to the process and again to its group, so
  /// a signal right after the first is the same one.
  async::awaitable<void> end_at_once() {
    static constexpr std::chrono::milliseconds kSameWish{500};
    const fhir::Monotonic asked = timers_.clock().monotonic();
    while (true) {
      const fhir::Result<int> signal = co_await end_.wait();
      if (!signal.has_value()) co_return;
      if (timers_.clock().monotonic() - asked >= kSameWish) break;
    }
    static constexpr std::string_view kSaid = "ligament serve: ended at once by a second signal\n";
    std::cerr << kSaid << std::flush;
    std::_Exit(kNegative);
  }

  /// SIGHUP: the whole installation is read as at the start. Partners, rota, deadlines and services take
  /// effect when all of it is good; everything else needs a restart, and the log says when it differs.
  async::awaitable<void> reload_on_signal(App& app) {
    while (true) {
      const fhir::Result<int> signal = co_await reload_.wait();
      if (!signal.has_value()) co_return;
      auto load = [options = options_] { return load_installation(options); };
      async::awaitable<fhir::Result<Installation>> loading = pool_.run(std::move(load));
      const fhir::Result<Installation> loaded = co_await std::move(loading);
      take(app, loaded);
    }
  }

  /// Beyond its calendar the gateway counts no working days: somebody must extend it in time.
  void warn_of_calendar(const services::ServiceCatalogue& catalogue) {
    const services::CalendarPtr& calendar = catalogue.calendar();
    if (calendar == nullptr || !services::ends_soon(*calendar, timers_.clock().now())) return;
    log_.write(observe::Level::kWarning, "calendar_ends",
               {{"calendar", calendar->name()}, {"last_day", config::to_text(calendar->last())}});
  }

  void take(App& app, const fhir::Result<Installation>& loaded) {
    if (!loaded.has_value()) return refuse_reload(loaded.error());
    const fhir::Status used = app.use(*loaded->config, loaded->catalogue);
    if (!used.has_value()) return refuse_reload(used.error());
    warn_of_calendar(*loaded->catalogue);
    log_.write(observe::Level::kInfo, "services_reloaded", {{"catalogue", loaded->catalogue->digest()}});
    for (const std::string& partner : removed_partners(*running_, *loaded->config))
      log_.write(observe::Level::kWarning, "partner_removed", {{"partner", partner}});
    log_.write(observe::Level::kInfo, "partners_reloaded",
               {{"partners", static_cast<std::uint64_t>(loaded->config->partners.size())}});
    for (const std::string& section : needs_restart(*config_, *loaded->config))
      log_.write(observe::Level::kWarning, "configuration_needs_a_restart", {{"section", section}});
    running_ = loaded->config;
  }

  void refuse_reload(const fhir::Error& error) {
    log_.write(observe::Level::kError, "reload_refused", {{"code", error.code}});
    std::cerr << "ligament serve: not reloaded: " << error.detail << '\n' << std::flush;
  }

  std::shared_ptr<const config::Config> config_;   ///< Of the start.
  std::shared_ptr<const config::Config> running_;  ///< Read last.
  ServeOptions options_;
  boost::asio::io_context io_{1};
  async::Signals end_{io_.get_executor()};
  async::Signals reload_{io_.get_executor(), async::Signals::Purpose::kReload};
  boost::asio::thread_pool writer_{1};
  async::SystemTimers timers_;
  async::TcpNetwork network_;
  async::ThreadPool pool_;
  security::SecureRandom random_;
  observe::StreamLog log_;
  observe::Metrics metrics_;
};

}  // namespace

int run_serve(const ServeOptions& options) {
  auto installation = load_installation(options);
  if (!installation.has_value()) {
    std::cerr << "ligament serve: " << installation.error().detail << '\n';
    return kUsage;
  }
  const fhir::SystemClock system;
  const ShiftedClock clock(system, installation->as_of);
  AppSettings settings;
  settings.config = installation->config;
  settings.catalogue = installation->catalogue;
  settings.id_key = installation->id_key;
  settings.dev = options.dev;
  Process process(installation->config, clock);
  return process.run(std::move(settings), options);
}

}  // namespace gateway::app
