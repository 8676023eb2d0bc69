#include "gateway/bars/decision.hpp"

#include <algorithm>
#include <array>

namespace gateway::bars {
namespace {

using A = Action;

constexpr std::array<std::string_view, kActionCount> kActions = {
    "new_referral",   "update_referral",  "cancel_referral", "new_validation",    "update_validation",
    "other_use_case", "interim_response", "final_response",  "rejected_response", "referral_response",
    "no_show",        "new_booking",      "update_booking",  "cancel_booking"};

constexpr std::string_view kRequest = "servicerequest-request";
constexpr std::string_view kResponse = "servicerequest-response";
constexpr std::string_view kBooking = "booking-request";
/// National samples carry an active CarePlan with some referrals: only one that was withdrawn contradicts.
constexpr std::string_view kPlanStands = "!revoked|entered-in-error";
constexpr std::string_view kVisitStands = "!cancelled|entered-in-error";

constexpr auto kRows = std::to_array<DecisionRow>({
    {kRequest, "new", "referral", "active", kPlanStands, kVisitStands, "", false, A::kNewReferral},
    {kRequest, "new", "validation", "active", "?active", "triaged|in-progress", "", false, A::kNewValidation},
    {kRequest, "update", "referral|validation", "revoked|entered-in-error", "", "", "", false,
     A::kCancelReferral},
    {kRequest, "update", "validation", "active|on-hold", "", "", "", false, A::kUpdateValidation},
    {kRequest, "update", "referral", "active|on-hold", kPlanStands, kVisitStands, "", false,
     A::kUpdateReferral},
    {kResponse, "new", "referral", "revoked", "", "", "?noshow", false, A::kNoShow},
    {kResponse, "new|update", "referral", "", "", "", "", true, A::kReferralResponse},
    {kResponse, "new|update", "validation", "active", "", "in-progress", "", false, A::kInterimResponse},
    {kResponse, "new|update", "validation", "completed", "", "triaged|finished", "", false,
     A::kFinalResponse},
    // The national sample of a final response keeps the request active and closes the visit.
    {kResponse, "new|update", "validation", "active", "", "finished", "", false, A::kFinalResponse},
    {kResponse, "new|update", "validation", "revoked", "", "", "", false, A::kRejectedResponse},
    {kBooking, "new", "", "", "", "", "booked", false, A::kNewBooking},
    {kBooking, "update", "", "", "", "", "cancelled|entered-in-error", false, A::kCancelBooking},
    {kBooking, "update", "", "", "", "", "booked", false, A::kUpdateBooking},
});

bool listed(std::string_view list, std::string_view value) {
  while (!list.empty()) {
    const std::size_t bar = list.find('|');
    if (list.substr(0, bar) == value) return true;
    list = bar == std::string_view::npos ? std::string_view() : list.substr(bar + 1);
  }
  return false;
}

bool fits(std::string_view pattern, std::string_view value) {
  if (pattern.empty()) return true;
  if (pattern.front() == '!') return value.empty() || !listed(pattern.substr(1), value);
  if (pattern.front() == '?') return value.empty() || listed(pattern.substr(1), value);
  return listed(pattern, value);
}

std::string_view status(fhir::tree::Node resource) {
  return resource.child("status").text();
}

bool fits(const DecisionRow& row, const BarsMessage& message) {
  return row.event == message.event && fits(row.reason, message.reason) &&
         fits(row.category, message.category) && fits(row.request_status, status(message.service_request)) &&
         fits(row.care_plan_status, status(message.care_plan)) &&
         fits(row.encounter_status, status(message.encounter)) &&
         fits(row.appointment_status, status(message.appointment)) &&
         (!row.with_task || !message.tasks.empty());
}

tl::unexpected<Refusal> invariant(std::string expression, std::string text) {
  return tl::unexpected(
      refusal(Rec::kBadRequest, fhir::IssueType::kInvariant, std::move(expression), std::move(text)));
}

constexpr std::string_view kHeader = "Bundle.entry[0].resource";

}  // namespace

std::string_view to_text(Action action) noexcept {
  return kActions[static_cast<std::size_t>(action)];
}

bool UseCases::contains(const std::vector<std::string>& codes) const noexcept {
  return std::any_of(codes.begin(), codes.end(), [&](const std::string& code) {
    return std::find(ours.begin(), ours.end(), code) != ours.end();
  });
}

std::span<const DecisionRow> decision_rows() noexcept {
  return kRows;
}

tl::expected<Action, Refusal> decide(const BarsMessage& message, const UseCases& use_cases) {
  if (message.event == kResponse && message.response_identifier.empty()) {
    return invariant(std::string(kHeader) + ".response",
                     "a response names the request it answers in response.identifier");
  }
  const auto* row = std::find_if(kRows.begin(), kRows.end(),
                                 [&](const DecisionRow& candidate) { return fits(candidate, message); });
  if (row == kRows.end()) {
    return invariant(std::string(kHeader),
                     "event, reason and the status of the content ask for nothing that is defined");
  }
  const bool ours = use_cases.contains(message.use_cases);
  if (row->action == A::kNewReferral && !ours) return A::kOtherUseCase;
  if (row->action == A::kUpdateReferral && !ours) {
    return invariant(std::string(kHeader) + ".reason",
                     "a referral of this use case is not updated: cancel it and send it anew");
  }
  return row->action;
}

}  // namespace gateway::bars
