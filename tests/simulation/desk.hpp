// The people and systems around the gateway: practices that send and are told, the hub, the rota. Their
// records outlive every life of the gateway; their coroutines do not.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/random.hpp"
#include "gateway/http/handler.hpp"
#include "tests/simulation/draft.hpp"
#include "tests/simulation/life.hpp"
#include "tests/simulation/records.hpp"

namespace tests::simulation {

class Desk;

/// How partners behave at the moment.
struct Manners {
  bool calm = false;  ///< Everything is answered at once and rightly.
  Sabotage sabotage = Sabotage::kNone;
};

/// One partner's door. Records what arrives, answers as its manners are.
class PartnerDoor final : public gateway::http::Handler {
 public:
  PartnerDoor(std::string partner, Desk& desk) : partner_(std::move(partner)), desk_(desk) {}
  [[nodiscard]] gateway::async::awaitable<gateway::http::Response> handle(
      gateway::http::Request request) override;

 private:
  std::string partner_;
  Desk& desk_;
};

class Desk {
 public:
  Desk(Records& records, Trace& trace, const fhir::ManualClock& clock, std::uint64_t seed, Manners manners);

  /// Opens the partners' doors in this life, and takes up everything that is not settled yet.
  void live_in(Life& life);
  void calm_down() { manners_.calm = true; }
  /// True when every practice and the hub have what they asked for.
  [[nodiscard]] bool settled() const;

  /// What a door does with one message: the records, then the answer and the delay before it.
  struct Answer {
    gateway::http::Response response;
    Duration after{0};
  };
  [[nodiscard]] Answer receive(const std::string& partner, const gateway::http::Request& request);
  [[nodiscard]] Life& life() { return *life_; }

 private:
  enum class Manner : std::uint8_t { kPrompt, kLate, kSilent, kWrongIdentifier, kFails, kFailsAfter };
  [[nodiscard]] Manner draw_manner();
  [[nodiscard]] Receipt& record(const std::string& partner, const gateway::http::Request& request,
                                bool& other_body);
  void react(const Receipt& receipt);
  void decide(const Receipt& receipt);
  /// `partner` will say the word some time within `spread_ms`.
  void plan(const std::string& partner, Word word, const Receipt& receipt, std::uint64_t spread_ms);
  [[nodiscard]] gateway::async::awaitable<void> send(int number);
  [[nodiscard]] gateway::async::awaitable<void> pause(Duration least, std::uint64_t spread_ms);
  [[nodiscard]] gateway::async::awaitable<void> attempt(int number);
  [[nodiscard]] gateway::async::awaitable<void> attempt_v2(int number);
  void settle(Sent& sent, int status, bool duplicate, std::string_view body);
  [[nodiscard]] bool wait_for_subject(Sent& sent);
  [[nodiscard]] gateway::async::awaitable<void> speak(int number);
  [[nodiscard]] gateway::async::awaitable<void> speak_by_message(int number);
  [[nodiscard]] gateway::async::awaitable<void> speak_by_task(int number);
  [[nodiscard]] gateway::http::Request request_of(gateway::http::Method method, const std::string& partner,
                                                  const std::string& request_id,
                                                  const std::string& correlation_id, std::string body) const;
  [[nodiscard]] gateway::async::awaitable<fhir::Result<gateway::http::Response>> exchange(
      gateway::http::Request request);

  Records& records_;
  Trace& trace_;
  const fhir::ManualClock& clock_;
  fhir::SeededRandom random_;
  Manners manners_;
  std::vector<std::unique_ptr<PartnerDoor>> doors_;
  Life* life_ = nullptr;
};

}  // namespace tests::simulation
