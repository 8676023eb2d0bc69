// The red flags that are always active: the table of domain.md 2.2 as data, in the schema of red_flags.yaml.
#pragma once

#include <string_view>

namespace gateway::gate {

extern const std::string_view kMinimumFlags;

}  // namespace gateway::gate
