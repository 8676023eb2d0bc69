#include "fhir/path/tree_host.hpp"

#include <string>
#include <unordered_map>

#include "fhir/path/type_spec.hpp"

namespace fhir::path {

struct TreeHost::Index {
  std::unordered_map<std::string_view, tree::Node> by_full_url;
  std::unordered_map<std::string, tree::Node> by_type_and_id;  ///< Entries without a fullUrl to build on.
};

namespace {

/// `base` of `base/Type/id`, or empty.
std::string_view server_of(std::string_view full_url) {
  const std::size_t id = full_url.rfind('/');
  const std::size_t type =
      id == std::string_view::npos || id == 0 ? std::string_view::npos : full_url.rfind('/', id - 1);
  return type == std::string_view::npos || !full_url.starts_with("http") ? std::string_view()
                                                                         : full_url.substr(0, type + 1);
}

std::string_view without_version(std::string_view reference) {
  return reference.substr(0, reference.find("/_history/"));
}

/// The outermost resource around `from` within its Bundle entry, or within the whole tree: the one
/// `contained` stands in.
tree::Node container_of(tree::Node from) {
  tree::Node found;
  for (tree::Node at = from; at; at = at.parent()) {
    if (at.is_resource() && (!found || found.name() == "contained")) found = at;
  }
  return found;
}

/// The fullUrl of the entry around `from`.
std::string_view full_url_of(tree::Node from) {
  for (tree::Node at = from; at; at = at.parent()) {
    if (at.name() == "entry") return at.child("fullUrl").text();
  }
  return {};
}

}  // namespace

TreeHost::TreeHost(tree::Node root) : root_(root) {}
TreeHost::~TreeHost() = default;

const TreeHost::Index& TreeHost::index() {
  if (index_) return *index_;
  index_ = std::make_unique<Index>();
  if (root_.type() != "Bundle") return *index_;
  for (const tree::Node entry : root_.children("entry")) {
    const tree::Node resource = entry.child("resource");
    if (!resource) continue;
    const std::string_view full_url = entry.child("fullUrl").text();
    if (!full_url.empty()) index_->by_full_url.emplace(full_url, resource);
    const std::string_view id = resource.child("id").text();
    if (!id.empty())
      index_->by_type_and_id.emplace(std::string(resource.type()).append("/").append(id), resource);
  }
  return *index_;
}

tree::Node TreeHost::resolve(std::string_view reference, tree::Node from) {
  if (reference.starts_with('#')) {
    const tree::Node container = container_of(from);
    if (reference.size() == 1) return container;
    for (const tree::Node contained : container.children("contained")) {
      if (contained.child("id").text() == reference.substr(1)) return contained;
    }
    return {};
  }
  reference = without_version(reference.substr(0, reference.find('#')));
  const Index& known = index();
  if (const auto found = known.by_full_url.find(reference); found != known.by_full_url.end())
    return found->second;
  if (reference.find(':') != std::string_view::npos) return {};
  const std::string_view server = server_of(full_url_of(from));
  if (!server.empty()) {
    const std::string absolute = std::string(server).append(reference);
    const auto found = known.by_full_url.find(absolute);
    return found == known.by_full_url.end() ? tree::Node() : found->second;
  }
  const auto found = known.by_type_and_id.find(std::string(reference));
  return found == known.by_type_and_id.end() ? tree::Node() : found->second;
}

std::optional<bool> TreeHost::conforms_to(tree::Node node, std::string_view profile) {
  constexpr std::string_view kBase = "http://hl7.org/fhir/StructureDefinition/";
  if (!profile.starts_with(kBase)) return std::nullopt;
  const TypeSpec spec = resolve_type(profile.substr(kBase.size()), root_.tree()->table());
  if (!spec.known || spec.space == TypeSpace::kSystem) return std::nullopt;
  return is_type(node, spec);
}

}  // namespace fhir::path
