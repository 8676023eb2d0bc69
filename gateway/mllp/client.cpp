#include "gateway/mllp/client.hpp"

#include <map>
#include <utility>
#include <vector>

#include <boost/asio/error.hpp>

#include "gateway/async/alarm.hpp"
#include "gateway/async/notifier.hpp"
#include "gateway/async/within.hpp"
#include "gateway/mllp/framer.hpp"
#include "gateway/tls/tls.hpp"

namespace gateway::mllp {
namespace {

using fhir::ErrorCode;

constexpr std::size_t kReadBytes = 16 * 1024;
/// Frames that answer something else, one after the other, before the connection is given up.
constexpr int kStrangers = 16;

/// A place connections are shared for.
using Place = std::pair<async::Address, const tls::ClientSettings*>;

/// What one message on one connection came to.
struct Exchange {
  fhir::Result<std::string> answer = fhir::fail(ErrorCode::kInternal);
  bool reusable = false;
};

/// Looks for the answer in what comes.
class AnswerSearch {
 public:
  AnswerSearch(const IsAnswer& is_answer, std::size_t reply_bytes)
      : is_answer_(is_answer), framer_(FramerLimits{.payload_bytes = reply_bytes}) {}

  void put(std::string_view bytes) {
    while (!over()) {
      std::optional<Event> event = framer_.take(bytes);
      if (!event) break;
      if (auto* frame = std::get_if<Frame>(&*event)) {
        judge(std::move(*frame));
      } else {
        violated(std::get<Violation>(*event).breach);
      }
    }
    nothing_after_ = bytes.empty() && !framer_.inside();
  }
  /// No byte follows, now or ever.
  void end() {
    if (auto frame = framer_.end_without_return()) judge(std::move(*frame));
  }

  [[nodiscard]] bool over() const noexcept { return answer_.has_value(); }
  [[nodiscard]] bool awaits_return() const noexcept { return framer_.awaits_return(); }
  /// Once over: the answer came whole, and nothing behind it.
  [[nodiscard]] bool is_clean() const { return answer_->has_value() && nothing_after_; }
  [[nodiscard]] fhir::Result<std::string> take() { return std::move(*answer_); }

 private:
  void judge(Frame frame) {
    if (is_answer_(frame.payload)) {
      nothing_after_ = false;
      answer_ = std::move(frame.payload);
    } else if (++strangers_ > kStrangers) {
      answer_ = fhir::fail(ErrorCode::kMalformed, "answers to other messages only");
    }
  }
  void violated(Breach breach) {
    if (breach == Breach::kAbandoned) return;
    const bool large = breach == Breach::kOversize;
    answer_ = fhir::fail(large ? ErrorCode::kTooLarge : ErrorCode::kMalformed,
                         large ? "the answer is too large" : "the answer is no frame");
  }

  const IsAnswer& is_answer_;
  Framer framer_;
  std::optional<fhir::Result<std::string>> answer_;
  int strangers_ = 0;
  bool nothing_after_ = false;
};

}  // namespace

class MllpClient::Pool : public std::enable_shared_from_this<Pool> {
 public:
  Pool(async::Network& network, async::Timers& timers, ClientLimits limits)
      : network_(network), timers_(timers), limits_(limits) {}

  static async::awaitable<fhir::Result<std::string>> send(std::shared_ptr<Pool> self, Destination destination,
                                                          std::string payload, IsAnswer is_answer,
                                                          async::Deadline deadline) {
    if (!can_wrap(payload)) co_return fhir::fail(ErrorCode::kInvalidRequest, "the payload cannot be framed");
    const std::shared_ptr<Lane> lane = co_await self->lane_of(destination);
    fhir::Status turn = co_await self->await_turn(*lane, deadline);
    if (!turn.has_value()) co_return fhir::fail(std::move(turn).error());
    const Turn use(*lane);
    async::StreamPtr stream = co_await self->take_kept(*lane);
    if (!stream) {
      fhir::Result<async::StreamPtr> fresh = co_await self->connect(destination, deadline);
      if (!fresh.has_value()) co_return fhir::fail(std::move(fresh).error());
      stream = std::move(*fresh);
    }
    const std::string frame = wrap(payload);
    Exchange exchange = co_await self->exchange(*stream, frame, is_answer, deadline);
    if (exchange.reusable && self->limits_.keep.count() > 0)
      lane->kept.push_back({std::move(stream), self->timers_.clock().monotonic()});
    co_return std::move(exchange.answer);
  }

  void close_idle() {
    for (auto& [place, lane] : lanes_)
      lane->kept.clear();
  }

 private:
  struct Kept {
    async::StreamPtr stream;
    fhir::Monotonic since;
  };

  /// The connections to one place and those who wait for one.
  struct Lane {
    Lane(async::Executor executor, std::shared_ptr<const tls::ClientSettings> settings)
        : freed(std::move(executor)), tls(std::move(settings)) {}
    std::size_t in_use = 0;
    std::size_t waiting = 0;
    async::Notifier freed;
    std::vector<Kept> kept;
    std::shared_ptr<const tls::ClientSettings> tls;  // keeps the address in Place from being used again
  };

  class Turn {
   public:
    explicit Turn(Lane& lane) : lane_(lane) { ++lane_.in_use; }
    ~Turn() {
      --lane_.in_use;
      lane_.freed.notify_one();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    Lane& lane_;
  };

  async::awaitable<std::shared_ptr<Lane>> lane_of(const Destination& destination) {
    const async::Executor executor = co_await boost::asio::this_coro::executor;
    auto& lane = lanes_[Place{destination.address, destination.tls.get()}];
    if (!lane) lane = std::make_shared<Lane>(executor, destination.tls);
    co_return lane;
  }

