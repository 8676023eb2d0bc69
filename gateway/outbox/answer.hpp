// What a partner's answer to a delivery means.
//
// Transport success is not delivery. A delivery is delivered when the business answer names it: a message
// whose MessageHeader.response.identifier is the Bundle.id we sent (lifecycle: Retries and business
// acknowledgement; BaRS 1.4, 1.7), or the partner's word that it has it already (409 with issue code
// `duplicate`).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "fhir/base/result.hpp"
#include "gateway/http/message.hpp"
#include "gateway/store/outbox_store.hpp"

namespace gateway::outbox {

enum class Verdict : std::uint8_t {
  kDelivered,       ///< The business answer names it.
  kAwaitingAnswer,  ///< The transport took it; the business answer is still to come.
  kRetry,           ///< Nothing was decided: the same bytes with the same ids go again later.
  kDead,            ///< The partner refused for good: a person must look.
};
[[nodiscard]] std::string_view to_code(Verdict verdict) noexcept;

struct Answer {
  Verdict verdict = Verdict::kRetry;
  std::string code;  ///< Why, as a code: `http-503`, `timed_out`, `ids-not-mirrored`.
  std::optional<std::chrono::seconds>
      retry_after;  ///< What the partner asked for; the longer of it and ours is waited.
};

/// Pure. `outcome` is what the client gave for `delivery`. Reads the body as far as it is a FHIR message or
/// OperationOutcome of at most 1 MiB. No code holds text of the body.
[[nodiscard]] Answer interpret(const store::DeliveryRow& delivery,
                               const fhir::Result<http::Response>& outcome);

}  // namespace gateway::outbox
