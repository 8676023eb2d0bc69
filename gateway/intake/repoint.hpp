// What was promised to an organisation and not sent yet, under the number its patient has now.
#pragma once

#include <span>

#include "gateway/care/care_event.hpp"
#include "gateway/intake/settlement.hpp"
#include "gateway/store/transaction.hpp"

namespace gateway::intake {

/// Deliveries of the referral to partners of the caller's organisation that were never attempted and carry
/// one of `prior` as an identifier of their Patient: each is given up and enqueued again, as a new message,
/// with `survivor` in its place; what follows it in its lane goes behind it in the same order. One that is
/// being attempted is left alone: the organisation merged the number itself and knows both. Returns how many
/// were written anew.
[[nodiscard]] fhir::Result<std::size_t> repoint_unsent(store::Transaction& tx, const MessageCase& message,
                                                       const store::ReferralRow& row,
                                                       const care::Name& survivor,
                                                       std::span<const care::Name> prior, ResourceIds& ids);

}  // namespace gateway::intake
