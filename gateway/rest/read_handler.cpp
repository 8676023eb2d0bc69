#include "gateway/rest/read_handler.hpp"

#include <utility>

#include "gateway/rest/answers.hpp"

namespace gateway::rest {

async::awaitable<http::Response> ReadHandler::handle(http::Request request) {
  fhir::Result<store::Caller> caller = authenticate_(request);
  if (!caller.has_value()) co_return refusal_answer(request, bars::refusal(caller.error()));
  const auto format = negotiate(request);
  if (!format) co_return refusal_answer(request, format.error());
  std::string type(request.capture("type"));
  std::string id(request.capture("id"));
  const fhir::Result<store::ResourceRow> row =
      co_await reads_.read(std::move(*caller), std::move(type), std::move(id));
  if (!row.has_value()) co_return refusal_answer(request, bars::refusal(row.error()));
  fhir::Result<std::string> body = stored_in(*format, versioned_json(*row));
  if (!body.has_value()) co_return refusal_answer(request, bars::refusal(body.error()));
  http::Response response = http::make_response(200, http::content_type(*format), std::move(*body));
  add_version(response, row->version, row->at);
  mirror_ids(request, response);
  co_return response;
}

}  // namespace gateway::rest
