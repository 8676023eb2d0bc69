#include "gateway/http_beast/connection.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace gateway::http_beast {
namespace {

using fhir::ErrorCode;

/// Read at once, so that a small request takes one read.
constexpr std::size_t kReadAheadBytes = 16 * 1024;
/// A chunked body takes its permits in steps of this.
constexpr std::size_t kPermitStep = 64 * 1024;
/// How long and how much is read and dropped after a refusal, so that the client sees it before a reset.
constexpr std::chrono::seconds kLingerTime{1};
constexpr std::size_t kLingerBytes = 256 * 1024;

/// What the target or method of a head in good order still breaks.
std::optional<Refusal> check_request(const RequestHead& head, const fhir::Result<http::Target>& target) {
  if (!target.has_value()) {
    const bool large = target.error().code == ErrorCode::kTooLarge;
    return Refusal{large ? 414 : 400, target.error()};
  }
  if (head.method == http::Method::kOther) {
    return Refusal{501, fhir::Error{ErrorCode::kUnsupported, "the method is not offered"}};
  }
  const auto coding = head.headers.find("Content-Encoding");
  if (coding && !http::equals_ignoring_case(*coding, "identity")) {
    return Refusal{415, fhir::Error{ErrorCode::kUnsupported, "bodies are taken without content coding"}};
  }
  return std::nullopt;
}

http::Peer make_peer(const async::ByteStream& stream) {
  http::Peer peer;
  peer.remote = stream.remote();
  peer.loopback = async::is_loopback(peer.remote.host);
  peer.encrypted = stream.is_encrypted();
  if (const auto* certificate = stream.peer_certificate()) peer.certificate = *certificate;
  return peer;
}

}  // namespace

Connection::Connection(HttpServer::Shop& shop, async::StreamPtr stream)
    : shop_(shop),
      stream_(std::move(stream)),
      peer_(make_peer(*stream_)),
      alarm_(shop.context.timers, [this] { on_deadline(); }),
      buffer_(shop.limits.header_bytes + kReadAheadBytes, '\0') {
  shop_.reception.enter(*this);
}

Connection::~Connection() {
  shop_.reception.leave(*this);
}

void Connection::enter(Phase phase, std::chrono::nanoseconds limit) {
  phase_ = phase;
  alarm_.set(shop_.after(limit));
}

void Connection::on_deadline() {
  timed_out_ = true;
  // A read that is cancelled leaves the stream fit for an answer; a write that is late does not.
  if (phase_ == Phase::kWrite || phase_ == Phase::kLinger) {
    stream_->close();
  } else if (phase_ != Phase::kHandler) {
    stream_->cancel();
  }
}

void Connection::finish() {
  finishing_ = true;
  if (phase_ == Phase::kIdle) stream_->cancel();
}

void Connection::consume(std::size_t bytes) {
  start_ += bytes;
  if (start_ == end_) start_ = end_ = 0;
}

/// More bytes into the buffer. False at end of stream, failure, deadline, or when the buffer is full.
async::awaitable<bool> Connection::fill() {
  if (end_ == buffer_.size() && start_ != 0) {
    std::memmove(buffer_.data(), buffer_.data() + start_, end_ - start_);
    end_ -= start_;
    start_ = 0;
  }
  if (end_ == buffer_.size() || timed_out_) co_return false;
  boost::asio::mutable_buffer room(buffer_.data() + end_, buffer_.size() - end_);
  const async::ReadSome some = co_await async::read_some(*stream_, room);
  end_ += some.bytes;
  co_return some.bytes != 0;
}

/// Why reading ended early: too slow is answered, gone is not.
void Connection::lost(Incoming& incoming) {
  if (timed_out_) {
    incoming.refusal = Refusal{408, fhir::Error{ErrorCode::kTimedOut, "the request did not arrive in time"}};
  } else {
    incoming.gone = true;
  }
}

