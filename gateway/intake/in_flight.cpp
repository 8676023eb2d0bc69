#include "gateway/intake/in_flight.hpp"

namespace gateway::intake {

InFlight::Stay InFlight::enter(const std::string& partner, const ConversationIds& ids) {
  std::string key;
  if (!ids.request_id.empty() && !ids.correlation_id.empty())
    key = partner + '\n' + ids.request_id + '\n' + ids.correlation_id;
  if (!key.empty() && keys_.contains(key)) return {weak_from_this(), {}, Entry::kPresent};
  if (count_ >= capacity_) return {weak_from_this(), {}, Entry::kFull};
  ++count_;
  if (!key.empty()) keys_.insert(key);
  return {weak_from_this(), std::move(key), Entry::kEntered};
}

void InFlight::leave(const std::string& key) {
  --count_;
  if (!key.empty()) keys_.erase(key);
}

}  // namespace gateway::intake
