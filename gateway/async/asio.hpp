// The part of Asio every coroutine needs, and no more. Asio's bodies are compiled once, in asio.cpp.
#pragma once

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>

#include "fhir/base/result.hpp"

namespace gateway::async {

using boost::asio::awaitable;
using Executor = boost::asio::any_io_executor;
using boost::system::error_code;

/// Completion of a wait; operation_aborted when cancelled.
using WaitHandler = boost::asio::any_completion_handler<void(error_code)>;
/// Completion of one read or write: the bytes moved. End of stream is `boost::asio::error::eof`.
using IoHandler = boost::asio::any_completion_handler<void(error_code, std::size_t)>;

/// The one mapping of Asio's errors to ours: operation_aborted is kCancelled, everything else kUnavailable.
/// `what` names the operation; the system's own words for the error are added.
[[nodiscard]] fhir::Error to_error(const error_code& code, std::string_view what);

/// True once the current task was told to stop. Loops without another exit ask it.
[[nodiscard]] awaitable<bool> is_cancelled();

}  // namespace gateway::async
