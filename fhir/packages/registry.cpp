#include "fhir/packages/registry.hpp"

#include <utility>

#include "fhir/packages/collector.hpp"
#include "fhir/packages/package_reader.hpp"
#include "fhir/packages/shelves.hpp"

namespace fhir::packages {

Registry Registry::core() {
  return Registry(std::make_unique<Shelves>(core_blob()));
}

Registry::Registry(std::unique_ptr<Shelves> shelves) : shelves_(std::move(shelves)) {}
Registry::Registry(Registry&& other) noexcept = default;
Registry& Registry::operator=(Registry&& other) noexcept = default;
Registry::~Registry() = default;

Status Registry::add(const std::string& path, IssueList& issues, const PackageLimits& limits) {
  Collector collector(path, limits, issues);
  LIGAMENT_CHECK(read_package(path, limits, collector, issues));
  shelves_->add(collector.finish());
  return {};
}

Status Registry::add(tree::TreePtr resource) {
  if (resource == nullptr) return fail(ErrorCode::kUnprocessable, "no resource");
  std::vector<Addition> additions;
  Collector::take_tree(resource, additions);
  if (additions.empty()) return fail(ErrorCode::kUnprocessable, "no resource with a canonical URL");
  shelves_->add(std::move(additions));
  return {};
}

tree::Node Registry::find(std::string_view canonical) const {
  return shelves_->find({}, canonical);
}

tree::Node Registry::find(std::string_view resource_type, std::string_view canonical) const {
  return shelves_->find(resource_type, canonical);
}

std::vector<std::string_view> Registry::canonicals(std::string_view resource_type) const {
  return shelves_->canonicals(resource_type);
}

IssueList Registry::faults() const {
  return shelves_->faults();
}

}  // namespace fhir::packages
