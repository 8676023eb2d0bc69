// A letter: to the practice by its referral, or, when it matches none, to whom it is addressed.
#include <algorithm>
#include <utility>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/tree/resource_builder.hpp"
#include "gateway/intake/care_word.hpp"
#include "gateway/intake/dispatch.hpp"
#include "gateway/intake/provenance.hpp"
#include "gateway/intake/referral_memory.hpp"
#include "gateway/intake/stored_message.hpp"
#include "gateway/intake/visibility.hpp"

namespace gateway::intake {

using care::Fate;
using care::Letter;
using fhir::tree::Node;
using fhir::tree::TreePtr;

namespace {

constexpr std::uint32_t kMostVersions = 50;

fhir::search::Operand token(const care::Name& name) {
  fhir::search::Operand operand;
  operand.system = name.system;
  operand.value = name.value;
  return operand;
}

/// Versions of the document that this organisation sent before, as their messages said them.
fhir::Result<std::vector<care::KnownVersion>> find_versions(store::Transaction& tx,
                                                            const MessageCase& message,
                                                            const Letter& letter) {
  fhir::search::Query query;
  query.type = "DocumentReference";
  query.count = kMostVersions;
  fhir::search::Clause clause;
  clause.param = "identifier";
  clause.any_of.push_back(token(letter.document));
  if (letter.set) clause.any_of.push_back(token(*letter.set));
  if (letter.replaces) clause.any_of.push_back(token(*letter.replaces));
  query.all_of.push_back(std::move(clause));
  LIGAMENT_TRY(const store::ResourcePage page, tx.resources().search(query));
  std::vector<care::KnownVersion> known;
  for (const store::ResourceRow& row : page.rows) {
    LIGAMENT_TRY(const std::optional<store::ResourceRow> first,
                 tx.resources().get_version(row.type, row.id, 1));
    if (!first || !first->message) continue;
    LIGAMENT_TRY(const std::optional<store::MessageRow> log, tx.messages().find(*first->message));
    if (!log) continue;
    const config::Partner* sender = message.around.config.partner(log->partner);
    if (sender == nullptr || sender->ods != message.incoming.caller.ods) continue;
    LIGAMENT_TRY(const bars::BarsMessage sent, decode_logged(tx, *first->message));
    const auto before = sent.care ? care::read_letter(sent) : tl::expected<Letter, bars::Refusal>(Letter());
    if (!before.has_value() || before->document.value.empty()) continue;
    care::KnownVersion version;
    version.id = row.id;
    version.document = before->document;
    version.same_set = letter.set && before->set == letter.set;
    version.version = before->version;
    version.completeness = before->completeness;
    version.digest = before->digest;
    version.occurred = before->occurred;
    version.replaced = row.version > 1;  // nothing but being replaced changes a stored letter
    known.push_back(std::move(version));
  }
  return known;
}

/// The document with the versions it replaces named, also when its sender named them by a set only.
TreePtr naming(Node document, const care::Judgement& judgement, std::span<const care::KnownVersion> known) {
  fhir::tree::ResourceBuilder builder(fhir::definitions::r4(), "DocumentReference");
  builder.copy_children(document);
  for (const care::KnownVersion& one : known) {
    if (std::ranges::find(judgement.replaced, one.id) == judgement.replaced.end()) continue;
    const bool named = std::ranges::any_of(document.children("relatesTo"), [&](Node relation) {
      return relation.at("target", "identifier", "value").text() == one.document.value;
    });
    if (named) continue;
    builder.open("relatesTo").set("code", "replaces").open("target");
    builder.set("reference", reference("DocumentReference", one.id));
    builder.open("identifier").set("system", one.document.system).set("value", one.document.value).close();
    builder.close().close();
  }
  return builder.finish();
}

fhir::Result<std::vector<std::string>> audience(const MessageCase& message, const store::ReferralRow* about) {
  if (about == nullptr) return site_audience(message);
  LIGAMENT_TRY(const ReferralMemory memory, parse_memory(about->memory));
  return visible_to(*about, memory, message.around.config);
}

/// A stored letter that another took the place of.
fhir::Status supersede(store::Transaction& tx, const MessageCase& message, const std::string& id,
                       const store::ReferralRow* about) {
  LIGAMENT_TRY(const std::optional<store::ResourceRow> row, tx.resources().get("DocumentReference", id));
  if (!row) return {};
  const TreePtr tree = fhir::json::read(row->json, fhir::definitions::r4()).tree;
  if (!tree) return fhir::fail(fhir::ErrorCode::kCorrupt, "a stored letter cannot be read");
  fhir::tree::ResourceBuilder builder(fhir::definitions::r4(), "DocumentReference");
  const std::string time = fhir::to_text(message.incoming.received);
  builder.copy_children(tree->root(), {"status", "meta"});
  builder.open("meta").set("versionId", std::to_string(row->version + 1)).set("lastUpdated", time);
  builder.copy_children(tree->root().child("meta"), {"versionId", "lastUpdated"}).close();
  builder.set("status", "superseded");
  const TreePtr changed = builder.finish();
  store::ResourceWrite write =
      write_of(changed->root(), store::WriteRule::kMatch, message.incoming.seq, message.incoming.received);
  write.expected_version = row->version;
  LIGAMENT_TRY(write.audience, audience(message, about));
  return tx.resources().put(write).map([](std::int64_t) {});
}

/// One letter that goes out, as it is stored and as its parts.
class Outgoing {
 public:
  Outgoing(store::Transaction& tx, const MessageCase& message, Settlement& settled)
      : tx_(tx), message_(message), settled_(settled), letter_(*message.reading.care->letter) {}

