// The messages of the simulated practices as HL7 v2.
#pragma once

#include <string>
#include <string_view>

#include "fhir/base/instant.hpp"
#include "fhir/base/random.hpp"
#include "tests/simulation/draft.hpp"
#include "tests/simulation/records.hpp"

namespace tests::simulation {

/// A REF^I12 of `partner`. Not `valid`: its NHS number fails its check digit.
[[nodiscard]] Sent v2_referral(Kind kind, const std::string& partner, fhir::Instant at, fhir::Random& random,
                               bool valid);
/// REF^I13 or I14 about it, or the same again; kOtherBody is a repetition too, since control ids are no keys.
[[nodiscard]] Sent v2_later(const Sent& earlier, Act act, fhir::Instant at, fhir::Random& random);

/// What an acknowledgement says, as a status of HTTP: 200, 503 to send it again, 422; 0 for none of `sent`.
[[nodiscard]] int v2_status(const Sent& sent, std::string_view acknowledgement);

}  // namespace tests::simulation
