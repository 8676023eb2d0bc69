#include "tests/simulation/life.hpp"

#include <stdexcept>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "fhir/definitions/definitions.hpp"
#include "gateway/app/mllp_doors.hpp"
#include "gateway/services/fhirpath_conditions.hpp"

namespace tests::simulation {

namespace app = gateway::app;
namespace store = gateway::store;

namespace {

// Every time is short, so that a minute of the simulation holds what takes a day. Tokens: `trial-NAME`.
constexpr const char* kConfiguration = R"(
installation:
  name: Simulated gateway
  ods: 99S00
  environment: test
  trial_id_key: simulated-key
  endpoint: http://gateway:8080/fhir
  service_id: "https://fhir.nhs.uk/Id/dos-service-id|2000099000"
doors:
  http: gateway:8080
  mllp: gateway:2575
partners:
  - name: downland-practice
    ods: 99S01
    role: gp
    service_id: "https://fhir.nhs.uk/Id/dos-service-id|2000099101"
    endpoint: http://downland:80/fhir
    hl7v2: {addresses: [10.0.0.7], facility: 99S01}
    receives: [communication]
    token_sha256: 02188d910085b4be812a23aa6db28adcf5c89ad1df5e9e83313a91de69d56b9c
  - name: seaview-practice
    ods: 99S02
    role: gp
    service_id: "https://fhir.nhs.uk/Id/dos-service-id|2000099102"
    endpoint: http://seaview:80/fhir
    hl7v2: {addresses: [10.0.0.7], facility: 99S02}
    receives: [communication]
    token_sha256: d0788fe4a8bd6c66b74fa53ef11f1984a3ee7f5e890717d883fdc937af0d333f
    format: xml
  - name: sussex-hub
    ods: 99S10
    role: hub
    service_id: "https://fhir.nhs.uk/Id/dos-service-id|2000099001"
    endpoint: http://hub:80/fhir
    receives: [referral]
    token_sha256: ce20c73fdfb05566bedbdc67262085196e52b6a1b22095fbfd5c679a8b242e5e
  - name: duty-clinician
    ods: 99S10
    role: rota
    endpoint: http://duty:80/fhir
    receives: [escalation]
    token_sha256: e5214806477ddd2f54971c3ad65640afab20a75c4be8affa6c3a939e23a68202
  - name: clinical-lead
    ods: 99S11
    role: rota
    endpoint: http://lead:80/fhir
    receives: [escalation]
    token_sha256: 4f36fd5d63953deb4b95bcfe76d1f716180f5d83173082ff6094b1196289e122
services: samples/services
data: simulated
retry:
  first: 200ms
  factor: 2
  max: 5s
  attempts: 14
  attempt_timeout: 2s
  answer_deadline: 10s
deadlines:
  hub_acknowledges: {routine: 40s, urgent: 20s}
  triage_decision: {routine: 60s, urgent: 30s}
  person_confirms: {routine: 60s, urgent: 60s}
rota:
  - {role: Duty clinician of the hub, partner: duty-clinician, after: 0m}
  - {role: Clinical lead on call, partner: clinical-lead, after: 1m}
use_cases: [msk-spoa]
)";

Installation load() {
  Installation loaded;
  const gateway::config::ConfigOutcome outcome =
      gateway::config::parse_config(kConfiguration, "simulation.yaml", LIGAMENT_SOURCE_DIR);
  if (outcome.config == nullptr)
    throw std::runtime_error("configuration: " + outcome.issues.items().front().text);
  loaded.config = outcome.config;
  const gateway::services::FhirPathConditions compiler(fhir::definitions::r4());
  auto services = gateway::services::load_catalogue_folder(
      std::string(LIGAMENT_SOURCE_DIR) + "/samples/services", compiler);
  if (!services.has_value() || services->catalogue == nullptr) throw std::runtime_error("services");
  loaded.catalogue = services->catalogue;
  auto converter = app::builtin_converter();
  if (!converter.has_value()) throw std::runtime_error("maps: " + fhir::to_text(converter.error()));
  loaded.converter = std::move(*converter);
  return loaded;
}

/// A store that now and then says committed when it is not.
class ForgetfulStore final : public store::Store {
 public:
  explicit ForgetfulStore(store::Store& real) : real_(real) {}
  fhir::Status transact(store::Kind kind, const store::Caller& caller, const store::Work& work) override {
    return real_.transact(kind, caller, work);
  }
  store::GroupOutcome transact_group(std::span<const store::Unit> units) override {
    if (++groups_ % 7 != 0) return real_.transact_group(units);
    store::GroupOutcome outcome;
    outcome.sequence = store::CommitSeq(groups_);
    for (const store::Unit& unit : units) {
      const fhir::Status rolled_back =
          real_.transact(store::Kind::kWrite, unit.caller, [&](store::Transaction& tx) -> fhir::Status {
            LIGAMENT_CHECK(unit.work(tx));
            return fhir::fail(fhir::ErrorCode::kCancelled);
          });
      outcome.units.push_back(rolled_back.error().code == fhir::ErrorCode::kCancelled ? fhir::Status()
                                                                                      : rolled_back);
    }
    return outcome;
  }
  [[nodiscard]] store::Durability durability() const noexcept override { return real_.durability(); }
  fhir::Status checkpoint_if_needed() override { return real_.checkpoint_if_needed(); }
  fhir::Status backup(const std::string& to) override { return real_.backup(to); }

