#include "tests/simulation/run.hpp"

#include <algorithm>

#include "tests/simulation/checks.hpp"
#include "tests/simulation/desk.hpp"
#include "tests/simulation/schedule.hpp"

namespace tests::simulation {

namespace {

using std::chrono::seconds;

const Drafts& drafts() {
  static const Drafts read;
  return read;
}

fhir::Instant beginning() {
  return *fhir::parse_instant("2026-11-22T09:00:00Z");
}

class Run {
 public:
  Run(std::uint64_t seed, Sabotage sabotage)
      : seed_(seed),
        sabotage_(sabotage),
        clock_(beginning()),
        disk_(seed ^ 0xd15cu),
        trace_(clock_),
        schedule_(draw_schedule(drafts(), beginning(), seed)),
        desk_(records_, trace_, clock_, seed ^ 0xde5cu, {false, sabotage}) {
    records_.sent = schedule_.sent;
  }

  Outcome run() {
    open();
    while (clock_.monotonic() < schedule_.calm)
      step();
    calm();
    finish();
    return outcome();
  }

 private:
  /// Runs to the next thing that the schedule has, and does it.
  void step() {
    fhir::Monotonic next = schedule_.calm;
    for (const Weather& front : schedule_.weather) {
      if (front.from > clock_.monotonic()) next = std::min(next, front.from);
      if (front.until > clock_.monotonic()) next = std::min(next, front.until);
    }
    for (const fhir::Monotonic leap : schedule_.leaps)
      if (leap > clock_.monotonic()) next = std::min(next, leap);
    if (crashes_ < schedule_.crashes.size())
      next = std::min(next, std::max(schedule_.crashes[crashes_].at, clock_.monotonic()));
    life_->timers().run_until(next);
    show_weather();
    if (std::erase(schedule_.leaps, clock_.monotonic()) != 0) {
      trace_.note("the machine sleeps a minute");
      clock_.advance(seconds(60));
      slack_ += seconds(60);
    }
    if (crashes_ < schedule_.crashes.size() && schedule_.crashes[crashes_].at <= clock_.monotonic())
      crash(schedule_.crashes[crashes_++]);
  }

  void show_weather() {
    for (const auto& door : kPartnerDoors)
      life_->network().link(door) = {};
    life_->network().link(kDoor) = {};
    life_->network().link(kV2Door) = {};
    for (const Weather& front : schedule_.weather) {
      if (front.from > clock_.monotonic() || front.until <= clock_.monotonic()) continue;
      gateway::async::LinkFaults& link = life_->network().link(front.link);
      switch (front.kind) {
        case Weather::Kind::kSlow: link.delay = std::chrono::milliseconds(front.amount); break;
        case Weather::Kind::kRefuse: link.refuse = true; break;
        case Weather::Kind::kBlackHole: link.black_hole = true; break;
        case Weather::Kind::kDropReplies: link.drop_replies_after = front.amount; break;
        case Weather::Kind::kDropRequests: link.drop_requests_after = front.amount; break;
        case Weather::Kind::kBreakOnReply: link.close_after_replies = front.amount; break;
        case Weather::Kind::kBreakOnRequest: link.close_after_requests = front.amount; break;
        case Weather::Kind::kBreakNow: life_->network().break_connections(front.link); break;
      }
    }
  }

  void crash(const Crash& crash) {
    switch (crash.kind) {
      case Crash::Kind::kPowerLoss:
      case Crash::Kind::kKill: run_completions(crash.completions); break;
      case Crash::Kind::kDiskDies:
        disk_.fail_call(crash.calls, tests::fault::Fault::kIoError, true);
        life_->timers().run_for(seconds(1));
        break;
      case Crash::Kind::kSyncFails:
        disk_.fail_sync(1 + crash.calls % 5);
        life_->timers().run_for(seconds(2));
        break;
    }
    const bool power = crash.kind == Crash::Kind::kPowerLoss || crash.kind == Crash::Kind::kDiskDies;
    trace_.note(power ? "power is lost" : "the gateway is killed");
    if (power) disk_.lose_power();
    life_.reset();
    disk_.heal();
    clock_.advance(seconds(1) + std::chrono::milliseconds(crash.completions * 40));
    slack_ += seconds(8);
    open();
    show_weather();
  }

  /// That many steps of the loop, moving time whenever it has nothing to do.
  void run_completions(std::uint64_t count) {
    while (count > 0) {
      count -= std::min<std::uint64_t>(count, life_->timers().run_until_idle(count));
      if (count == 0) return;
      const fhir::Monotonic next = life_->timers().next();
      if (next == fhir::Monotonic::max()) return;
      if (next > clock_.monotonic()) clock_.advance(next - clock_.monotonic());
    }
  }

  void open() {
    ++lives_;
    life_ = std::make_unique<Life>(clock_, disk_.name(), seed_ * 100 + static_cast<std::uint64_t>(lives_),
                                   sabotage_);
    trace_.note("the gateway starts, life " + std::to_string(lives_));
    check_start(life_->store(), records_, records_.faults);
    desk_.live_in(*life_);
  }

  void calm() {
    trace_.note("all faults end");
    schedule_.weather.clear();
    show_weather();
    desk_.calm_down();
    rest();
    life_->timers().run_for(seconds(70));  // every step of the rota is due
    rest();
  }

  /// Until nobody waits for anybody.
  void rest() {
    for (int round = 0; round < 40; ++round) {
      life_->timers().run_for(seconds(5));
      if (desk_.settled() && is_quiet(life_->store())) return;
    }
    records_.faults.emplace_back("no rest is found long after the faults ended");
  }

  void finish() {
    check_end(life_->store(), records_, clock_.now(), slack_, records_.faults);
    const int before = arrivals();
    const fhir::Status stopped = life_->stop();
    if (!stopped.has_value()) records_.faults.push_back("stop: " + fhir::to_text(stopped.error()));
    life_.reset();
    open();
    life_->timers().run_for(seconds(2));
    if (arrivals() != before) records_.faults.emplace_back("a start sends again what was delivered");
    trace_.note("the end");
  }

  [[nodiscard]] int arrivals() const {
    int sum = 0;
    for (const auto& [key, receipt] : records_.receipts)
      sum += receipt.arrivals;
    return sum;
  }

  [[nodiscard]] Outcome outcome() const {
    Outcome made;
    made.faults = records_.faults;
    made.trace = trace_.lines();
    made.lives = lives_;
    for (const Sent& sent : records_.sent)
      made.acknowledged += sent.acknowledged ? 1 : 0;
    made.delivered = static_cast<int>(records_.receipts.size());
    return made;
  }

  std::uint64_t seed_;
  Sabotage sabotage_;
  fhir::ManualClock clock_;
  tests::fault::FaultVfs disk_;
  Records records_;
  Trace trace_;
  Schedule schedule_;
  Desk desk_;
  std::unique_ptr<Life> life_;
  std::size_t crashes_ = 0;
  int lives_ = 0;
  Duration slack_{0};
};

}  // namespace

Outcome run(std::uint64_t seed, Sabotage sabotage) {
  return Run(seed, sabotage).run();
}

}  // namespace tests::simulation
