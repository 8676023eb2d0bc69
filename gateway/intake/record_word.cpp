// What an organisation says of its records of patients: demographics, deaths, merges. Nothing of another
// organisation is touched, and what came with a referral stays as it was sent.
#include <algorithm>
#include <utility>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/json/writer.hpp"
#include "fhir/tree/resource_builder.hpp"
#include "gateway/intake/care_word.hpp"
#include "gateway/intake/repoint.hpp"
#include "gateway/intake/stored_message.hpp"

namespace gateway::intake {

using care::PatientRecord;
using fhir::tree::Node;
using fhir::tree::TreePtr;
using referral::EventKind;
using Rows = std::vector<store::ReferralRow>;

namespace {

void add(Rows& rows, Rows more) {
  for (store::ReferralRow& row : more) {
    if (std::ranges::find(rows, row.seq, &store::ReferralRow::seq) == rows.end())
      rows.push_back(std::move(row));
  }
}

/// The practice and the organisation refer to entries of the message.
constexpr std::initializer_list<std::string_view> kNotKept = {"id", "meta", "generalPractitioner",
                                                              "managingOrganization"};

/// Without id, version and time: what would be new.
std::string content_of(Node patient) {
  fhir::tree::ResourceBuilder builder(fhir::definitions::r4(), "Patient");
  builder.copy_children(patient, kNotKept);
  return fhir::json::write(builder.finish()->root());
}

struct Kept {
  bool stale = false;
  bool same = false;
};

/// Compares with the record as it stands.
fhir::Result<Kept> compare(store::Transaction& tx, const MessageCase& message, const std::string& id) {
  Kept kept;
  LIGAMENT_TRY(const std::optional<store::ResourceRow> row, tx.resources().get("Patient", id));
  if (!row || !row->message) return kept;
  LIGAMENT_TRY(const bars::BarsMessage last, decode_logged(tx, *row->message));
  const std::optional<fhir::Instant> before = care::source_time(last);
  const std::optional<fhir::Instant> now = message.reading.care->record->occurred;
  kept.stale = before && now && *now < *before;
  const TreePtr stored = fhir::json::read(row->json, fhir::definitions::r4()).tree;
  kept.same = stored && content_of(stored->root()) == content_of(message.reading.message.focus);
  return kept;
}

fhir::Status put_record(store::Transaction& tx, const MessageCase& message, Node patient) {
  store::ResourceWrite write =
      write_of(patient, store::WriteRule::kAny, message.incoming.seq, message.incoming.received);
  write.audience = site_audience(message);
  return tx.resources().put(write).map([](std::int64_t) {});
}

/// The message in the log, its Patient as this organisation's record.
fhir::Status keep_record(store::Transaction& tx, const MessageCase& message, const std::string& id) {
  LIGAMENT_CHECK(log_care(tx, message));
  if (id.empty()) return {};
  fhir::tree::ResourceBuilder builder(fhir::definitions::r4(), "Patient");
  builder.copy_children(message.reading.message.focus, kNotKept);
  builder.set("id", id).open("meta").set("lastUpdated", fhir::to_text(message.incoming.received));
  builder.copy_children(message.reading.message.focus.child("meta"), {"versionId", "lastUpdated"}).close();
  return put_record(tx, message, builder.finish()->root());
}

/// The record of a prior number is one no more, and says which took its place.
fhir::Status retire(store::Transaction& tx, const MessageCase& message, const std::string& id,
                    const std::string& survivor) {
  LIGAMENT_TRY(const std::optional<store::ResourceRow> row, tx.resources().get("Patient", id));
  if (!row) return {};
  const TreePtr tree = fhir::json::read(row->json, fhir::definitions::r4()).tree;
  if (!tree) return fhir::fail(fhir::ErrorCode::kCorrupt, "a stored Patient cannot be read");
  fhir::tree::ResourceBuilder builder(fhir::definitions::r4(), "Patient");
  builder.copy_children(tree->root(), {"active"});
  builder.set("active", "false");
  builder.open("link").open("other").set("reference", reference("Patient", survivor)).close();
  builder.set("type", "replaced-by").close();
  return put_record(tx, message, builder.finish()->root());
}

Change change_to(const MessageCase& message, EventKind kind, std::uint32_t nth) {
  Change change = change_of(message, nth);
  change.event.kind = kind;
  change.event.occurred = message.reading.care->record->occurred;
  // Matched by the organisation's own number: the gateway itself says so.
  if (kind != EventKind::kPatientDied) change.caller = {};
  return change;
}

fhir::Status update(store::Transaction& tx, const MessageCase& message, const Rows& rows,
                    Settlement& settled) {
  const PatientRecord& record = *message.reading.care->record;
  const std::string id =
      record.names.empty() ? std::string() : own_id(message, "Patient", record.names.front());
  Kept kept;
  if (!id.empty()) {
    LIGAMENT_TRY(kept, compare(tx, message, id));
  }
  if (kept.stale || kept.same) {
    LIGAMENT_CHECK(log_care(tx, message));
    return ignore_care(tx, message, rows,
                       kept.stale ? "stale: a later word of the same record is already known"
                                  : "the record says nothing new",
                       settled);
  }
  LIGAMENT_CHECK(keep_record(tx, message, id));
  std::uint32_t nth = 0;
  bool any = false;
  for (const store::ReferralRow& row : rows) {
    LIGAMENT_CHECK(link_names(tx, message, row, {}));
    const bool died = record.died && row.open;
    const Change change =
        change_to(message, died ? EventKind::kPatientDied : EventKind::kDemographics, nth++);
    LIGAMENT_TRY(const Changed changed, apply_care(tx, message, row, change, settled));
    any = any || changed.ignored_because.empty();
  }
  return answer_care(tx, message, any ? "accepted" : "ignored", true, settled);
}

/// What is known by a prior number is known by the survivor's from now on.
fhir::Status repoint(store::Transaction& tx, const MessageCase& message, const store::ReferralRow& row,
                     std::uint32_t nth, Settlement& settled) {
  const PatientRecord& record = *message.reading.care->record;
  for (const care::Name& number : record.names)
    LIGAMENT_CHECK(tx.referrals().add_identifier(row.seq, record_name(message.incoming.caller, number)));
  ResourceIds ids(message.around.hash, message.incoming.seq, kChangeIds * (300 + nth));
  LIGAMENT_TRY(const std::size_t written,
               repoint_unsent(tx, message, row, record.names.front(), record.prior, ids));
  LIGAMENT_CHECK(tx.referrals().append_event(row.seq, {message.incoming.received,
                                                       "repointed",
                                                       message.incoming.caller.partner,
                                                       "unsent " + std::to_string(written),
                                                       message.incoming.seq,
                                                       {}}));
  LIGAMENT_TRY(const Changed changed,
               apply_care(tx, message, row, change_to(message, EventKind::kMerge, nth), settled));
  static_cast<void>(changed);
  return {};
}

fhir::Status merge(store::Transaction& tx, const MessageCase& message, const Rows& prior,
                   const Rows& survivors, Settlement& settled) {
  const PatientRecord& record = *message.reading.care->record;
  const std::string id = own_id(message, "Patient", record.names.front());
  LIGAMENT_CHECK(keep_record(tx, message, id));
  for (const care::Name& number : record.prior)
    LIGAMENT_CHECK(retire(tx, message, own_id(message, "Patient", number), id));
  if (prior.empty())
    return ignore_care(tx, message, survivors, "nothing here goes by a prior number", settled);
  std::uint32_t nth = 0;
  for (const store::ReferralRow& row : prior)
    LIGAMENT_CHECK(repoint(tx, message, row, nth++, settled));
  // Two pathways that were of two patients are of one now: a person looks whether they are one.
  const auto open = [](const store::ReferralRow& row) { return row.open; };
  const auto other = std::ranges::find_if(survivors, [&](const store::ReferralRow& row) {
    return row.open && std::ranges::find(prior, row.seq, &store::ReferralRow::seq) == prior.end();
  });
  const auto first = std::ranges::find_if(prior, open);
  if (other != survivors.end() && first != prior.end()) {
    LIGAMENT_TRY(
        const Changed changed,
        apply_care(tx, message, *first, change_to(message, EventKind::kClinicalDuplicate, nth), settled));
    static_cast<void>(changed);
  }
  return answer_care(tx, message, "accepted", true, settled);
}

}  // namespace

fhir::Status settle_record(store::Transaction& tx, const MessageCase& message, Settlement& settled) {
  const PatientRecord& record = *message.reading.care->record;
  LIGAMENT_TRY(Rows rows, pathways_of_record(tx, message, record.names));
  if (message.reading.care->event == care::CareEvent::kPatientMerge) {
    LIGAMENT_TRY(const Rows prior, pathways_of_record(tx, message, record.prior));
    if (rows.empty() && prior.empty()) return pass_over(tx, message, settled);
    return merge(tx, message, prior, rows, settled);
  }
  LIGAMENT_TRY(Rows of_patient, pathways_of_patient(tx, message));
  add(rows, std::move(of_patient));
  if (rows.empty()) return pass_over(tx, message, settled);
  return update(tx, message, rows, settled);
}

}  // namespace gateway::intake
