#include "gateway/hl7v2/deferred_answers.hpp"

#include <utility>

namespace gateway::hl7v2 {
namespace {

bool anything(std::string_view /*payload*/) {
  return true;
}

}  // namespace

bool DeferredAnswers::has_address(std::string_view partner) const noexcept {
  return destinations_.find(partner) != destinations_.end();
}

bool DeferredAnswers::send(std::string_view partner, std::string acknowledgement) {
  const auto destination = destinations_.find(partner);
  if (destination == destinations_.end() || tasks_.running() >= kMost) {
    lose(partner);
    return false;
  }
  tasks_.spawn("application-ack",
               deliver(std::string(partner), destination->second, std::move(acknowledgement)));
  return true;
}

void DeferredAnswers::lose(std::string_view partner) {
  ++lost_;
  if (on_lost_) on_lost_(partner);
}

async::awaitable<void> DeferredAnswers::deliver(std::string partner, mllp::Destination destination,
                                                std::string acknowledgement) {
  const async::Deadline deadline = async::Deadline::after(timers_.clock(), kTime);
  const fhir::Result<std::string> said =
      co_await sender_.send(std::move(destination), std::move(acknowledgement), anything, deadline);
  // Silence is the right answer to an acknowledgement; only what was not sent at all is lost.
  const bool went = said.has_value() || said.error().code == fhir::ErrorCode::kTimedOut;
  if (went) {
    ++sent_;
  } else {
    lose(partner);
  }
}

async::awaitable<fhir::Status> DeferredAnswers::stop(async::Deadline deadline) {
  return tasks_.wait(timers_, deadline);
}

}  // namespace gateway::hl7v2
