// Our messages to partners that take HL7 v2 alone.
//
// | kind of delivery | form |
// |------------------|------|
// | referral, acceptance | REF^I12 |
// | update, onward | REF^I13; of a request that is withdrawn REF^I14 |
// | cancellation | REF^I14 |
// | decision that says accepted, rejected or redirected | RRI^I12 |
// | every other decision, receipt, letter | MDM^T02 |
// | introduction | ADT^A28 |
//
// A partner's `hl7v2.forms` choose another form for a kind of the first four rows.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/intake/outward_forms.hpp"
#include "mappings/convert/converter.hpp"

namespace gateway::hl7v2 {

/// The form of a delivery as Converter::convert_out() names it; empty when there is none. Pure.
[[nodiscard]] std::string_view outward_form(std::string_view kind, fhir::tree::Node bundle) noexcept;
/// The same for a partner that chooses.
[[nodiscard]] std::string outward_form(std::string_view kind, fhir::tree::Node bundle,
                                       const config::Partner& partner);

class OutwardMessages final : public intake::OutwardForms {
 public:
  OutwardMessages(std::shared_ptr<const mappings::convert::Converter> converter, const config::Config& config,
                  mappings::convert::KeyedHash hash);
  [[nodiscard]] std::optional<intake::OutwardForm> write(const config::Partner& to, std::string_view kind,
                                                         fhir::tree::Node bundle) const override;
  [[nodiscard]] bool makes(std::string_view media_type) const noexcept override;
  [[nodiscard]] Renumbered renumber(const config::Partner& to, std::string_view body, std::string_view id,
                                    std::span<const intake::PatientNumber> prior,
                                    const intake::PatientNumber& survivor,
                                    intake::OutwardForm& form) const override;

 private:
  std::shared_ptr<const mappings::convert::Converter> converter_;
  std::map<std::string, mappings::convert::Manifest, std::less<>> manifests_;
  mappings::convert::KeyedHash hash_;
};

}  // namespace gateway::hl7v2
