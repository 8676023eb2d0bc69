// What a partner's acknowledgement of an HL7 v2 delivery means (table 0008, mapping of table 0357).
//
// | acknowledgement                              | verdict |
// |----------------------------------------------|--------------------------------------------------------------|
// | AA, CA                                       | delivered: in v2 this is the business answer | | AR, CR,
// without error or with 206 or 207     | retry: it cannot be processed now                            | | AE,
// CE with 206 or 207                       | retry                                                        |
// | any other AE, CE, AR, CR                     | dead: the same bytes would be refused again | | none |
// retry with the same bytes                                    |
#pragma once

#include <string>
#include <string_view>

#include "fhir/base/result.hpp"
#include "gateway/outbox/answer.hpp"

namespace gateway::outbox {

/// The media type of bodies that go by MLLP.
inline constexpr std::string_view kV2MediaType = "x-application/hl7-v2+er7";

/// MSA-2 of a message; empty when it has none, or is none.
[[nodiscard]] std::string answered_control_id(std::string_view message);

/// Pure. `outcome` is what the sender gave. Verdict codes are `v2-AA`, `v2-AR-207`, or the name of the error.
[[nodiscard]] Answer interpret_v2(const fhir::Result<std::string>& outcome);

}  // namespace gateway::outbox
