#include "gateway/services/catalogue.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <openssl/evp.h>
#include <set>
#include <stdexcept>
#include <system_error>

#include "gateway/config/yaml.hpp"
#include "gateway/gate/minimum_flags.hpp"
#include "gateway/services/service_reader.hpp"

namespace gateway::services {

namespace {

constexpr std::string_view kRedFlagFile = "red_flags.yaml";

/// SHA-256 over length-prefixed parts, so that no two lists of files look the same.
class Digest {
 public:
  Digest() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    if (context_ == nullptr || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1) fault();
  }
  void add(std::string_view part) {
    const std::string size = std::to_string(part.size()) + ':';
    update(size);
    update(part);
  }
  [[nodiscard]] std::string hex() {
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    if (EVP_DigestFinal_ex(context_.get(), bytes, &length) != 1) fault();
    static constexpr std::string_view kDigits = "0123456789abcdef";
    std::string out;
    for (unsigned int i = 0; i < length; ++i) {
      out += kDigits[bytes[i] >> 4u];
      out += kDigits[bytes[i] & 15u];
    }
    return out;
  }

 private:
  [[noreturn]] static void fault() { throw std::runtime_error("SHA-256 is not available"); }
  void update(std::string_view part) {
    if (EVP_DigestUpdate(context_.get(), part.data(), part.size()) != 1) fault();
  }
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context_;
};

void check_across(const std::vector<Service>& services, fhir::IssueList& issues) {
  std::set<std::string> ids;
  std::map<std::string, std::string> destinations;
  const auto complain = [&](std::string what) {
    issues.add(fhir::Severity::kError, fhir::IssueType::kConflict, "service", std::move(what));
  };
  for (const Service& service : services) {
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
  Digest digest;
  digest.add(gate::kMinimumFlags);
  for (const CatalogueFile& file : files) {
    digest.add(file.name);
    digest.add(file.text);
    if (file.name == kRedFlagFile) {
      flags = gate::RedFlagSet::parse(file.text, file.name, outcome.issues);
      continue;
    }
    const auto yaml = config::parse_yaml(file.text, file.name, outcome.issues);
    if (!yaml) continue;
    services.push_back(read_service(*yaml, compiler, outcome.issues));
    check_service(services.back(), file.name, outcome.issues);
  }
  check_across(services, outcome.issues);
  if (!outcome.issues.has_error()) {
    outcome.catalogue =
        std::make_shared<const ServiceCatalogue>(std::move(services), std::move(flags), digest.hex());
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
    any_service = any_service || path.filename() != kRedFlagFile;
    files.push_back({path.filename().string(), std::move(text)});
  }
  if (error) return fhir::fail(fhir::ErrorCode::kNotFound, "cannot read the folder " + folder);
  if (!any_service) return fhir::fail(fhir::ErrorCode::kNotFound, folder + " holds no service");
  return load_catalogue(std::move(files), compiler);
}

}  // namespace gateway::services
