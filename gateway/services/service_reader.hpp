// Reads one service file. Internal to the catalogue.
#pragma once

#include <optional>

#include "fhir/base/issue.hpp"
#include "gateway/config/yaml.hpp"
#include "gateway/services/condition.hpp"
#include "gateway/services/service.hpp"

namespace gateway::services {

/// Reads `service:` of the file. Mistakes go to `issues`; the result is whole only when none is an error.
[[nodiscard]] Service read_service(const config::YamlFile& file, const ConditionCompiler& compiler,
                                   fhir::IssueList& issues);

/// Contradictions inside one service: dates that disagree, overlapping contracts, rule ids used twice,
/// unknown specialties.
void check_service(const Service& service, const std::string& file, fhir::IssueList& issues);

}  // namespace gateway::services
