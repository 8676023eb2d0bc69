// The packages named on a command line.
#pragma once

#include <string>
#include <vector>

#include "fhir/base/result.hpp"
#include "fhir/packages/registry.hpp"

namespace gateway::app {

/// The core with these packages, later ones over earlier. Files of theirs that cannot be read are named on
/// standard error. An error says which path could not be read.
[[nodiscard]] fhir::Result<fhir::packages::Registry> open_packages(const std::vector<std::string>& paths);

}  // namespace gateway::app
