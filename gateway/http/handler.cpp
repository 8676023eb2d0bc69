#include "gateway/http/handler.hpp"

namespace gateway::http {

Response plain_error(int status, const fhir::Error& error, const Request* /*request*/) {
  return make_response(status, "text/plain; charset=utf-8", to_text(error) + "\n");
}

async::awaitable<Response> ready(Response response) {
  co_return response;
}

}  // namespace gateway::http
