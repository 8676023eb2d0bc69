#include "gateway/rest/terminology_handler.hpp"

#include <memory>
#include <utility>

#include "gateway/rest/answers.hpp"
#include "gateway/rest/place.hpp"

namespace gateway::rest {
namespace {

/// A question that was understood and cannot be answered is no fault of ours: 422.
int status_of(fhir::ErrorCode code) {
  return code == fhir::ErrorCode::kUnsupported || code == fhir::ErrorCode::kTooLarge ? 422 : 0;
}

}  // namespace

async::awaitable<http::Response> TerminologyHandler::handle(http::Request request) {
  const auto format = admit(request, authenticate_, *ports_.under_way, kMostAtOnce);
  if (!format) co_return format.error();
  const Place place(ports_.under_way);
  auto read = OperationInput::read(request, operation_.parameters, ports_.limits);
  if (!read) co_return refusal_answer(request, read.error().refusal, read.error().status);
  auto input = std::make_shared<const OperationInput>(std::move(*read));
  const fhir::Instant now = ports_.clock.now();
  auto work = [answer = operation_.answer, terms = ports_.terms, input, now] {
    return answer(*terms, *input, now);
  };
  async::awaitable<fhir::Result<fhir::tree::TreePtr>> answering = ports_.pool.run(std::move(work));
  const fhir::Result<fhir::tree::TreePtr> answer = co_await std::move(answering);
  if (!answer.has_value())
    co_return refusal_answer(request, bars::refusal(answer.error()), status_of(answer.error().code));
  http::Response response = resource_answer(200, (*answer)->root(), *format);
  mirror_ids(request, response);
  co_return response;
}

}  // namespace gateway::rest
