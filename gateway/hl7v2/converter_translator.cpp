#include "gateway/hl7v2/converter_translator.hpp"

#include <utility>

#include "gateway/security/digest.hpp"

namespace gateway::hl7v2 {
namespace {

std::string text_of(const config::ServiceId& id) {
  return id.system + '|' + id.value;
}

}  // namespace

mappings::convert::Manifest manifest_of(const config::Config& config, const config::Partner& partner) {
  mappings::convert::Manifest manifest;
  manifest.partner = partner.name;
  manifest.ods = partner.ods;
  manifest.organisation = partner.organisation;
  if (partner.service_id) manifest.source_endpoint = text_of(*partner.service_id);
  manifest.destination_endpoint = text_of(config.installation.service_id);
  if (!partner.hl7v2) return manifest;
  const config::Hl7v2& v2 = *partner.hl7v2;
  if (v2.destination) manifest.destination_endpoint = text_of(*v2.destination);
  manifest.use_case = v2.use_case;
  manifest.character_set = v2.character_set;
  manifest.latin1_is_windows1252 = v2.latin1_is_windows1252;
  manifest.zone = v2.zone;
  manifest.id_systems = v2.id_systems;
  manifest.code_systems = v2.code_systems;
  manifest.entries = v2.entries;
  return manifest;
}

ConverterTranslator::ConverterTranslator(std::shared_ptr<const mappings::convert::Converter> converter,
                                         const config::Config& config, mappings::convert::KeyedHash hash)
    : converter_(std::move(converter)) {
  use(config);
  context_.hash = std::move(hash);
  context_.limits = config.limits.message;
}

void ConverterTranslator::use(const config::Config& config) {
  manifests_.clear();
  for (const config::Partner& partner : config.partners)
    manifests_.emplace(partner.name, manifest_of(config, partner));
}

Translation ConverterTranslator::translate(std::string_view bytes, const config::Partner& partner,
                                           fhir::Instant /*received*/) {
  // Shared, because the receipt refers to both trees, and is asked for places after this returns.
  const auto conversion = std::make_shared<const mappings::convert::Conversion>(
      converter_->convert(bytes, manifests_.find(partner.name)->second, context_));
  Translation translation;
  translation.bundle = conversion->bundle;
  translation.verdict = conversion->verdict;
  translation.source = conversion->source;
  translation.issues = conversion->issues;
  if (conversion->bundle) translation.receipt = mappings::convert::receipt_json(*conversion);
  for (const mappings::convert::Loss& loss : conversion->losses)
    translation.losses.push_back({mappings::convert::place_of(*conversion, loss), loss.mandatory});
  if (const auto key = security::parse_digest(conversion->facts.repetition_key); key.has_value())
    translation.repetition = *key;
  translation.place_of = [conversion](std::string_view fhirpath) {
    return conversion->bundle ? mappings::convert::source_place(*conversion, fhirpath) : std::string();
  };
  return translation;
}

}  // namespace gateway::hl7v2
