#include "gateway/async/simulated_network.hpp"

#include <utility>
#include <vector>

#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>

#include "gateway/async/notifier.hpp"
#include "gateway/async/simulated_pipe.hpp"
#include "gateway/async/within.hpp"

namespace gateway::async {
namespace {

constexpr std::size_t kBacklog = 128;
constexpr std::uint16_t kFirstFreePort = 40000;

/// A connection: two pipes that break together.
struct Wire {
  std::shared_ptr<SimulatedPipe> requests;
  std::shared_ptr<SimulatedPipe> replies;
};

using WirePtr = std::shared_ptr<Wire>;

class SimulatedStream final : public ByteStream {
 public:
  SimulatedStream(Executor executor, WirePtr wire, bool accepted, Address remote)
      : executor_(std::move(executor)),
        wire_(std::move(wire)),
        in_(accepted ? *wire_->requests : *wire_->replies),
        out_(accepted ? *wire_->replies : *wire_->requests),
        remote_(std::move(remote)) {}
  ~SimulatedStream() override { SimulatedStream::close(); }

  [[nodiscard]] Executor executor() const override { return executor_; }
  void async_read_some(boost::asio::mutable_buffer buffer, IoHandler handler) override {
    in_.async_read(buffer, std::move(handler));
  }
  void async_write_some(std::span<const boost::asio::const_buffer> buffers, IoHandler handler) override {
    out_.async_write(buffers, std::move(handler));
  }
  void async_shutdown(WaitHandler handler) override {
    out_.end_writing();
    boost::asio::post(executor_,
                      [handler = std::move(handler)]() mutable { std::move(handler)(error_code()); });
  }
  void cancel() override {
    in_.cancel_read();
    out_.cancel_write();
  }
  void close() override {
    if (std::exchange(closed_, true)) return;
    out_.cancel_write();
    out_.end_writing();
    in_.end_reading();
  }
  [[nodiscard]] const Address& remote() const override { return remote_; }

 private:
  Executor executor_;
  WirePtr wire_;
  SimulatedPipe& in_;
  SimulatedPipe& out_;
  Address remote_;
  bool closed_ = false;
};

WirePtr make_wire(const Executor& executor, Timers* timers, std::shared_ptr<const LinkFaults> faults,
                  std::size_t buffer_bytes) {
  auto wire = std::make_shared<Wire>();
  wire->requests = std::make_shared<SimulatedPipe>(executor, timers, faults, Flow::kRequests, buffer_bytes);
  wire->replies = std::make_shared<SimulatedPipe>(executor, timers, faults, Flow::kReplies, buffer_bytes);
  const auto break_off = [weak = std::weak_ptr<Wire>(wire)] {
    const auto self = weak.lock();
    if (!self) return;
    self->requests->break_off();
    self->replies->break_off();
  };
  wire->requests->on_break = break_off;
  wire->replies->on_break = break_off;
  return wire;
}

}  // namespace

class SimulatedNetwork::Exchange {
 public:
  struct Link {
    std::shared_ptr<LinkFaults> faults = std::make_shared<LinkFaults>();
    std::vector<std::weak_ptr<Wire>> wires;
  };
  using Arrivals = BoundedQueue<StreamPtr>;

  Exchange(Executor executor, Timers& timers, std::size_t buffer_bytes)
      : executor_(std::move(executor)), timers_(timers), buffer_bytes_(buffer_bytes) {}

  Link& link(const Address& address) { return links_[address]; }

  fhir::Result<std::pair<Address, std::shared_ptr<Arrivals>>> bind(Address address) {
    if (address.port == 0) address.port = next_port_++;
    auto& place = listening_[address];
    if (!place.expired()) return fhir::fail(fhir::ErrorCode::kUnavailable, to_text(address) + " is taken");
    auto arrivals = std::make_shared<Arrivals>(executor_, kBacklog);
    place = arrivals;
    return std::pair(std::move(address), std::move(arrivals));
  }

  fhir::Result<StreamPtr> join(const Address& address) {
    Link& at = link(address);
    const auto found = listening_.find(address);
    const auto arrivals = found == listening_.end() ? nullptr : found->second.lock();
    if (at.faults->refuse || !arrivals) return refused(address);
    const WirePtr wire = make_wire(executor_, &timers_, at.faults, buffer_bytes_);
    auto server =
        std::make_unique<SimulatedStream>(executor_, wire, true, Address{client_host, next_port_++});
    auto client = std::make_unique<SimulatedStream>(executor_, wire, false, address);
    if (!arrivals->try_push(std::move(server))) return refused(address);
    std::erase_if(at.wires, [](const auto& known) { return known.expired(); });
    at.wires.push_back(wire);
    return StreamPtr(std::move(client));
  }

