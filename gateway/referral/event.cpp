#include "gateway/referral/event.hpp"

#include <cstddef>

namespace gateway::referral {
namespace {

constexpr std::array<std::string_view, kEventCount> kEvents = {"new_referral",
                                                               "same_again",
                                                               "clinical_duplicate",
                                                               "update",
                                                               "cancel",
                                                               "hub_acknowledged",
                                                               "released",
                                                               "red_flag_raised",
                                                               "escalation_confirmed",
                                                               "information_asked",
                                                               "information_given",
                                                               "accept",
                                                               "reject",
                                                               "advice_returned",
                                                               "redirect",
                                                               "priority_changed",
                                                               "onward_leg",
                                                               "offer_declined",
                                                               "booked",
                                                               "appointment_moved",
                                                               "appointment_cancelled",
                                                               "not_attended",
                                                               "attended",
                                                               "letter",
                                                               "discharge",
                                                               "unable_to_complete",
                                                               "abort_accepted",
                                                               "abort_refused",
                                                               "patient_died",
                                                               "merge",
                                                               "demographics",
                                                               "deadline_passed",
                                                               "gp_told",
                                                               "noted"};

constexpr std::array<std::string_view, kCallerRoleCount> kCallers = {"referrer", "hub",  "provider", "pas",
                                                                     "reviewer", "rota", "system"};

}  // namespace

std::string_view to_text(EventKind kind) noexcept {
  return kEvents[static_cast<std::size_t>(kind)];
}

std::optional<EventKind> parse_event(std::string_view name) noexcept {
  for (const EventKind kind : all_events()) {
    if (to_text(kind) == name) return kind;
  }
  return std::nullopt;
}

std::array<EventKind, kEventCount> all_events() noexcept {
  std::array<EventKind, kEventCount> all{};
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i] = static_cast<EventKind>(i);
  return all;
}

std::string_view to_text(CallerRole role) noexcept {
  return kCallers[static_cast<std::size_t>(role)];
}

std::array<CallerRole, kCallerRoleCount> all_caller_roles() noexcept {
  std::array<CallerRole, kCallerRoleCount> all{};
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i] = static_cast<CallerRole>(i);
  return all;
}

}  // namespace gateway::referral
