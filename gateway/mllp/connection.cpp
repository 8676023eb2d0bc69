#include "gateway/mllp/connection.hpp"

#include <utility>

namespace gateway::mllp {
namespace {

/// What a sender can send ahead, beside what its socket holds.
constexpr std::size_t kReadAheadBytes = 16 * 1024;
/// How long and how much is read and dropped after a refusal, so that the sender sees it before a reset.
constexpr std::chrono::seconds kLingerTime{1};
constexpr std::size_t kLingerBytes = 1024 * 1024;

}  // namespace

Peer peer_of(const async::ByteStream& stream) {
  Peer peer;
  peer.remote = stream.remote();
  peer.loopback = async::is_loopback(peer.remote.host);
  peer.encrypted = stream.is_encrypted();
  if (const auto* certificate = stream.peer_certificate()) peer.certificate = *certificate;
  return peer;
}

Connection::Connection(MllpServer::Shop& shop, async::StreamPtr stream, Peer peer, Terms terms)
    : shop_(shop),
      stream_(std::move(stream)),
      peer_(std::move(peer)),
      framer_(FramerLimits{terms.payload_bytes, shop.limits.junk_bytes}),
      alarm_(shop.context.timers, [this] { on_deadline(); }),
      buffer_(kReadAheadBytes, '\0') {
  shop_.reception.enter(*this);
}

Connection::~Connection() {
  shop_.reception.leave(*this);
}

void Connection::enter(Phase phase, async::Deadline deadline) {
  phase_ = phase;
  timed_out_ = false;
  alarm_.set(deadline);
}

void Connection::on_deadline() {
  timed_out_ = true;
  // A read that is cancelled leaves the stream fit for a reply; a write that is late does not.
  if (phase_ == Phase::kWrite || phase_ == Phase::kLinger) {
    stream_->close();
  } else if (phase_ != Phase::kReceiver) {
    stream_->cancel();
  }
}

void Connection::finish() {
  finishing_ = true;
  if (phase_ == Phase::kIdle) stream_->cancel();
}

void Connection::violated(Incoming& incoming, Violation violation) {
  switch (violation.breach) {
    case Breach::kAbandoned:
      frame_until_.reset();
      shop_.trouble("frame_abandoned");
      return;
    case Breach::kOversize:
      shop_.trouble("frame_too_large");
      incoming.refused = Refused::kOversize;
      incoming.head = std::move(violation.head);
      break;
    case Breach::kNotMllp: shop_.trouble("not_mllp"); break;
  }
  lost_ = true;
}

/// All that the bytes read so far settle.
void Connection::take_buffered(Incoming& incoming) {
  while (!incoming.settled() && !lost_) {
    std::optional<Event> event = framer_.take(unread_);
    if (framer_.skipped() != skipped_) shop_.trouble("junk_skipped");
    skipped_ = framer_.skipped();
    if (!event) break;
    if (auto* frame = std::get_if<Frame>(&*event)) {
      incoming.frame = std::move(*frame);
    } else {
      violated(incoming, std::get<Violation>(std::move(*event)));
    }
  }
  if (lost_ || incoming.refused) return;
  const std::size_t held = incoming.frame ? incoming.frame->payload.size() : framer_.held();
  if (held <= incoming.permits.count() || incoming.permits.try_add(held - incoming.permits.count())) return;
  shop_.trouble("bytes_exhausted");
  incoming.head =
      incoming.frame ? incoming.frame->payload.substr(0, FramerLimits().head_bytes) : framer_.head();
  incoming.frame.reset();
  incoming.refused = Refused::kBusy;
}

/// Sets the deadline of the next read. False when there shall be none.
bool Connection::await_more(const Incoming& incoming) {
  if (incoming.settled() || lost_ || ended_) return false;
  if (!framer_.inside()) {
    frame_until_.reset();
    if (finishing_) return false;
    enter(Phase::kIdle, idle_until_);
    return true;
  }
  if (!frame_until_) frame_until_ = shop_.after(shop_.limits.frame);
  if (framer_.awaits_return()) {
    const async::Deadline grace = shop_.after(shop_.limits.last_return);
    enter(Phase::kLastReturn, async::Deadline::earlier_of(grace, *frame_until_));
  } else {
    enter(Phase::kFrame, *frame_until_);
  }
  return true;
}

/// The end of the stream, a failure or a deadline.
void Connection::nothing_came(Incoming& incoming) {
  const bool frame_late = timed_out_ && frame_until_ && frame_until_->passed(shop_.context.timers.clock());
  if (!frame_late) incoming.frame = framer_.end_without_return();
  if (!timed_out_ || !incoming.frame) ended_ = true;
  if (!incoming.frame && framer_.inside()) shop_.trouble(timed_out_ ? "frame_too_slow" : "frame_cut_short");
}

async::awaitable<void> Connection::read_frame(Incoming& incoming) {
  frame_until_.reset();
  idle_until_ = shop_.after(shop_.limits.idle);
  while (true) {
    take_buffered(incoming);
    if (!await_more(incoming)) break;
    boost::asio::mutable_buffer room(buffer_.data(), buffer_.size());
    const async::ReadSome some = co_await async::read_some(*stream_, room);
    unread_ = std::string_view(buffer_).substr(0, some.bytes);
    if (some.bytes == 0) nothing_came(incoming);
  }
  if (incoming.frame && incoming.frame->return_missing) shop_.trouble("return_missing");
  enter(Phase::kReceiver, async::Deadline::never());
}

async::awaitable<Reply> Connection::ask_receiver(Frame frame) {
  Message message;
  message.payload = std::move(frame.payload);
  message.peer = peer_;
  message.has_forbidden_byte = frame.forbidden_at.has_value();
  message.deadline = shop_.after(shop_.limits.reply);
  std::optional<Reply> reply;
  try {
    reply.emplace(co_await shop_.receiver.receive(std::move(message)));
  } catch (...) {
    shop_.trouble("receiver_threw");
  }
  if (!reply) reply.emplace(Reply{{}, true});
  co_return std::move(*reply);
}

/// False when it could not be said: the connection is of no more use.
async::awaitable<bool> Connection::say(std::string payload) {
  if (payload.empty()) co_return true;
  if (!can_wrap(payload)) {
    shop_.trouble("reply_unsendable");
    co_return false;
  }
  enter(Phase::kWrite, shop_.after(shop_.limits.write));
  const std::string frame = wrap(payload);
  const fhir::Status written = co_await async::write_all(*stream_, frame);
  if (!written.has_value()) shop_.trouble("reply_not_written");
  co_return written.has_value();
}

async::awaitable<void> Connection::linger() {
  enter(Phase::kLinger, shop_.after(kLingerTime));
  const fhir::Status ended = co_await async::shutdown(*stream_);
  if (!ended.has_value()) co_return;
  std::size_t dropped = 0;
  while (dropped < kLingerBytes && !timed_out_) {
    boost::asio::mutable_buffer room(buffer_.data(), buffer_.size());
    const async::ReadSome some = co_await async::read_some(*stream_, room);
    if (some.bytes == 0) break;
    dropped += some.bytes;
  }
}

async::awaitable<void> Connection::refuse(Incoming& incoming) {
  std::string reply = shop_.receiver.refuse(peer_, incoming.head, *incoming.refused);
  const bool said = co_await say(std::move(reply));
  if (said) co_await linger();
}

async::awaitable<void> Connection::run() {
  const fhir::Clock& clock = shop_.context.timers.clock();
  while (true) {
    Incoming incoming(shop_.payloads);
    co_await read_frame(incoming);
    if (incoming.refused) co_await refuse(incoming);
    if (!incoming.frame) break;
    const fhir::Monotonic began = clock.monotonic();
    const std::size_t payload_bytes = incoming.frame->payload.size();
    Reply reply = co_await ask_receiver(std::move(*incoming.frame));
    const std::size_t reply_bytes = reply.payload.size();
    const bool said = co_await say(std::move(reply.payload));
    if (!said) break;
    if (shop_.context.on_served)
      shop_.context.on_served({clock.monotonic() - began, payload_bytes, reply_bytes});
    if (!reply.close && !finishing_) continue;
    co_await linger();
    break;
  }
  enter(Phase::kReceiver, async::Deadline::never());
  stream_->close();
}

}  // namespace gateway::mllp
