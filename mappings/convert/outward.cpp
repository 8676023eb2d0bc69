// The way out: a message Bundle of ours as an HL7 v2 message.
#include <algorithm>
#include <array>
#include <utility>

#include "mappings/convert/control_id.hpp"
#include "mappings/convert/converter.hpp"
#include "mappings/convert/converter_body.hpp"
#include "mappings/convert/message_ids.hpp"
#include "mappings/convert/outward_names.hpp"
#include "mappings/convert/set_ids.hpp"
#include "mappings/convert/whereabouts.hpp"
#include "mappings/engine/run.hpp"
#include "mappings/hl7v2/character_set.hpp"
#include "mappings/hl7v2/write.hpp"

namespace mappings::convert {
namespace {

using fhir::IssueType;
using fhir::Severity;
using fhir::tree::Node;

struct Form {
  std::string_view name;
  std::string_view group;
  std::string_view about;  ///< Resource without which there is nothing to say, beside the patient.
};

constexpr std::array kForms = {
    Form{"hl7v2:REF_I12", "OutReferral", "ServiceRequest"},
    Form{"hl7v2:REF_I13", "OutReferralUpdate", "ServiceRequest"},
    Form{"hl7v2:REF_I14", "OutReferralCancellation", "ServiceRequest"},
    Form{"hl7v2:RRI_I12", "OutDecision", "ServiceRequest"},
    Form{"hl7v2:MDM_T02", "OutLetter", {}},
    Form{"hl7v2:ADT_A28", "OutDemographics", {}},
};

constexpr std::array<std::string_view, 9> kVersions = {"2.3", "2.3.1", "2.4", "2.5",  "2.5.1",
                                                       "2.6", "2.7",   "2.8", "2.7.1"};

const Form* find_form(std::string_view name) noexcept {
  const auto* const found = std::ranges::find(kForms, name, &Form::name);
  return found == kForms.end() ? nullptr : found;
}

void refuse(Outward& out, IssueType type, std::string place, std::string text) {
  out.issues.add(Severity::kError, type, std::move(place), std::move(text));
}

Node find_resource(Node bundle, std::string_view type) {
  for (const Node entry : bundle.children("entry")) {
    if (entry.child("resource").type() == type) return entry.child("resource");
  }
  return {};
}

bool is_test(Node bundle) {
  for (const Node tag : bundle.child("meta").children("tag")) {
    if (tag.child("code").text() == "HTEST") return true;
  }
  return false;
}

}  // namespace

std::string control_id(const KeyedHash& hash, std::string_view partner, std::string_view form,
                       std::string_view bundle_id) {
  constexpr std::string_view kDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  std::string text = "control-id";
  for (const std::string_view part : {partner, form, bundle_id})
    text.append("|").append(std::to_string(part.size())).append(":").append(part);
  const Digest digest = hash(text);
  std::string id;
  for (std::size_t at = 0; at < 20; ++at)
    id.push_back(kDigits[digest[at] & 31U]);
  return id;
}

bool is_outward_form(std::string_view form) noexcept {
  return find_form(form) != nullptr;
}

Outward Converter::convert_out(Node bundle, std::string_view name, const Manifest& partner,
                               const KeyedHash& hash) const {
  Outward out;
  const Form* form = find_form(name);
  if (form == nullptr) {
    refuse(out, IssueType::kNotSupported, "", "this form of message is not made");
    return out;
  }
  if (bundle.type() != "Bundle" || bundle.child("type").text() != "message") {
    refuse(out, IssueType::kInvalid, "Bundle.type", "a Bundle of type message is required");
  } else if (!find_resource(bundle, "Patient")) {
    refuse(out, IssueType::kRequired, "Bundle.entry", "the message has no Patient");
  } else if (!form->about.empty() && !find_resource(bundle, form->about)) {
    refuse(out, IssueType::kRequired, "Bundle.entry", "the message has no " + std::string(form->about));
  }
  const Outgoing& outgoing = partner.outgoing;
  if (std::ranges::find(kVersions, outgoing.version) == kVersions.end())
    refuse(out, IssueType::kNotSupported, "", "this version of HL7 v2 is not written");
  const auto characters =
      hl7v2::CharacterSet::find(outgoing.character_set.empty() ? "UTF-8" : outgoing.character_set);
  if (!characters) refuse(out, IssueType::kNotSupported, "", "the character set of the partner is not known");
  const auto group = body_->plan->find_group(form->group);
  if (!group) refuse(out, IssueType::kProcessing, "", "no map makes this form");
  if (out.issues.has_error()) return out;

  out.control_id = control_id(hash, partner.partner, name, bundle.child("id").text());
  std::string processing = outgoing.processing_id;
  if (processing.empty()) processing = is_test(bundle) ? "T" : "P";
  const OutwardNames names(body_->names, partner,
                           {out.control_id, std::move(processing), std::string(characters->code())});
  MessageIds ids(hash, partner.partner, hash(out.control_id));
  engine::RunContext run;
  run.ids = &ids;
  run.lookup = &names;
  run.zone = partner.zone;
  run.start = group;
  if (is_restricted(bundle)) out.source = without_whereabouts(bundle);
  engine::Transformed made = engine::run(*body_->plan, out.source ? out.source->root() : bundle, run);
  out.issues.append(made.issues);
  if (made.tree == nullptr) return out;
  out.message = with_set_ids(made.tree);
  out.receipt = std::move(made.receipt);
  fhir::Result<std::string> bytes = hl7v2::write_in(out.message->root(), *characters, {});
  if (!bytes.has_value()) {
    refuse(out, IssueType::kNotSupported, "",
           "the message has characters that the character set of the partner has not");
    return out;
  }
  out.bytes = std::move(*bytes);
  return out;
}

}  // namespace mappings::convert
