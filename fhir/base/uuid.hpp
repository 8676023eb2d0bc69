// UUIDs in their canonical text form (RFC 9562): lower case, hyphens.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "fhir/base/random.hpp"

namespace fhir {

/// True for 8-4-4-4-12 hexadecimal digits, either case, any version.
[[nodiscard]] bool is_uuid(std::string_view text) noexcept;

/// A random UUID, version 4.
[[nodiscard]] std::string random_uuid(Random& random);

/// A UUID, version 8, over the first 16 bytes of a keyed digest: equal bytes give equal UUIDs.
[[nodiscard]] std::string uuid_from_digest(std::array<std::uint8_t, 16> bytes);

}  // namespace fhir
