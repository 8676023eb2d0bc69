// `POST /fhir/$validate` and `POST /fhir/{type}/$validate`: is this resource valid? (FHIR R4 3.1.0.9)
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "fhir/base/limits.hpp"
#include "fhir/validate/validator.hpp"
#include "gateway/async/blocking_pool.hpp"
#include "gateway/http/handler.hpp"
#include "gateway/intake/process_message_handler.hpp"

namespace gateway::rest {

inline constexpr std::string_view kValidateDefinition =
    "http://hl7.org/fhir/OperationDefinition/Resource-validate";

/// The body is the resource, or Parameters with `resource`, `profile` (any number) and `mode`: create, update
/// or profile; `profile` may also stand in the query. The answer is 200 with an OperationOutcome, whatever
/// was found; 400 when nothing could be read, 422 for a mode that is not offered. Validated on the pool, at
/// most kMostAtOnce at a time; nothing is logged or kept, and no issue quotes a value. I/O thread; what it
/// takes outlives it.
class ValidateHandler final : public http::Handler {
 public:
  static constexpr std::size_t kMostAtOnce = 4;
  struct Ports {
    std::shared_ptr<const fhir::validate::Validator> validator;  ///< A question on the pool keeps it.
    async::BlockingPool& pool;
    std::shared_ptr<std::size_t> under_way;  ///< Shared with the other operations of the pool.
    fhir::ReadLimits limits;
  };
  ValidateHandler(Ports ports, intake::Authenticate authenticate)
      : ports_(std::move(ports)), authenticate_(std::move(authenticate)) {}
  [[nodiscard]] async::awaitable<http::Response> handle(http::Request request) override;

 private:
  Ports ports_;
  intake::Authenticate authenticate_;
};

}  // namespace gateway::rest
