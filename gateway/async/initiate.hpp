// How a coroutine waits for a callback-style operation of ours, without an exception and without another
// coroutine frame.
#pragma once

#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>

#include "gateway/async/asio.hpp"

namespace gateway::async {

/// `start` is called with the completion handler once the result is awaited; awaiting gives a tuple of the
/// values.
///
///   auto operation = initiate<void(error_code)>(start);
///   const auto [code] = co_await std::move(operation);
template <class Signature, class Start>
auto initiate(Start start) {
  return boost::asio::async_initiate<const boost::asio::as_tuple_t<boost::asio::deferred_t>, Signature>(
      [start = std::move(start)](auto handler) mutable {
        start(boost::asio::any_completion_handler<Signature>(std::move(handler)));
      },
      boost::asio::as_tuple(boost::asio::deferred));
}

}  // namespace gateway::async