/// Size of the head with its blank line, or 0 with the reason in `incoming`.
async::awaitable<std::size_t> Connection::read_head_bytes(Incoming& incoming) {
  std::size_t searched = 0;
  while (true) {
    // One empty line before a request is passed over (RFC 9112 2.2).
    if (searched == 0 && buffered().starts_with("\r\n")) consume(2);
    const std::string_view bytes = buffered();
    if (!bytes.empty() && phase_ == Phase::kIdle) enter(Phase::kHeader, shop_.limits.header);
    const std::optional<std::size_t> end = find_head_end(bytes, searched < 3 ? 0 : searched - 3);
    searched = bytes.size();
    if (!end) {
      incoming.refusal =
          Refusal{400, fhir::Error{ErrorCode::kInvalidRequest, "a line ends without carriage return"}};
      co_return 0;
    }
    if (std::max(*end, *end == 0 ? bytes.size() : 0) > shop_.limits.header_bytes) {
      incoming.refusal = Refusal{431, fhir::Error{ErrorCode::kTooLarge, "the header is too large"}};
      co_return 0;
    }
    if (*end != 0) co_return *end;
    if (finishing_ && bytes.empty()) {
      incoming.gone = true;
      co_return 0;
    }
    const bool filled = co_await fill();
    if (filled) continue;
    if (phase_ == Phase::kIdle) {
      incoming.gone = true;
    } else {
      lost(incoming);
    }
    co_return 0;
  }
}

bool Connection::accept_head(Incoming& incoming, RequestParser& parser, std::string_view head,
                             Framing& framing) {
  const auto keep = [&](const Refusal& refusal) {
    incoming.refusal = refusal;
    return false;
  };
  if (const auto bytes = check_head_bytes(head); !bytes.has_value()) return keep(bytes.error());
  auto read = parser.read_head(head);
  if (!read.has_value()) return keep(read.error());
  const auto framed = check_framing(*read, shop_.limits.body_bytes);
  if (!framed.has_value()) return keep(framed.error());
  auto target = http::Target::parse(read->target);
  if (const auto refusal = check_request(*read, target)) return keep(*refusal);
  framing = *framed;
  incoming.keep_alive = framing.keep_alive;
  incoming.request.method = read->method;
  incoming.request.target = std::move(*target);
  incoming.request.headers = std::move(read->headers);
  return true;
}

bool Connection::admit_body(Incoming& incoming, std::size_t bytes) {
  if (incoming.body_permits.try_add(bytes)) return true;
  incoming.refusal = Refusal{503, fhir::Error{ErrorCode::kBusy, "too many bodies are under way"}};
  return false;
}

async::awaitable<void> Connection::read_sized_body(Incoming& incoming, std::size_t length) {
  if (!admit_body(incoming, length)) co_return;
  std::string& body = incoming.request.body;
  body.resize(length);
  std::size_t have = std::min(length, end_ - start_);
  std::memcpy(body.data(), buffer_.data() + start_, have);
  consume(have);
  if (have == length) co_return;
  enter(Phase::kBody, shop_.limits.body);
  while (have < length) {
    boost::asio::mutable_buffer room(body.data() + have, length - have);
    const async::ReadSome some = co_await async::read_some(*stream_, room);
    have += some.bytes;
    if (some.bytes == 0 || timed_out_) co_return lost(incoming);
  }
}

async::awaitable<void> Connection::read_chunked_body(Incoming& incoming, RequestParser& parser) {
  enter(Phase::kBody, shop_.limits.body);
  while (true) {
    const auto taken = parser.put_chunked(buffered());
    if (!taken.has_value()) {
      incoming.refusal = taken.error();
      co_return;
    }
    consume(*taken);
    while (parser.body_size() > incoming.body_permits.count()) {
      if (!admit_body(incoming, kPermitStep)) co_return;
    }
    if (parser.done()) break;
    const bool full = end_ - start_ == buffer_.size();
    const bool filled = !full && co_await fill();
    if (filled) continue;
    if (full) {
      incoming.refusal =
          Refusal{431, fhir::Error{ErrorCode::kTooLarge, "a chunk header or the trailer is too large"}};
    } else {
      lost(incoming);
    }
    co_return;
  }
  incoming.request.body = parser.take_body();
}

