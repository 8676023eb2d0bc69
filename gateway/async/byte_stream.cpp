#include "gateway/async/byte_stream.hpp"

#include <charconv>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/this_coro.hpp>

#include "gateway/async/initiate.hpp"

namespace gateway::async {
namespace {

fhir::Error bad_address() {
  return fhir::Error{fhir::ErrorCode::kInvalidRequest, "an address has the form HOST:PORT"};
}

awaitable<fhir::Status> write_buffers(ByteStream& stream, std::span<boost::asio::const_buffer> buffers) {
  const auto state = co_await boost::asio::this_coro::cancellation_state;
  while (true) {
    while (!buffers.empty() && buffers.front().size() == 0)
      buffers = buffers.subspan(1);
    if (buffers.empty()) co_return fhir::Status();
    if (state.cancelled() != boost::asio::cancellation_type::none)
      co_return fhir::fail(fhir::ErrorCode::kCancelled);
    auto operation = initiate<void(error_code, std::size_t)>(
        [&stream, buffers](IoHandler handler) { stream.async_write_some(buffers, std::move(handler)); });
    auto [code, bytes] = co_await std::move(operation);
    if (code) co_return fhir::fail(to_error(code, "write"));
    for (auto& buffer : buffers) {
      const std::size_t part = std::min(bytes, buffer.size());
      buffer += part;
      bytes -= part;
    }
  }
}

}  // namespace

std::string to_text(const Address& address) {
  const bool bracketed = address.host.find(':') != std::string::npos;
  std::string text;
  if (bracketed) text.push_back('[');
  text.append(address.host);
  if (bracketed) text.push_back(']');
  return text.append(":").append(std::to_string(address.port));
}

fhir::Result<Address> parse_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return fhir::fail(bad_address());
  const std::string_view digits = text.substr(colon + 1);
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[')) {
    if (!host.ends_with(']')) return fhir::fail(bad_address());
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return fhir::fail(bad_address());
  }
  std::uint16_t port = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (failure != std::errc() || end != digits.data() + digits.size() || host.empty())
    return fhir::fail(bad_address());
  return Address{std::string(host), port};
}

bool is_loopback(std::string_view host) {
  if (host == "localhost") return true;
  error_code code;
  const auto address = boost::asio::ip::make_address(std::string(host), code);
  if (code) return false;
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6()).is_loopback();
  }
  return address.is_loopback();
}

awaitable<ReadSome> read_some(ByteStream& stream, boost::asio::mutable_buffer buffer) {
  const auto state = co_await boost::asio::this_coro::cancellation_state;
  if (state.cancelled() != boost::asio::cancellation_type::none) {
    co_return ReadSome{0, boost::asio::error::operation_aborted};
  }
  auto operation = initiate<void(error_code, std::size_t)>(
      [&stream, buffer](IoHandler handler) { stream.async_read_some(buffer, std::move(handler)); });
  const auto [code, bytes] = co_await std::move(operation);
  co_return ReadSome{bytes, code};
}

awaitable<fhir::Status> write_all(ByteStream& stream, std::string_view bytes) {
  std::array<boost::asio::const_buffer, 1> buffers = {boost::asio::const_buffer(bytes.data(), bytes.size())};
  co_return co_await write_buffers(stream, buffers);
}

awaitable<fhir::Status> write_all(ByteStream& stream, std::string_view first, std::string_view second) {
  std::array<boost::asio::const_buffer, 2> buffers = {
      boost::asio::const_buffer(first.data(), first.size()),
      boost::asio::const_buffer(second.data(), second.size())};
  co_return co_await write_buffers(stream, buffers);
}

awaitable<fhir::Status> shutdown(ByteStream& stream) {
  auto operation = initiate<void(error_code)>(
      [&stream](WaitHandler handler) { stream.async_shutdown(std::move(handler)); });
  const auto [code] = co_await std::move(operation);
  if (code) co_return fhir::fail(to_error(code, "shutdown"));
  co_return fhir::Status();
}

}  // namespace gateway::async
