#include "gateway/intake/process_message_handler.hpp"

#include <utility>

#include "gateway/intake/answers.hpp"

namespace gateway::intake {

async::awaitable<http::Response> ProcessMessageHandler::handle(http::Request request) {
  fhir::Result<store::Caller> caller = authenticate_(request);
  if (!caller.has_value()) {
    const AnswerForm form = answer_form(request);
    http::Response response = refuse(form, bars::refusal(bars::Rec::kUnauthorized, fhir::IssueType::kSecurity,
                                                         "", "the caller is not known"));
    co_return response;
  }
  async::awaitable<http::Response> processed =
      process_message(*intake_, std::move(request), std::move(*caller));
  co_return co_await std::move(processed);
}

}  // namespace gateway::intake
