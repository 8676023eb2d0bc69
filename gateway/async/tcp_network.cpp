#include "gateway/async/tcp_network.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

#include "gateway/async/initiate.hpp"
#include "gateway/async/pending.hpp"
#include "gateway/async/within.hpp"

namespace gateway::async {
namespace {

using boost::asio::ip::tcp;
using TcpSocket = boost::asio::basic_stream_socket<tcp, Executor>;
using TcpAcceptor = boost::asio::basic_socket_acceptor<tcp, Executor>;

Address to_address(const tcp::endpoint& endpoint) {
  boost::asio::ip::address address = endpoint.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6());
  }
  return {address.to_string(), endpoint.port()};
}

/// A copyable buffer sequence of bounded length, as Asio wants it.
struct BufferList {
  std::array<boost::asio::const_buffer, ByteStream::kMaxWriteBuffers> items;
  std::size_t count = 0;
  [[nodiscard]] const boost::asio::const_buffer* begin() const { return items.data(); }
  [[nodiscard]] const boost::asio::const_buffer* end() const { return items.data() + count; }
};

class TcpStream final : public ByteStream {
 public:
  explicit TcpStream(TcpSocket socket) : socket_(std::move(socket)) {
    error_code ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
    remote_ = to_address(socket_.remote_endpoint(ignored));
  }

  [[nodiscard]] Executor executor() const override {
    // get_executor is not const in this version of Asio.
    return const_cast<TcpSocket&>(socket_).get_executor();  // NOLINT(cppcoreguidelines-pro-type-const-cast)
  }
  void async_read_some(boost::asio::mutable_buffer buffer, IoHandler handler) override {
    socket_.async_read_some(buffer, std::move(handler));
  }
  void async_write_some(std::span<const boost::asio::const_buffer> buffers, IoHandler handler) override {
    BufferList list;
    list.count = std::min(buffers.size(), list.items.size());
    std::copy_n(buffers.begin(), list.count, list.items.begin());
    socket_.async_write_some(list, std::move(handler));
  }
  void async_shutdown(WaitHandler handler) override {
    error_code code;
    socket_.shutdown(tcp::socket::shutdown_send, code);
    boost::asio::post(socket_.get_executor(),
                      [handler = std::move(handler), code]() mutable { std::move(handler)(code); });
  }
  void cancel() override {
    error_code ignored;
    socket_.cancel(ignored);
  }
  void close() override {
    error_code ignored;
    socket_.close(ignored);
  }
  [[nodiscard]] const Address& remote() const override { return remote_; }

 private:
  TcpSocket socket_;
  Address remote_;
};

class TcpListener final : public Listener {
 public:
  explicit TcpListener(TcpAcceptor acceptor) : acceptor_(std::move(acceptor)) {
    error_code ignored;
    local_ = to_address(acceptor_.local_endpoint(ignored));
  }

  [[nodiscard]] awaitable<fhir::Result<StreamPtr>> accept() override {
    auto operation = acceptor_.async_accept(boost::asio::as_tuple(boost::asio::deferred));
    auto [code, socket] = co_await std::move(operation);
    if (code) co_return fhir::fail(to_error(code, "accept"));
    co_return StreamPtr(std::make_unique<TcpStream>(std::move(socket)));
  }
  [[nodiscard]] const Address& local() const override { return local_; }
  void close() override {
    error_code ignored;
    acceptor_.close(ignored);
  }

 private:
  TcpAcceptor acceptor_;
  Address local_;
};

/// Not cancellable by itself in Asio: a lookup that outlives its task goes on unheard.
class Lookup : public std::enable_shared_from_this<Lookup> {
 public:
  explicit Lookup(const Executor& executor)
      : resolver_(executor), done_(std::make_shared<PendingOperation<>>(executor)) {}

  void start(const Address& address, WaitHandler handler) {
    done_->hold(std::move(handler));
    resolver_.async_resolve(address.host, std::to_string(address.port), tcp::resolver::numeric_service,
                            [self = shared_from_this()](error_code code, const auto& results) {
                              for (const auto& entry : results)
                                self->endpoints.push_back(entry.endpoint());
                              self->done_->complete(code);
                            });
  }
  std::vector<tcp::endpoint> endpoints;

 private:
  boost::asio::ip::basic_resolver<tcp, Executor> resolver_;
  std::shared_ptr<PendingOperation<>> done_;
};

awaitable<fhir::Result<std::vector<tcp::endpoint>>> resolve(Executor executor, Address address) {
  error_code not_numeric;
  const std::string host = address.host == "localhost" ? "127.0.0.1" : address.host;
  const auto numeric = boost::asio::ip::make_address(host, not_numeric);
  if (!not_numeric) {
    std::vector<tcp::endpoint> one(1, tcp::endpoint(numeric, address.port));
    co_return one;
  }
  const auto lookup = std::make_shared<Lookup>(executor);
  auto operation = initiate<void(error_code)>(
      [lookup, address](WaitHandler handler) { lookup->start(address, std::move(handler)); });
  const auto [code] = co_await std::move(operation);
  if (code) co_return fhir::fail(to_error(code, "resolve"));
  co_return std::move(lookup->endpoints);
}

awaitable<fhir::Result<StreamPtr>> connect_any(Executor executor, Address address) {
  fhir::Result<std::vector<tcp::endpoint>> endpoints = co_await resolve(executor, address);
  if (!endpoints.has_value()) co_return fhir::fail(std::move(endpoints).error());
  fhir::Error last{fhir::ErrorCode::kUnavailable, to_text(address) + " has no address"};
  for (const tcp::endpoint& endpoint : *endpoints) {
    TcpSocket socket(executor);
    auto operation = socket.async_connect(endpoint, boost::asio::as_tuple(boost::asio::deferred));
    const auto [code] = co_await std::move(operation);
    if (!code) co_return StreamPtr(std::make_unique<TcpStream>(std::move(socket)));
    last = to_error(code, "connect to " + to_text(address));
    if (last.code == fhir::ErrorCode::kCancelled) break;
  }
  co_return fhir::fail(std::move(last));
}

}  // namespace

fhir::Result<ListenerPtr> TcpNetwork::listen(const Address& address) {
  error_code code;
  const auto host =
      boost::asio::ip::make_address(address.host == "localhost" ? "127.0.0.1" : address.host, code);
  if (code)
    return fhir::fail(fhir::ErrorCode::kUnavailable, "a listening address is an IP address or localhost");
  const tcp::endpoint endpoint(host, address.port);
  TcpAcceptor acceptor(executor_);
  acceptor.open(endpoint.protocol(), code);
  if (!code) acceptor.set_option(tcp::acceptor::reuse_address(true), code);
  if (!code) acceptor.bind(endpoint, code);
  if (!code) acceptor.listen(boost::asio::socket_base::max_listen_connections, code);
  if (code) return fhir::fail(to_error(code, "listen on " + to_text(address)));
  return ListenerPtr(std::make_unique<TcpListener>(std::move(acceptor)));
}

awaitable<fhir::Result<StreamPtr>> TcpNetwork::connect(Address address, Deadline deadline) {
  return within(timers_, deadline, connect_any(executor_, std::move(address)));
}

}  // namespace gateway::async
