// What routing reads of a referral message. Finds resources and follows references inside one Bundle; decides
// nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/tree/tree.hpp"
#include "gateway/config/config.hpp"
#include "gateway/services/service.hpp"

namespace gateway::routing {

/// One coding with the concept it stands in. Views live as long as the tree.
struct CodingView {
  std::string_view system;
  std::string_view code;
  std::string_view display;
  fhir::tree::Node node;
};

/// Where a coding stands, and so what it may decide.
enum class CodingUse : std::uint8_t { kRequest, kReason, kFunction, kServiceType, kCondition };

struct UsedCoding {
  CodingUse use = CodingUse::kRequest;
  CodingView coding;
};

/// Views of one Bundle, which outlives it. Not thread-safe while made; then const.
class MessageView {
 public:
  explicit MessageView(fhir::tree::Node bundle);

  [[nodiscard]] fhir::tree::Node bundle() const noexcept { return bundle_; }
  [[nodiscard]] fhir::tree::Node header() const noexcept { return header_; }
  /// The ServiceRequest in focus; empty when there is none or more than one it could be.
  [[nodiscard]] fhir::tree::Node request() const noexcept { return request_; }
  [[nodiscard]] std::size_t request_count() const noexcept { return request_count_; }
  /// The subject of the request; empty when it is not in the message.
  [[nodiscard]] fhir::tree::Node patient() const noexcept { return patient_; }

  /// `MessageHeader.destination.endpoint`, those that are `system|value`.
  [[nodiscard]] std::vector<config::ServiceId> destinations() const;
  /// Codes of the category codings of one system part: "usecases-categories" or "message-category".
  [[nodiscard]] std::vector<std::string_view> categories(std::string_view system_part) const;
  /// All codings that may decide the route, in document order.
  [[nodiscard]] const std::vector<UsedCoding>& codings() const noexcept { return codings_; }
  /// ODS code of the patient's registered practice; empty when the message does not say.
  [[nodiscard]] std::string practice() const;
  /// ODS code of Patient.managingOrganization.
  [[nodiscard]] std::string managing_organisation() const;
  /// ODS code of the organisation MessageHeader.sender names.
  [[nodiscard]] std::string sender() const;
  /// ODS codes the patient's choice names (extension patient-choice, part `chosen`).
  [[nodiscard]] std::vector<std::string> chosen() const;
  /// Who refers: by the requester and by the source of referral (NHS Data Dictionary, SOURCE OF REFERRAL FOR
  /// OUT-PATIENTS; UK Core extension SourceOfServiceRequest).
  [[nodiscard]] services::ReferrerKind referrer() const;
  /// The request is a question for advice, not a referral.
  [[nodiscard]] bool asks_advice() const;
  /// Its sender allows it to become a referral. Silence is no.
  [[nodiscard]] bool may_convert() const;
  /// ODS codes of the organisations and services named as performer.
  [[nodiscard]] std::vector<std::string> performers() const;

 private:
  struct Entry {
    std::string_view full_url;
    fhir::tree::Node resource;
  };
  [[nodiscard]] fhir::tree::Node resolve(fhir::tree::Node reference) const;
  [[nodiscard]] std::string ods_of_reference(fhir::tree::Node reference) const;
  [[nodiscard]] std::string ods_of(fhir::tree::Node organisation, int hops) const;
  void find_request();
  void collect(CodingUse use, fhir::tree::Node concept_node);
  void collect_codings();

  fhir::tree::Node bundle_;
  std::vector<Entry> entries_;
  fhir::tree::Node header_;
  fhir::tree::Node request_;
  std::size_t request_count_ = 0;
  fhir::tree::Node patient_;
  std::vector<UsedCoding> codings_;
};

/// Code of ServiceRequest.code that asks for advice, beside SNOMED CT 908981000000101.
inline constexpr std::string_view kRequestKindSystem =
    "https://ligament.example/fhir/CodeSystem/request-kind";
[[nodiscard]] bool is_advice_code(std::string_view system, std::string_view code) noexcept;
/// Extension of ServiceRequest, a boolean: whether advice asked for may become a referral without asking
/// again.
inline constexpr std::string_view kAdviceConversionExtension =
    "https://ligament.example/fhir/StructureDefinition/advice-conversion";
/// Extension of ServiceRequest with parts `offered`, `chosen`, `chooser` and `when` (domain.md 1.1, SX-21).
inline constexpr std::string_view kPatientChoiceExtension =
    "https://ligament.example/fhir/StructureDefinition/patient-choice";

}  // namespace gateway::routing
