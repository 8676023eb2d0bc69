#include "gateway/services/yaml_parts.hpp"

#include <utility>

#include "gateway/services/clinical_code.hpp"

namespace gateway::services {

using config::YamlMap;
using config::YamlValue;

DateRange dates_of(YamlMap& map, std::string_view from_key, std::string_view to_key) {
  DateRange range;
  if (const YamlValue from = map.find(from_key)) range.from = from.date();
  const YamlValue to = map.find(to_key);
  if (to) range.to = to.date();
  if (range.from && range.to && *range.to < *range.from) to.complain("ends before it starts");
  return range;
}

RuleId rule_of(YamlMap& map) {
  return {map.text("id"), map.text("version"), map.text("requirement")};
}

RuleId rule_at(YamlMap& map, std::string_view key) {
  YamlMap inner = map.require(key).map();
  return rule_of(inner);
}

Redirect redirect_of(const YamlValue& value) {
  YamlMap map = value.map();
  Redirect out;
  out.reason = map.text("reason");
  out.text = map.text("text");
  out.destination = map.text("destination");
  out.contact = map.text("contact");
  return out;
}

std::vector<Coded> codes_of(YamlMap& map, std::string_view key) {
  std::vector<Coded> out;
  for (const YamlValue& value : map.list_or_empty(key)) {
    const std::string text = value.text();
    const auto id = config::parse_service_id(text);
    if (!id) {
      if (!text.empty()) value.complain("must be 'system|code'");
      continue;
    }
    // A typing mistake in a code would silently never match.
    if (id->system == "http://snomed.info/sct" && !is_snomed_concept_id(id->value)) {
      value.complain("is no SNOMED CT concept identifier: wrong form or check digit");
    }
    out.push_back({id->system, id->value});
  }
  return out;
}

}  // namespace gateway::services
