#include "tests/simulation/schedule.hpp"

#include <algorithm>

#include "tests/simulation/life.hpp"
#include "tests/simulation/v2_draft.hpp"

namespace tests::simulation {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kBusy{40};

class Drawing {
 public:
  Drawing(const Drafts& drafts, fhir::Instant start, std::uint64_t seed)
      : drafts_(drafts), start_(start), random_(seed) {}

  Schedule run() {
    messages();
    weather();
    crashes();
    if (random_.below(4) == 0) schedule_.leaps.push_back(moment());
    schedule_.calm = at(kBusy + seconds(5));
    return std::move(schedule_);
  }

 private:
  static fhir::Monotonic at(Duration offset) { return fhir::Monotonic(offset); }
  fhir::Monotonic moment() {
    return at(milliseconds(random_.below(static_cast<std::uint64_t>(milliseconds(kBusy).count()))));
  }
  [[nodiscard]] fhir::Instant wall(fhir::Monotonic when) const {
    return start_ + std::chrono::duration_cast<fhir::Instant::duration>(when.time_since_epoch());
  }

  void add(Sent sent, fhir::Monotonic due) {
    sent.number = static_cast<int>(schedule_.sent.size());
    sent.due = due;
    schedule_.sent.push_back(std::move(sent));
  }

  void messages() {
    const std::uint64_t referrals = 3 + random_.below(5);
    for (std::uint64_t i = 0; i < referrals; ++i) {
      constexpr Kind kKinds[] = {Kind::kKnee, Kind::kKnee, Kind::kUnderSixteen, Kind::kRedFlag,
                                 Kind::kChoice};
      const fhir::Monotonic due = moment();
      const Kind kind = kKinds[random_.below(std::size(kKinds))];
      const char* const practice = random_.below(3) == 0 ? kSecondGp : kFirstGp;
      const bool valid = random_.below(8) != 0;
      const bool v2 = random_.below(2) == 0;
      add(v2 ? v2_referral(kind, practice, wall(due), random_, valid)
             : drafts_.referral(kind, practice, wall(due), random_, valid),
          due);
    }
    const std::uint64_t later = random_.below(referrals + 1);
    for (std::uint64_t i = 0; i < later; ++i) {
      const Sent earlier = schedule_.sent[random_.below(referrals)];
      constexpr Act kActs[] = {Act::kUpdate, Act::kUpdate, Act::kCancel, Act::kRepeat, Act::kOtherBody};
      const fhir::Monotonic due = earlier.due + milliseconds(200 + random_.below(20'000));
      if (earlier.act != Act::kReferral) continue;
      const Act act = kActs[random_.below(std::size(kActs))];
      add(earlier.v2 ? v2_later(earlier, act, wall(due), random_)
                     : drafts_.later(earlier, act, wall(due), random_),
          due);
    }
  }

  void weather() {
    const std::uint64_t fronts = random_.below(6);
    for (std::uint64_t i = 0; i < fronts; ++i) {
      Weather front;
      front.kind = static_cast<Weather::Kind>(random_.below(8));
      const std::uint64_t link = random_.below(std::size(kPartnerDoors) + 4);
      front.link = link < std::size(kPartnerDoors) ? kPartnerDoors[link] : link % 2 == 0 ? kDoor : kV2Door;
      front.from = moment();
      front.until = front.from + milliseconds(500 + random_.below(10'000));
      front.amount = front.kind == Weather::Kind::kSlow ? 20 + random_.below(2500) : random_.below(16'000);
      schedule_.weather.push_back(front);
    }
    std::ranges::sort(schedule_.weather, {}, &Weather::from);
  }

  /// Half of them while a message has just been sent, when most is going on.
  void crashes() {
    const std::uint64_t count = random_.below(4);
    for (std::uint64_t i = 0; i < count; ++i) {
      Crash crash;
      crash.kind = static_cast<Crash::Kind>(random_.below(4));
      crash.at = random_.below(2) == 0 ? moment() : schedule_.sent[random_.below(schedule_.sent.size())].due;
      crash.completions = random_.below(120);
      crash.calls = 1 + random_.below(60);
      schedule_.crashes.push_back(crash);
    }
    std::ranges::sort(schedule_.crashes, {}, &Crash::at);
  }

  const Drafts& drafts_;
  fhir::Instant start_;
  fhir::SeededRandom random_;
  Schedule schedule_;
};

}  // namespace

Schedule draw_schedule(const Drafts& drafts, fhir::Instant start, std::uint64_t seed) {
  return Drawing(drafts, start, seed).run();
}

}  // namespace tests::simulation
