// The HL7 v2 side of the application: its doors, the maps behind them, and what is said later.
#pragma once

#include <memory>
#include <optional>

#include "gateway/app/surroundings.hpp"
#include "gateway/hl7v2/converter_translator.hpp"
#include "gateway/hl7v2/door.hpp"
#include "gateway/mllp/client.hpp"
#include "gateway/mllp/server.hpp"
#include "gateway/observe/log.hpp"
#include "gateway/observe/metrics.hpp"

namespace gateway::app {

/// The maps that come with the program, compiled: some tens of milliseconds. kInternal when they do not.
[[nodiscard]] fhir::Result<std::shared_ptr<const mappings::convert::Converter>> builtin_converter();
/// With the maps of the installation over them; refused whole, every fault with its file, line and column.
[[nodiscard]] fhir::Result<std::shared_ptr<const mappings::convert::Converter>> make_converter(
    const config::Config& config);
/// Every map group that a partner's entries name is there.
[[nodiscard]] fhir::Status check_entries(const config::Config& config,
                                         const mappings::convert::Converter& converter);

/// I/O thread. What is given outlives it; stop() before destruction.
class MllpDoors {
 public:
  struct Parts {
    Surroundings surroundings;
    std::shared_ptr<const config::Config> config;
    bool dev = false;
    hl7v2::TakeIn take_in;
    std::shared_ptr<const mappings::convert::Converter> converter;  ///< Null: the built-in maps are compiled.
    mappings::convert::KeyedHash hash;
    observe::Log& log;
    observe::Metrics& metrics;
  };

  /// kInvalidRequest for an endpoint that cannot be used.
  [[nodiscard]] static fhir::Result<std::unique_ptr<MllpDoors>> make(Parts parts);

  /// The partners of a configuration that was read again, and where they are (outbox::mllp_destinations).
  void use(std::shared_ptr<const config::Config> config, hl7v2::DeferredAnswers::Destinations destinations);

  /// Opens doors.mllp and doors.mllps, as far as they are configured.
  [[nodiscard]] fhir::Status start();
  /// Closes the doors, answers what is under way, lets what is said later go out.
  [[nodiscard]] async::awaitable<fhir::Status> stop(async::Deadline deadline);

  [[nodiscard]] const std::optional<async::Address>& mllp() const noexcept { return mllp_; }
  [[nodiscard]] const std::optional<async::Address>& mllps() const noexcept { return mllps_; }
  [[nodiscard]] std::size_t connections() const { return server_.connections(); }

 private:
  MllpDoors(Parts parts, hl7v2::DeferredAnswers::Destinations destinations);
  [[nodiscard]] fhir::Result<std::optional<async::Address>> open(const std::string& address,
                                                                 std::shared_ptr<const tls::Server> tls);

  Parts parts_;
  mllp::MllpClient client_;
  hl7v2::ConverterTranslator translator_;
  hl7v2::DeferredAnswers deferred_;
  hl7v2::Hl7v2Door door_;
  mllp::MllpServer server_;
  std::optional<async::Address> mllp_;
  std::optional<async::Address> mllps_;
};

}  // namespace gateway::app
