// Puts load on a receiver of messages and prints what it took, as one line of JSON.
//
//   ligament_load --port 8080 --template referral.json --connections 64 --seconds 5              as fast as
//   it answers ligament_load --port 8080 --template referral.json --connections 64 --seconds 5 --rate 2000 at
//   a fixed rate
//
// With --door mllp the template is an HL7 v2 message, sent in frames; a line end of the file is a segment's
// end, and AA counts as 200, any other acknowledgement as 422.
//
// The template is an HTTP body with marks that are replaced in every request: @UUID1@ to @UUID9@ by fresh
// UUIDs, @NHS@ by an NHS number of the 999 range that passes modulus 11, @N@ by the number of the request.
// With --peer PORT the program also stands in for the hub and the practices (peer.hpp): a request is done,
// and its connection free for the next, when the practice was told of the hub's acceptance. Then
// accepted_per_second counts referrals whose practice was told, and latencies end there.
//
// With --rate requests are due at fixed times whether or not the receiver keeps up (open loop): latency
// counts from when a request was due, so waiting in line shows.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "tests/bench/peer.hpp"

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Clock = std::chrono::steady_clock;

struct Options {
  std::uint16_t port = 0;
  std::string path = "/fhir/$process-message";
  std::string template_file;
  bool mllp = false;
  std::string partner;        ///< Value of the X-Ligament-Partner field; empty: none.
  std::uint16_t peer = 0;     ///< 0: nobody answers deliveries here.
  std::uint16_t gateway = 0;  ///< Where the hub's decisions go; 0: port.
  std::string hub = "sussex-hub";
  int connections = 64;
  double seconds = 5;
  double warm_up = 1;
  double rate = 0;
  std::uint64_t seed = 1;
};

/// splitmix64: the same seed sends the same bytes.
class Numbers {
 public:
  explicit Numbers(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15u;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30u)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27u)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31u);
  }
  std::string uuid() {
    static constexpr char kHex[] = "0123456789abcdef";
    std::string text;
    std::uint64_t bits = 0;
    for (int i = 0; i < 36; ++i) {
      if (i % 16 == 0) bits = next();
      if (i == 8 || i == 13 || i == 18 || i == 23) {
        text.push_back('-');
      } else if (i == 14) {
        text.push_back('4');
      } else if (i == 19) {
        text.push_back('8');
      } else {
        text.push_back(kHex[bits & 15u]);
        bits >>= 4u;
      }
    }
    return text;
  }
  std::string nhs_number() {
    while (true) {
      std::string digits = "999";
      std::uint64_t bits = next();
      for (int i = 0; i < 6; ++i, bits /= 10)
        digits.push_back(static_cast<char>('0' + bits % 10));
      int sum = 0;
      for (int i = 0; i < 9; ++i)
        sum += (digits[static_cast<std::size_t>(i)] - '0') * (10 - i);
      const int check = (11 - sum % 11) % 11;
      if (check < 10) return digits + static_cast<char>('0' + check);
    }
  }

 private:
  std::uint64_t state_;
};

/// The template cut at its marks.
class Template {
 public:
  Template(const std::string& path, bool segments) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + path);
    std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (segments) std::replace(text.begin(), text.end(), '\n', '\r');
    std::size_t from = 0;
    while (from <= text.size()) {
      const std::size_t open = text.find('@', from);
      const std::size_t close = open == std::string::npos ? open : text.find('@', open + 1);
      if (close == std::string::npos) {
        pieces_.push_back({text.substr(from), ""});
        return;
      }
      const std::string mark = text.substr(open + 1, close - open - 1);
      if (mark == "NHS" || mark == "N" || (mark.size() == 5 && mark.starts_with("UUID"))) {
        pieces_.push_back({text.substr(from, open - from), mark});
        from = close + 1;
      } else {
        pieces_.push_back({text.substr(from, open + 1 - from), ""});
        from = open + 1;
      }
    }
  }
  /// `nhs` becomes the number of its patient.
  std::string fill(Numbers& numbers, std::uint64_t n, std::string& nhs) const {
    std::array<std::string, 10> uuids;
    nhs.clear();
    std::string body;
    for (const auto& [text, mark] : pieces_) {
      body += text;
      if (mark.empty()) continue;
      if (mark == "N") {
        body += std::to_string(n);
      } else if (mark == "NHS") {
        if (nhs.empty()) nhs = numbers.nhs_number();
        body += nhs;
      } else {
        std::string& uuid = uuids[static_cast<std::size_t>(mark[4] - '0') % 10];
        if (uuid.empty()) uuid = numbers.uuid();
        body += uuid;
      }
    }
    return body;
  }

 private:
  std::vector<std::pair<std::string, std::string>> pieces_;
};

struct Figures {
  std::map<int, std::uint64_t> statuses;
  std::vector<double> latencies_ms;
  std::uint64_t broken = 0;
  std::uint64_t untold = 0;  ///< Taken, and the practice not told within kPatience.
  std::string first_refusal;
};

