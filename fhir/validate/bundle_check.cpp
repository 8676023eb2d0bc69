#include "fhir/validate/bundle_check.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <unordered_map>
#include <vector>

#include "fhir/definitions/well_known.hpp"
#include "fhir/validate/references.hpp"

namespace fhir::validate {
namespace {

using tree::Node;

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> texts) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

constexpr std::size_t kAll = static_cast<std::size_t>(-1);

/// Calls `use` for every element below `from`, in document order, without `from`.
template <class Use>
void each_below(Node from, Use use) {
  Node at = from.first_child();
  while (at) {
    use(at);
    Node next = at.first_child();
    while (!next) {
      next = at.next_sibling();
      if (next) break;
      at = at.parent();
      if (!at || at == from) return;
    }
    at = next;
  }
}

/// `http://server/base/Type/id` with a type of FHIR R4: the identity of a resource on a RESTful server.
bool is_restful(std::string_view url, const definitions::Definitions& definitions) {
  if (!url.starts_with("http://") && !url.starts_with("https://")) return false;
  const std::size_t id = url.rfind('/');
  const std::size_t type = id == 0 ? std::string_view::npos : url.rfind('/', id - 1);
  if (type == std::string_view::npos || id + 1 == url.size()) return false;
  return definitions.is_concrete_resource(url.substr(type + 1, id - type - 1));
}

/// Conformance resources are known by their canonical URL, which need not end with their id.
bool is_own_canonical(const BundleEntry& entry) {
  return entry.resource.child("url").text() == entry.full_url;
}

/// A Reference's text, or an address: an Attachment names its Binary so. Not the names of code systems and
/// extensions.
bool is_link(Node at) {
  if (!at.has_value() || at.text().starts_with('#')) return false;
  if (at.name_id() == definitions::kReferenceName) return true;
  const tree::NameId type = at.row().type;
  if (type != definitions::kUri && type != definitions::kUrl) return false;
  return at.name_id() != definitions::kSystemName && at.parent().row().type != definitions::kExtensionType;
}

}  // namespace

void BundleCheck::check(Node bundle) {
  const BundleIndex& index = walk_.resolver().index_of(bundle);
  const std::string_view type = bundle.child("type").text();
  if (index.entries().empty()) {
    if (is_one_of(type, {"document", "message"})) {
      walk_.findings().error(bundle, IssueType::kInvalid,
                             {"documents and messages must have at least one entry"});
    }
    return;
  }
  if (type == "document") check_document(bundle, index);
  if (type == "message") check_message(index);
  if (type == "searchset") check_searchset(index);
  check_full_urls(bundle, index, type);
  check_rules(index);
}

void BundleCheck::check_full_urls(Node /*bundle*/, const BundleIndex& index, std::string_view type) {
  const bool optional = is_one_of(type, {"transaction", "transaction-response", "batch", "batch-response"});
  for (const BundleEntry& entry : index.entries()) {
    if (!entry.full_url.empty()) {
      check_full_url(entry);
    } else if (!optional && entry.resource && entry.resource.type() != "OperationOutcome") {
      walk_.findings().error(entry.entry, IssueType::kInvalid,
                             {"except in transactions and batches every entry must have a fullUrl"});
    }
  }
}

void BundleCheck::check_full_url(const BundleEntry& entry) {
  if (read_reference(entry.full_url).shape != ReferenceShape::kAbsolute) {
    walk_.findings().error(entry.entry, IssueType::kInvalid, {"a fullUrl must be an absolute URL"});
    return;
  }
  if (!entry.resource || !is_restful(entry.full_url, walk_.shared().definitions) || is_own_canonical(entry))
    return;
  if (entry.id.empty()) {
    walk_.findings().error(entry.entry, IssueType::kInvalid,
                           {"the fullUrl looks like that of a RESTful server, but the resource has no id"});
    return;
  }
  const std::string end = "/" + std::string(entry.resource.type()) + "/" + std::string(entry.id);
  if (!entry.full_url.ends_with(end)) {
    walk_.findings().error(
        entry.entry, IssueType::kInvalid,
        {"the fullUrl looks like that of a RESTful server, so it must end with type and id"});
  }
}

void BundleCheck::check_searchset(const BundleIndex& index) {
  for (const BundleEntry& entry : index.entries()) {
    const std::string_view mode = entry.entry.at("search", "mode").text();
    const bool outcome = entry.resource.type() == "OperationOutcome";
    if (mode == "outcome" && entry.resource && !outcome) {
      walk_.findings().error(entry.resource, IssueType::kInvalid,
                             {"an outcome of a search must be an OperationOutcome"});
    }
    if (entry.resource && entry.id.empty() && mode != "outcome" && !(outcome && mode.empty()))
      walk_.findings().error(entry.resource, IssueType::kInvalid, {"what a search finds must have an id"});
  }
}

