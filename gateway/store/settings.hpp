// A few named texts about the store itself: the installation id, the last run. Not configuration.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fhir/base/result.hpp"

namespace gateway::store {

/// Valid inside its transaction only.
class Settings {
 public:
  Settings() = default;
  Settings(const Settings&) = delete;
  Settings& operator=(const Settings&) = delete;
  virtual ~Settings() = default;

  [[nodiscard]] virtual fhir::Result<std::optional<std::string>> get(std::string_view name) = 0;
  [[nodiscard]] virtual fhir::Status set(std::string_view name, std::string_view value) = 0;
};

inline constexpr std::string_view kInstallationId = "installation-id";
inline constexpr std::string_view kLastRun = "last-run";  ///< Counts starts of the gateway.

}  // namespace gateway::store