class Load {
 public:
  Load(const Options& options, const Template& message)
      : options_(options), message_(message), numbers_(options.seed) {
    if (options.peer == 0) return;
    const auto gateway = options.gateway != 0 ? options.gateway : options.port;
    peer_.emplace(
        io_, options.peer, gateway, options.hub, [this] { return numbers_.uuid(); },
        [this](const std::string& nhs) { told(nhs); });
    peer_->start();
  }

  void run() {
    start_ = Clock::now();
    measured_from_ =
        start_ + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(options_.warm_up));
    end_ = measured_from_ +
           std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(options_.seconds));
    running_ = options_.connections;
    for (int i = 0; i < options_.connections; ++i)
      asio::co_spawn(io_, connection(), asio::detached);
    if (peer_) {
      while (running_ > 0 && io_.run_one() > 0) {
      }
    } else {
      io_.run();
    }
    print();
  }

 private:
  /// Somebody of the practice reads it.
  void told(const std::string& nhs) {
    const auto found = waiting_.find(nhs);
    if (found == waiting_.end()) return;
    found->second.told = true;
    found->second.timer->cancel();
  }

  std::string request(std::string& nhs) {
    std::string body = message_.fill(numbers_, ++sent_, nhs);
    // The practice knows by the number which referral it is told of.
    while (waiting_.contains(nhs))
      body = message_.fill(numbers_, sent_, nhs);
    if (options_.mllp) return '\v' + body + "\x1c\r";
    std::string head =
        "POST " + options_.path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/fhir+json\r\n";
    head += "Accept: application/fhir+json; version=1.4.0\r\n";
    head += "X-Request-Id: " + numbers_.uuid() + "\r\nX-Correlation-Id: " + numbers_.uuid() + "\r\n";
    if (!options_.partner.empty()) head += "X-Ligament-Partner: " + options_.partner + "\r\n";
    head += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    return head + body;
  }

  /// When the next request is due: now, or its place in the fixed schedule.
  Clock::time_point take_turn() {
    if (options_.rate <= 0) return Clock::now();
    return start_ + std::chrono::duration_cast<Clock::duration>(
                        std::chrono::duration<double>(static_cast<double>(turn_++) / options_.rate));
  }

  asio::awaitable<void> connection() {
    co_await send_all();
    --running_;
  }

  /// True when the practice was told in time.
  asio::awaitable<bool> practice_told(const std::string& nhs) {
    Waiting& waiting = waiting_[nhs];
    if (!waiting.told) {
      waiting.timer->expires_after(kPatience);
      auto [cancelled] = co_await waiting.timer->async_wait(asio::as_tuple(asio::use_awaitable));
      (void)cancelled;
    }
    const bool told = waiting.told;
    waiting_.erase(nhs);
    co_return told;
  }

  asio::awaitable<void> send_all() {
    tcp::socket socket(io_);
    const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), options_.port);
    auto [connect_error] = co_await socket.async_connect(endpoint, asio::as_tuple(asio::use_awaitable));
    if (connect_error) {
      ++figures_.broken;
      co_return;
    }
    socket.set_option(tcp::no_delay(true));
    asio::steady_timer timer(io_);
    std::string buffer;
    while (true) {
      const Clock::time_point due = take_turn();
      if (due >= end_) co_return;
      if (due > Clock::now()) {
        timer.expires_at(due);
        co_await timer.async_wait(asio::use_awaitable);
      }
      std::string nhs;
      const std::string message = request(nhs);
      if (peer_) waiting_[nhs].timer.emplace(io_);
      auto [write_error, written] =
          co_await asio::async_write(socket, asio::buffer(message), asio::as_tuple(asio::use_awaitable));
      int status = 0;
      if (!write_error && options_.mllp) status = co_await acknowledgement(socket, buffer);
      if (!write_error && !options_.mllp) status = co_await answer(socket, buffer);
      if (status == 0) {
        ++figures_.broken;
        co_return;
      }
      if (peer_ && status == 200) {
        const bool told = co_await practice_told(nhs);
        if (!told) {
          ++figures_.untold;
          continue;
        }
      }
      const Clock::time_point now = Clock::now();
      if (now >= end_) co_return;
      if (due >= measured_from_) {
        ++figures_.statuses[status];
        figures_.latencies_ms.push_back(std::chrono::duration<double, std::milli>(now - due).count());
      }
    }
  }

  /// Reads one answer with Content-Length; its status, or 0.
  asio::awaitable<int> answer(tcp::socket& socket, std::string& buffer) {
    auto [head_error, head] = co_await asio::async_read_until(
        socket, asio::dynamic_buffer(buffer), "\r\n\r\n", asio::as_tuple(asio::use_awaitable));
    if (head_error || buffer.size() < 12) co_return 0;
    const int status = std::stoi(buffer.substr(9, 3));
    std::string lower = buffer.substr(0, head);
    for (char& c : lower) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    const std::size_t field = lower.find("content-length:");
    const std::size_t length = field == std::string::npos ? 0 : std::stoull(lower.substr(field + 15));
    while (buffer.size() < head + length) {
      const std::size_t had = buffer.size();
      buffer.resize(head + length);
      auto [error, got] = co_await socket.async_read_some(
          asio::buffer(buffer.data() + had, buffer.size() - had), asio::as_tuple(asio::use_awaitable));
      buffer.resize(had + got);
      if (error) co_return 0;
    }
    if (status >= 400 && figures_.first_refusal.empty())
      figures_.first_refusal = buffer.substr(head, std::min<std::size_t>(length, 2000));
    buffer.erase(0, head + length);
    co_return status;
  }

  /// Reads one frame; what it says, or 0.
  asio::awaitable<int> acknowledgement(tcp::socket& socket, std::string& buffer) {
    auto [error, length] = co_await asio::async_read_until(socket, asio::dynamic_buffer(buffer), "\x1c\r",
                                                           asio::as_tuple(asio::use_awaitable));
    if (error) co_return 0;
    const std::string frame = buffer.substr(0, length);
    buffer.erase(0, length);
    const int status = frame.find("\rMSA|AA|") == std::string::npos ? 422 : 200;
    if (status != 200 && figures_.first_refusal.empty()) figures_.first_refusal = frame;
    co_return status;
  }

  void print() {
    std::sort(figures_.latencies_ms.begin(), figures_.latencies_ms.end());
    const auto percentile = [this](double p) {
      if (figures_.latencies_ms.empty()) return 0.0;
      const auto at = static_cast<std::size_t>(p * static_cast<double>(figures_.latencies_ms.size() - 1));
      return figures_.latencies_ms[at];
    };
    std::uint64_t accepted = 0;
    std::string statuses;
    for (const auto& [status, count] : figures_.statuses) {
      if (status == 200) accepted += count;
      statuses +=
          (statuses.empty() ? "" : ",") + ("\"" + std::to_string(status) + "\":" + std::to_string(count));
    }
    std::printf(
        "{\"accepted_per_second\":%.1f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f,\"rate\":%.0f,"
        "\"connections\":%d,\"broken\":%llu,\"untold\":%llu,\"decisions_refused\":%llu,\"statuses\":{%s}}\n",
        static_cast<double>(accepted) / options_.seconds, percentile(0.5), percentile(0.99), percentile(1.0),
        options_.rate, options_.connections, static_cast<unsigned long long>(figures_.broken),
        static_cast<unsigned long long>(figures_.untold),
        static_cast<unsigned long long>(peer_ ? peer_->figures().refused : 0), statuses.c_str());
    if (!figures_.first_refusal.empty())
      std::fprintf(stderr, "first refusal: %s\n", figures_.first_refusal.c_str());
    if (peer_ && !peer_->figures().first_refusal.empty())
      std::fprintf(stderr, "first decision refused: %s\n", peer_->figures().first_refusal.c_str());
  }

  static constexpr std::chrono::seconds kPatience{30};
  struct Waiting {
    std::optional<asio::steady_timer> timer;
    bool told = false;
  };

  Options options_;
  const Template& message_;
  Numbers numbers_;
  asio::io_context io_{1};
  std::optional<bench::Peer> peer_;
  std::map<std::string, Waiting> waiting_;
  int running_ = 0;
  Clock::time_point start_;
  Clock::time_point measured_from_;
  Clock::time_point end_;
  std::uint64_t turn_ = 0;
  std::uint64_t sent_ = 0;
  Figures figures_;
};

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    const std::string value = argv[i + 1];
    if (name == "--port") options.port = static_cast<std::uint16_t>(std::stoi(value));
    if (name == "--path") options.path = value;
    if (name == "--template") options.template_file = value;
    if (name == "--door") options.mllp = value == "mllp";
    if (name == "--partner") options.partner = value;
    if (name == "--peer") options.peer = static_cast<std::uint16_t>(std::stoi(value));
    if (name == "--gateway") options.gateway = static_cast<std::uint16_t>(std::stoi(value));
    if (name == "--hub") options.hub = value;
    if (name == "--connections") options.connections = std::stoi(value);
    if (name == "--seconds") options.seconds = std::stod(value);
    if (name == "--warm-up") options.warm_up = std::stod(value);
    if (name == "--rate") options.rate = std::stod(value);
    if (name == "--seed") options.seed = std::stoull(value);
  }
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const Options options = parse(argc, argv);
    if (options.port == 0 || options.template_file.empty()) {
      std::fprintf(stderr,
                   "ligament_load --port N --template FILE [--connections N] [--seconds S] [--warm-up S] "
                   "[--rate N] [--door http|mllp] [--path P] [--partner NAME] [--seed N] "
                   "[--peer PORT [--gateway PORT] [--hub NAME]]\n");
      return 2;
    }
    const Template message(options.template_file, options.mllp);
    Load load(options, message);
    load.run();
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ligament_load: %s\n", error.what());
    return 3;
  }
}
