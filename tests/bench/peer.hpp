// Stands in for everybody a gateway delivers to: hub and practices, over HTTP on one port of loopback.
//
// Every message is answered 200 with a business answer that names it. A referral is then accepted: the hub's
// decision goes to the gateway as a message of its own, on one of a few kept connections. A Communication of
// the kind `accepted` tells the practice, which ends the referral: `told` is called with the patient's NHS
// number. One thread, that of the io_context.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

namespace bench {

struct PeerFigures {
  std::uint64_t referrals = 0;  ///< Deliveries of referrals, repeats among them.
  std::uint64_t told = 0;       ///< Acceptances that reached the practice.
  std::uint64_t other = 0;      ///< Receipts and the like.
  std::uint64_t refused = 0;    ///< Decisions the gateway did not take.
  std::string first_refusal;
};

class Peer {
 public:
  using Told = std::function<void(const std::string& nhs_number)>;
  using Uuid = std::function<std::string()>;
  /// Listens at `port`; decisions go to `gateway_port` as partner `hub`.
  Peer(boost::asio::io_context& io, std::uint16_t port, std::uint16_t gateway_port, std::string hub,
       Uuid uuid, Told told);

  /// Takes connections until the io_context stops.
  void start();
  [[nodiscard]] const PeerFigures& figures() const noexcept { return figures_; }

 private:
  boost::asio::awaitable<void> accept();
  boost::asio::awaitable<void> serve(boost::asio::ip::tcp::socket socket);
  boost::asio::awaitable<void> decide();
  /// The body of the answer; what follows from the message is put in line.
  std::string take(std::string body, const std::string& correlation);

  boost::asio::io_context& io_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::uint16_t gateway_port_;
  std::string hub_;
  Uuid uuid_;
  Told told_;
  std::deque<std::pair<std::string, std::string>> decisions_;  ///< Correlation id and body.
  boost::asio::steady_timer news_;                         ///< Never runs out: cancelled to wake one decider.
  std::vector<char> room_ = std::vector<char>(1u << 18u);  ///< Of the message being read.
  PeerFigures figures_;
};

}  // namespace bench
