// `POST /fhir/$process-message`: who calls, before a byte of the body is read; then intake.
#pragma once

#include <functional>

#include "gateway/http/handler.hpp"
#include "gateway/intake/http_door.hpp"

namespace gateway::intake {

/// Who sent a request, by its token or client certificate. kUnauthenticated when nobody known.
using Authenticate = std::function<fhir::Result<store::Caller>(const http::Request&)>;

/// Unknown callers get 401 REC_UNAUTHORIZED with their ids mirrored, and no word on why.
class ProcessMessageHandler final : public http::Handler {
 public:
  ProcessMessageHandler(Intake& intake, Authenticate authenticate)
      : intake_(&intake), authenticate_(std::move(authenticate)) {}
  [[nodiscard]] async::awaitable<http::Response> handle(http::Request request) override;

 private:
  Intake* intake_;
  Authenticate authenticate_;
};

}  // namespace gateway::intake
