// The half that every server has in common: listeners whose connections are admitted within bounds, attended
// one task each, and ended together.
//
//   Reception reception(executor, timers, limits, on_trouble);
//   reception.serve(keeper, std::move(listener), attend, beyond);
//   ...
//   co_await reception.stop(keeper, deadline);
//
// Owned by what its connections share. `keeper` is that owner: every task holds it, so that a task which
// outlives the server still finds what it refers to.
#pragma once

#include <cstddef>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "gateway/async/network.hpp"
#include "gateway/async/notifier.hpp"
#include "gateway/async/task_group.hpp"
#include "gateway/async/timers.hpp"

namespace gateway::async {

/// A connection under way, as the one who ends them all sees it.
class Visitor {
 public:
  Visitor() = default;
  Visitor(const Visitor&) = delete;
  Visitor& operator=(const Visitor&) = delete;
  virtual ~Visitor() = default;
  /// Ends as soon as what it is doing for its peer is done.
  virtual void finish() = 0;
  /// Ends at once.
  virtual void abort() = 0;
};

struct ReceptionLimits {
  static constexpr std::size_t kUnlimited = std::numeric_limits<std::size_t>::max();
  std::size_t connections = 1024;
  std::size_t connections_per_host = kUnlimited;  ///< Of one remote address.
};

/// One thread.
class Reception {
 public:
  /// Serves one connection to its end; its place is given back then.
  using Attend = std::function<awaitable<void>(StreamPtr)>;
  /// What becomes of a connection beyond the limits. Empty: it is closed without a word.
  using Beyond = std::function<void(StreamPtr)>;
  /// Told once for each oddity, by name only: `accept_failed`, `connection_threw`, `connection_stuck`.
  using Trouble = std::function<void(std::string_view event)>;

  Reception(Executor executor, Timers& timers, ReceptionLimits limits, Trouble on_trouble);
  Reception(const Reception&) = delete;
  Reception& operator=(const Reception&) = delete;
  ~Reception();

  /// Accepts from now on until it is stopped.
  void serve(std::shared_ptr<void> keeper, ListenerPtr listener, Attend attend, Beyond beyond = {});
  /// A task that stop() waits for beside the connections.
  void spawn(std::string name, awaitable<void> task) { tasks_.spawn(std::move(name), std::move(task)); }

  void enter(Visitor& visitor) { visitors_.insert(&visitor); }
  void leave(Visitor& visitor) { visitors_.erase(&visitor); }
  [[nodiscard]] std::size_t connections() const noexcept { return visitors_.size(); }
  [[nodiscard]] bool stopping() const noexcept { return stopping_; }

  /// Closes the listeners, lets every visitor finish, and ends the rest hard at the deadline: kTimedOut then,
  /// with everything closed all the same.
  [[nodiscard]] awaitable<fhir::Status> stop(std::shared_ptr<void> keeper, Deadline deadline);
  /// Ends everything at once, without waiting. On its executor, or when that runs no more.
  void close_all();

 private:
  struct Door {
    std::shared_ptr<Listener> listener;
    Attend attend;
    Beyond beyond;
  };
  class HeldPlace;

  static awaitable<void> accept_from(std::shared_ptr<void> keeper, Reception* self,
                                     std::shared_ptr<const Door> door);
  static awaitable<void> attend(std::shared_ptr<void> keeper, Reception* self,
                                std::shared_ptr<const Door> door, StreamPtr stream);
  void admit(const std::shared_ptr<void>& keeper, const std::shared_ptr<const Door>& door, StreamPtr stream);
  [[nodiscard]] bool take_place(const std::string& host);
  void trouble(std::string_view event) const {
    if (on_trouble_) on_trouble_(event);
  }

  Timers& timers_;
  ReceptionLimits limits_;
  Trouble on_trouble_;
  TaskGroup tasks_;
  Permits places_;
  std::map<std::string, std::size_t, std::less<>> places_by_host_;
  std::vector<std::shared_ptr<const Door>> doors_;
  std::unordered_set<Visitor*> visitors_;
  bool stopping_ = false;
};

}  // namespace gateway::async