  async::awaitable<fhir::Status> await_turn(Lane& lane, async::Deadline deadline) {
    if (lane.in_use >= limits_.connections_per_destination &&
        lane.waiting >= limits_.waiting_per_destination) {
      co_return fhir::fail(ErrorCode::kBusy, "too many messages wait for the destination");
    }
    while (lane.in_use >= limits_.connections_per_destination) {
      ++lane.waiting;
      fhir::Status freed = co_await async::within(timers_, deadline, lane.freed.wait());
      --lane.waiting;
      if (freed.has_value()) continue;
      if (freed.error().code != ErrorCode::kTimedOut) co_return freed;
      co_return fhir::fail(ErrorCode::kUnavailable, "no connection to the destination became free in time");
    }
    co_return fhir::Status();
  }

  /// A kept connection on which nothing happened since, or null.
  async::awaitable<async::StreamPtr> take_kept(Lane& lane) {
    const fhir::Monotonic oldest = timers_.clock().monotonic() - limits_.keep;
    std::erase_if(lane.kept, [&](const Kept& one) { return one.since < oldest; });
    while (!lane.kept.empty()) {
      async::StreamPtr stream = std::move(lane.kept.back().stream);
      lane.kept.pop_back();
      const bool quiet = co_await is_quiet(*stream);
      if (quiet) co_return stream;
    }
    co_return nullptr;
  }

  /// True when a read finds nothing to do: neither bytes nor the end.
  async::awaitable<bool> is_quiet(async::ByteStream& stream) {
    async::Alarm at_once(timers_, [&stream] { stream.cancel(); });
    at_once.set(async::Deadline::at(timers_.clock().monotonic()));
    char byte = 0;
    const async::ReadSome some = co_await async::read_some(stream, boost::asio::buffer(&byte, 1));
    co_return some.bytes == 0 && some.error == boost::asio::error::operation_aborted;
  }

  async::awaitable<fhir::Result<async::StreamPtr>> connect(const Destination& destination,
                                                           async::Deadline deadline) {
    std::shared_ptr<const tls::Client> tls;
    if (destination.tls) {
      auto& made = contexts_[destination.tls];
      if (!made) {
        auto context = tls::Client::make(*destination.tls);
        if (!context.has_value()) co_return fhir::fail(std::move(context).error());
        made = std::move(*context);
      }
      tls = made;
    }
    fhir::Result<async::StreamPtr> stream = co_await network_.connect(destination.address, deadline);
    if (stream.has_value() && tls) {
      stream = co_await tls->connect(std::move(*stream), destination.address.host, timers_, deadline);
    }
    if (stream.has_value() || stream.error().code == ErrorCode::kCancelled) co_return stream;
    // Whatever kept the connection from being made, nothing was sent.
    co_return fhir::fail(ErrorCode::kUnavailable, stream.error().detail);
  }

  async::awaitable<Exchange> exchange(async::ByteStream& stream, const std::string& frame,
                                      const IsAnswer& is_answer, async::Deadline deadline) {
    async::Alarm alarm(timers_, [&stream] { stream.cancel(); });
    alarm.set(deadline);
    // An answer may stand there even though the message could not be written to its end: a refusal of its
    // size.
    const fhir::Status written = co_await async::write_all(stream, frame);
    AnswerSearch search(is_answer, limits_.reply_bytes);
    fhir::ErrorCode failure = co_await search_in(stream, search, alarm, deadline);
    Exchange exchange;
    if (search.over()) {
      exchange.reusable = written.has_value() && search.is_clean();
      exchange.answer = search.take();
    } else {
      exchange.answer = fhir::fail(failure, "no whole answer came");
    }
    co_return exchange;
  }

  /// Reads until the search is over. Else why there is no more to read.
  async::awaitable<ErrorCode> search_in(async::ByteStream& stream, AnswerSearch& search, async::Alarm& alarm,
                                        async::Deadline deadline) {
    std::string buffer(kReadBytes, '\0');
    while (!search.over()) {
      const bool only_return = search.awaits_return();
      const async::Deadline grace = async::Deadline::after(timers_.clock(), limits_.last_return);
      alarm.set(only_return ? async::Deadline::earlier_of(deadline, grace) : deadline);
      const async::ReadSome some = co_await async::read_some(stream, boost::asio::buffer(buffer));
      search.put(std::string_view(buffer).substr(0, some.bytes));
      if (some.bytes != 0) continue;
      search.end();
      const bool aborted = some.error == boost::asio::error::operation_aborted;
      const bool stopped = co_await async::is_cancelled();
      if (stopped) co_return ErrorCode::kCancelled;
      // A frame that was no answer, without its last byte: others may come.
      if (aborted && only_return && !deadline.passed(timers_.clock())) continue;
      break;
    }
    co_return ErrorCode::kTimedOut;
  }

  async::Network& network_;
  async::Timers& timers_;
  ClientLimits limits_;
  std::map<Place, std::shared_ptr<Lane>> lanes_;
  std::map<std::shared_ptr<const tls::ClientSettings>, std::shared_ptr<const tls::Client>> contexts_;
};

MllpClient::MllpClient(async::Network& network, async::Timers& timers, ClientLimits limits)
    : pool_(std::make_shared<Pool>(network, timers, limits)) {}

MllpClient::~MllpClient() {
  pool_->close_idle();
}

async::awaitable<fhir::Result<std::string>> MllpClient::send(Destination destination, std::string payload,
                                                             IsAnswer is_answer, async::Deadline deadline) {
  return Pool::send(pool_, std::move(destination), std::move(payload), std::move(is_answer), deadline);
}

void MllpClient::close_idle() {
  pool_->close_idle();
}

}  // namespace gateway::mllp
