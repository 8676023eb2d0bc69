#include "fhir/validate/bundle.hpp"

#include <functional>
#include <string_view>
#include <unordered_set>

#include "fhir/definitions/well_known.hpp"
#include "fhir/validate/references.hpp"

namespace fhir::validate {
namespace {

using tree::Node;

Node child_of(Node parent, tree::NameId name) {
  for (Node at = parent.first_child(); at; at = at.next_sibling()) {
    if (at.name_id() == name) return at;
  }
  return {};
}

/// What each entry of a Bundle of some type must have.
struct EntryNeeds {
  std::string_view bundle_type;
  tree::NameId child;
  std::string_view text;
};

constexpr EntryNeeds kNeeds[] = {
    {"message", definitions::kResourceName, "every entry of a message must have a resource"},
    {"document", definitions::kResourceName, "every entry of a document must have a resource"},
    {"collection", definitions::kResourceName, "every entry of a collection must have a resource"},
    {"searchset", definitions::kResourceName, "every entry of a search set must have a resource"},
    {"transaction", definitions::kRequestName, "every entry of a transaction must have a request (bdl-3)"},
    {"batch", definitions::kRequestName, "every entry of a batch must have a request (bdl-3)"},
    {"history", definitions::kRequestName, "every entry of a history must have a request (bdl-3)"},
    {"transaction-response", definitions::kResponseName,
     "every entry of a transaction response must have a response (bdl-4)"},
    {"batch-response", definitions::kResponseName,
     "every entry of a batch response must have a response (bdl-4)"},
};

const EntryNeeds* needs_of(std::string_view bundle_type) {
  for (const EntryNeeds& needs : kNeeds) {
    if (needs.bundle_type == bundle_type) return &needs;
  }
  return nullptr;
}

class FullUrls {
 public:
  explicit FullUrls(Reporter& report) : report_(report) {}

  void check(Node entry, Node resource, std::string_view bundle_type) {
    const Node url = child_of(entry, definitions::kFullUrlName);
    if (!url.has_value()) return;
    if (read_reference(url.text()).shape != ReferenceShape::kAbsolute) {
      report_.error(url, IssueType::kValue, {"a fullUrl must be an absolute URL"});
    }
    if (bundle_type == "history") return;
    const Node version = child_of(child_of(resource, definitions::kMetaName), definitions::kVersionIdName);
    if (!seen_.insert({url.text(), version.text()}).second) {
      report_.error(url, IssueType::kDuplicate, {"another entry has the same fullUrl (bdl-7)"});
    }
  }

 private:
  /// Texts of the tree.
  struct Key {
    std::string_view url;
    std::string_view version;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const noexcept {
      const std::hash<std::string_view> hash;
      return hash(key.url) * 31 + hash(key.version);
    }
  };
  Reporter& report_;
  std::unordered_set<Key, KeyHash> seen_;
};

void check_first(Node bundle, Node first, std::string_view type, Reporter& report) {
  const tree::NameId resource_type = child_of(first, definitions::kResourceName).row().type;
  if (type == "message" && resource_type != definitions::kMessageHeaderType) {
    report.error(first ? first : bundle, IssueType::kStructure,
                 {"a message must start with a MessageHeader (bdl-12)"});
  }
  if (type == "document" && resource_type != definitions::kCompositionType) {
    report.error(first ? first : bundle, IssueType::kStructure,
                 {"a document must start with a Composition (bdl-11)"});
  }
}

}  // namespace

void check_bundle(Node bundle, Reporter& report) {
  const std::string_view type = child_of(bundle, definitions::kTypeName).text();
  const EntryNeeds* const needs = needs_of(type);
  check_first(bundle, child_of(bundle, definitions::kEntryName), type, report);
  FullUrls full_urls(report);
  for (Node entry = bundle.first_child(); entry; entry = entry.next_sibling()) {
    if (entry.name_id() != definitions::kEntryName) continue;
    const Node resource = child_of(entry, definitions::kResourceName);
    if (needs != nullptr && !child_of(entry, needs->child)) {
      report.error(entry, IssueType::kRequired, {needs->text});
    } else if (!resource && !child_of(entry, definitions::kRequestName) &&
               !child_of(entry, definitions::kResponseName)) {
      report.error(entry, IssueType::kRequired,
                   {"an entry must have a resource, a request or a response (bdl-5)"});
    }
    full_urls.check(entry, resource, type);
  }
}

}  // namespace fhir::validate
