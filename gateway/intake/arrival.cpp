#include "gateway/intake/arrival.hpp"

#include <algorithm>
#include <array>

#include "fhir/base/uuid.hpp"

namespace gateway::intake {

ConversationIds derived_ids(const KeyedHash& hash, const std::string& partner,
                            const store::Digest& repetition) {
  const auto id = [&](std::string_view what) {
    std::string text = "conversation\n";
    text.append(what).append("\n").append(partner).append("\n");
    text.append(reinterpret_cast<const char*>(repetition.data()), repetition.size());
    const store::Digest digest = hash(text);
    std::array<std::uint8_t, 16> bytes{};
    std::copy_n(digest.begin(), bytes.size(), bytes.begin());
    return fhir::uuid_from_digest(bytes);
  };
  return {id("request"), id("correlation")};
}

}  // namespace gateway::intake
