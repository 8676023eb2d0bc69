#include <algorithm>

#include "gateway/services/catalogue.hpp"

namespace gateway::services {

namespace {

void collect(const Service& service, std::string_view requirement, std::vector<std::string>& out) {
  const auto take = [&](const RuleId& rule) {
    if (rule.requirement == requirement && !rule.id.empty()) out.push_back(rule.id);
  };
  take(service.red_flag_rule);
  take(service.cancer_rule);
  take(service.area.rule);
  take(service.triage.id);
  take(service.choice.id);
  for (const Source& source : service.sources)
    take(source.id);
  for (const AgeRule& age : service.ages)
    take(age.id);
  for (const Specialty& specialty : service.specialties)
    take(specialty.rule);
  for (const Exclusion& exclusion : service.exclusions)
    take(exclusion.id);
  for (const Contract& contract : service.contracts)
    take(contract.id);
  for (const Rule& rule : service.rules)
    take(rule.id);
  for (const Kpi& kpi : service.kpis)
    take(kpi.id);
}

}  // namespace

std::vector<RequirementRow> requirements(const ServiceCatalogue& catalogue) {
  std::vector<RequirementRow> rows;
  for (const Service& service : catalogue.services()) {
    for (const Requirement& requirement : service.requirements) {
      RequirementRow row{requirement, {}};
      collect(service, requirement.id, row.rules);
      rows.push_back(std::move(row));
    }
  }
  std::ranges::stable_sort(rows, {}, [](const RequirementRow& row) { return row.requirement.id; });
  return rows;
}

std::string requirements_markdown(const ServiceCatalogue& catalogue) {
  std::string out = "| id | requirement | rules | met by | test |\n|---|---|---|---|---|\n";
  for (const RequirementRow& row : requirements(catalogue)) {
    out += "| " + row.requirement.id + " | " + row.requirement.text + " | ";
    for (std::size_t i = 0; i < row.rules.size(); ++i)
      out += (i == 0 ? "" : ", ") + row.rules[i];
    out += " | " + row.requirement.where + " | " +
           (row.requirement.open ? "**open**" : row.requirement.test) + " |\n";
  }
  return out;
}

}  // namespace gateway::services
