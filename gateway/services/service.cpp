#include "gateway/services/service.hpp"

namespace gateway::services {

std::string_view to_code(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::kRoute: return "route";
    case Outcome::kUrgent: return "urgent";
    case Outcome::kRedirect: return "redirect";
    case Outcome::kRefuse: return "refuse";
    case Outcome::kHold: return "hold";
  }
  return {};
}

DateRange Contract::live() const {
  DateRange range = dates;
  if (extension == Extension::kExercised && extension_years && range.to) {
    range.to = add_years(*range.to, *extension_years);
  }
  return range;
}

}  // namespace gateway::services
