#include "fhir/packages/registry.hpp"

#include <utility>

#include "fhir/packages/conformance_resource.hpp"
#include "fhir/packages/shelves.hpp"

namespace fhir::packages {
namespace {

void take(const tree::TreePtr& tree, tree::Node resource, std::vector<Addition>& out) {
  const std::string_view url = resource.child("url").text();
  if (url.empty() || !has_canonical_url(resource.type())) return;
  Addition addition;
  addition.type = resource.type();
  addition.url = url;
  addition.version = resource.child("version").text();
  addition.tree = tree;
  addition.node = resource;
  out.push_back(std::move(addition));
}

}  // namespace

Registry Registry::core() {
  return Registry(std::make_unique<Shelves>(core_blob()));
}

Registry::Registry(std::unique_ptr<Shelves> shelves) : shelves_(std::move(shelves)) {}
Registry::Registry(Registry&& other) noexcept = default;
Registry& Registry::operator=(Registry&& other) noexcept = default;
Registry::~Registry() = default;

Status Registry::add(const std::string& path, IssueList& /*issues*/, const PackageLimits& /*limits*/) {
  return fail(ErrorCode::kUnsupported, path + ": packages cannot be read yet");
}

Status Registry::add(tree::TreePtr resource) {
  if (resource == nullptr) return fail(ErrorCode::kUnprocessable, "no resource");
  std::vector<Addition> additions;
  const tree::Node root = resource->root();
  if (root.type() == "Bundle") {
    for (const tree::Node entry : root.children("entry"))
      take(resource, entry.child("resource"), additions);
  } else {
    take(resource, root, additions);
  }
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
