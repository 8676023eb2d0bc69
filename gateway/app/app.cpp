#include "gateway/app/app.hpp"

#include <algorithm>
#include <deque>
#include <memory>
#include <utility>

#include "fhir/packages/registry.hpp"
#include "fhir/terminology/terminology.hpp"
#include "fhir/validate/validator.hpp"
#include "gateway/app/authentication.hpp"
#include "gateway/app/keyed_hash.hpp"
#include "gateway/app/listening.hpp"
#include "gateway/app/mllp_doors.hpp"
#include "gateway/app/operations_handler.hpp"
#include "gateway/app/outward_rules.hpp"
#include "gateway/app/referral_sinks.hpp"
#include "gateway/app/reload.hpp"
#include "gateway/async/shutdown.hpp"
#include "gateway/commit/committer.hpp"
#include "gateway/http/router.hpp"
#include "gateway/http_beast/client.hpp"
#include "gateway/http_beast/server.hpp"
#include "gateway/intake/dispatch.hpp"
#include "gateway/outbox/mllp_route.hpp"
#include "gateway/rest/answers.hpp"
#include "gateway/rest/capability_statement.hpp"
#include "gateway/rest/read_handler.hpp"
#include "gateway/rest/search_handler.hpp"
#include "gateway/rest/task_update_handler.hpp"
#include "gateway/rest/terminology_handler.hpp"
#include "gateway/rest/validate_handler.hpp"

namespace gateway::app {
namespace {

http_beast::ServerLimits server_limits(const config::Limits& limits) {
  http_beast::ServerLimits server;
  server.handshake = limits.handshake;
  server.header = limits.header;
  server.body = limits.body;
  server.idle = limits.idle;
  server.handler = limits.answer;
  server.body_bytes = limits.message.max_bytes;
  server.connections = limits.max_connections;
  server.body_bytes_in_flight = limits.max_bytes_in_flight;
  return server;
}

outbox::DeliverySettings delivery_settings() {
  outbox::DeliverySettings settings;
  settings.longest_rest = std::chrono::milliseconds(250);
  return settings;
}

/// The delivery loop bounds what is sent to each partner. An endpoint that partners share gets the sum.
http_beast::ClientLimits client_limits() {
  http_beast::ClientLimits limits;
  limits.connections_per_endpoint = delivery_settings().total;
  return limits;
}

intake::IntakeSettings intake_settings(const AppSettings& settings, intake::RulesPtr rules) {
  intake::IntakeSettings intake;
  intake.rules = std::move(rules);
  intake.mode = settings.dev ? intake::Mode::kDev : intake::Mode::kStrict;
  intake.max_in_flight = settings.config->limits.max_requests_in_flight;
  intake.software_version = kSoftwareVersion;
  return intake;
}

intake::RulesPtr rules_by(const AppSettings& settings) {
  return rules_of(settings.config, *settings.catalogue, settings.converter, settings.id_key);
}

/// What questions about FHIR R4 are answered from. Nothing is parsed before the first question.
struct Knowledge {
  fhir::packages::Registry registry = fhir::packages::Registry::core();
  fhir::terminology::Terminology terms{registry};
  fhir::validate::Validator validator{registry, terms};
};
using KnowledgePtr = std::shared_ptr<const Knowledge>;

/// kInvalidRequest when a package cannot be read, or has a resource that cannot.
fhir::Result<KnowledgePtr> load_knowledge(const config::Config& config) {
  auto knowledge = std::make_shared<Knowledge>();
  for (const std::string& path : config.packages) {
    fhir::IssueList issues;
    LIGAMENT_CHECK(knowledge->registry.add(path, issues));
    for (const fhir::Issue& issue : issues.items()) {
      if (issue.severity > fhir::Severity::kError) continue;
      return fhir::fail(fhir::ErrorCode::kInvalidRequest, path + ": " + issue.expression + ": " + issue.text);
    }
  }
  return knowledge;
}

}  // namespace

/// Members are in the order in which one stands on another; they are let go in the reverse.
class App::Rooms {
 public:
  Rooms(Surroundings surroundings, store::Store& store, AppSettings settings, observe::Log& log,
        observe::Metrics& metrics, store::MessageSeq last_message,
        std::shared_ptr<intake::Authenticate> authenticate, const KnowledgePtr& knowledge)
      : surroundings_(surroundings),
        store_(store),
        settings_(std::move(settings)),
        at_start_(settings_.config),
        authenticate_(std::move(authenticate)),
        log_(log),
        metrics_(metrics),
        committer_(store, surroundings.writer),
        sequence_(last_message),
        intake_reports_(log, metrics),
        intake_(intake::IntakePorts{committer_, surroundings.clock(), keyed_hash(settings_.id_key), sequence_,
                                    intake_reports_, &surroundings.pool},
                intake_settings(settings_, rules_by(settings_)), settings_.catalogue),
        client_(surroundings.network, surroundings.timers, client_limits()),
        mllp_client_(surroundings.network, surroundings.timers),
        delivery_reports_(intake_.changes(), sequence_, log, metrics),
        watch_reports_(intake_.changes(), sequence_, log, metrics),
        watch_(watch::Watch::Parts{store, committer_, surroundings.timers, surroundings.pool, surroundings.io,
                                   watch_reports_}),
        reads_(committer_, surroundings.clock()),
        process_message_(intake_, by_current()),
        read_(reads_, by_current()),
        search_(reads_, by_current(), settings_.config->installation.endpoint_url),
        task_update_(intake_, by_current(), settings_.config->limits.message, &surroundings.pool),
        metadata_(rest::build_capability_statement(*settings_.config, kSoftwareVersion,
                                                   surroundings.clock().now())),
        health_([] { return true; }),
        ready_([this] { return is_ready(); }),
        metrics_handler_([&metrics] { return metrics.expose(); }),
        router_(rest::render_http_error),
        housekeeping_(surroundings.io) {
    router_.add(http::Method::kPost, "/fhir/$process-message", process_message_);
    router_.add(http::Method::kGet, "/fhir/metadata", metadata_);
    router_.add(http::Method::kGet, "/fhir/{type}", search_);
    router_.add(http::Method::kGet, "/fhir/{type}/{id}", read_);
    router_.add(http::Method::kPut, "/fhir/Task/{id}", task_update_);
    add_operations(by_current(), knowledge);
    router_.add(http::Method::kGet, "/health", health_);
    router_.add(http::Method::kGet, "/ready", ready_);
    router_.add(http::Method::kGet, "/metrics", metrics_handler_);
  }

