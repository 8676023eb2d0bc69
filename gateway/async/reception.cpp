#include "gateway/async/reception.hpp"

#include <utility>

namespace gateway::async {

namespace {

constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr std::chrono::seconds kLastWait{1};

}  // namespace

/// A place among all connections and among those of its host, given back when it ends.
class Reception::HeldPlace {
 public:
  HeldPlace(Reception& reception, std::string host) : reception_(reception), host_(std::move(host)) {}
  ~HeldPlace() {
    reception_.places_.release();
    const auto host = reception_.places_by_host_.find(host_);
    if (host != reception_.places_by_host_.end() && --host->second == 0)
      reception_.places_by_host_.erase(host);
  }
  HeldPlace(const HeldPlace&) = delete;
  HeldPlace& operator=(const HeldPlace&) = delete;

 private:
  Reception& reception_;
  std::string host_;
};

Reception::Reception(Executor executor, Timers& timers, ReceptionLimits limits, Trouble on_trouble)
    : timers_(timers),
      limits_(limits),
      on_trouble_(std::move(on_trouble)),
      tasks_(std::move(executor), [this](std::string_view /*name*/) { trouble("connection_threw"); }),
      places_(limits.connections) {}

Reception::~Reception() = default;

void Reception::serve(std::shared_ptr<void> keeper, ListenerPtr listener, Attend attend, Beyond beyond) {
  auto door = std::make_shared<const Door>(Door{std::move(listener), std::move(attend), std::move(beyond)});
  doors_.push_back(door);
  tasks_.spawn("accept", accept_from(std::move(keeper), this, std::move(door)));
}

awaitable<void> Reception::accept_from(std::shared_ptr<void> keeper, Reception* self,
                                       std::shared_ptr<const Door> door) {
  while (!self->stopping_) {
    fhir::Result<StreamPtr> stream = co_await door->listener->accept();
    if (stream.has_value()) {
      self->admit(keeper, door, std::move(*stream));
      continue;
    }
    if (stream.error().code == fhir::ErrorCode::kCancelled) co_return;
    self->trouble("accept_failed");
    const fhir::Status paused = co_await self->timers_.sleep_for(kAcceptPause);
    if (!paused.has_value()) co_return;
  }
}

bool Reception::take_place(const std::string& host) {
  if (limits_.connections_per_host == ReceptionLimits::kUnlimited) return places_.try_acquire();
  const auto known = places_by_host_.find(host);
  if (known != places_by_host_.end() && known->second >= limits_.connections_per_host) return false;
  if (!places_.try_acquire()) return false;
  ++places_by_host_[host];
  return true;
}

void Reception::admit(const std::shared_ptr<void>& keeper, const std::shared_ptr<const Door>& door,
                      StreamPtr stream) {
  if (take_place(stream->remote().host)) {
    tasks_.spawn("connection", attend(keeper, this, door, std::move(stream)));
  } else if (door->beyond) {
    door->beyond(std::move(stream));
  }
}

awaitable<void> Reception::attend(std::shared_ptr<void> keeper, Reception* self,
                                  std::shared_ptr<const Door> door, StreamPtr stream) {
  const std::shared_ptr<void> kept = std::move(keeper);
  const HeldPlace place(*self, stream->remote().host);
  co_await door->attend(std::move(stream));
}

void Reception::close_all() {
  stopping_ = true;
  for (const auto& door : doors_)
    door->listener->close();
  for (Visitor* visitor : visitors_)
    visitor->abort();
  tasks_.cancel();
}

awaitable<fhir::Status> Reception::stop(std::shared_ptr<void> keeper, Deadline deadline) {
  const std::shared_ptr<void> kept = std::move(keeper);
  stopping_ = true;
  for (const auto& door : doors_)
    door->listener->close();
  for (Visitor* visitor : visitors_)
    visitor->finish();
  fhir::Status drained = co_await tasks_.wait(timers_, deadline);
  if (drained.has_value()) co_return drained;
  close_all();
  const Deadline last = Deadline::after(timers_.clock(), kLastWait);
  const fhir::Status closed = co_await tasks_.wait(timers_, last);
  if (!closed.has_value()) trouble("connection_stuck");
  co_return drained;
}

}  // namespace gateway::async
