#include "gateway/routing/message_view.hpp"

#include <algorithm>

#include "gateway/services/clinical_code.hpp"

namespace gateway::routing {

using fhir::tree::Node;

namespace {

/// ODS identifier systems in circulation differ in case, scheme and spelling (uk-standards.md 3).
bool is_ods_system(std::string_view system) {
  static constexpr std::string_view kParts[] = {"/ods-organization-code", "/ods-organisation-code",
                                                "/ods-site-code"};
  return std::ranges::any_of(kParts, [&](std::string_view part) { return system.ends_with(part); });
}

std::string_view ods_identifier(Node holder) {
  for (const Node identifier : holder.children("identifier")) {
    if (is_ods_system(identifier.child("system").text())) return identifier.child("value").text();
  }
  return {};
}

/// What messages of HL7 v2 say in ZU1-13.
constexpr std::string_view kSourceOfReferralExtension =
    "https://ligament.example/fhir/StructureDefinition/source-of-referral";

/// SOURCE OF REFERRAL FOR OUT-PATIENTS.
services::ReferrerKind kind_of_source(std::string_view code) noexcept {
  if (code == "06") return services::ReferrerKind::kSelf;
  return code == "12" || code == "14" ? services::ReferrerKind::kFirstContact
                                      : services::ReferrerKind::kClinician;
}

}  // namespace

MessageView::MessageView(Node bundle) : bundle_(bundle) {
  for (const Node entry : bundle.children("entry")) {
    const Node resource = entry.child("resource");
    if (!resource) continue;
    entries_.push_back({entry.child("fullUrl").text(), resource});
    if (resource.type() == "MessageHeader" && !header_) header_ = resource;
  }
  find_request();
  if (!request_) return;
  const Node subject = resolve(request_.child("subject"));
  if (subject.type() == "Patient") patient_ = subject;
  collect_codings();
}

void MessageView::find_request() {
  Node only;
  for (const Entry& entry : entries_) {
    if (entry.resource.type() != "ServiceRequest") continue;
    only = entry.resource;
    ++request_count_;
  }
  if (request_count_ == 1) {
    request_ = only;
    return;
  }
  Node focused;
  std::size_t found = 0;
  for (const Node focus : header_.children("focus")) {
    const Node resource = resolve(focus);
    if (resource.type() != "ServiceRequest") continue;
    focused = resource;
    ++found;
  }
  if (found == 1) request_ = focused;
}

Node MessageView::resolve(Node reference) const {
  const std::string_view text = reference.child("reference").text();
  if (text.empty()) return {};
  for (const Entry& entry : entries_) {
    if (entry.full_url == text) return entry.resource;
  }
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return {};
  for (const Entry& entry : entries_) {
    if (entry.resource.type() == text.substr(0, slash) &&
        entry.resource.child("id").text() == text.substr(slash + 1)) {
      return entry.resource;
    }
  }
  return {};
}

std::string MessageView::ods_of(Node organisation, int hops) const {
  if (!organisation) return {};
  if (const std::string_view code = ods_identifier(organisation); !code.empty()) return std::string(code);
  if (hops == 0) return {};
  // A service or a role is as good as the organisation it belongs to.
  for (const std::string_view link : {"providedBy", "organization"}) {
    const Node reference = organisation.child(link);
    if (!reference) continue;
    if (is_ods_system(reference.at("identifier", "system").text())) {
      return std::string(reference.at("identifier", "value").text());
    }
    return ods_of(resolve(reference), hops - 1);
  }
  return {};
}

std::string MessageView::ods_of_reference(Node reference) const {
  const Node identifier = reference.child("identifier");
  if (is_ods_system(identifier.child("system").text())) return std::string(identifier.child("value").text());
  return ods_of(resolve(reference), 2);
}

std::vector<config::ServiceId> MessageView::destinations() const {
  std::vector<config::ServiceId> out;
  for (const Node destination : header_.children("destination")) {
    if (auto id = config::parse_service_id(destination.child("endpoint").text()))
      out.push_back(std::move(*id));
  }
  return out;
}

std::vector<std::string_view> MessageView::categories(std::string_view system_part) const {
  std::vector<std::string_view> out;
  for (const Node category : request_.children("category")) {
    for (const Node coding : category.children("coding")) {
      if (coding.child("system").text().find(system_part) == std::string_view::npos) continue;
      out.push_back(coding.child("code").text());
    }
  }
  return out;
}

void MessageView::collect(CodingUse use, Node concept_node) {
  for (const Node coding : concept_node.children("coding")) {
    CodingView view{coding.child("system").text(), coding.child("code").text(),
                    coding.child("display").text(), coding};
    // Words beside the code are its display when it brings none of its own.
    if (view.display.empty() && use == CodingUse::kRequest) view.display = concept_node.child("text").text();
    codings_.push_back({use, view});
  }
}

void MessageView::collect_codings() {
  collect(CodingUse::kRequest, request_.child("code"));
  for (const Node reason : request_.children("reasonCode"))
    collect(CodingUse::kReason, reason);
  collect(CodingUse::kFunction, request_.child("performerType"));
  for (const Node reason : request_.children("reasonReference")) {
    const Node resource = resolve(reason);
    if (resource.type() == "Condition") collect(CodingUse::kReason, resource.child("code"));
  }
  for (const Entry& entry : entries_) {
    if (entry.resource.type() == "HealthcareService") {
      for (const Node type : entry.resource.children("type"))
        collect(CodingUse::kServiceType, type);
      for (const Node specialty : entry.resource.children("specialty"))
        collect(CodingUse::kServiceType, specialty);
    }
    if (entry.resource.type() == "Condition") collect(CodingUse::kCondition, entry.resource.child("code"));
  }
}

std::string MessageView::practice() const {
  for (const Node practitioner : patient_.children("generalPractitioner")) {
    std::string code = ods_of_reference(practitioner);
    if (!code.empty()) return code;
  }
  return {};
}

std::string MessageView::managing_organisation() const {
  return ods_of_reference(patient_.child("managingOrganization"));
}

std::string MessageView::sender() const {
  return ods_of_reference(header_.child("sender"));
}

std::vector<std::string> MessageView::chosen() const {
  std::vector<std::string> out;
  for (const Node extension : request_.children("extension")) {
    if (extension.child("url").text() != kPatientChoiceExtension) continue;
    for (const Node part : extension.children("extension")) {
      if (part.child("url").text() != "chosen") continue;
      for (const Node value : part.children("value")) {
        std::string code;
        if (value.type() == "Reference") code = ods_of_reference(value);
        if (value.type() == "Identifier" && is_ods_system(value.child("system").text())) {
          code = value.child("value").text();
        }
        if (!code.empty()) out.push_back(std::move(code));
      }
    }
  }
  return out;
}

services::ReferrerKind MessageView::referrer() const {
  using services::ReferrerKind;
  const Node requester = request_.child("requester");
  std::string_view type = requester.child("type").text();
  if (const Node resource = resolve(requester)) type = resource.type();
  if (type == "Patient" || type == "RelatedPerson") return ReferrerKind::kSelf;
  for (const Node extension : request_.children("extension")) {
    const std::string_view url = extension.child("url").text();
    if (url == kSourceOfReferralExtension) {
      const ReferrerKind kind = kind_of_source(extension.at("value", "code").text());
      if (kind != ReferrerKind::kClinician) return kind;
      continue;
    }
    if (!url.ends_with("SourceOfServiceRequest")) continue;
    for (const Node coding : extension.child("value").children("coding")) {
      const std::string_view code = coding.child("code").text();
      if (coding.child("system").text() == services::kSnomed) {
        // Orthopaedic and physiotherapy self-referral.
        if (code == "183696002" || code == "760081000000107") return ReferrerKind::kSelf;
        continue;
      }
      if (const ReferrerKind kind = kind_of_source(code); kind != ReferrerKind::kClinician) return kind;
    }
  }
  return ReferrerKind::kClinician;
}

bool is_advice_code(std::string_view system, std::string_view code) noexcept {
  return (system == kRequestKindSystem && code == "advice") ||
         (system == services::kSnomed && code == "908981000000101");
}

bool MessageView::asks_advice() const {
  return std::ranges::any_of(codings_, [](const UsedCoding& used) {
    return used.use == CodingUse::kRequest && is_advice_code(used.coding.system, used.coding.code);
  });
}

bool MessageView::may_convert() const {
  for (const Node extension : request_.children("extension")) {
    if (extension.child("url").text() == kAdviceConversionExtension)
      return extension.child("value").text() == "true";
  }
  return false;
}

std::vector<std::string> MessageView::performers() const {
  std::vector<std::string> out;
  for (const Node performer : request_.children("performer")) {
    std::string code = ods_of_reference(performer);
    if (!code.empty()) out.push_back(std::move(code));
  }
  return out;
}

}  // namespace gateway::routing
