// `GET` and `POST /fhir/{ValueSet,CodeSystem,ConceptMap}/$operation`: questions about codes.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "fhir/base/instant.hpp"
#include "fhir/base/limits.hpp"
#include "fhir/terminology/terminology.hpp"
#include "gateway/async/blocking_pool.hpp"
#include "gateway/http/handler.hpp"
#include "gateway/intake/process_message_handler.hpp"
#include "gateway/rest/terminology_operations.hpp"

namespace gateway::rest {

/// One handler for one operation. The answer is worked out on the pool: the first question about a value set
/// compiles it. kMostAtOnce of all operations together, more are 503. 404 for what is not known here, 422 for
/// what is known and cannot be answered. Nothing of a question is logged or kept. I/O thread; what it takes
/// outlives it.
class TerminologyHandler final : public http::Handler {
 public:
  static constexpr std::size_t kMostAtOnce = 4;

  /// Shared by the handlers of all operations.
  struct Ports {
    std::shared_ptr<const fhir::terminology::Terminology> terms;  ///< A question on the pool keeps it.
    const fhir::Clock& clock;
    async::BlockingPool& pool;
    std::shared_ptr<std::size_t> under_way;
    fhir::ReadLimits limits;
  };

  TerminologyHandler(const TerminologyOperation& operation, Ports ports, intake::Authenticate authenticate)
      : operation_(operation), ports_(std::move(ports)), authenticate_(std::move(authenticate)) {}
  [[nodiscard]] async::awaitable<http::Response> handle(http::Request request) override;

 private:
  const TerminologyOperation& operation_;
  Ports ports_;
  intake::Authenticate authenticate_;
};

}  // namespace gateway::rest