void BundleCheck::check_document(Node bundle, const BundleIndex& index) {
  const Node composition = index.entries().front().resource;
  if (composition.type() != "Composition") return;  // bdl-11
  for (const std::string_view name : {"subject", "author", "encounter", "custodian"}) {
    for (const Node reference : composition.children(name))
      check_required(index, reference);
  }
  for (const Node attester : composition.children("attester"))
    check_required(index, attester.child("party"));
  for (const Node event : composition.children("event")) {
    for (const Node detail : event.children("detail"))
      check_required(index, detail);
  }
  check_sections(index, composition);
  check_stylesheets(bundle, index);
  check_reachable(index, Severity::kError);
}

/// A stylesheet of a document is an entry, or stands on a server.
void BundleCheck::check_stylesheets(Node bundle, const BundleIndex& index) {
  const std::string_view base = index.entries().front().full_url;
  for (const Node link : bundle.children("link")) {
    const Node url = link.child("url");
    if (link.child("relation").text() != "stylesheet" || !url.has_value()) continue;
    if (url.text().starts_with("http") && index.at_url(url.text()).empty()) {
      walk_.findings().warning(url, IssueType::kSecurity,
                               {"stylesheets outside of the document should not be used"});
    } else if (!url.text().starts_with("http") && !index.find(url.text(), base).target) {
      walk_.findings().error(url, IssueType::kNotFound, {"no entry of the Bundle is the stylesheet"});
    }
  }
}

void BundleCheck::check_sections(const BundleIndex& index, Node composition) {
  each_below(composition, [&](Node at) {
    const bool in_section = at.parent().name() == "section";
    if (in_section && at.name() == "entry" && at.row().type == definitions::kReferenceType)
      check_required(index, at);
    if (in_section && (at.name() == "focus" || at.name() == "author")) check_required(index, at);
  });
}

void BundleCheck::check_message(const BundleIndex& index) {
  const Node header = index.entries().front().resource;
  if (header.type() != "MessageHeader") return;  // bdl-12
  for (const Node focus : header.children("focus"))
    check_required(index, focus);
  check_reachable(index, Severity::kWarning);
}

Resolution BundleCheck::find(const BundleIndex& index, const BundleEntry& from, std::string_view reference) {
  Resolution found = index.find(reference, from.full_url);
  if (!from.full_url.starts_with("http") || read_reference(reference).shape != ReferenceShape::kRelative)
    return found;
  const std::string end = "/" + std::string(from.resource.type()) + "/" + std::string(from.id);
  if (!from.id.empty() && from.full_url.ends_with(end)) return found;
  found.same_id = found.same_id || found.target;
  found.target = {};
  found.matches = 0;
  return found;
}

void BundleCheck::check_required(const BundleIndex& index, Node reference) {
  const std::string_view text = reference.child("reference").text();
  if (text.empty() || text.starts_with('#')) return;
  const Resolution found = find(index, index.entries().front(), text);
  if (found.matches > 1) {
    walk_.findings().error(reference, IssueType::kInvalid,
                           {"several entries of the Bundle fit the reference"});
  } else if (!found.target) {
    walk_.findings().error(
        reference, IssueType::kNotFound,
        {found.same_id ? "no entry of the Bundle fits the reference by its fullUrl, though one has the "
                         "type and id"
                       : "the Bundle has no entry for the reference"});
  }
}

/// Entries joined by references in either direction; those not joined with the first are reported.
void BundleCheck::check_reachable(const BundleIndex& index, Severity severity) {
  const auto entries = index.entries();
  std::vector<std::size_t> leader(entries.size());
  for (std::size_t i = 0; i < leader.size(); ++i)
    leader[i] = i;
  const auto group_of = [&](std::size_t i) {
    while (leader[i] != i)
      i = leader[i] = leader[leader[i]];
    return i;
  };
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!entries[i].resource) continue;
    each_below(entries[i].resource, [&](Node at) {
      if (!is_link(at)) return;
      const Node target = find(index, entries[i], at.text()).target;
      if (!target) return;
      const std::size_t other = index.position(target.parent());
      if (other < entries.size()) leader[group_of(i)] = group_of(other);
    });
  }
  for (const Node link : entries[0].entry.parent().children("link")) {
    if (link.child("relation").text() != "stylesheet") continue;
    for (const std::uint32_t other : index.at_url(link.child("url").text()))
      leader[group_of(other)] = group_of(0);
  }
  for (std::size_t i = 1; i < entries.size(); ++i) {
    if (!entries[i].resource || group_of(i) == group_of(0)) continue;
    walk_.findings().add(
        entries[i].entry, severity, IssueType::kInformational,
        {"the entry cannot be reached from the first one by references in either direction"});
  }
}

void BundleCheck::check_rules(const BundleIndex& index) {
  for (const BundleRule& rule : walk_.shared().options.bundle_rules) {
    const std::size_t colon = rule.which.find(':');
    const std::string_view type = std::string_view(rule.which).substr(0, colon);
    std::size_t wanted = kAll;
    if (colon != std::string::npos)
      std::from_chars(rule.which.data() + colon + 1, rule.which.data() + rule.which.size(), wanted);
    std::size_t seen = 0;
    for (const BundleEntry& entry : index.entries()) {
      if (entry.resource.type() != type) continue;
      if (wanted == kAll || seen == wanted) walk_.check_also(entry.resource, rule.profile);
      ++seen;
    }
  }
}

}  // namespace fhir::validate