  [[nodiscard]] std::size_t open_connections() const {
    std::size_t open = 0;
    for (const auto& [address, link] : links_) {
      for (const auto& wire : link.wires)
        open += wire.expired() ? 0 : 1;
    }
    return open;
  }

  [[nodiscard]] Timers& timers() { return timers_; }
  std::string client_host = "client";

 private:
  static tl::unexpected<fhir::Error> refused(const Address& address) {
    return fhir::fail(fhir::ErrorCode::kUnavailable, to_text(address) + " refuses connections");
  }

  Executor executor_;
  Timers& timers_;
  std::size_t buffer_bytes_;
  std::uint16_t next_port_ = kFirstFreePort;
  std::map<Address, Link> links_;
  std::map<Address, std::weak_ptr<Arrivals>> listening_;
};

namespace {

class SimulatedListener final : public Listener {
 public:
  using Arrivals = SimulatedNetwork::Exchange::Arrivals;
  SimulatedListener(Address local, std::shared_ptr<Arrivals> arrivals)
      : local_(std::move(local)), arrivals_(std::move(arrivals)) {}
  ~SimulatedListener() override { SimulatedListener::close(); }

  [[nodiscard]] awaitable<fhir::Result<StreamPtr>> accept() override {
    const auto arrivals = arrivals_;
    if (!arrivals) co_return fhir::fail(fhir::ErrorCode::kCancelled);
    fhir::Result<StreamPtr> stream = co_await arrivals->pop();
    if (!stream.has_value()) co_return fhir::fail(fhir::ErrorCode::kCancelled);
    co_return stream;
  }
  [[nodiscard]] const Address& local() const override { return local_; }
  void close() override {
    if (arrivals_) arrivals_->close();
    arrivals_ = nullptr;
  }

 private:
  Address local_;
  std::shared_ptr<Arrivals> arrivals_;
};

awaitable<fhir::Result<StreamPtr>> join_later(std::shared_ptr<SimulatedNetwork::Exchange> exchange,
                                              Address address) {
  co_await boost::asio::post(boost::asio::deferred);
  const std::shared_ptr<const LinkFaults> faults = exchange->link(address).faults;
  if (faults->black_hole) {
    fhir::Status waited = co_await exchange->timers().sleep_until(fhir::Monotonic::max());
    if (!waited.has_value()) co_return fhir::fail(std::move(waited).error());
  }
  if (faults->delay.count() != 0) {
    fhir::Status waited = co_await exchange->timers().sleep_for(faults->delay);
    if (!waited.has_value()) co_return fhir::fail(std::move(waited).error());
  }
  co_return exchange->join(address);
}

}  // namespace

SimulatedNetwork::SimulatedNetwork(Executor executor, Timers& timers, std::size_t buffer_bytes)
    : exchange_(std::make_shared<Exchange>(std::move(executor), timers, buffer_bytes)) {}

SimulatedNetwork::~SimulatedNetwork() = default;

fhir::Result<ListenerPtr> SimulatedNetwork::listen(const Address& address) {
  LIGAMENT_TRY(auto bound, exchange_->bind(address));
  return ListenerPtr(std::make_unique<SimulatedListener>(std::move(bound.first), std::move(bound.second)));
}

awaitable<fhir::Result<StreamPtr>> SimulatedNetwork::connect(Address address, Deadline deadline) {
  return within(exchange_->timers(), deadline, join_later(exchange_, std::move(address)));
}

LinkFaults& SimulatedNetwork::link(const Address& address) {
  return *exchange_->link(address).faults;
}

void SimulatedNetwork::break_connections(const Address& address) {
  for (const auto& weak : exchange_->link(address).wires) {
    if (const auto wire = weak.lock()) wire->requests->on_break();
  }
}

void SimulatedNetwork::set_client_host(std::string host) {
  exchange_->client_host = std::move(host);
}

std::size_t SimulatedNetwork::open_connections() const {
  return exchange_->open_connections();
}

StreamPair make_stream_pair(Executor executor, std::size_t buffer_bytes) {
  const WirePtr wire = make_wire(executor, nullptr, std::make_shared<const LinkFaults>(), buffer_bytes);
  return {std::make_unique<SimulatedStream>(executor, wire, false, Address{"server", 1}),
          std::make_unique<SimulatedStream>(executor, wire, true, Address{"client", 2})};
}

}  // namespace gateway::async
