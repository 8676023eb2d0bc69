// Messages about care under way: letters, appointments, attendances, records of patients (docs/messages.md).
// Each is one unit of work that reads, decides and writes.
#pragma once

#include <functional>
#include <string>

#include "gateway/intake/care_match.hpp"
#include "gateway/intake/later_word.hpp"
#include "gateway/intake/settlement.hpp"

namespace gateway::intake {

/// Dispatches by event. 403 for a caller that may not say such a thing; 200 for everything else, also for
/// what is ignored or not ours.
[[nodiscard]] fhir::Status settle_care_word(store::Transaction& tx, const MessageCase& message,
                                            Settlement& settled);

[[nodiscard]] fhir::Status settle_letter(store::Transaction& tx, const MessageCase& message,
                                         Settlement& settled);
[[nodiscard]] fhir::Status settle_visit(store::Transaction& tx, const MessageCase& message,
                                        Settlement& settled);
[[nodiscard]] fhir::Status settle_record(store::Transaction& tx, const MessageCase& message,
                                         Settlement& settled);

/// The answer of a message that was taken. `kept` false: no row knows of it, so neither does the answer.
[[nodiscard]] fhir::Status answer_care(store::Transaction& tx, const MessageCase& message,
                                       std::string_view verdict, bool kept, Settlement& settled);
/// Of no concern here: acknowledged, counted, and nothing kept.
[[nodiscard]] fhir::Status pass_over(store::Transaction& tx, const MessageCase& message, Settlement& settled);
/// Without effect: the timelines of the referrals say why.
[[nodiscard]] fhir::Status note_ignored(store::Transaction& tx, const MessageCase& message,
                                        std::span<const store::ReferralRow> about, std::string_view because);
/// Kept and without effect, and answered so.
[[nodiscard]] fhir::Status ignore_care(store::Transaction& tx, const MessageCase& message,
                                       std::span<const store::ReferralRow> about, std::string_view because,
                                       Settlement& settled);
/// The message in the log, without its resources.
[[nodiscard]] fhir::Status log_care(store::Transaction& tx, const MessageCase& message);
[[nodiscard]] fhir::Status audit_care(store::Transaction& tx, const MessageCase& message);
/// A work item for a person, of this message.
[[nodiscard]] fhir::Status open_care_work(store::Transaction& tx, const MessageCase& message,
                                          std::string kind, std::string reason,
                                          const store::ReferralRow* about, Settlement& settled);

/// Applies one change; its alerts, and a refusal by the rules, which is recorded as ignored: a feed is never
/// told that the world is wrong.
[[nodiscard]] fhir::Result<Changed> apply_care(store::Transaction& tx, const MessageCase& message,
                                               const store::ReferralRow& row, const Change& change,
                                               Settlement& settled);

/// Partners of the organisation that speaks: who may see what it keeps of its own.
[[nodiscard]] std::vector<std::string> site_audience(const MessageCase& message);

/// The id that the record, appointment or visit of the caller's organisation has here.
[[nodiscard]] std::string own_id(const MessageCase& message, std::string_view type, const care::Name& name);

}  // namespace gateway::intake
