// Messages about a referral that is here already: its author's updates and withdrawals, and the answers of
// hub, provider and GP. Each is one unit of work that reads, decides and writes.
#pragma once

#include <functional>

#include "gateway/intake/localised.hpp"
#include "gateway/intake/settlement.hpp"

namespace gateway::intake {

/// An update, a cancellation. 404 for a referral this partner did not send, 409 when the version here is the
/// same or newer, or what the rules of the referral say.
[[nodiscard]] fhir::Status settle_author_word(store::Transaction& tx, const MessageCase& message,
                                              Settlement& settled);

/// A servicerequest-response: closes the delivery it names, and moves the referrals its Tasks are of. 404
/// when it names nothing that is known.
[[nodiscard]] fhir::Status settle_answer(store::Transaction& tx, const MessageCase& message,
                                         Settlement& settled);

/// Logs the message as accepted, and writes its resources but those that are here already: their own changes
/// are made by ReferralChanges. `known` is ids of ours by the received resource. Those whom `about` concerns
/// see them; null: nobody.
[[nodiscard]] fhir::Result<LocalMessage> keep_message(
    store::Transaction& tx, const MessageCase& message, const store::ReferralRow* about,
    const std::function<std::string(fhir::tree::Node)>& known);

/// The change that a red flag in a later message is; empty when it has none or the referral is flagged
/// already.
[[nodiscard]] std::optional<Change> flag_change(const MessageCase& message, const store::ReferralRow& row);

/// A change of this message, the `nth` one.
[[nodiscard]] Change change_of(const MessageCase& message, std::uint32_t nth);

/// After the changes: what the answer carries and who is alerted.
void take_alerts(Settlement& settled, Changed& changed);

}  // namespace gateway::intake