async::awaitable<void> Connection::read_request(Incoming& incoming) {
  const std::size_t head_size = co_await read_head_bytes(incoming);
  if (head_size == 0) co_return;
  RequestParser parser(shop_.limits.body_bytes);
  Framing framing;
  const bool accepted = accept_head(incoming, parser, buffered().substr(0, head_size), framing);
  if (!accepted) co_return;
  consume(head_size);
  const bool has_body = framing.chunked || framing.content_length != 0;
  if (framing.expects_continue && has_body && buffered().empty()) {
    enter(Phase::kBody, shop_.limits.body);
    const fhir::Status told = co_await async::write_all(*stream_, "HTTP/1.1 100 Continue\r\n\r\n");
    if (!told.has_value()) co_return lost(incoming);
  }
  if (framing.chunked) {
    co_await read_chunked_body(incoming, parser);
  } else if (has_body) {
    co_await read_sized_body(incoming, static_cast<std::size_t>(framing.content_length));
  }
}

async::awaitable<http::Response> Connection::call_handler(http::Request request) {
  std::optional<http::Response> response;
  try {
    response.emplace(co_await shop_.handler.handle(std::move(request)));
  } catch (...) {
    shop_.trouble("handler_threw");
  }
  if (!response) response.emplace(shop_.context.errors(500, fhir::Error{ErrorCode::kInternal, {}}, nullptr));
  co_return std::move(*response);
}

async::awaitable<bool> Connection::answer(const http::Response& response, bool is_head, AfterAnswer after) {
  timed_out_ = false;
  enter(Phase::kWrite, shop_.limits.write);
  const std::string head = response_head(response, shop_.date(), after);
  std::string_view body = response.body;
  if (is_head || !may_have_body(response.status)) body = {};
  const fhir::Status written = co_await async::write_all(*stream_, head, body);
  co_return written.has_value();
}

async::awaitable<void> Connection::linger() {
  enter(Phase::kLinger, kLingerTime);
  const fhir::Status ended = co_await async::shutdown(*stream_);
  if (!ended.has_value()) co_return;
  std::size_t dropped = 0;
  while (dropped < kLingerBytes && !timed_out_) {
    const async::ReadSome some =
        co_await async::read_some(*stream_, boost::asio::buffer(buffer_.data(), buffer_.size()));
    if (some.bytes == 0) break;
    dropped += some.bytes;
  }
}

async::awaitable<void> Connection::say_and_close(Refusal refusal) {
  http::Response response = shop_.context.errors(refusal.status, refusal.error, nullptr);
  response.status = refusal.status;
  if (refusal.status == 503)
    response.headers.set("Retry-After", std::to_string(shop_.limits.retry_after.count()));
  const bool written = co_await answer(response, false, AfterAnswer::kClose);
  if (written) co_await linger();
  alarm_.set(async::Deadline::never());
  stream_->close();
}

async::awaitable<void> Connection::run() {
  const fhir::Clock& clock = shop_.context.timers.clock();
  while (!finishing_) {
    enter(Phase::kIdle, shop_.limits.idle);
    // What it holds of memory and permits ends before a refusal is written at leisure.
    std::optional<Incoming> held(std::in_place, shop_.bodies);
    Incoming& incoming = *held;
    co_await read_request(incoming);
    if (incoming.gone) break;
    if (incoming.refusal) {
      Refusal refusal = std::move(*incoming.refusal);
      held.reset();
      co_return co_await say_and_close(std::move(refusal));
    }
    phase_ = Phase::kHandler;
    alarm_.set(async::Deadline::never());
    const fhir::Monotonic began = clock.monotonic();
    const http::Method method = incoming.request.method;
    const std::size_t request_bytes = incoming.request.body.size();
    incoming.request.peer = peer_;
    incoming.request.deadline = shop_.after(shop_.limits.handler);
    const http::Response response = co_await call_handler(std::move(incoming.request));
    const bool keep = incoming.keep_alive && !finishing_;
    const bool written = co_await answer(response, method == http::Method::kHead,
                                         keep ? AfterAnswer::kKeepOpen : AfterAnswer::kClose);
    if (shop_.context.on_served) {
      const auto elapsed = clock.monotonic() - began;
      shop_.context.on_served({method, response.status, elapsed, request_bytes, response.body.size()});
    }
    if (!written) break;
    if (!keep) {
      held.reset();
      co_await linger();
      break;
    }
  }
  alarm_.set(async::Deadline::never());
  stream_->close();
}

}  // namespace gateway::http_beast
