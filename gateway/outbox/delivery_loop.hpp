// The delivery loop: takes what is due from the outbox, sends it, and commits what became of it.
//
// A delivery is under way until its end is committed. It takes one of the places of its destination only
// while it is being sent, so that the partner need not wait for our disk. The outbox is read in looks: one
// transaction gives what is due with its bodies, and what is said meanwhile waits for the next look.
//
// It is the one owner of retry for deliveries. A delivery that was being sent when the process died is still
// pending, and goes again with the same bytes and ids; the partner's duplicate rule makes that one effect.
// Order within a lane is the store's: only the head of a lane is ever due.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "fhir/base/random.hpp"
#include "gateway/async/blocking_pool.hpp"
#include "gateway/async/notifier.hpp"
#include "gateway/async/task_group.hpp"
#include "gateway/async/timers.hpp"
#include "gateway/commit/committer.hpp"
#include "gateway/outbox/courier.hpp"
#include "gateway/store/store.hpp"

namespace gateway::outbox {

/// What became of an attempt.
struct Attempt {
  store::DeliveryRow delivery;  ///< As it was before the attempt.
  Answer answer;
  bool dead = false;  ///< Refused for good, or retries used up.
  fhir::Instant at{};
};

/// Port: what follows from a finished delivery. Whoever knows the referral implements it.
class DeliverySink {
 public:
  DeliverySink() = default;
  DeliverySink(const DeliverySink&) = delete;
  DeliverySink& operator=(const DeliverySink&) = delete;
  virtual ~DeliverySink() = default;
  /// Marks the delivery delivered and carries on the referral, in the transaction given. May run again.
  /// kConflict when the answer came another way before.
  [[nodiscard]] virtual fhir::Status delivered(store::Transaction& tx, const store::DeliveryRow& delivery,
                                               fhir::Instant at) = 0;
  /// Marks it dead, so that a person must look. Otherwise as delivered().
  [[nodiscard]] virtual fhir::Status undeliverable(store::Transaction& tx, const store::DeliveryRow& delivery,
                                                   std::string_view error_code, fhir::Instant at) = 0;
  /// The attempt is on record. For logs and metrics; must not throw or block.
  virtual void recorded(const Attempt& attempt) = 0;
};

struct DeliveryFigures {
  std::uint64_t attempts = 0;
  std::uint64_t delivered = 0;
  std::uint64_t retried = 0;
  std::uint64_t dead = 0;
  std::size_t in_flight = 0;
};

struct DeliverySettings {
  std::size_t window = 16;      ///< Deliveries being sent to one destination.
  std::size_t total = 128;      ///< Deliveries being sent in all: as many bodies are held.
  std::size_t recording = 512;  ///< Deliveries sent whose end is not committed yet; beyond it none is begun.
  std::chrono::milliseconds pace{2};  ///< From one look to the next.
  std::chrono::milliseconds longest_rest{
      1000};  ///< The outbox is looked at this often even when nobody says so.
  std::chrono::milliseconds busy_rest{
      20};  ///< Until a delivery for which there was no connection asks again.
};

/// I/O thread. Everything given outlives it; stop() and wait before destruction.
class DeliveryLoop {
 public:
  struct Parts {
    store::Store& store;
    commit::Committer& committer;
    Courier& courier;
    const config::RetryPolicy& policy;
    async::Timers& timers;
    fhir::Random& random;
    async::BlockingPool& pool;
    async::Executor executor;
    DeliverySink& sink;
  };
  DeliveryLoop(Parts parts, DeliverySettings settings);
  DeliveryLoop(const DeliveryLoop&) = delete;
  DeliveryLoop& operator=(const DeliveryLoop&) = delete;
  ~DeliveryLoop();

  void start();
  /// Something may have become due: a commit that enqueued, a release by a person.
  void notify();
  /// Starts nothing new and waits for what is under way. What the deadline cuts off is retried after the next
  /// start.
  [[nodiscard]] async::awaitable<fhir::Status> stop(async::Deadline deadline);
  [[nodiscard]] DeliveryFigures figures() const;

 private:
  [[nodiscard]] async::awaitable<void> run();
  [[nodiscard]] async::awaitable<void> wake_after_rest();
  /// A delivery to begin.
  struct Ready {
    store::DeliveryRow delivery;
    fhir::Result<std::string> body;
  };
  [[nodiscard]] async::awaitable<fhir::Status> start_what_is_due();
  [[nodiscard]] async::awaitable<fhir::Status> revive_unanswered();
  [[nodiscard]] async::awaitable<void> deliver(Ready ready);
  [[nodiscard]] async::awaitable<void> end(const store::DeliveryRow& delivery, Answer answer);
  [[nodiscard]] async::awaitable<fhir::Status> record(const store::DeliveryRow& delivery, Answer answer);
  [[nodiscard]] bool has_room() const;
  void count(const Attempt& attempt);
  void begin(const store::DeliveryRow& delivery);
  void free_place(const store::DeliveryRow& delivery);

  Parts parts_;
  DeliverySettings settings_;
  async::TaskGroup tasks_;
  async::Notifier wake_;
  bool due_again_ = false;  ///< Something was said while the loop was looking.
  bool stopping_ = false;
  bool silence_due_ = true;               ///< Time to look for answers that did not come.
  std::set<store::OutboxSeq> in_flight_;  ///< Under way.
  std::map<std::string, std::size_t, std::less<>> in_flight_to_;  ///< Places taken, by destination.
  std::size_t sending_ = 0;                                       ///< Their sum.
  std::size_t unrecorded_ = 0;  ///< Ends that could not be committed; nothing is begun until they rested.
  DeliveryFigures figures_;
};

}  // namespace gateway::outbox