  fhir::Status store(const store::ReferralRow* about, const care::Judgement& judgement,
                     std::span<const care::KnownVersion> known) {
    const auto skip = [&](Node resource) { return placeholder(resource); };
    LIGAMENT_TRY(local_, keep_message(tx_, message_, about, skip));
    document_ = naming(local_.message.focus, judgement, known);
    LIGAMENT_CHECK(put(document_->root(), about));
    for (const std::string& id : judgement.replaced)
      LIGAMENT_CHECK(supersede(tx_, message_, id, about));
    LIGAMENT_CHECK(audit_care(tx_, message_));
    return keep_provenance(about);
  }

  /// The document and every Binary.
  [[nodiscard]] std::vector<Node> documents() const {
    std::vector<Node> all = {document_->root()};
    for (const Node document : local_.message.documents) {
      if (document.type() == "Binary") all.push_back(document);
    }
    return all;
  }
  [[nodiscard]] const LocalMessage& local() const noexcept { return local_; }

  fhir::Status send_unmatched(const CareMatch& match) {
    const config::Partner* to = practice();
    if (to != nullptr) LIGAMENT_CHECK(enqueue(*to, 0));
    const std::string reason(to_code(match.by));
    LIGAMENT_CHECK(open_care_work(tx_, message_, "unmatched-letter", reason, nullptr, settled_));
    if (to == nullptr)
      LIGAMENT_CHECK(open_care_work(tx_, message_, "no-route-to-gp", "letter", nullptr, settled_));
    return raise_escalation(tx_, message_, settled_);
  }

  /// Whoever referred has it by the referral. A practice it is addressed to and that did not refer gets it
  /// too: the patient may have moved. When none of the addressees can be reached, a person tells them.
  fhir::Status send_to_addressees(const store::ReferralRow& about) {
    LIGAMENT_TRY(const ReferralMemory memory, parse_memory(about.memory));
    bool told = letter_.addressees.empty();
    std::uint32_t others = 0;
    for (const std::string& ods : letter_.addressees) {
      const bool knows = ods == memory.state.referrer.ods || ods == memory.practice_ods;
      told = told || knows;
      const config::Partner* partner = message_.around.config.partner_by_ods(ods, config::PartnerRole::kGp);
      if (knows || !takes_communications(partner)) continue;
      told = true;
      LIGAMENT_CHECK(enqueue(*partner, ++others));
      LIGAMENT_CHECK(tx_.referrals().append_event(about.seq, {message_.incoming.received,
                                                              "queued",
                                                              "ligament",
                                                              std::string(kLetterKind) + ' ' + partner->name,
                                                              message_.incoming.seq,
                                                              {}}));
    }
    if (told) return {};
    return open_care_work(tx_, message_, "addressee-not-told", "letter", &about, settled_);
  }

