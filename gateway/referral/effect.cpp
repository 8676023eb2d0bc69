#include "gateway/referral/effect.hpp"

#include <array>
#include <cstddef>

namespace gateway::referral {
namespace {

constexpr std::array<std::string_view, kCommunicationKindCount> kKinds = {"receipt",
                                                                          "held",
                                                                          "escalated",
                                                                          "accepted",
                                                                          "rejected",
                                                                          "redirected",
                                                                          "advice",
                                                                          "information-asked",
                                                                          "priority-changed",
                                                                          "offered-onward",
                                                                          "onward-accepted",
                                                                          "route-changed",
                                                                          "booked",
                                                                          "appointment-moved",
                                                                          "appointment-cancelled",
                                                                          "did-not-attend",
                                                                          "cancelled",
                                                                          "cancellation-asked",
                                                                          "cancellation-refused",
                                                                          "discharged",
                                                                          "unable-to-complete",
                                                                          "letter",
                                                                          "moved"};

constexpr std::array<std::string_view, 12> kWork = {
    "held-referral",           "red-flag",      "red-flag-withdrawn", "clinical-duplicate", "deadline-passed",
    "update-after-acceptance", "too-many-hops", "too-many-bounces",   "out-of-order",       "patient-died",
    "booking-after-death",     "child-declined"};

std::string join(std::string_view what, std::string_view detail) {
  std::string text(what);
  if (!detail.empty()) text.append(" ").append(detail);
  return text;
}

struct Printer {
  std::string operator()(const SetTask& e) const {
    return join("set_task", join(e.status, e.business_status));
  }
  std::string operator()(const SetOwner& e) const { return join("set_owner", to_text(e.owner)); }
  std::string operator()(const MoveHolder& e) const { return join("move_holder", to_text(e.to)); }
  std::string operator()(const SetDeadline& e) const { return join("set_deadline", to_text(e.kind)); }
  std::string operator()(const ClearDeadline&) const { return "clear_deadline"; }
  std::string operator()(const TellGp& e) const { return join("tell_gp", to_code(e.kind)); }
  std::string operator()(const NotifyPartner& e) const {
    return join("notify", join(to_text(e.to), to_text(e.about)));
  }
  std::string operator()(const CreateChild&) const { return "create_child"; }
  std::string operator()(const CloseChild& e) const { return join("close_child", e.status); }
  std::string operator()(const OpenWorkItem& e) const {
    return join("open_work_item", join(to_code(e.kind), to_text(e.for_role)));
  }
  std::string operator()(const CreateAbortTask&) const { return "create_abort_task"; }
  std::string operator()(const CloseAbortTask& e) const { return join("close_abort_task", e.status); }
  std::string operator()(const SetRequestStatus& e) const { return join("set_request_status", e.status); }
  std::string operator()(const BumpRequestVersion&) const { return "bump_request_version"; }
  std::string operator()(const AttachDocument&) const { return "attach_document"; }
  std::string operator()(const RepointPatient&) const { return "repoint_patient"; }
  std::string operator()(const StopBooking&) const { return "stop_booking"; }
  std::string operator()(const LinkDuplicate&) const { return "link_duplicate"; }
};

}  // namespace

std::string_view to_code(CommunicationKind kind) noexcept {
  return kKinds[static_cast<std::size_t>(kind)];
}
std::string_view to_code(WorkKind kind) noexcept {
  return kWork[static_cast<std::size_t>(kind)];
}
std::string to_text(const Effect& effect) {
  return std::visit(Printer{}, effect);
}

}  // namespace gateway::referral