  void add_operations(const intake::Authenticate& authenticate, const KnowledgePtr& knowledge) {
    auto under_way = std::make_shared<std::size_t>(0);
    const fhir::ReadLimits& limits = settings_.config->limits.message;
    validate_.emplace(
        rest::ValidateHandler::Ports{
            {knowledge, &knowledge->validator}, surroundings_.pool, under_way, limits},
        authenticate);
    router_.add(http::Method::kPost, "/fhir/$validate", *validate_);
    router_.add(http::Method::kPost, "/fhir/{type}/$validate", *validate_);
    const rest::TerminologyHandler::Ports ports{
        {knowledge, &knowledge->terms}, surroundings_.clock(), surroundings_.pool, under_way, limits};
    for (const rest::TerminologyOperation& operation : rest::terminology_operations()) {
      rest::TerminologyHandler& handler = terminology_.emplace_back(operation, ports, authenticate);
      const std::string path =
          std::string("/fhir/").append(operation.type).append("/$").append(operation.name);
      router_.add(http::Method::kGet, path, handler);
      router_.add(http::Method::kPost, path, handler);
    }
  }

  fhir::Status make_deliveries() {
    LIGAMENT_TRY(courier_, outbox::Courier::make(*at_start_, client_, mllp_client_));
    deliveries_.emplace(outbox::DeliveryLoop::Parts{store_, committer_, *courier_, at_start_->retry,
                                                    surroundings_.timers, surroundings_.random,
                                                    surroundings_.pool, surroundings_.io, delivery_reports_},
                        delivery_settings());
    intake_reports_.on_commit([this] { deliveries_->notify(); });
    return {};
  }

  /// Only where HL7 v2 is spoken: the maps take time to compile.
  fhir::Status make_mllp_doors() {
    const config::Doors& doors = settings_.config->doors;
    if (doors.mllp.empty() && doors.mllps.empty()) return {};
    const auto take_in = [this](intake::Arrival arrival) { return intake_.process(std::move(arrival)); };
    LIGAMENT_TRY(mllp_doors_,
                 MllpDoors::make({surroundings_, settings_.config, settings_.dev, take_in,
                                  settings_.converter, keyed_hash(settings_.id_key), log_, metrics_}));
    return {};
  }

