#include "gateway/intake/provenance.hpp"

#include "fhir/definitions/definitions.hpp"
#include "fhir/tree/resource_builder.hpp"
#include "gateway/identity/identifiers.hpp"
#include "gateway/intake/incoming.hpp"

namespace gateway::intake {

fhir::tree::TreePtr build_provenance(const ProvenanceFacts& facts) {
  fhir::tree::ResourceBuilder provenance(fhir::definitions::r4(), "Provenance");
  const std::string recorded = fhir::to_text(facts.recorded);
  provenance.set("id", facts.id);
  provenance.open("meta").set("versionId", "1").set("lastUpdated", recorded).close();
  for (const std::string& target : facts.targets)
    provenance.open("target").set("reference", target).close();
  provenance.set("recorded", recorded);
  if (!facts.catalogue.empty()) provenance.set("policy", std::string(kCatalogueBase) + facts.catalogue);
  for (const std::string& rule : facts.rules)
    provenance.set("policy", std::string(kRuleBase) + rule);
  const auto agent = [&](std::string_view type, std::string_view ods, std::string_view name) {
    provenance.open("agent");
    provenance.open("type").open("coding");
    provenance.set("system", "http://terminology.hl7.org/CodeSystem/provenance-participant-type");
    provenance.set("code", type).close().close();
    provenance.open("who").open("identifier");
    provenance.set("system", identity::kOdsSystem).set("value", ods.empty() ? "unknown" : ods).close();
    provenance.set("display", name).close().close();
  };
  agent("assembler", facts.our_ods, facts.our_name);
  agent("author", facts.sender_ods, "");
  const auto entity = [&](std::string_view role, std::string_view system, std::string_view value) {
    provenance.open("entity").set("role", role).open("what").open("identifier");
    provenance.set("system", system).set("value", value).close().close().close();
  };
  entity("source", kDigestSystem, hex(facts.message));
  for (const std::string& content : facts.contents)
    entity("quotation", kContentDigestSystem, content);
  return provenance.finish();
}

}  // namespace gateway::intake