 private:
  store::Store& real_;
  std::int64_t groups_ = 0;
};

}  // namespace

const Installation& installation() {
  static const Installation loaded = load();
  return loaded;
}

Life::Life(fhir::ManualClock& clock, const std::string& vfs, std::uint64_t seed, Sabotage sabotage)
    : timers_(std::make_unique<gateway::async::SimulatedTimers>(loop_, clock)),
      network_(loop_.get_executor(), *timers_),
      random_(seed),
      client_(network_, *timers_),
      mllp_(network_, *timers_, {.connections_per_destination = 4}) {
  network_.set_client_host("10.0.0.7");
  gateway::store_sqlite::Options options;
  options.folder = "simulated";
  options.vfs = vfs;
  options.checkpoint_pages = 200;
  auto opened = gateway::store_sqlite::SqliteStore::open(options);
  if (!opened.has_value()) throw std::runtime_error("store: " + fhir::to_text(opened.error()));
  sqlite_ = std::move(*opened);
  store_ = sqlite_.get();
  if (sabotage == Sabotage::kForgetfulStore) {
    broken_ = std::make_unique<ForgetfulStore>(*store_);
    store_ = broken_.get();
  }
  app::AppSettings settings;
  settings.config = installation().config;
  settings.catalogue = installation().catalogue;
  settings.converter = installation().converter;
  const app::Surroundings surroundings{
      *timers_, random_, network_, pool_, loop_.get_executor(), loop_.get_executor()};
  auto made = app::App::make(surroundings, *store_, std::move(settings), log_, metrics_);
  if (!made.has_value()) throw std::runtime_error("application: " + fhir::to_text(made.error()));
  app_ = std::move(*made);
  const fhir::Status started = app_->start();
  if (!started.has_value()) throw std::runtime_error("start: " + fhir::to_text(started.error()));
}

Life::~Life() {
  // Every coroutine of this life is dropped where it stands, while all that it refers to is still there:
  // first what waits in the network is made ready, then what is ready or waits for time is destroyed unrun.
  network_.break_connections(kDoor);
  network_.break_connections(kV2Door);
  for (const auto& door : kPartnerDoors)
    network_.break_connections(door);
  loop_.drop();
  timers_.reset();
  loop_.drop();
  servers_.clear();
  app_.reset();
  client_.close_idle();
  mllp_.close_idle();
}

fhir::Status Life::stop() {
  std::optional<fhir::Status> stopped;
  const auto deadline = gateway::async::Deadline::after(timers_->clock(), std::chrono::seconds(10));
  boost::asio::co_spawn(
      loop_, app_->stop(deadline),
      [&stopped](std::exception_ptr /*fault*/, fhir::Status status) { stopped = std::move(status); });
  for (int second = 0; second < 30 && !stopped; ++second)
    timers_->run_for(std::chrono::seconds(1));
  if (!stopped) return fhir::fail(fhir::ErrorCode::kTimedOut, "stop never ended");
  return *stopped;
}

void Life::spawn(gateway::async::awaitable<void> task) {
  boost::asio::co_spawn(loop_, std::move(task), boost::asio::detached);
}

void Life::serve(const gateway::async::Address& address, gateway::http::Handler& handler) {
  auto listener = network_.listen(address);
  if (!listener.has_value()) throw std::runtime_error("partner: " + fhir::to_text(listener.error()));
  servers_.push_back(std::make_unique<gateway::http_beast::HttpServer>(
      gateway::http_beast::ServerContext{loop_.get_executor(), *timers_}, handler));
  servers_.back()->serve(std::move(*listener));
}

}  // namespace tests::simulation
