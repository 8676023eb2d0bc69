#include "gateway/intake/repoint.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/tree/tree_builder.hpp"
#include "fhir/xml/reader.hpp"
#include "gateway/identity/identifiers.hpp"
#include "gateway/intake/dispatch.hpp"

namespace gateway::intake {

using fhir::tree::kNoNode;
using fhir::tree::Node;
using fhir::tree::NodeIndex;
using fhir::tree::TreePtr;

namespace {

constexpr std::size_t kMostDeliveries = 500;

/// Copies a message with new names for itself and its patient.
class Rewriting {
 public:
  Rewriting(const care::Name& survivor, std::span<const care::Name> prior, std::string bundle_id)
      : survivor_(survivor), prior_(prior), bundle_id_(std::move(bundle_id)) {}

  /// Null when no identifier of its Patient is one of the prior ones.
  TreePtr run(const fhir::tree::Tree& from) {
    fhir::tree::TreeBuilder builder(from.table(), from.node_count());
    std::vector<NodeIndex> went(from.node_count(), kNoNode);
    bool changed = false;
    for (NodeIndex at = 0; at < from.node_count(); ++at) {
      const fhir::tree::NodeRecord& record = from.record(at);
      const Node node(&from, at);
      const bool local = (record.name & fhir::tree::kLocalName) != 0;
      const fhir::tree::NameId name = local ? builder.intern(node.name()) : record.name;
      went[at] = record.parent == kNoNode ? builder.add_root(name, record.row)
                                          : builder.add(went[record.parent], name, record.row);
      if (record.kind == fhir::tree::ValueKind::kNone) continue;
      builder.set_value(went[at], record.kind, text_of(node, changed));
    }
    TreePtr tree = builder.finish();
    return changed ? tree : nullptr;
  }

 private:
  std::string_view text_of(Node node, bool& changed) const {
    const Node parent = node.parent();
    if (node.name() == "id" && parent == node.tree()->root()) return bundle_id_;
    if (parent.name() != "identifier" || parent.parent().type() != "Patient") return node.text();
    const care::Name name{identity::canonical_system(parent.child("system").text()),
                          std::string(parent.child("value").text())};
    if (std::ranges::find(prior_, name) == prior_.end()) return node.text();
    if (node.name() == "value") {
      changed = true;
      return survivor_.value;
    }
    return node.name() == "system" ? std::string_view(survivor_.system) : node.text();
  }

