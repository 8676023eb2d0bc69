// What a national message asks for: the receiver's decision table, row by row.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "gateway/bars/message.hpp"

namespace gateway::bars {

enum class Action : std::uint8_t {
  kNewReferral,
  kUpdateReferral,  ///< Our extension: an update of a plain referral, for our own use cases only.
  kCancelReferral,  ///< Also of a validation: same event, revoked or entered-in-error.
  kNewValidation,   ///< Well-formed, and asked of nobody here.
  kUpdateValidation,
  kOtherUseCase,  ///< A new referral of a use case that is not ours: held or redirected by rule.
  kInterimResponse,
  kFinalResponse,
  kRejectedResponse,
  kReferralResponse,  ///< Answer of a hub or provider about a referral, by our own definition: Task and
                      ///< Communication inside.
  kNoShow,
  kNewBooking,
  kUpdateBooking,
  kCancelBooking,
};
inline constexpr int kActionCount = 14;
[[nodiscard]] std::string_view to_text(Action action) noexcept;

/// Codes (any system) of the second category coding that this installation serves.
struct UseCases {
  std::vector<std::string> ours;
  [[nodiscard]] bool contains(const std::vector<std::string>& codes) const noexcept;
};

/// One row. Empty: any value, also none. `a|b`: one of them. `?a|b`: none, or one of them. `!a|b`: none, or
/// another.
struct DecisionRow {
  std::string_view event;
  std::string_view reason;
  std::string_view category;
  std::string_view request_status;
  std::string_view care_plan_status;
  std::string_view encounter_status;
  std::string_view appointment_status;
  bool with_task;  ///< A Task must be inside.
  Action action;
};
[[nodiscard]] std::span<const DecisionRow> decision_rows() noexcept;

/// The first row that fits, then the use case. 400 invariant when none does, for booking-response, and for a
/// response without MessageHeader.response.
[[nodiscard]] tl::expected<Action, Refusal> decide(const BarsMessage& message, const UseCases& use_cases);

}  // namespace gateway::bars
