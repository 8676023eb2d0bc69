#include "mappings/convert/hl7_tables.hpp"

namespace mappings::convert {
namespace {

bool is_table(std::string_view system) {
  return system.starts_with("http://terminology.hl7.org/CodeSystem/");
}

}  // namespace

bool Hl7Tables::may_hold(std::string_view system, std::string_view code) const {
  if (!is_table(system)) return true;
  return terms_.validate_in_system({.system = system, .version = {}, .code = code, .display = {}}).verdict !=
         fhir::terminology::CodeVerdict::kUnknownCode;
}

bool Hl7Tables::calls_otherwise(std::string_view system, std::string_view code,
                                std::string_view display) const {
  if (!is_table(system)) return false;
  return terms_.validate_in_system({.system = system, .version = {}, .code = code, .display = display})
      .display_wrong;
}

}  // namespace mappings::convert
