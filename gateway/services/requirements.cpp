#include <algorithm>

#include "gateway/services/catalogue.hpp"

namespace gateway::services {

namespace {

void collect(const Service& service, std::string_view requirement, std::vector<std::string>& out) {
  for (const RuleId* rule : rule_ids(service)) {
    if (rule->requirement == requirement) out.push_back(rule->id);
  }
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
