#include "fhir/packages/collector.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/packages/conformance_resource.hpp"
#include "fhir/packages/resource_head.hpp"
#include "fhir/xml/reader.hpp"

namespace fhir::packages {
namespace {

/// Folders of packages and source trees that hold no definitions.
constexpr std::array<std::string_view, 6> kPassedFolders = {"example", "examples", "other",
                                                            "openapi", "tests",    "node_modules"};

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

bool is_xml(std::string_view bytes) {
  const std::size_t first = bytes.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  return first != std::string_view::npos && bytes[first] == '<';
}

void keep(const tree::TreePtr& tree, tree::Node resource, std::vector<Addition>& out) {
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

bool Collector::wants(std::string_view path) {
  if (!ends_with(path, ".json") && !ends_with(path, ".xml")) return false;
  const bool in_package = path.substr(0, 8) == "package/";
  if (in_package && path.find('/', 8) != std::string_view::npos) return false;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (part.empty() || part.front() == '.') return false;
    if (slash == std::string_view::npos) return true;
    if (std::find(kPassedFolders.begin(), kPassedFolders.end(), part) != kPassedFolders.end()) return false;
    path.remove_prefix(slash + 1);
  }
  return false;
}

Status Collector::take(const std::string& path, std::string bytes) {
  const std::size_t before = additions_.size();
  const std::size_t size = bytes.size();
  if (is_xml(bytes)) {
    take_xml(path, bytes);
  } else {
    take_json(path, std::move(bytes));
  }
  if (additions_.size() == before) return {};
  kept_bytes_ += size;
  if (kept_bytes_ > limits_.max_kept_bytes) {
    return fail(ErrorCode::kTooLarge, origin_ + ": at " + path + " its resources pass " +
                                          std::to_string(limits_.max_kept_bytes) + " bytes");
  }
  return {};
}

void Collector::pass_over(const std::string& path, std::string_view why) {
  issues_.add(Severity::kError, IssueType::kProcessing, {}, origin_ + ": " + path + ": " + std::string(why));
}

void Collector::take_json(const std::string& path, std::string bytes) {
  IssueList found;
  ResourceHead head = read_head(bytes, limits_.resource.max_depth, found);
  report(path, found);
  if (path == "package.json" || path == "package/package.json") check_versions(path, head.fhir_versions);
  if (head.type == "Bundle") {
    tree::ReadOutcome outcome = json::read(bytes, definitions::r4(), limits_.resource);
    report(path, outcome.issues);
    if (outcome.tree != nullptr) take_tree(outcome.tree, additions_);
    return;
  }
  if (head.url.empty() || !has_canonical_url(head.type)) return;
  Addition addition;
  addition.type = std::move(head.type);
  addition.url = std::move(head.url);
  addition.version = std::move(head.version);
  addition.origin = origin_ + ": " + path;
  addition.bytes = std::move(bytes);
  addition.limits = limits_.resource;
  additions_.push_back(std::move(addition));
}

void Collector::check_versions(const std::string& path, const std::vector<std::string>& versions) {
  const bool is_r4 = std::any_of(versions.begin(), versions.end(),
                                 [](const std::string& version) { return version.substr(0, 4) == "4.0."; });
  if (!versions.empty() && !is_r4) {
    issues_.add(Severity::kWarning, IssueType::kNotSupported, {},
                origin_ + ": " + path + ": the package is of another version of FHIR and is read as R4");
  }
}

void Collector::take_xml(const std::string& path, std::string_view bytes) {
  if (bytes.find(xml::kFhirNamespace) == std::string_view::npos) return;  // XML of another kind
  tree::ReadOutcome outcome = xml::read(bytes, definitions::r4(), limits_.resource);
  report(path, outcome.issues);
  if (outcome.tree != nullptr) take_tree(outcome.tree, additions_);
}

void Collector::take_tree(const tree::TreePtr& tree, std::vector<Addition>& out) {
  const tree::Node root = tree->root();
  if (root.type() != "Bundle") {
    keep(tree, root, out);
    return;
  }
  for (const tree::Node entry : root.children("entry"))
    keep(tree, entry.child("resource"), out);
}

void Collector::report(const std::string& path, const IssueList& found) {
  for (const Issue& issue : found.items()) {
    Issue copy = issue;
    copy.text = origin_ + ": " + path + ": " + issue.text;
    issues_.add(std::move(copy));
  }
}

}  // namespace fhir::packages