 private:
  /// The focus is written here, because it may name more than it was sent with.
  [[nodiscard]] std::string placeholder(Node resource) {
    if (resource != message_.reading.message.focus) return {};
    if (document_id_.empty()) document_id_ = own_id_of_version();
    return document_id_;
  }
  [[nodiscard]] std::string own_id_of_version() const {
    ResourceIds ids(message_.around.hash, message_.incoming.seq, kAnswerIds / 2);
    return ids.next();
  }

  fhir::Status put(Node resource, const store::ReferralRow* about) {
    store::ResourceWrite write =
        write_of(resource, store::WriteRule::kCreate, message_.incoming.seq, message_.incoming.received);
    LIGAMENT_TRY(write.audience, audience(message_, about));
    return tx_.resources().put(write).map([](std::int64_t) {});
  }

  fhir::Status keep_provenance(const store::ReferralRow* about) {
    ResourceIds ids(message_.around.hash, message_.incoming.seq, kAnswerIds / 2 + 1);
    ProvenanceFacts facts;
    facts.id = ids.next();
    for (const Node document : documents())
      facts.targets.push_back(reference(document.type(), document.child("id").text()));
    facts.recorded = message_.incoming.received;
    facts.message = message_.incoming.digest;
    for (const care::Content& content : letter_.contents)
      facts.contents.push_back(content.sha256);
    facts.sender_ods = message_.incoming.caller.ods;
    facts.our_ods = message_.around.config.installation.ods;
    facts.our_name = message_.around.config.installation.name;
    const TreePtr provenance = build_provenance(facts);
    return put(provenance->root(), about);
  }

  /// Whom it is addressed to; the default route for a practice that is no partner. A restricted patient's
  /// letter goes to nobody but its addressee.
  [[nodiscard]] const config::Partner* practice() const {
    const config::Config& config = message_.around.config;
    for (const std::string& ods : letter_.addressees) {
      const config::Partner* partner = config.partner_by_ods(ods, config::PartnerRole::kGp);
      if (takes_communications(partner)) return partner;
    }
    if (care::is_restricted(message_.reading.message)) return nullptr;
    const config::Partner* usual = config.partner(config.default_practice_route);
    return takes_communications(usual) ? usual : nullptr;
  }

  /// `number` tells several of one letter apart.
  fhir::Status enqueue(const config::Partner& to, std::uint32_t number) {
    constexpr std::uint32_t kIdsOfOne = 16;
    ResourceIds ids(message_.around.hash, message_.incoming.seq, kChangeIds * 300 + number * kIdsOfOne);
    Dispatch dispatch(message_.around.config, message_.around.software_version, ids,
                      message_.incoming.received, message_.around.forms);
    const std::string base = resource_base(message_.around.config);
    const auto url = [&](Node resource) {
      return base + '/' + reference(resource.type(), resource.child("id").text());
    };
    TreePtr patient;
    std::vector<bars::Part> parts = {{url(document_->root()), document_->root()}};
    for (const LocalResource& resource : local_.resources) {
      Node node = resource.resource;
      if (node == local_.message.focus || node.type() == "Location") continue;
      if (node.type() == "Patient" && care::is_restricted(message_.reading.message)) {
        patient = care::without_whereabouts(node);
        node = patient->root();
      }
      parts.push_back({url(resource.resource), node});
    }
    const Subject subject{"letter-" + letter_lane(), message_.incoming.ids.correlation_id, {}, false};
    const store::NewDelivery delivery = dispatch.letter(to, subject, parts, url(document_->root()));
    return tx_.outbox().enqueue(delivery).map([](store::OutboxSeq) {});
  }

  /// Versions of one document arrive in order.
  [[nodiscard]] std::string letter_lane() const {
    const care::Name& name = letter_.set        ? *letter_.set
                             : letter_.replaces ? *letter_.replaces
                                                : letter_.document;
    return own_id(message_, "DocumentReference", name);
  }

