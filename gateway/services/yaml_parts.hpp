// The pieces that all parts of a service file are written with. Internal to the readers of this room; every
// function reports its mistakes at their place and gives what could be read.
#pragma once

#include <string_view>
#include <vector>

#include "gateway/config/yaml.hpp"
#include "gateway/services/service.hpp"

namespace gateway::services {

[[nodiscard]] DateRange dates_of(config::YamlMap& map, std::string_view from_key = "from",
                                 std::string_view to_key = "to");
/// `id`, `version` and `requirement` of the mapping itself.
[[nodiscard]] RuleId rule_of(config::YamlMap& map);
/// The same of the mapping at `key`.
[[nodiscard]] RuleId rule_at(config::YamlMap& map, std::string_view key);
[[nodiscard]] Redirect redirect_of(const config::YamlValue& value);
/// A list of `system|code`; SNOMED CT identifiers are checked by their digit.
[[nodiscard]] std::vector<Coded> codes_of(config::YamlMap& map, std::string_view key);

/// One entry of `contracts:`.
[[nodiscard]] Contract read_contract(const config::YamlValue& value);

}  // namespace gateway::services
