#include "gateway/http_beast/client.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <tuple>
#include <utility>
#include <vector>

#include <boost/asio/error.hpp>

#include "gateway/async/alarm.hpp"
#include "gateway/http_beast/head_writer.hpp"
#include "gateway/http_beast/response_parser.hpp"
#include "gateway/tls/tls.hpp"

namespace gateway::http_beast {
namespace {

using fhir::ErrorCode;

constexpr std::size_t kReadBytes = 16 * 1024;

/// A place connections are shared for: scheme, address and TLS settings, all exactly.
using Place = std::tuple<http::Scheme, async::Address, const tls::ClientSettings*>;

/// What one try on one connection came to.
struct Exchange {
  fhir::Result<http::Response> response = fhir::fail(ErrorCode::kInternal);
  bool reusable = false;
  bool anything_written = false;
  bool anything_read = false;
};

std::string full_target(const http::Endpoint& endpoint, const http::Target& target) {
  if (endpoint.base_path.empty()) return target.to_text();
  std::vector<std::string> segments = endpoint.base_path;
  segments.insert(segments.end(), target.segments().begin(), target.segments().end());
  return http::Target::of(std::move(segments), target.query()).to_text();
}

std::string host_field(const http::Endpoint& endpoint) {
  const bool standard = endpoint.address.port == (endpoint.scheme == http::Scheme::kHttps ? 443 : 80);
  const std::string text = async::to_text(endpoint.address);
  return standard ? text.substr(0, text.rfind(':')) : text;
}

}  // namespace

class HttpClient::Pool : public std::enable_shared_from_this<Pool> {
 public:
  Pool(async::Network& network, async::Timers& timers, ClientLimits limits)
      : network_(network), timers_(timers), limits_(limits) {}

  static async::awaitable<fhir::Result<http::Response>> send(std::shared_ptr<Pool> self,
                                                             http::Endpoint endpoint, http::Request request,
                                                             async::Deadline deadline) {
    const Place place{endpoint.scheme, endpoint.address, endpoint.tls.get()};
    if (self->in_use_[place] >= self->limits_.connections_per_endpoint) {
      co_return fhir::fail(ErrorCode::kBusy,
                           "every connection to " + async::to_text(endpoint.address) + " is in use");
    }
    const Use use(*self, place);
    while (true) {
      async::StreamPtr stream = self->take_kept(place);
      const bool kept = stream != nullptr;
      if (!kept) {
        fhir::Result<async::StreamPtr> fresh = co_await self->connect(endpoint, deadline);
        if (!fresh.has_value()) co_return fhir::fail(std::move(fresh).error());
        stream = std::move(*fresh);
      }
      Exchange exchange = co_await self->exchange(*stream, endpoint, request, deadline);
      if (exchange.reusable) self->keep(place, endpoint, std::move(stream));
      const bool repeatable = request.method == http::Method::kGet || request.method == http::Method::kHead;
      const bool lost =
          !exchange.response.has_value() && exchange.response.error().code == ErrorCode::kUnavailable;
      const bool again =
          kept && lost && !exchange.anything_read && (repeatable || !exchange.anything_written);
      if (again) continue;
      if (lost)
        co_return fhir::fail(ErrorCode::kTimedOut, "the connection was lost before the answer was whole");
      co_return std::move(exchange.response);
    }
  }

  void close_idle() { kept_.clear(); }

 private:
  struct Kept {
    async::StreamPtr stream;
    fhir::Monotonic since;
    std::shared_ptr<const tls::ClientSettings> tls;  // keeps the address in Place from being used again
  };

  /// Counts one connection in use, as long as it lives.
  class Use {
   public:
    Use(Pool& pool, Place place) : pool_(pool), place_(std::move(place)) { ++pool_.in_use_[place_]; }
    ~Use() {
      const auto count = pool_.in_use_.find(place_);
      if (--count->second == 0) pool_.in_use_.erase(count);
    }
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

   private:
    Pool& pool_;
    Place place_;
  };

  async::StreamPtr take_kept(const Place& place) {
    auto& kept = kept_[place];
    const fhir::Monotonic oldest = timers_.clock().monotonic() - limits_.keep;
    // In the order of their time.
    const auto young =
        std::find_if(kept.begin(), kept.end(), [&](const Kept& one) { return one.since >= oldest; });
    kept.erase(kept.begin(), young);
    if (kept.empty()) return nullptr;
    async::StreamPtr stream = std::move(kept.back().stream);
    kept.pop_back();
    return stream;
  }

  void keep(const Place& place, const http::Endpoint& endpoint, async::StreamPtr stream) {
    auto& kept = kept_[place];
    if (kept.size() >= limits_.connections_per_endpoint) kept.erase(kept.begin());
    kept.push_back({std::move(stream), timers_.clock().monotonic(), endpoint.tls});
  }

