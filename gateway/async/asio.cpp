#include "gateway/async/asio.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/impl/src.hpp>
#include <boost/asio/this_coro.hpp>

namespace gateway::async {

fhir::Error to_error(const error_code& code, std::string_view what) {
  if (code == boost::asio::error::operation_aborted) return fhir::Error{fhir::ErrorCode::kCancelled, {}};
  std::string detail(what);
  detail.append(": ").append(code.message());
  return fhir::Error{fhir::ErrorCode::kUnavailable, std::move(detail)};
}

awaitable<bool> is_cancelled() {
  const auto state = co_await boost::asio::this_coro::cancellation_state;
  co_return state.cancelled() != boost::asio::cancellation_type::none;
}

}  // namespace gateway::async