  store::Transaction& tx_;
  const MessageCase& message_;
  Settlement& settled_;
  const Letter& letter_;
  std::string document_id_;
  LocalMessage local_;
  TreePtr document_;
};

/// In words for the practice: which letter this one takes the place of.
referral::Reason replacing(const care::Judgement& judgement, std::span<const care::KnownVersion> known,
                           const Letter& letter) {
  std::string numbers;
  const auto add = [&](const std::string& value) {
    if (numbers.find(value) == std::string::npos) numbers.append(numbers.empty() ? "" : ", ").append(value);
  };
  for (const care::KnownVersion& one : known) {
    if (std::ranges::find(judgement.replaced, one.id) != judgement.replaced.end()) add(one.document.value);
  }
  if (letter.replaces) add(letter.replaces->value);
  if (numbers.empty()) return {};
  return {std::string(referral::kReasonSystem), "replaces-letter", "It replaces an earlier letter",
          "It replaces the letter numbered " + numbers};
}

fhir::Status tell_by_referral(store::Transaction& tx, const MessageCase& message,
                              const store::ReferralRow& row, const Outgoing& outgoing,
                              referral::Reason reason, Settlement& settled) {
  Change change = change_of(message, 0);
  change.event.kind = referral::EventKind::kLetter;
  change.event.occurred = message.reading.care->letter->occurred;
  change.event.reason = std::move(reason);
  change.documents = outgoing.documents();
  LIGAMENT_TRY(const Changed changed, apply_care(tx, message, row, change, settled));
  static_cast<void>(changed);
  LIGAMENT_CHECK(link_names(tx, message, row, {}));
  if (const std::optional<Change> flag = flag_change(message, row)) {
    LIGAMENT_TRY(const Changed flagged, apply_care(tx, message, row, *flag, settled));
    static_cast<void>(flagged);
  }
  return {};
}

fhir::Status withdraw(store::Transaction& tx, const MessageCase& message, const CareMatch& match,
                      Settlement& settled) {
  LIGAMENT_CHECK(log_care(tx, message));
  const store::ReferralRow* about = match.found() ? &match.rows.front() : nullptr;
  LIGAMENT_CHECK(open_care_work(tx, message, "letter-withdrawn", "entered-in-error", about, settled));
  if (about != nullptr) {
    LIGAMENT_CHECK(tx.referrals().append_event(about->seq, {message.incoming.received,
                                                            "letter-withdrawn",
                                                            message.incoming.caller.partner,
                                                            "entered-in-error",
                                                            message.incoming.seq,
                                                            {}}));
  }
  return answer_care(tx, message, "accepted", true, settled);
}

}  // namespace

fhir::Status settle_letter(store::Transaction& tx, const MessageCase& message, Settlement& settled) {
  const Letter& letter = *message.reading.care->letter;
  LIGAMENT_TRY(const std::vector<care::KnownVersion> known, find_versions(tx, message, letter));
  const care::Judgement judgement = care::judge(letter, known);
  LIGAMENT_TRY(const CareMatch match, match_pathway(tx, message, {}));
  const std::vector<store::ReferralRow> about =
      match.found() ? match.rows : std::vector<store::ReferralRow>();
  if (judgement.fate == Fate::kWithdraw) return withdraw(tx, message, match, settled);
  if (judgement.fate == Fate::kIgnore) {
    LIGAMENT_CHECK(log_care(tx, message));
    return ignore_care(tx, message, about, judgement.because, settled);
  }
  Outgoing outgoing(tx, message, settled);
  if (judgement.fate == Fate::kKeep) {
    LIGAMENT_CHECK(outgoing.store(nullptr, judgement, known));
    if (!about.empty()) {
      LIGAMENT_CHECK(tx.referrals().append_event(about.front().seq, {message.incoming.received,
                                                                     "letter-draft",
                                                                     message.incoming.caller.partner,
                                                                     "preliminary",
                                                                     message.incoming.seq,
                                                                     {}}));
    }
    return answer_care(tx, message, "accepted", true, settled);
  }
  LIGAMENT_CHECK(outgoing.store(about.empty() ? nullptr : &about.front(), judgement, known));
  if (about.empty()) {
    LIGAMENT_CHECK(outgoing.send_unmatched(match));
  } else {
    LIGAMENT_CHECK(
        tell_by_referral(tx, message, about.front(), outgoing, replacing(judgement, known, letter), settled));
    LIGAMENT_CHECK(outgoing.send_to_addressees(about.front()));
  }
  return answer_care(tx, message, "accepted", true, settled);
}

}  // namespace gateway::intake
