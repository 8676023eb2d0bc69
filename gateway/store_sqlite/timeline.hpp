// Columns that hold lists: the events one unit of work added to a timeline, and the identifiers of a
// referral.
//
// Texts have their length before them, as a base-128 number with the low part first. An identifier: system,
// value. An event: microseconds since 1970, kind, actor, detail, message (0: none), number of references,
// references.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/store/referral_store.hpp"

namespace gateway::store_sqlite {

void append_identifier(std::string& column, const store::BusinessIdentifier& identifier);
void append_event(std::string& column, const store::ReferralEvent& event);

/// The list in a column; nothing when it is not such an encoding.
[[nodiscard]] std::optional<std::vector<store::BusinessIdentifier>> decode_identifiers(
    std::string_view column);
[[nodiscard]] std::optional<std::vector<store::ReferralEvent>> decode_events(std::string_view column);

}  // namespace gateway::store_sqlite
