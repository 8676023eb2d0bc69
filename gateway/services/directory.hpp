// Organisations of England that are known here without being partners: enough to tell a hospital that a
// patient may choose from a code that is nothing. A list of the installation, `organisations.yaml` beside the
// services; the national directory is not asked.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/base/issue.hpp"
#include "gateway/config/yaml.hpp"
#include "gateway/services/local_date.hpp"

namespace gateway::services {

/// Three to nine capital letters and digits: trusts have three, sites five or more, practices six. That a
/// code is well formed says nothing about whether anybody has it.
[[nodiscard]] bool is_ods_code(std::string_view text) noexcept;

enum class OrganisationKind : std::uint8_t { kHospital, kCommunity, kPractice, kOther };

struct KnownOrganisation {
  std::string ods;
  std::string name;
  OrganisationKind kind = OrganisationKind::kOther;
  DateRange dates;  ///< Of its being open.
};

/// Immutable; any thread. A code is listed once.
class OrganisationDirectory {
 public:
  OrganisationDirectory() = default;
  explicit OrganisationDirectory(std::vector<KnownOrganisation> organisations)
      : organisations_(std::move(organisations)) {}
  /// Null when the code is not listed, or not open on `date`.
  [[nodiscard]] const KnownOrganisation* find(std::string_view ods, Date date) const noexcept;
  [[nodiscard]] const std::vector<KnownOrganisation>& all() const noexcept { return organisations_; }

 private:
  std::vector<KnownOrganisation> organisations_;
};

/// Mistakes go to `issues`.
[[nodiscard]] OrganisationDirectory read_directory(const config::YamlFile& file, fhir::IssueList& issues);

}  // namespace gateway::services
