// Language tags by the grammar of RFC 5646 (BCP 47) section 2.1.
#pragma once

#include <cstdint>
#include <string_view>

namespace fhir::terminology {

enum class TagVerdict : std::uint8_t {
  kMalformed,   ///< Not a language tag.
  kRegistered,  ///< Well-formed; its language and region are known codes.
  kUnknown,     ///< Well-formed, with a language or region that is not in the lists here.
};

/// Languages of two letters are looked up in ISO 639-1 and regions of two letters in ISO 3166-1; those of
/// three letters, scripts and variants are taken by shape. Case does not matter. Cost: linear; no allocation.
[[nodiscard]] TagVerdict check_language_tag(std::string_view tag) noexcept;

}  // namespace fhir::terminology
