#include "gateway/referral/communication.hpp"

#include "fhir/tree/resource_builder.hpp"
#include "gateway/identity/identifiers.hpp"

namespace gateway::referral {
namespace {

using fhir::tree::ResourceBuilder;

void add_reference(ResourceBuilder& builder, std::string_view place, std::string_view reference) {
  if (!reference.empty()) builder.open(place).set("reference", reference).close();
}

void add_organisation(ResourceBuilder& builder, std::string_view place, std::string_view ods,
                      std::string_view name) {
  builder.open(place).set("type", "Organization");
  builder.open("identifier").set("system", identity::kOdsSystem).set("value", ods).close();
  builder.set("display", name).close();
}

bool is_urgent(CommunicationKind kind) noexcept {
  return kind == CommunicationKind::kEscalated || kind == CommunicationKind::kRedirected;
}

void add_subject(ResourceBuilder& builder, const CommunicationFacts& facts) {
  if (facts.patient.empty() && facts.patient_identifiers.empty()) return;
  builder.open("subject").set("reference", facts.patient).set("type", "Patient");
  if (!facts.patient_identifiers.empty()) {
    const Identifier& first = facts.patient_identifiers.front();
    builder.open("identifier").set("system", first.system).set("value", first.value).close();
  }
  builder.set("display", facts.patient_name).close();
}

void add_coded(ResourceBuilder& builder, const CommunicationFacts& facts, const ReferralState& referral) {
  builder.open("category")
      .open("coding")
      .set("system", kCommunicationKindSystem)
      .set("code", to_code(facts.kind))
      .close()
      .close();
  builder.set("priority", is_urgent(facts.kind) ? "stat" : to_code(referral.priority));
  if (facts.reason.empty()) return;
  builder.open("reasonCode");
  if (!facts.reason.code.empty()) {
    builder.open("coding")
        .set("system", facts.reason.system.empty() ? kReasonSystem : std::string_view(facts.reason.system))
        .set("code", facts.reason.code)
        .set("display", facts.reason.display)
        .close();
  }
  builder.set("text", facts.reason.text).close();
}

}  // namespace

fhir::tree::TreePtr build_communication(const fhir::tree::TypeTable& table, const CommunicationFacts& facts,
                                        const ReferralState& referral, fhir::Instant now) {
  ResourceBuilder builder(table, "Communication");
  const std::string time = fhir::to_text(now);
  builder.set("id", facts.id)
      .open("meta")
      .set("lastUpdated", time)
      .set("profile", kCommunicationProfile)
      .close();
  for (const Identifier& identifier : facts.referral_identifiers) {
    builder.open("identifier").set("system", identifier.system).set("value", identifier.value).close();
  }
  add_reference(builder, "basedOn", facts.service_request);
  add_reference(builder, "partOf", facts.task);
  add_reference(builder, "inResponseTo", facts.in_response_to);
  builder.set("status", "completed");
  add_coded(builder, facts, referral);
  add_subject(builder, facts);
  add_reference(builder, "about", facts.task);
  builder.set("sent", time);
  add_organisation(builder, "recipient", referral.referrer.ods, referral.referrer.name);
  const bool by_hub = facts.sender_ods.empty();
  add_organisation(builder, "sender", by_hub ? std::string_view(referral.hub.ods) : facts.sender_ods,
                   by_hub ? std::string_view(referral.hub.name) : std::string_view());
  for (const std::string& line : communication_lines(facts, referral))
    builder.open("payload").set("contentString", line).close();
  if (!facts.letter.empty())
    builder.open("payload").open("contentReference").set("reference", facts.letter).close().close();
  return builder.finish();
}

}  // namespace gateway::referral
