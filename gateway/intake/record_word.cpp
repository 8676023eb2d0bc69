// What an organisation says of its records of patients: demographics, deaths, merges. Nothing of another
// organisation is touched, and what came with a referral stays as it was sent. A message may tell of several
// patients: all of them in this one unit of work.
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

/// One patient of a message. `message` is about him alone.
struct RecordCase {
  const MessageCase& message;
  const care::PatientRecord& record;
};

struct Kept {
  bool stale = false;
  bool same = false;
};

/// Which of the patients of an earlier message had the first number of this one.
Node record_in(const bars::BarsMessage& earlier, const RecordCase& of) {
  for (const Node patient : earlier.patients) {
    const std::vector<care::Name> names = care::local_numbers(patient);
    if (std::ranges::find(names, of.record.names.front()) != names.end()) return patient;
  }
  return {};
}

/// Compares with the record as it stands.
fhir::Result<Kept> compare(store::Transaction& tx, const RecordCase& of, const std::string& id) {
  Kept kept;
  LIGAMENT_TRY(const std::optional<store::ResourceRow> row, tx.resources().get("Patient", id));
  if (!row || !row->message) return kept;
  const TreePtr stored = fhir::json::read(row->json, fhir::definitions::r4()).tree;
  LIGAMENT_TRY(const bars::BarsMessage last, decode_logged(tx, *row->message));
  const Node told = record_in(last, of);
  const std::optional<fhir::Instant> before = care::source_time(last, told ? told : last.focus);
  const std::optional<fhir::Instant> now = of.record.occurred;
  kept.stale = before && now && *now < *before;
  kept.same = stored && content_of(stored->root()) == content_of(of.record.patient);
  return kept;
}

fhir::Status put_record(store::Transaction& tx, const RecordCase& of, Node patient) {
  store::ResourceWrite write =
      write_of(patient, store::WriteRule::kAny, of.message.incoming.seq, of.message.incoming.received);
  write.audience = site_audience(of.message);
  return tx.resources().put(write).map([](std::int64_t) {});
}

/// The Patient as this organisation's record.
fhir::Status keep_record(store::Transaction& tx, const RecordCase& of, const std::string& id) {
  if (id.empty()) return {};
  fhir::tree::ResourceBuilder builder(fhir::definitions::r4(), "Patient");
  builder.copy_children(of.record.patient, kNotKept);
  builder.set("id", id).open("meta").set("lastUpdated", fhir::to_text(of.message.incoming.received));
  builder.copy_children(of.record.patient.child("meta"), {"versionId", "lastUpdated"}).close();
  return put_record(tx, of, builder.finish()->root());
}

/// The record of a prior number is one no more, and says which took its place.
fhir::Status retire(store::Transaction& tx, const RecordCase& of, const std::string& id,
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
  return put_record(tx, of, builder.finish()->root());
}

/// What came of one message, over all its patients.
class RecordWord {
 public:
  RecordWord(store::Transaction& tx, Settlement& settled) : tx_(tx), settled_(settled) {}

  /// Rows the organisation knows by a number of the record, or by everything that names the patient.
  fhir::Result<Rows> known(const RecordCase& of) const;
  fhir::Status update(const RecordCase& of, const Rows& rows);
  fhir::Status merge(const RecordCase& of, const Rows& survivors);
  [[nodiscard]] bool any_effect() const noexcept { return any_effect_; }

 private:
  Change next_change(const RecordCase& of, EventKind kind);
  fhir::Status repoint(const RecordCase& of, const store::ReferralRow& row);
  fhir::Status link_pathways(const RecordCase& of, const Rows& prior, const Rows& survivors);

  store::Transaction& tx_;
  Settlement& settled_;
  std::uint32_t nth_ = 0;  ///< Of the changes of the message.
  bool any_effect_ = false;
};

Change RecordWord::next_change(const RecordCase& of, EventKind kind) {
  Change change = change_of(of.message, nth_++);
  change.event.kind = kind;
  change.event.occurred = of.record.occurred;
  // Matched by the organisation's own number: the gateway itself says so.
  if (kind != EventKind::kPatientDied) change.caller = {};
  return change;
}

fhir::Result<Rows> RecordWord::known(const RecordCase& of) const {
  LIGAMENT_TRY(Rows rows, pathways_of_record(tx_, of.message, of.record.names));
  if (of.message.reading.care->event == care::CareEvent::kPatientMerge) return rows;
  LIGAMENT_TRY(Rows of_patient, pathways_of_patient(tx_, of.message));
  add(rows, std::move(of_patient));
  return rows;
}

fhir::Status RecordWord::update(const RecordCase& of, const Rows& rows) {
  const std::string id =
      of.record.names.empty() ? std::string() : own_id(of.message, "Patient", of.record.names.front());
  Kept kept;
  if (!id.empty()) {
    LIGAMENT_TRY(kept, compare(tx_, of, id));
  }
  if (kept.stale || kept.same) {
    return note_ignored(tx_, of.message, rows,
                        kept.stale ? "stale: a later word of the same record is already known"
                                   : "the record says nothing new");
  }
  LIGAMENT_CHECK(keep_record(tx_, of, id));
  for (const store::ReferralRow& row : rows) {
    LIGAMENT_CHECK(link_names(tx_, of.message, row, {}));
    const bool died = of.record.died && row.open;
    const Change change = next_change(of, died ? EventKind::kPatientDied : EventKind::kDemographics);
    LIGAMENT_TRY(const Changed changed, apply_care(tx_, of.message, row, change, settled_));
    any_effect_ = any_effect_ || changed.ignored_because.empty();
  }
  return {};
}

