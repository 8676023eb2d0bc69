// The integer keys of the store. They order by creation, start at 1, are never used again, and never leave
// the process in a FHIR answer: resource ids do.
#pragma once

#include <array>
#include <cstdint>

#include "fhir/base/strong_id.hpp"

namespace gateway::store {

using MessageSeq = fhir::StrongId<struct MessageSeqTag, std::int64_t>;
using ReferralSeq = fhir::StrongId<struct ReferralSeqTag, std::int64_t>;
using OutboxSeq = fhir::StrongId<struct OutboxSeqTag, std::int64_t>;
using WorkSeq = fhir::StrongId<struct WorkSeqTag, std::int64_t>;
using AuditSeq = fhir::StrongId<struct AuditSeqTag, std::int64_t>;
/// Counts durable transactions of this store; units of one group share it.
using CommitSeq = fhir::StrongId<struct CommitSeqTag, std::int64_t>;

/// SHA-256 or HMAC-SHA-256.
using Digest = std::array<std::uint8_t, 32>;

}  // namespace gateway::store
