// What names mean for one partner: the answers to lgLookup() in maps.
//
// clang-format off
// | kind                   | key                                | answer                                    |
// |------------------------|------------------------------------|-------------------------------------------|
// | `sender`, `receiver`   |                                    | of the manifest, else MSH-4, MSH-6        |
// | `source-endpoint`      |                                    | `system|value` an answer names            |
// | `destination-endpoint` |                                    | `system|value` of the service asked       |
// | `use-case`             |                                    | code of the use case                      |
// | `code-system`          | name of a coding system            | its URI                                   |
// | `id-system`            | `namespace|universal id`, or none  | system of an identifier                   |
// | `patient-system`       | `authority|universal id|type|value`| that of a patient; knows NHS numbers      |
// | `person-system`        | `number|authority|type`            | that of a professional's number           |
// | `organisation-system`  | code                               | ODS, when it looks like one               |
// | `content-type`         | `type|subtype|first characters`    | media type                                |
// | `coding-system`        | `system|code`                      | as `code-system`; own, if HL7 has it not  |
// | `other-name`           | `system|code|display`              | something, if the code has another name   |
// | `table-code`           | `system|code`                      | the code, unless HL7 has it not           |
// | `vital-code`           | code                               | `vital-sign` of it in some system         |
// | `language`             | `system|code`, also of several     | BCP 47 tag                                |
// | `vital-sign`           | `system|code`, also of several     | LOINC code of the vital sign it is        |
// | `vital-unit`           | `vital sign|unit`, also of several | UCUM code, where it is measured so        |
// clang-format on
//
// A name nobody knows becomes a system of the partner's own, so that equal values of two partners stay apart.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/tree/tree.hpp"
#include "mappings/convert/hl7_tables.hpp"
#include "mappings/convert/manifest.hpp"
#include "mappings/engine/run.hpp"
#include "mappings/hl7v2/header.hpp"

namespace mappings::convert {

/// Names that hold for everybody, from the packs' ConceptMaps. Keys are in upper case.
struct CommonNames {
  std::unordered_map<std::string, std::string> code_systems;   ///< hl7v2-code-system
  std::unordered_map<std::string, std::string> id_systems;     ///< hl7v2-identifier-system
  std::unordered_map<std::string, std::string> content_types;  ///< hl7v2-content-type
  std::unordered_map<std::string, std::string> vital_signs;    ///< hl7v2-vital-sign
  std::unordered_map<std::string, std::string> vital_units;    ///< hl7v2-vital-unit, by `unit|vital sign`
  std::unordered_map<std::string, std::string> languages;      ///< hl7v2-language
  /// The other way round, as written; of several names the one that stands first.
  std::unordered_map<std::string, std::string> code_names;
  std::unordered_map<std::string, std::string> id_names;
  std::unordered_map<std::string, std::string> content_subtypes;
  std::shared_ptr<const Hl7Tables> tables = std::make_shared<const Hl7Tables>();
};

/// Adds the pairs of a ConceptMap with one of the ids above; others are left alone.
void add_names(CommonNames& names, fhir::tree::Node concept_map);

/// The base of systems that nobody else names (NamingSystem `source`).
inline constexpr std::string_view kSourceSystem = "https://ligament.example/fhir/Id/source/";
inline constexpr std::string_view kApplicationSystem = "https://ligament.example/fhir/Id/hl7v2-application";

/// Of one message. References outlive it.
class PartnerNames final : public engine::Lookup {
 public:
  PartnerNames(const CommonNames& common, const Manifest& manifest, fhir::tree::Node message);
  [[nodiscard]] std::optional<std::string> find(std::string_view kind, std::string_view key) const override;

 private:
  [[nodiscard]] bool is_listed(std::string_view kind, std::string_view key) const;
  [[nodiscard]] std::string code_system(std::string_view name) const;
  [[nodiscard]] std::string coding_system(std::string_view name, std::string_view code) const;
  [[nodiscard]] bool is_other_name(std::string_view name, std::string_view code,
                                   std::string_view display) const;
  [[nodiscard]] std::string id_system(std::string_view name, std::string_view universal_id) const;
  [[nodiscard]] std::string patient_system(std::string_view key) const;
  [[nodiscard]] std::string person_system(std::string_view key) const;
  [[nodiscard]] std::string organisation_system(std::string_view code) const;
  [[nodiscard]] std::string content_type(std::string_view key) const;
  [[nodiscard]] std::string language(std::string_view key) const;
  [[nodiscard]] std::string vital_sign(std::string_view key) const;
  [[nodiscard]] std::string vital_unit(std::string_view key) const;
  [[nodiscard]] std::string own_system(std::string_view name) const;

  const CommonNames& common_;
  const Manifest& manifest_;
  std::string sender_;
  std::string receiver_;
  std::vector<std::string_view> practices_;  ///< PD1-3; of the message.
  std::vector<std::string_view> doctors_;    ///< PD1-4
  std::string source_endpoint_;
  std::string destination_endpoint_;
};

}  // namespace mappings::convert
