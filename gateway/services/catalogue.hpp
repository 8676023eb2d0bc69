// All services of an installation, read whole or not at all, and named by a digest that every decision
// carries.
//
//   CatalogueOutcome outcome = load_catalogue_folder("samples/services", compiler);
//   if (outcome.catalogue == nullptr) return refuse_to_start(outcome.issues);
//
// A folder holds one service per `*.yaml`, `red_flags.yaml` that adds to the gate, `organisations.yaml`,
// the directory of organisations that patients may choose, and `calendar.yaml`, the bank holidays.
// samples/services/sussex.yaml is the schema by example.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/base/issue.hpp"
#include "fhir/base/result.hpp"
#include "gateway/gate/red_flag_set.hpp"
#include "gateway/services/calendar.hpp"
#include "gateway/services/directory.hpp"
#include "gateway/services/service.hpp"

namespace gateway::services {

/// Immutable; any thread.
class ServiceCatalogue {
 public:
  ServiceCatalogue(std::vector<Service> services, gate::RedFlagSet flags, OrganisationDirectory directory,
                   std::string digest, CalendarPtr calendar = nullptr)
      : services_(std::move(services)),
        flags_(std::move(flags)),
        directory_(std::move(directory)),
        digest_(std::move(digest)),
        calendar_(std::move(calendar)) {}
  [[nodiscard]] const std::vector<Service>& services() const noexcept { return services_; }
  [[nodiscard]] const Service* service(std::string_view id) const noexcept;
  [[nodiscard]] const gate::RedFlagSet& red_flags() const noexcept { return flags_; }
  [[nodiscard]] const OrganisationDirectory& directory() const noexcept { return directory_; }
  /// Null when there is none; then no service has terms in working days.
  [[nodiscard]] const CalendarPtr& calendar() const noexcept { return calendar_; }
  /// SHA-256 over names and bytes of the files, hex. The same files give the same digest on every machine.
  [[nodiscard]] const std::string& digest() const noexcept { return digest_; }

 private:
  std::vector<Service> services_;
  gate::RedFlagSet flags_;
  OrganisationDirectory directory_;
  std::string digest_;
  CalendarPtr calendar_;
};
using CataloguePtr = std::shared_ptr<const ServiceCatalogue>;

struct CatalogueOutcome {
  CataloguePtr catalogue;  ///< Null when issues has an error: a wrong file refuses the whole catalogue.
  fhir::IssueList issues;
};

struct CatalogueFile {
  std::string
      name;  ///< `sussex.yaml`; `red_flags.yaml`, `organisations.yaml` and `calendar.yaml` are no services.
  std::string text;
};

/// Order of `files` does not matter.
[[nodiscard]] CatalogueOutcome load_catalogue(std::vector<CatalogueFile> files,
                                              const ConditionCompiler& compiler);
/// Error only when the folder cannot be read or holds no service. Blocks.
[[nodiscard]] fhir::Result<CatalogueOutcome> load_catalogue_folder(const std::string& folder,
                                                                   const ConditionCompiler& compiler);

/// One requirement and the ids of the rules that carry it, by requirement id.
struct RequirementRow {
  Requirement requirement;
  std::vector<std::string> rules;
};
[[nodiscard]] std::vector<RequirementRow> requirements(const ServiceCatalogue& catalogue);
/// The same as a Markdown table.
[[nodiscard]] std::string requirements_markdown(const ServiceCatalogue& catalogue);

}  // namespace gateway::services
