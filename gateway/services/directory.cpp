#include "gateway/services/directory.hpp"

#include <algorithm>
#include <set>

#include "gateway/services/yaml_parts.hpp"

namespace gateway::services {

bool is_ods_code(std::string_view text) noexcept {
  if (text.size() < 3 || text.size() > 9) return false;
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
}

const KnownOrganisation* OrganisationDirectory::find(std::string_view ods, Date date) const noexcept {
  const auto found = std::ranges::find(organisations_, ods, &KnownOrganisation::ods);
  return found == organisations_.end() || !found->dates.contains(date) ? nullptr : &*found;
}

OrganisationDirectory read_directory(const config::YamlFile& file, fhir::IssueList& issues) {
  static constexpr OrganisationKind kKinds[] = {OrganisationKind::kHospital, OrganisationKind::kCommunity,
                                                OrganisationKind::kPractice, OrganisationKind::kOther};
  std::vector<KnownOrganisation> organisations;
  std::set<std::string> seen;
  config::YamlMap root = config::root_map(file, issues);
  for (const config::YamlValue& value : root.require("organisations").list()) {
    config::YamlMap map = value.map();
    KnownOrganisation organisation;
    const config::YamlValue ods = map.require("ods");
    organisation.ods = ods.text();
    if (!is_ods_code(organisation.ods)) ods.complain("is no ODS code");
    if (!seen.insert(organisation.ods).second) ods.complain("is listed twice");
    organisation.name = map.text("name");
    organisation.kind = kKinds[map.require("kind").one_of({"hospital", "community", "practice", "other"})];
    organisation.dates = dates_of(map);
    organisations.push_back(std::move(organisation));
  }
  return OrganisationDirectory(std::move(organisations));
}

}  // namespace gateway::services
