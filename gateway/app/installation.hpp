// Reads everything an installation is configured by: the configuration, the services, the key of its
// identifiers.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "fhir/base/result.hpp"
#include "gateway/app/commands.hpp"
#include "gateway/config/config.hpp"
#include "gateway/security/id_key.hpp"
#include "gateway/services/catalogue.hpp"

namespace gateway::app {

struct Installation {
  std::shared_ptr<const config::Config> config;
  services::CataloguePtr catalogue;
  security::IdKey id_key = security::IdKey::trial();
  std::optional<fhir::Instant> as_of;
};

/// Blocks. Every failure names the file, the line and what to do; kInvalidRequest for arguments that do not
/// go together.
[[nodiscard]] fhir::Result<Installation> load_installation(const ServeOptions& options);

/// The services of a folder; empty: those of the example configuration.
[[nodiscard]] fhir::Result<services::CataloguePtr> load_services(const std::string& folder);

/// `samples/` of this release: beside the binary's source tree, or where LIGAMENT_SAMPLES says.
[[nodiscard]] std::string samples_folder();

}  // namespace gateway::app
