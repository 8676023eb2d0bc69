#include "gateway/hl7v2/outward_messages.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "gateway/hl7v2/converter_translator.hpp"

namespace gateway::hl7v2 {
namespace {

using fhir::tree::Node;

constexpr std::string_view kMediaType = "x-application/hl7-v2+er7";

Node find_resource(Node bundle, std::string_view type) {
  for (const Node entry : bundle.children("entry")) {
    if (entry.child("resource").type() == type) return entry.child("resource");
  }
  return {};
}

bool is_withdrawn(Node bundle) {
  const std::string_view status = find_resource(bundle, "ServiceRequest").child("status").text();
  return status == "revoked" || status == "entered-in-error";
}

bool is_answer_to_the_request(Node bundle) {
  const Node category = find_resource(bundle, "Communication").child("category");
  const std::string_view code = category.at("coding", "code").text();
  return code == "accepted" || code == "rejected" || code == "redirected";
}

}  // namespace

std::string_view outward_form(std::string_view kind, Node bundle) noexcept {
  if (kind == "referral" || kind == "acceptance") return "hl7v2:REF_I12";
  if (kind == "update" || kind == "onward")
    return is_withdrawn(bundle) ? std::string_view("hl7v2:REF_I14") : "hl7v2:REF_I13";
  if (kind == "cancellation") return "hl7v2:REF_I14";
  if (kind == "decision" && is_answer_to_the_request(bundle)) return "hl7v2:RRI_I12";
  if (kind == "decision" || kind == "receipt" || kind == "letter") return "hl7v2:MDM_T02";
  if (kind == "introduction") return "hl7v2:ADT_A28";
  return {};
}

std::string outward_form(std::string_view kind, Node bundle, const config::Partner& partner) {
  const std::string_view usual = outward_form(kind, bundle);
  // A word that is no decision has one form only.
  if (!partner.hl7v2 || usual.empty() || (kind == "decision" && usual != "hl7v2:RRI_I12"))
    return std::string(usual);
  const auto chosen = std::ranges::find(partner.hl7v2->forms, kind, &config::NamePair::first);
  return chosen == partner.hl7v2->forms.end() ? std::string(usual) : "hl7v2:" + chosen->second;
}

OutwardMessages::OutwardMessages(std::shared_ptr<const mappings::convert::Converter> converter,
                                 const config::Config& config, mappings::convert::KeyedHash hash)
    : converter_(std::move(converter)), hash_(std::move(hash)) {
  for (const config::Partner& partner : config.partners) {
    mappings::convert::Manifest manifest = manifest_of(config, partner);
    mappings::convert::Outgoing& out = manifest.outgoing;
    if (partner.hl7v2) {
      out.version = partner.hl7v2->version;
      out.character_set = partner.hl7v2->character_set;
      out.receiving_application = partner.hl7v2->application;
      out.receiving_facility = partner.hl7v2->facility;
    }
    out.sending_facility = config.installation.ods;
    out.processing_id = config.installation.environment == config::Environment::kLive ? "P" : "T";
    manifests_.emplace(partner.name, std::move(manifest));
  }
}

std::optional<intake::OutwardForm> OutwardMessages::write(const config::Partner& to, std::string_view kind,
                                                          Node bundle) const {
  const std::string form = outward_form(kind, bundle, to);
  const auto manifest = manifests_.find(to.name);
  if (form.empty() || manifest == manifests_.end()) return std::nullopt;
  mappings::convert::Outward made = converter_->convert_out(bundle, form, manifest->second, hash_);
  if (made.bytes.empty()) return std::nullopt;
  return intake::OutwardForm{std::string(kMediaType), std::move(made.bytes), std::move(made.control_id)};
}

bool OutwardMessages::makes(std::string_view media_type) const noexcept {
  return media_type == kMediaType;
}

OutwardMessages::Renumbered OutwardMessages::renumber(const config::Partner& to, std::string_view body,
                                                      std::string_view id,
                                                      std::span<const intake::PatientNumber> prior,
                                                      const intake::PatientNumber& survivor,
                                                      intake::OutwardForm& form) const {
  const auto manifest = manifests_.find(to.name);
  if (manifest == manifests_.end()) return Renumbered::kCannot;
  std::vector<mappings::convert::PatientNumber> numbers;
  numbers.reserve(prior.size());
  for (const intake::PatientNumber& one : prior)
    numbers.push_back({one.system, one.value});
  mappings::convert::Outward made =
      converter_->renumber(body, id, numbers, {survivor.system, survivor.value}, manifest->second, hash_);
  if (made.issues.has_error()) return Renumbered::kCannot;
  if (made.bytes.empty()) return Renumbered::kCarriesNone;
  form = {std::string(kMediaType), std::move(made.bytes), std::move(made.control_id)};
  return Renumbered::kChanged;
}

}  // namespace gateway::hl7v2
