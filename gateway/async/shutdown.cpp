#include "gateway/async/shutdown.hpp"

#include <csignal>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/signal_set.hpp>

namespace gateway::async {

class Signals::Set {
 public:
  Set(const Executor& executor, Purpose purpose) : signals(executor) {
    if (purpose == Purpose::kReload) {
      signals.add(SIGHUP);
    } else {
      signals.add(SIGINT);
      signals.add(SIGTERM);
    }
  }
  boost::asio::signal_set signals;
};

Signals::Signals(Executor executor, Purpose purpose) : set_(std::make_unique<Set>(executor, purpose)) {}

Signals::~Signals() = default;

awaitable<fhir::Result<int>> Signals::wait() {
  auto operation = set_->signals.async_wait(boost::asio::as_tuple(boost::asio::deferred));
  const auto [code, number] = co_await std::move(operation);
  if (code) co_return fhir::fail(to_error(code, "signal"));
  co_return number;
}

void StopSequence::add(std::string name, Stage stage) {
  stages_.push_back(Named{std::move(name), std::move(stage)});
}

awaitable<fhir::Status> StopSequence::run(Deadline deadline) {
  fhir::Status first_failure;
  for (const Named& named : stages_) {
    fhir::Status stopped = co_await named.stage(deadline);
    if (stopped.has_value() || !first_failure.has_value()) continue;
    fhir::Error error = std::move(stopped).error();
    error.detail.insert(0, named.name + ": ");
    first_failure = fhir::fail(std::move(error));
  }
  stages_.clear();
  co_return first_failure;
}

}  // namespace gateway::async