/// What is known by a prior number is known by the survivor's from now on.
fhir::Status RecordWord::repoint(const RecordCase& of, const store::ReferralRow& row) {
  const MessageCase& message = of.message;
  for (const care::Name& number : of.record.names)
    LIGAMENT_CHECK(tx_.referrals().add_identifier(row.seq, record_name(message.incoming.caller, number)));
  ResourceIds ids(message.around.hash, message.incoming.seq, kChangeIds * (300 + nth_));
  LIGAMENT_TRY(const std::size_t written,
               repoint_unsent(tx_, message, row, of.record.names.front(), of.record.prior, ids));
  LIGAMENT_CHECK(tx_.referrals().append_event(row.seq, {message.incoming.received,
                                                        "repointed",
                                                        message.incoming.caller.partner,
                                                        "unsent " + std::to_string(written),
                                                        message.incoming.seq,
                                                        {}}));
  LIGAMENT_TRY(const Changed changed,
               apply_care(tx_, message, row, next_change(of, EventKind::kMerge), settled_));
  static_cast<void>(changed);
  return {};
}

/// Two pathways that were of two patients are of one now: a person looks whether they are one.
fhir::Status RecordWord::link_pathways(const RecordCase& of, const Rows& prior, const Rows& survivors) {
  const auto open = [](const store::ReferralRow& row) { return row.open; };
  const auto other = std::ranges::find_if(survivors, [&](const store::ReferralRow& row) {
    return row.open && std::ranges::find(prior, row.seq, &store::ReferralRow::seq) == prior.end();
  });
  const auto first = std::ranges::find_if(prior, open);
  if (other == survivors.end() || first == prior.end()) return {};
  LIGAMENT_TRY(const Changed changed,
               apply_care(tx_, of.message, *first, next_change(of, EventKind::kClinicalDuplicate), settled_));
  static_cast<void>(changed);
  return {};
}

fhir::Status RecordWord::merge(const RecordCase& of, const Rows& survivors) {
  const std::string id = own_id(of.message, "Patient", of.record.names.front());
  LIGAMENT_TRY(const Rows prior, pathways_of_record(tx_, of.message, of.record.prior));
  if (prior.empty() && survivors.empty()) return {};
  LIGAMENT_CHECK(keep_record(tx_, of, id));
  for (const care::Name& number : of.record.prior)
    LIGAMENT_CHECK(retire(tx_, of, own_id(of.message, "Patient", number), id));
  if (prior.empty()) return note_ignored(tx_, of.message, survivors, "nothing here goes by a prior number");
  for (const store::ReferralRow& row : prior)
    LIGAMENT_CHECK(repoint(of, row));
  any_effect_ = true;
  return link_pathways(of, prior, survivors);
}

/// The message as if it told of one of its patients alone.
MessageCase about(const MessageCase& message, const care::PatientRecord& record) {
  MessageCase one = message;
  one.reading.message.focus = record.patient;
  one.reading.message.patient = record.patient;
  const bool live = message.around.config.installation.environment == config::Environment::kLive;
  fhir::IssueList ignored;
  one.reading.patient = identity::read_identity(
      record.patient, live ? identity::Environment::kLive : identity::Environment::kTest,
      message.incoming.received, ignored);
  return one;
}

fhir::Result<bool> concerns_us(store::Transaction& tx, const RecordWord& word,
                               const std::vector<RecordCase>& cases) {
  for (const RecordCase& of : cases) {
    LIGAMENT_TRY(const Rows rows, word.known(of));
    LIGAMENT_TRY(const Rows prior, pathways_of_record(tx, of.message, of.record.prior));
    if (!rows.empty() || !prior.empty()) return true;
  }
  return false;
}

}  // namespace

fhir::Status settle_record(store::Transaction& tx, const MessageCase& message, Settlement& settled) {
  const std::vector<care::PatientRecord>& records = message.reading.care->records;
  std::vector<MessageCase> parts;
  std::vector<RecordCase> cases;
  if (records.size() > 1) {
    parts.reserve(records.size());
    for (const care::PatientRecord& record : records)
      parts.push_back(about(message, record));
  }
  cases.reserve(records.size());
  for (std::size_t i = 0; i < records.size(); ++i)
    cases.push_back({parts.empty() ? message : parts[i], records[i]});
  RecordWord word(tx, settled);
  LIGAMENT_TRY(const bool ours, concerns_us(tx, word, cases));
  if (!ours) return pass_over(tx, message, settled);
  LIGAMENT_CHECK(log_care(tx, message));
  for (const RecordCase& of : cases) {
    // Found anew: what one patient of the message was merged into may be merged by the next.
    LIGAMENT_TRY(const Rows rows, word.known(of));
    if (message.reading.care->event == care::CareEvent::kPatientMerge) {
      LIGAMENT_CHECK(word.merge(of, rows));
    } else if (!rows.empty()) {
      LIGAMENT_CHECK(word.update(of, rows));
    }
  }
  return answer_care(tx, message, word.any_effect() ? "accepted" : "ignored", true, settled);
}

}  // namespace gateway::intake
