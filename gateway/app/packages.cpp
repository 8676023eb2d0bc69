#include "gateway/app/packages.hpp"

#include <iostream>
#include <utility>

namespace gateway::app {

fhir::Result<fhir::packages::Registry> open_packages(const std::vector<std::string>& paths) {
  fhir::packages::Registry registry = fhir::packages::Registry::core();
  for (const std::string& path : paths) {
    fhir::IssueList issues;
    LIGAMENT_CHECK(registry.add(path, issues));
    for (const fhir::Issue& issue : issues.items())
      std::cerr << to_code(issue.severity) << ": " << issue.text << '\n';
  }
  return registry;
}

}  // namespace gateway::app