  const care::Name& survivor_;
  std::span<const care::Name> prior_;
  std::string bundle_id_;
};

fhir::Result<TreePtr> read_body(store::Transaction& tx, const store::DeliveryRow& row) {
  LIGAMENT_TRY(const std::string body, tx.outbox().read_body(row.seq));
  const bool xml = row.media_type.find("xml") != std::string::npos;
  fhir::tree::ReadOutcome outcome =
      xml ? fhir::xml::read(body, fhir::definitions::r4()) : fhir::json::read(body, fhir::definitions::r4());
  if (!outcome.tree) return fhir::fail(fhir::ErrorCode::kCorrupt, "a delivery cannot be read");
  return std::move(outcome.tree);
}

bool is_finished(const store::DeliveryRow& row) {
  return row.state == store::OutboxState::kDelivered || row.state == store::OutboxState::kAbandoned;
}

/// An attempt is counted when it ends, so the head of a lane that is due may be under way.
bool is_unsent(const store::DeliveryRow& row, bool heads_its_lane, fhir::Instant now) {
  return row.state == store::OutboxState::kPending && row.attempts == 0 &&
         (!heads_its_lane || row.next_attempt_at > now);
}

struct Fresh {
  std::string body;
  std::string business_id;
};

/// The delivery under the survivor's number; empty when it carries none of the prior ones, or is in a form
/// that cannot be written anew: the organisation merged the number itself and knows both.
fhir::Result<std::optional<Fresh>> rewritten(store::Transaction& tx, const MessageCase& message,
                                             const store::DeliveryRow& delivery, const config::Partner& to,
                                             const care::Name& survivor, std::span<const care::Name> prior,
                                             const std::string& bundle_id) {
  const OutwardForms* forms = message.around.forms;
  if (forms != nullptr && forms->makes(delivery.media_type)) {
    LIGAMENT_TRY(const std::string body, tx.outbox().read_body(delivery.seq));
    std::vector<PatientNumber> numbers;
    for (const care::Name& name : prior)
      numbers.push_back({name.system, name.value});
    OutwardForm form;
    const auto became =
        forms->renumber(to, body, bundle_id, numbers, {survivor.system, survivor.value}, form);
    if (became != OutwardForms::Renumbered::kChanged) return std::nullopt;
    return Fresh{std::move(form.body), std::move(form.business_id)};
  }
  const bool xml = delivery.media_type.find("xml") != std::string::npos;
  if (!xml && delivery.media_type.find("json") == std::string::npos) return std::nullopt;
  LIGAMENT_TRY(const TreePtr body, read_body(tx, delivery));
  const TreePtr tree = Rewriting(survivor, prior, bundle_id).run(*body);
  if (!tree) return std::nullopt;
  return Fresh{serialise(xml ? config::WireFormat::kXml : config::WireFormat::kJson, tree->root()),
               bundle_id};
}

store::NewDelivery again(const store::DeliveryRow& row, fhir::Instant at) {
  store::NewDelivery delivery;
  delivery.referral = row.referral;
  delivery.lane = row.lane;
  delivery.destination = row.destination;
  delivery.kind = row.kind;
  delivery.media_type = row.media_type;
  delivery.request_id = row.request_id;
  delivery.correlation_id = row.correlation_id;
  delivery.business_id = row.business_id;
  delivery.priority = row.priority;
  delivery.created_at = at;
  delivery.not_before = std::max(at, row.next_attempt_at);
  return delivery;
}

}  // namespace

fhir::Result<std::size_t> repoint_unsent(store::Transaction& tx, const MessageCase& message,
                                         const store::ReferralRow& row, const care::Name& survivor,
                                         std::span<const care::Name> prior, ResourceIds& ids) {
  store::OutboxFilter filter;
  filter.referral = row.seq;
  LIGAMENT_TRY(const std::vector<store::DeliveryRow> all,
               tx.outbox().list(filter, std::nullopt, kMostDeliveries));
  const fhir::Instant now = message.incoming.received;
  std::set<std::string> headed;  // lanes whose head was seen
  std::set<std::string> moved;   // lanes whose tail is written anew
  std::size_t count = 0;
  for (const store::DeliveryRow& delivery : all) {
    if (is_finished(delivery)) continue;
    const bool heads = headed.insert(delivery.lane).second;
    const config::Partner* to = message.around.config.partner(delivery.destination);
    if (to == nullptr || to->ods != message.incoming.caller.ods || !is_unsent(delivery, heads, now)) continue;
    store::NewDelivery fresh = again(delivery, now);
    const std::string bundle_id = ids.next();
    const std::string request_id = ids.next();
    LIGAMENT_TRY(std::optional<Fresh> made,
                 rewritten(tx, message, delivery, *to, survivor, prior, bundle_id));
    if (made) {
      fresh.body = std::move(made->body);
      fresh.business_id = std::move(made->business_id);
      fresh.request_id = request_id;
      moved.insert(delivery.lane);
      ++count;
    } else {
      if (!moved.contains(delivery.lane)) continue;
      LIGAMENT_TRY(fresh.body, tx.outbox().read_body(delivery.seq));
    }
    LIGAMENT_CHECK(tx.outbox().park(delivery.seq));
    LIGAMENT_CHECK(tx.outbox().abandon(delivery.seq, now, "patient-merged"));
    LIGAMENT_CHECK(tx.outbox().enqueue(fresh).map([](store::OutboxSeq) {}));
  }
  return count;
}

}  // namespace gateway::intake