  fhir::Status start() {
    server_.emplace(http_beast::ServerContext{surroundings_.io,
                                              surroundings_.timers,
                                              rest::render_http_error,
                                              {},
                                              [this](std::string_view event) {
                                                metrics_
                                                    .counter("ligament_http_trouble_total",
                                                             "Faults at the door",
                                                             {{"event", std::string(event)}})
                                                    .increment();
                                              }},
                    router_, server_limits(settings_.config->limits));
    LIGAMENT_TRY(http_, open_door(settings_.config->doors.http, nullptr));
    if (!settings_.config->doors.https.empty()) {
      // Optional, because a partner may prove itself by token instead; one who shows a certificate must show
      // a good one.
      LIGAMENT_TRY(auto tls, door_tls(*settings_.config, tls::ClientCertificate::kOptional));
      LIGAMENT_TRY(https_, open_door(settings_.config->doors.https, std::move(tls)));
    }
    if (mllp_doors_) LIGAMENT_CHECK(mllp_doors_->start());
    collect_figures();
    deliveries_->start();
    watch_.start();
    housekeeping_.spawn("checkpoints", keep_log_short());
    started_ = true;
    return {};
  }

  /// Doors first, so that nothing new comes; the committer last, so that what was taken is stored.
  async::awaitable<fhir::Status> stop(async::Deadline deadline) {
    started_ = false;
    async::StopSequence stages;
    if (server_) stages.add("http", [this](async::Deadline by) { return server_->stop(by); });
    if (mllp_doors_) stages.add("mllp", [this](async::Deadline by) { return mllp_doors_->stop(by); });
    stages.add("watch", [this](async::Deadline by) { return watch_.stop(by); });
    if (deliveries_) stages.add("deliveries", [this](async::Deadline by) { return deliveries_->stop(by); });
    stages.add("housekeeping", [this](async::Deadline by) { return stop_housekeeping(by); });
    stages.add("commits", [this](async::Deadline) { return stop_commits(); });
    fhir::Status outcome = co_await stages.run(deadline);
    client_.close_idle();
    mllp_client_.close_idle();
    co_return outcome;
  }

  /// What messages are routed by from now on. Those under way keep what they began with.
  fhir::Status use(const config::Config& config, services::CataloguePtr catalogue) {
    AppSettings next = settings_;
    next.config = reloaded(*settings_.config, config);
    next.catalogue = std::move(catalogue);
    LIGAMENT_TRY(intake::Authenticate authenticate, make_authentication(next.config, next.dev));
    LIGAMENT_TRY(outbox::Courier::RoutesPtr routes, outbox::Courier::routes_of(*next.config));
    LIGAMENT_TRY(auto destinations, outbox::mllp_destinations(*next.config));
    if (next.converter) {
      LIGAMENT_CHECK(check_entries(*next.config, *next.converter));
    } else if (speaks_v2(*next.config)) {
      LIGAMENT_TRY(next.converter, make_converter(*next.config));
    }
    // Nothing fails from here on.
    settings_ = std::move(next);
    *authenticate_ = std::move(authenticate);
    courier_->use(std::move(routes));
    if (mllp_doors_) mllp_doors_->use(settings_.config, std::move(destinations));
    intake_.use(rules_by(settings_), settings_.catalogue);
    client_.close_idle();
    mllp_client_.close_idle();
    deliveries_->notify();
    return {};
  }

  [[nodiscard]] std::optional<async::Address> mllp() const {
    return mllp_doors_ ? mllp_doors_->mllp() : std::nullopt;
  }
  [[nodiscard]] std::optional<async::Address> mllps() const {
    return mllp_doors_ ? mllp_doors_->mllps() : std::nullopt;
  }

  std::optional<async::Address> http_;
  std::optional<async::Address> https_;

 private:
  async::awaitable<fhir::Status> stop_housekeeping(async::Deadline deadline) {
    housekeeping_.cancel();
    fhir::Status kept = co_await housekeeping_.wait(surroundings_.timers, deadline);
    co_return kept;
  }

  async::awaitable<fhir::Status> stop_commits() {
    co_await committer_.stop();
    co_return fhir::Status();
  }

  bool is_ready() const { return started_ && (!settings_.takes_writes || settings_.takes_writes()); }

  fhir::Result<std::optional<async::Address>> open_door(const std::string& text,
                                                        std::shared_ptr<const tls::Server> tls) {
    if (text.empty()) return std::optional<async::Address>();
    LIGAMENT_TRY(async::ListenerPtr listener, listen_at(surroundings_.network, text, settings_.dev));
    const async::Address bound = listener->local();
    server_->serve(std::move(listener), std::move(tls));
    return std::optional(bound);
  }

