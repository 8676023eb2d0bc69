#include "gateway/config/config.hpp"

#include <algorithm>

namespace gateway::config {

std::string_view to_code(Environment environment) noexcept {
  switch (environment) {
    case Environment::kTest: return "test";
    case Environment::kLive: return "live";
  }
  return {};
}

std::string_view to_code(PartnerRole role) noexcept {
  switch (role) {
    case PartnerRole::kGp: return "gp";
    case PartnerRole::kHub: return "hub";
    case PartnerRole::kProvider: return "provider";
    case PartnerRole::kRota: return "rota";
    case PartnerRole::kOperator: return "operator";
    case PartnerRole::kPas: return "pas";
  }
  return {};
}

std::string_view to_code(WireFormat format) noexcept {
  switch (format) {
    case WireFormat::kJson: return "json";
    case WireFormat::kXml: return "xml";
  }
  return {};
}

std::optional<ServiceId> parse_service_id(std::string_view text) {
  const std::size_t bar = text.rfind('|');
  if (bar == std::string_view::npos || bar == 0 || bar + 1 == text.size()) return std::nullopt;
  return ServiceId{std::string(text.substr(0, bar)), std::string(text.substr(bar + 1))};
}

const Partner* Config::partner(std::string_view name) const noexcept {
  const auto found = std::ranges::find(partners, name, &Partner::name);
  return found == partners.end() ? nullptr : &*found;
}

const Partner* Config::partner_by_ods(std::string_view ods, PartnerRole role) const noexcept {
  const auto found =
      std::ranges::find_if(partners, [&](const Partner& p) { return p.ods == ods && p.role == role; });
  return found == partners.end() ? nullptr : &*found;
}

const Partner* Config::partner_by_service(const ServiceId& id) const noexcept {
  const auto found = std::ranges::find_if(partners, [&](const Partner& p) { return p.service_id == id; });
  return found == partners.end() ? nullptr : &*found;
}

}  // namespace gateway::config
