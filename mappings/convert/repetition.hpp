// By what a repetition of a message is known.
#pragma once

#include <string>
#include <string_view>

#include "fhir/tree/tree.hpp"
#include "mappings/convert/converter.hpp"

namespace mappings::convert {

/// True if the message has a number of its own: RF1-6, RF1-11, ORC-2, TXA-12, SCH-1, SCH-2.
[[nodiscard]] bool has_business_number(fhir::tree::Node message);

/// What a repetition has too: see MessageFacts. MSH-7 and MSH-10 are cut out of the bytes by their spans.
[[nodiscard]] Digest repetition_digest(std::string_view bytes, fhir::tree::Node message, bool numbered,
                                       const KeyedHash& hash);

/// Lower case.
[[nodiscard]] std::string hexadecimal(const Digest& digest);

}  // namespace mappings::convert