  void collect_figures() {
    observe::Gauge& waiting = metrics_.gauge("ligament_commit_waiting", "Units waiting for a commit");
    observe::Gauge& connections = metrics_.gauge("ligament_connections", "Open connections");
    observe::Gauge& in_flight = metrics_.gauge("ligament_deliveries_in_flight", "Deliveries under way");
    metrics_.on_collect([this, &waiting, &connections, &in_flight] {
      waiting.set(static_cast<double>(committer_.figures().waiting));
      const std::size_t open =
          (server_ ? server_->connections() : 0) + (mllp_doors_ ? mllp_doors_->connections() : 0);
      connections.set(static_cast<double>(open));
      in_flight.set(deliveries_ ? static_cast<double>(deliveries_->figures().in_flight) : 0);
    });
  }

  async::awaitable<void> keep_log_short() {
    while (true) {
      const fhir::Status slept = co_await surroundings_.timers.sleep_for(std::chrono::milliseconds(250));
      if (!slept.has_value()) co_return;
      auto checkpoint = [&store = store_] { return store.checkpoint_if_needed(); };
      const fhir::Status kept = co_await surroundings_.pool.run(std::move(checkpoint));
      if (!kept.has_value())
        log_.write(observe::Level::kError, "checkpoint_failed", {{"code", kept.error().code}});
    }
  }

  /// Asks whoever judges callers at that moment.
  [[nodiscard]] intake::Authenticate by_current() const {
    return [current = authenticate_](const http::Request& request) { return (*current)(request); };
  }

  Surroundings surroundings_;
  store::Store& store_;
  AppSettings settings_;
  std::shared_ptr<const config::Config> at_start_;  ///< What rooms refer to that are made once.
  std::shared_ptr<intake::Authenticate> authenticate_;
  observe::Log& log_;
  observe::Metrics& metrics_;
  commit::Committer committer_;
  intake::MessageSequence sequence_;
  IntakeReports intake_reports_;
  intake::Intake intake_;
  http_beast::HttpClient client_;
  mllp::MllpClient mllp_client_;
  DeliveryReports delivery_reports_;
  WatchReports watch_reports_;
  std::unique_ptr<outbox::Courier> courier_;
  std::optional<outbox::DeliveryLoop> deliveries_;
  watch::Watch watch_;
  rest::ResourceReads reads_;
  intake::ProcessMessageHandler process_message_;
  rest::ReadHandler read_;
  rest::SearchHandler search_;
  rest::TaskUpdateHandler task_update_;
  std::deque<rest::TerminologyHandler> terminology_;
  std::optional<rest::ValidateHandler> validate_;
  rest::MetadataHandler metadata_;
  HealthHandler health_;
  HealthHandler ready_;
  MetricsHandler metrics_handler_;
  http::Router router_;
  async::TaskGroup housekeeping_;
  std::optional<http_beast::HttpServer> server_;
  std::unique_ptr<MllpDoors> mllp_doors_;
  bool started_ = false;
};

App::App(std::unique_ptr<Rooms> rooms) : rooms_(std::move(rooms)) {}
App::~App() = default;

fhir::Result<std::unique_ptr<App>> App::make(Surroundings surroundings, store::Store& store,
                                             AppSettings settings, observe::Log& log,
                                             observe::Metrics& metrics) {
  LIGAMENT_TRY(intake::Authenticate authenticate, make_authentication(settings.config, settings.dev));
  LIGAMENT_TRY(const store::MessageSeq last, intake::last_message(store));
  LIGAMENT_TRY(const KnowledgePtr knowledge, load_knowledge(*settings.config));
  // Maps of the installation are tried whether or not anybody needs them yet.
  const bool needs_maps = speaks_v2(*settings.config) || !settings.config->maps_folder.empty();
  if (!settings.converter && needs_maps) {
    LIGAMENT_TRY(settings.converter, make_converter(*settings.config));
  }
  auto rooms =
      std::make_unique<Rooms>(surroundings, store, std::move(settings), log, metrics, last,
                              std::make_shared<intake::Authenticate>(std::move(authenticate)), knowledge);
  LIGAMENT_CHECK(rooms->make_deliveries());
  LIGAMENT_CHECK(rooms->make_mllp_doors());
  return std::unique_ptr<App>(new App(std::move(rooms)));
}

fhir::Status App::start() {
  return rooms_->start();
}
async::awaitable<fhir::Status> App::stop(async::Deadline deadline) {
  return rooms_->stop(deadline);
}
fhir::Status App::use(const config::Config& config, services::CataloguePtr catalogue) {
  return rooms_->use(config, std::move(catalogue));
}
std::optional<async::Address> App::http() const {
  return rooms_->http_;
}
std::optional<async::Address> App::https() const {
  return rooms_->https_;
}
std::optional<async::Address> App::mllp() const {
  return rooms_->mllp();
}
std::optional<async::Address> App::mllps() const {
  return rooms_->mllps();
}

}  // namespace gateway::app
