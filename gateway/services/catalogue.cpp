#include "gateway/services/catalogue.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <system_error>

#include "gateway/config/yaml.hpp"
#include "gateway/gate/minimum_flags.hpp"
#include "gateway/security/digest.hpp"
#include "gateway/services/service_reader.hpp"

namespace gateway::services {

namespace {

constexpr std::string_view kRedFlagFile = "red_flags.yaml";
constexpr std::string_view kDirectoryFile = "organisations.yaml";
constexpr std::string_view kCalendarFile = "calendar.yaml";

bool is_service(std::string_view file) noexcept {
  return file != kRedFlagFile && file != kDirectoryFile && file != kCalendarFile;
}

/// Length before each part, so that no two lists of files look the same.
void add_part(security::Sha256& digest, std::string_view part) {
  digest.update(std::to_string(part.size()) + ':').update(part);
}

void check_across(const std::vector<Service>& services, const CalendarPtr& calendar,
                  fhir::IssueList& issues) {
  std::set<std::string> ids;
  std::map<std::string, std::string> destinations;
  const auto complain = [&](std::string what) {
    issues.add(fhir::Severity::kError, fhir::IssueType::kConflict, "service", std::move(what));
  };
  for (const Service& service : services) {
    if (calendar == nullptr && service.needs_calendar())
      complain("'" + service.id + "' has terms in working days, and there is no calendar.yaml");
    if (!ids.insert(service.id).second) complain("service '" + service.id + "' is given twice");
    for (const config::ServiceId& id : service.service_ids) {
      const auto [at, fresh] = destinations.emplace(id.system + '|' + id.value, service.id);
      if (!fresh) complain("'" + service.id + "' and '" + at->second + "' answer to one service id");
    }
  }
}

}  // namespace

const Service* ServiceCatalogue::service(std::string_view id) const noexcept {
  const auto found = std::ranges::find(services_, id, &Service::id);
  return found == services_.end() ? nullptr : &*found;
}

CatalogueOutcome load_catalogue(std::vector<CatalogueFile> files, const ConditionCompiler& compiler) {
  std::ranges::sort(files, {}, &CatalogueFile::name);
  CatalogueOutcome outcome;
  std::vector<Service> services;
  gate::RedFlagSet flags = gate::RedFlagSet::minimum();
  OrganisationDirectory directory;
  CalendarPtr calendar;
  security::Sha256 digest;
  add_part(digest, gate::kMinimumFlags);
  for (const CatalogueFile& file : files) {
    add_part(digest, file.name);
    add_part(digest, file.text);
    if (file.name == kRedFlagFile) {
      flags = gate::RedFlagSet::parse(file.text, file.name, outcome.issues);
      continue;
    }
    const auto yaml = config::parse_yaml(file.text, file.name, outcome.issues);
    if (!yaml) continue;
    if (file.name == kDirectoryFile) {
      directory = read_directory(*yaml, outcome.issues);
      continue;
    }
    if (file.name == kCalendarFile) {
      calendar = read_calendar(*yaml, outcome.issues);
      continue;
    }
    services.push_back(read_service(*yaml, compiler, outcome.issues));
    check_service(services.back(), file.name, outcome.issues);
  }
  check_across(services, calendar, outcome.issues);
  if (!outcome.issues.has_error()) {
    outcome.catalogue =
        std::make_shared<const ServiceCatalogue>(std::move(services), std::move(flags), std::move(directory),
                                                 security::to_hex(digest.finish()), std::move(calendar));
  }
  return outcome;
}

fhir::Result<CatalogueOutcome> load_catalogue_folder(const std::string& folder,
                                                     const ConditionCompiler& compiler) {
  std::error_code error;
  std::vector<CatalogueFile> files;
  bool any_service = false;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const std::filesystem::path& path = at->path();
    if (path.extension() != ".yaml") continue;
    LIGAMENT_TRY(std::string text, config::read_text_file(path.string(), config::YamlLimits{}.max_bytes));
    any_service = any_service || is_service(path.filename().string());
    files.push_back({path.filename().string(), std::move(text)});
  }
  if (error) return fhir::fail(fhir::ErrorCode::kNotFound, "cannot read the folder " + folder);
  if (!any_service) return fhir::fail(fhir::ErrorCode::kNotFound, folder + " holds no service");
  return load_catalogue(std::move(files), compiler);
}

}  // namespace gateway::services