  fhir::Result<std::shared_ptr<const tls::Client>> tls_for(const http::Endpoint& endpoint) {
    if (!endpoint.tls)
      return fhir::fail(ErrorCode::kInvalidRequest, "an https endpoint needs its TLS settings");
    auto& place = contexts_[endpoint.tls];
    if (!place) {
      LIGAMENT_TRY(place, tls::Client::make(*endpoint.tls));
    }
    return place;
  }

  async::awaitable<fhir::Result<async::StreamPtr>> connect(const http::Endpoint& endpoint,
                                                           async::Deadline deadline) {
    std::shared_ptr<const tls::Client> tls;
    if (endpoint.scheme == http::Scheme::kHttps) {
      auto made = tls_for(endpoint);
      if (!made.has_value()) co_return fhir::fail(std::move(made).error());
      tls = std::move(*made);
    }
    fhir::Result<async::StreamPtr> stream = co_await network_.connect(endpoint.address, deadline);
    if (stream.has_value() && tls) {
      stream = co_await tls->connect(std::move(*stream), endpoint.address.host, timers_, deadline);
    }
    if (stream.has_value() || stream.error().code == ErrorCode::kCancelled) co_return stream;
    // Whatever kept the connection from being made, nothing was sent.
    co_return fhir::fail(ErrorCode::kUnavailable, stream.error().detail);
  }

  async::awaitable<Exchange> exchange(async::ByteStream& stream, const http::Endpoint& endpoint,
                                      const http::Request& request, async::Deadline deadline) {
    Exchange exchange;
    bool late = false;
    async::Alarm alarm(timers_, [&stream, &late] {
      late = true;
      stream.close();
    });
    alarm.set(deadline);
    const std::string head =
        request_head(request, full_target(endpoint, request.target), host_field(endpoint));
    const fhir::Status written = co_await async::write_all(stream, head, request.body);
    exchange.anything_written = written.has_value();
    // An answer may stand there even though the request could not be written to its end: a refusal of its
    // size.
    ResponseParser parser(request.method, {limits_.header_bytes, limits_.body_bytes});
    co_await read_response(stream, parser, exchange);
    if (late) {
      exchange.response = fhir::fail(ErrorCode::kTimedOut, "no whole answer before the deadline");
      exchange.reusable = false;
    }
    if (!written.has_value()) {
      exchange.reusable = false;
      if (!late && written.error().code == ErrorCode::kCancelled)
        exchange.response = fhir::fail(written.error());
    }
    co_return exchange;
  }

  async::awaitable<void> read_response(async::ByteStream& stream, ResponseParser& parser,
                                       Exchange& exchange) {
    const std::size_t size = limits_.header_bytes + kReadBytes;
    const std::unique_ptr<char[]> buffer = std::make_unique_for_overwrite<char[]>(size);
    std::size_t end = 0;
    while (!parser.done()) {
      boost::asio::mutable_buffer room(buffer.get() + end, size - end);
      const async::ReadSome some = co_await async::read_some(stream, room);
      exchange.anything_read = exchange.anything_read || some.bytes != 0;
      if (some.bytes == 0) {
        const bool ended = some.error == boost::asio::error::eof && exchange.anything_read;
        const fhir::Status complete =
            ended ? parser.put_end() : fhir::Status(fhir::fail(ErrorCode::kUnavailable));
        if (complete.has_value() && parser.done()) break;
        const bool cancelled = some.error == boost::asio::error::operation_aborted;
        exchange.response = fhir::fail(cancelled ? ErrorCode::kCancelled : ErrorCode::kUnavailable);
        co_return;
      }
      end += some.bytes;
      fhir::Result<std::size_t> taken = parser.put(std::string_view(buffer.get(), end));
      if (!taken.has_value()) {
        exchange.response = fhir::fail(std::move(taken).error());
        co_return;
      }
      end -= *taken;
      std::memmove(buffer.get(), buffer.get() + *taken, end);
      if (end == size) {
        exchange.response = fhir::fail(ErrorCode::kTooLarge, "the answer has a header that is too large");
        co_return;
      }
    }
    exchange.reusable = parser.keep_alive() && end == 0;
    exchange.response = parser.take();
  }

  async::Network& network_;
  async::Timers& timers_;
  ClientLimits limits_;
  std::map<Place, std::size_t> in_use_;
  std::map<Place, std::vector<Kept>> kept_;
  std::map<std::shared_ptr<const tls::ClientSettings>, std::shared_ptr<const tls::Client>> contexts_;
};

HttpClient::HttpClient(async::Network& network, async::Timers& timers, ClientLimits limits)
    : pool_(std::make_shared<Pool>(network, timers, limits)) {}

HttpClient::~HttpClient() {
  pool_->close_idle();
}

async::awaitable<fhir::Result<http::Response>> HttpClient::send(http::Endpoint endpoint,
                                                                http::Request request,
                                                                async::Deadline deadline) {
  return Pool::send(pool_, std::move(endpoint), std::move(request), deadline);
}

void HttpClient::close_idle() {
  pool_->close_idle();
}

}  // namespace gateway::http_beast
