// Any text: the strict YAML reader stays within its limits, says why it refuses, never quotes a value, and
// the configuration reader and the scalars take whatever it gives.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>

#include "gateway/config/config.hpp"
#include "gateway/config/yaml.hpp"

namespace {

using gateway::config::YamlFile;
using gateway::config::YamlKind;
using gateway::config::YamlLimits;
using gateway::config::YamlNode;

constexpr YamlLimits kLimits{.max_bytes = 4096, .max_depth = 12, .max_nodes = 300};

void require(bool holds) {
  if (!holds) std::abort();
}

struct Count {
  std::uint32_t nodes = 0;
  bool faultless = true;  ///< Nothing was refused: then no key is there twice.
};

/// Depth is bounded by the limit that is being checked.
void check_node(const YamlNode& node, std::string_view text, std::uint32_t depth, Count& count) {
  require(depth <= kLimits.max_depth + 1);
  require(++count.nodes <= kLimits.max_nodes + 1);
  require(node.place.offset <= text.size());
  if (node.kind != YamlKind::kList && node.kind != YamlKind::kMap) require(node.children.empty());
  if (node.kind == YamlKind::kMap && count.faultless) {
    std::set<std::string> keys;
    for (const YamlNode& child : node.children)
      require(keys.insert(child.key).second);
  }
  if (node.kind == YamlKind::kScalar) {
    (void)gateway::config::parse_date(node.text);
    (void)gateway::config::parse_size(node.text);
    const auto duration = gateway::config::parse_duration(node.text);
    require(!duration || duration->count() >= 0);
  }
  for (const YamlNode& child : node.children)
    check_node(child, text, depth + 1, count);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  fhir::IssueList issues;
  const auto file = gateway::config::parse_yaml(text, "fuzz.yaml", issues, kLimits);
  if (!file) {
    require(issues.has_error());
  } else {
    Count count{0, !issues.has_error()};
    check_node(file->root, text, 0, count);
  }
  if (size > kLimits.max_bytes) require(!file);
  // The same text, the same words.
  fhir::IssueList again;
  require(gateway::config::parse_yaml(text, "fuzz.yaml", again, kLimits).has_value() == file.has_value());
  require(again.items().size() == issues.items().size());
  (void)gateway::config::parse_config(text, "fuzz.yaml");
  return 0;
}
