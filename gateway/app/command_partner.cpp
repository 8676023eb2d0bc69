#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "gateway/app/commands.hpp"
#include "gateway/async/shutdown.hpp"
#include "gateway/async/system_timers.hpp"
#include "gateway/async/tcp_network.hpp"
#include "gateway/partner/partner.hpp"
#include "gateway/security/secure_random.hpp"

namespace gateway::app {
namespace {

constexpr const char* kGatewayVariable = "LIGAMENT_GATEWAY";
constexpr const char* kAnyPort = "127.0.0.1:0";
constexpr std::chrono::seconds kDrain{2};

/// Where the gateway is, from the environment; empty when it says nothing.
std::string gateway_url() {
  const char* value = std::getenv(kGatewayVariable);
  return value == nullptr ? std::string() : std::string(value);
}

void complain(const fhir::IssueList& issues) {
  for (const fhir::Issue& issue : issues.items())
    std::cerr << "ligament partner: " << issue.text << '\n';
}

/// The script of the command line, or the role's usual one; null when it cannot be used, with the reason
/// told.
std::shared_ptr<const partner::Script> load_script(const PartnerOptions& options, partner::Role role) {
  if (options.script.empty()) {
    return std::make_shared<partner::Script>(partner::default_script(role, gateway_url()));
  }
  auto outcome = partner::load_script_file(options.script, role, gateway_url());
  if (!outcome.has_value()) {
    std::cerr << "ligament partner: " << fhir::to_text(outcome.error()) << '\n';
    return nullptr;
  }
  complain(outcome->issues);
  return outcome->script;
}

async::awaitable<void> stop_on_signal(partner::Partner& partner, async::Timers& timers,
                                      boost::asio::io_context& io) {
  async::Signals signals(io.get_executor());
  const fhir::Result<int> signal = co_await signals.wait();
  static_cast<void>(signal);
  const async::Deadline deadline = async::Deadline::after(timers.clock(), kDrain);
  const fhir::Status stopped = co_await partner.stop(deadline);
  static_cast<void>(stopped);
  io.stop();
}

void rethrow(const std::exception_ptr& fault) {
  if (fault) std::rethrow_exception(fault);
}

int run(std::shared_ptr<const partner::Script> script, partner::Role role, const async::Address& address,
        const std::optional<async::Address>& mllp, partner::BodyFolder* bodies) {
  boost::asio::io_context io{1};
  const fhir::SystemClock clock;
  async::SystemTimers timers(io.get_executor(), clock);
  async::TcpNetwork network(io.get_executor(), timers);
  security::SecureRandom random;
  const std::string name = script->identity.name;
  auto made = partner::Partner::make({io.get_executor(), timers, network, random, std::cout, bodies},
                                     std::move(script));
  if (!made.has_value()) {
    std::cerr << "ligament partner: " << fhir::to_text(made.error()) << '\n';
    return kUsage;
  }
  const auto bound = (*made)->start(address);
  if (!bound.has_value()) {
    std::cerr << "ligament partner: " << fhir::to_text(bound.error()) << '\n';
    return kUsage;
  }
  partner::JournalLine ready;
  ready.flag("ready", true).text("http", async::to_text(*bound));
  if (mllp) {
    const auto desk = (*made)->start_mllp(*mllp);
    if (!desk.has_value()) {
      std::cerr << "ligament partner: " << fhir::to_text(desk.error()) << '\n';
      return kUsage;
    }
    ready.text("mllp", async::to_text(*desk));
  }
  ready.text("as", partner::to_text(role));
  std::cout << ready.text("partner", name).finish() << std::flush;
  boost::asio::co_spawn(io, stop_on_signal(**made, timers, io), rethrow);
  io.run();
  return kSuccess;
}

}  // namespace

int run_partner(const PartnerOptions& options) {
  const auto role = partner::parse_role(options.role);
  if (!role) {
    std::cerr << "ligament partner: --as takes hub, gp or pas\n";
    return kUsage;
  }
  const auto address = async::parse_address(options.http.empty() ? kAnyPort : options.http);
  if (!address.has_value()) {
    std::cerr << "ligament partner: --http takes HOST:PORT\n";
    return kUsage;
  }
  std::optional<async::Address> mllp;
  if (!options.mllp.empty()) {
    const auto parsed = async::parse_address(options.mllp);
    if (!parsed.has_value()) {
      std::cerr << "ligament partner: --mllp takes HOST:PORT\n";
      return kUsage;
    }
    mllp = *parsed;
  }
  std::shared_ptr<const partner::Script> script = load_script(options, *role);
  if (script == nullptr) return kUsage;
  std::optional<partner::BodyFolder> bodies;
  if (!options.bodies.empty()) {
    auto opened = partner::BodyFolder::open(options.bodies);
    if (!opened.has_value()) {
      std::cerr << "ligament partner: " << opened.error().detail << '\n';
      return kUsage;
    }
    bodies = std::move(*opened);
  }
  return run(std::move(script), *role, *address, mllp, bodies ? &*bodies : nullptr);
}

}  // namespace gateway::app
