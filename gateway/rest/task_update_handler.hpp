// `PUT /fhir/Task/{id}` with If-Match: how a hub, a provider or a person on the rota says what happens next.
#pragma once

#include "fhir/base/limits.hpp"
#include "gateway/http/handler.hpp"
#include "gateway/intake/intake.hpp"
#include "gateway/intake/process_message_handler.hpp"

namespace gateway::rest {

/// 428 without If-Match, 412 for another version, 400 for an id that is not that of the path, 422 and 403 as
/// the rules of the referral say, with the owner and the allowed actions in the OperationOutcome.
class TaskUpdateHandler final : public http::Handler {
 public:
  /// Bodies of intake::kLargeMessage bytes and more are read on `pool`, when there is one; it outlives this.
  TaskUpdateHandler(intake::Intake& intake, intake::Authenticate authenticate, fhir::ReadLimits limits,
                    async::BlockingPool* pool = nullptr)
      : intake_(intake), authenticate_(std::move(authenticate)), limits_(limits), pool_(pool) {}
  [[nodiscard]] async::awaitable<http::Response> handle(http::Request request) override;

 private:
  intake::Intake& intake_;
  intake::Authenticate authenticate_;
  fhir::ReadLimits limits_;
  async::BlockingPool* pool_;
};

}  // namespace gateway::rest
