#include "gateway/app/installation.hpp"

#include <cstdlib>
#include <filesystem>
#include <utility>

#include "fhir/base/issue.hpp"
#include "fhir/definitions/definitions.hpp"
#include "gateway/config/yaml.hpp"
#include "gateway/services/fhirpath_conditions.hpp"

namespace gateway::app {
namespace {

constexpr std::size_t kMaxKeyFileBytes = 4096;

/// The first error of a file, with its place; issues name file, line, column and key.
fhir::Error first_error(const std::string& what, const fhir::IssueList& issues) {
  std::string detail = what + " cannot be used";
  for (const fhir::Issue& issue : issues.items()) {
    if (issue.severity > fhir::Severity::kError) continue;
    detail.append("\n  ");
    if (!issue.expression.empty()) detail.append(issue.expression).append(": ");
    detail.append(issue.text);
    if (issue.position.line != 0) {
      detail.append(" (line ").append(std::to_string(issue.position.line)).append(", column ");
      detail.append(std::to_string(issue.position.column)).append(")");
    }
  }
  return {fhir::ErrorCode::kInvalidRequest, detail};
}

fhir::Result<std::shared_ptr<const config::Config>> load_config(const std::string& path) {
  LIGAMENT_TRY(config::ConfigOutcome outcome, config::load_config_file(path));
  if (outcome.config == nullptr) return fhir::fail(first_error(path, outcome.issues));
  return outcome.config;
}

/// The configuration with what the command line says instead.
std::shared_ptr<const config::Config> overridden(const std::shared_ptr<const config::Config>& loaded,
                                                 const ServeOptions& options) {
  auto config = std::make_shared<config::Config>(*loaded);
  const bool any_door =
      !options.http.empty() || !options.https.empty() || !options.mllp.empty() || !options.mllps.empty();
  if (any_door) {
    config->doors.http = options.http;
    config->doors.https = options.https;
    config->doors.mllp = options.mllp;
    config->doors.mllps = options.mllps;
  }
  if (!options.data.empty()) config->data_folder = options.data;
  return config;
}

fhir::Result<security::IdKey> load_id_key(const config::Installation& installation) {
  if (installation.id_key_file.empty()) {
    if (installation.trial_id_key.empty()) return security::IdKey::trial();
    return security::IdKey(security::sha256(installation.trial_id_key));
  }
  LIGAMENT_TRY(std::string text, config::read_text_file(installation.id_key_file, kMaxKeyFileBytes));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
    text.pop_back();
  return security::IdKey::from_hex(text);
}

}  // namespace

std::string samples_folder() {
  if (const char* configured = std::getenv("LIGAMENT_SAMPLES")) return configured;
  std::error_code error;
  const std::filesystem::path binary = std::filesystem::read_symlink("/proc/self/exe", error);
  // build/<preset>/gateway/ligament, build/<preset>/ligament and an installed bin/ligament all have it above
  // them.
  for (std::filesystem::path folder = binary.parent_path(); !error && folder.has_relative_path();
       folder = folder.parent_path()) {
    if (std::filesystem::exists(folder / "samples" / "services", error)) return (folder / "samples").string();
  }
  return "samples";
}

fhir::Result<services::CataloguePtr> load_services(const std::string& folder) {
  const std::string from = folder.empty() ? samples_folder() + "/services" : folder;
  const services::FhirPathConditions compiler(fhir::definitions::r4());
  LIGAMENT_TRY(services::CatalogueOutcome outcome, services::load_catalogue_folder(from, compiler));
  if (outcome.catalogue == nullptr) return fhir::fail(first_error("the services in " + from, outcome.issues));
  return outcome.catalogue;
}

fhir::Result<Installation> load_installation(const ServeOptions& options) {
  if (options.config.empty() && !options.dev) {
    return fhir::fail(fhir::ErrorCode::kInvalidRequest,
                      "name a configuration with --config, or say --dev for the example");
  }
  Installation installation;
  if (!options.as_of.empty()) {
    if (!options.dev) return fhir::fail(fhir::ErrorCode::kInvalidRequest, "--as-of goes with --dev only");
    installation.as_of = fhir::parse_instant(options.as_of);
    if (!installation.as_of) {
      return fhir::fail(fhir::ErrorCode::kInvalidRequest,
                        "--as-of takes an instant such as 2026-11-22T09:00:00Z");
    }
  }
  const std::string path = options.config.empty() ? samples_folder() + "/config/dev.yaml" : options.config;
  LIGAMENT_TRY(const auto loaded, load_config(path));
  installation.config = overridden(loaded, options);
  if (options.dev && installation.config->installation.environment == config::Environment::kLive) {
    return fhir::fail(fhir::ErrorCode::kInvalidRequest, "--dev does not run a live installation");
  }
  LIGAMENT_TRY(installation.catalogue, load_services(installation.config->services_folder));
  LIGAMENT_TRY(installation.id_key, load_id_key(installation.config->installation));
  return installation;
}

}  // namespace gateway::app
