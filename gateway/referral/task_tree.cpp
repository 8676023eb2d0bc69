#include "gateway/referral/task_tree.hpp"

#include <array>

#include "fhir/tree/resource_builder.hpp"
#include "gateway/identity/identifiers.hpp"

namespace gateway::referral {
namespace {

using fhir::tree::Node;
using fhir::tree::ResourceBuilder;
using fhir::tree::TreePtr;

constexpr std::string_view kTaskCodeSystem = "http://hl7.org/fhir/CodeSystem/task-code";
constexpr std::string_view kIdentifierTypeSystem = "http://terminology.hl7.org/CodeSystem/v2-0203";
/// Elements of a Task that follow from the state; everything else of a stored Task is kept.
constexpr std::initializer_list<std::string_view> kOfState = {
    "id",       "meta",         "status", "statusReason", "businessStatus",
    "priority", "lastModified", "owner",  "restriction"};

void add_identifier(ResourceBuilder& builder, const Identifier& identifier) {
  builder.open("identifier");
  if (!identifier.type_code.empty()) {
    builder.open("type")
        .open("coding")
        .set("system", kIdentifierTypeSystem)
        .set("code", identifier.type_code)
        .close()
        .close();
  }
  builder.set("system", identifier.system).set("value", identifier.value).close();
}

void add_reference(ResourceBuilder& builder, std::string_view place, std::string_view reference) {
  if (!reference.empty()) builder.open(place).set("reference", reference).close();
}

void add_organisation(ResourceBuilder& builder, std::string_view place, const Organisation& organisation) {
  if (organisation.ods.empty()) return;  // nobody is known yet
  builder.open(place).set("type", "Organization");
  builder.open("identifier").set("system", identity::kOdsSystem).set("value", organisation.ods).close();
  builder.set("display", organisation.name).close();
}

void add_reason(ResourceBuilder& builder, std::string_view place, const Reason& reason) {
  if (reason.empty()) return;
  builder.open(place);
  if (!reason.code.empty()) {
    builder.open("coding")
        .set("system", reason.system.empty() ? kReasonSystem : std::string_view(reason.system))
        .set("code", reason.code)
        .set("display", reason.display)
        .close();
  }
  builder.set("text", reason.text).close();
}

/// The organisation that acts for an owner: reviewer and rota act for the hub.
const Organisation& acting(const ReferralState& referral) {
  const Organisation* owner = organisation(referral, referral.owner);
  return owner == nullptr ? referral.hub : *owner;
}

void add_state(ResourceBuilder& builder, const ReferralState& referral, const Reason& reason,
               fhir::Instant now) {
  const std::string time = fhir::to_text(now);
  builder.open("meta").set("versionId", std::to_string(referral.version)).set("lastUpdated", time);
  builder.set("profile", kTaskProfile).close();
  builder.set("status", task_status(referral));
  add_reason(builder, "statusReason", reason);
  builder.open("businessStatus")
      .open("coding")
      .set("system", kBusinessStatusSystem)
      .set("code", business_status(referral))
      .set("display", traits(referral.state).display)
      .close()
      .close();
  builder.set("priority", to_code(referral.priority)).set("lastModified", time);
  add_organisation(builder, "owner", acting(referral));
  if (referral.deadline_kind != DeadlineKind::kNone) {
    builder.open("restriction").open("period").set("end", fhir::to_text(referral.deadline)).close().close();
  }
}

void add_code(ResourceBuilder& builder, std::string_view code) {
  builder.open("code").open("coding").set("system", kTaskCodeSystem).set("code", code).close().close();
}

}  // namespace

TreePtr build_task(const fhir::tree::TypeTable& table, const TaskFacts& facts, const ReferralState& referral,
                   fhir::Instant now) {
  ResourceBuilder builder(table, "Task");
  builder.set("id", facts.id);
  for (const Identifier& identifier : facts.identifiers)
    add_identifier(builder, identifier);
  add_reference(builder, "basedOn", facts.focus);
  if (!facts.group.empty()) builder.open("groupIdentifier").set("value", facts.group).close();
  add_reference(builder, "partOf", facts.part_of);
  builder.set("intent", "order");
  add_code(builder, "fulfill");
  builder.set("description", facts.description);
  add_reference(builder, "focus", facts.focus);
  add_reference(builder, "for", facts.patient);
  builder.set("authoredOn", fhir::to_text(facts.authored));
  add_organisation(builder, "requester", referral.referrer);
  add_state(builder, referral, facts.status_reason, now);
  return builder.finish();
}

TreePtr rebuild_task(Node stored, const ReferralState& referral, const Reason& status_reason,
                     fhir::Instant now) {
  ResourceBuilder builder(stored.tree()->table(), "Task");
  builder.copy("id", stored.child("id"));
  builder.copy_children(stored, kOfState);
  add_state(builder, referral, status_reason, now);
  return builder.finish();
}

TreePtr build_abort_task(const fhir::tree::TypeTable& table, std::string_view id, std::string_view task_id,
                         std::string_view patient, const ReferralState& referral, const Reason& reason,
                         fhir::Instant now) {
  ResourceBuilder builder(table, "Task");
  const std::string time = fhir::to_text(now);
  builder.set("id", id).open("meta").set("versionId", "1").set("lastUpdated", time);
  builder.set("profile", kAbortTaskProfile).close();
  builder.set("status", "requested").set("intent", "order").set("priority", to_code(referral.priority));
  add_code(builder, "abort");
  add_reference(builder, "focus", std::string("Task/").append(task_id));
  add_reference(builder, "for", patient);
  builder.set("authoredOn", time).set("lastModified", time);
  add_organisation(builder, "requester", referral.referrer);
  const Organisation* holder = organisation(referral, referral.holder);
  add_organisation(builder, "owner", holder == nullptr ? referral.hub : *holder);
  add_reason(builder, "reasonCode", reason);
  return builder.finish();
}

TreePtr rebuild_request(Node received, std::string_view id, std::string_view status, std::uint32_t version,
                        fhir::Instant now) {
  ResourceBuilder builder(received.tree()->table(), "ServiceRequest");
  builder.set("id", id).open("meta");
  builder.copy_children(received.child("meta"), {"versionId", "lastUpdated"});
  builder.set("versionId", std::to_string(version)).set("lastUpdated", fhir::to_text(now)).close();
  if (status.empty()) {
    builder.copy("status", received.child("status"));
  } else {
    builder.set("status", status);
  }
  builder.copy_children(received, {"id", "meta", "status"});
  return builder.finish();
}

TreePtr build_child_request(Node parent, std::string_view id, std::string_view parent_id,
                            const Organisation& destination, fhir::Instant now) {
  ResourceBuilder builder(parent.tree()->table(), "ServiceRequest");
  const std::string time = fhir::to_text(now);
  builder.set("id", id).open("meta").set("versionId", "1").set("lastUpdated", time).close();
  add_reference(builder, "basedOn", std::string("ServiceRequest/").append(parent_id));
  builder.set("status", "active");
  // Author, date and narrative stay the referrer's: the original clock start is what it was.
  builder.copy_children(parent, {"id", "meta", "basedOn", "replaces", "status", "performer"});
  add_organisation(builder, "performer", destination);
  return builder.finish();
}

}  // namespace gateway::referral
