// An orderly end: the signals that ask for it, and the stages it goes through.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateway/async/asio.hpp"
#include "gateway/async/deadline.hpp"
#include "gateway/async/timers.hpp"

namespace gateway::async {

/// Signals of the process. At most one at a time exists for each purpose.
class Signals {
 public:
  enum class Purpose : std::uint8_t {
    kEnd,     ///< SIGINT and SIGTERM.
    kReload,  ///< SIGHUP.
  };
  explicit Signals(Executor executor, Purpose purpose = Purpose::kEnd);
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  /// The number of the next signal. kCancelled when the task was cancelled.
  [[nodiscard]] awaitable<fhir::Result<int>> wait();

 private:
  class Set;
  std::unique_ptr<Set> set_;
};

/// Stages run in the order added (stop accepting, drain, flush, close), each with what is left of the one
/// deadline. A stage that fails does not keep later ones from running.
class StopSequence {
 public:
  using Stage = std::function<awaitable<fhir::Status>(Deadline)>;
  void add(std::string name, Stage stage);
  /// Success when every stage succeeded, else the first failure with its stage's name. Runs once.
  [[nodiscard]] awaitable<fhir::Status> run(Deadline deadline);

 private:
  struct Named {
    std::string name;
    Stage stage;
  };
  std::vector<Named> stages_;
};

}  // namespace gateway::async
