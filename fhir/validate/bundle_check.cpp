#include "fhir/validate/bundle_check.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <unordered_set>
#include <vector>

#include "fhir/definitions/well_known.hpp"
#include "fhir/tree/expression.hpp"
#include "fhir/validate/narrative_check.hpp"
#include "fhir/validate/primitive_check.hpp"
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

/// May this text lead to another entry? References do, and URIs (an Attachment names its Binary so) that
/// neither name a system nor define an extension.
bool is_link(Node at) {
  if (!at.has_value() || at.text().starts_with('#')) return false;
  if (at.name_id() == definitions::kReferenceName) return true;
  const tree::NameId type = at.row().type;
  if (type != definitions::kUri && type != definitions::kUrl) return false;
  return at.name_id() != definitions::kSystemName &&
         !(at.name_id() == definitions::kUrl && at.parent().row().type == definitions::kExtensionType);
}

bool is_narrative_link(Node value) {
  return value.name_id() == definitions::kValueName &&
         value.parent().child("url").text() == "http://hl7.org/fhir/StructureDefinition/narrativeLink";
}

/// The position of the first entry with `Type/id`, or the number of entries.
std::size_t entry_of(const BundleIndex& index, std::string_view type_and_id) {
  const auto entries = index.entries();
  const std::size_t slash = type_and_id.find('/');
  if (slash == std::string_view::npos) return entries.size();
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const BundleEntry& entry) {
    return !entry.id.empty() && entry.resource.type() == type_and_id.substr(0, slash) &&
           entry.id == type_and_id.substr(slash + 1);
  });
  return static_cast<std::size_t>(found - entries.begin());
}

/// The types that the self link of a search set asks for; none when it does not say.
std::vector<std::string_view> searched_types(Node bundle, const definitions::Definitions& definitions) {
  std::vector<std::string_view> types;
  for (const Node link : bundle.children("link")) {
    if (link.child("relation").text() != "self") continue;
    const std::string_view url = link.child("url").text();
    const std::size_t question = url.find('?');
    const std::string_view path = url.substr(0, question);
    const std::string_view last = path.substr(path.rfind('/') + 1);
    if (definitions.is_concrete_resource(last)) return {last};
    if (question == std::string_view::npos) return types;
    constexpr std::string_view kParameter = "_type=";
    const std::size_t start = url.find(kParameter, question);
    if (start == std::string_view::npos) return types;
    std::string_view list = url.substr(start + kParameter.size());
    list = list.substr(0, list.find('&'));
    for (std::size_t comma = 0; comma != std::string_view::npos;) {
      comma = list.find(',');
      types.push_back(list.substr(0, comma));
      if (comma != std::string_view::npos) list.remove_prefix(comma + 1);
    }
    return types;
  }
  return types;
}

/// The name that HL7's validator gives a reference of the first entry, or that entry's resource: it counts
/// from one, but for the focus of a message, and names the author of a section as one of what holds the
/// section.
std::string official_place(Node reference) {
  std::string below;
  Node at = reference;
  for (; at && !at.is_resource(); at = at.parent()) {
    const bool of_section = at.parent().name() == "section" && at == reference && at.name() != "entry";
    std::string step = "." + std::string(at.name());
    if ((at.row().flags & tree::kRepeats) != 0) {
      std::size_t position = 1;
      for (const Node sibling : at.parent().children(at.name())) {
        if (sibling == at) break;
        ++position;
      }
      step += "[" + std::to_string(at.name() == "focus" && !of_section ? 0 : position) + "]";
    }
    below.insert(0, step);
    if (of_section) at = at.parent();
  }
  return tree::expression(at.parent().parent()) + ".entry[1].resource" + below;
}

}  // namespace

void BundleCheck::check(Node bundle) {
  const BundleIndex& index = walk_.resolver().index_of(bundle);
  const std::string_view type = bundle.child("type").text();
  check_links(bundle, type);
  if (index.entries().empty()) {
    if (is_one_of(type, {"document", "message"})) {
      walk_.findings().error(bundle, IssueType::kInvalid,
                             {"documents and messages must have at least one entry"});
    }
    return;
  }
  if (type == "document") check_document(bundle, index);
  if (type == "message") check_message(index);
  if (type == "searchset") check_searchset(bundle, index);
  check_full_urls(bundle, index, type);
  check_rules(index);
}

void BundleCheck::report(const BundleEntry& entry, std::size_t official, Severity severity, IssueType type,
                         std::string_view text) {
  if (!walk_.shared().options.official_places)
    return walk_.findings().add(entry.entry, severity, type, {text});
  const Node bundle = entry.entry.parent();
  const std::string position = std::to_string(walk_.resolver().index_of(bundle).position(entry.entry));
  walk_.findings().add_named(entry.entry,
                             tree::expression(bundle) + ".entry[" + std::to_string(official) + "]", severity,
                             type, {"entry[", position, "]: ", text});
}

void BundleCheck::report_reference(Node reference, IssueType type, std::string_view text) {
  if (!walk_.shared().options.official_places) return walk_.findings().error(reference, type, {text});
  walk_.findings().add_named(reference, official_place(reference), Severity::kError, type,
                             {tree::expression(reference), ": ", text});
}

void BundleCheck::check_links(Node bundle, std::string_view type) {
  const bool is_list = is_one_of(type, {"searchset", "history"});
  std::unordered_set<std::string_view> seen;
  for (const Node link : bundle.children("link")) {
    const Node relation = link.child("relation");
    const bool pages = is_one_of(relation.text(), {"first", "previous", "next", "last"});
    if (pages && !is_list) {
      walk_.findings().error(relation, IssueType::kInvalid,
                             {"only search sets and histories have pages to link to"});
    }
    const bool once = relation.text() == "self" || (pages && is_list);
    if (once && !seen.insert(relation.text()).second) {
      walk_.findings().error(is_list ? link : relation, IssueType::kInvalid,
                             {"there is a link with this relation already"});
    }
  }
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
    report(entry, 0, Severity::kError, IssueType::kInvalid, "a fullUrl must be an absolute URL");
    return;
  }
  if (!entry.resource || !is_restful(entry.full_url, walk_.shared().definitions) || is_own_canonical(entry))
    return;
  if (entry.id.empty()) {
    report(entry, 0, Severity::kError, IssueType::kInvalid,
           "the fullUrl looks like that of a RESTful server, but the resource has no id");
    return;
  }
  const std::string end = "/" + std::string(entry.resource.type()) + "/" + std::string(entry.id);
  if (!entry.full_url.ends_with(end)) {
    report(entry, 0, Severity::kError, IssueType::kInvalid,
           "the fullUrl looks like that of a RESTful server, so it must end with type and id");
  }
}

void BundleCheck::check_searchset(Node bundle, const BundleIndex& index) {
  const std::vector<std::string_view> types = searched_types(bundle, walk_.shared().definitions);
  const auto entries = index.entries();
  const bool has_modes = std::any_of(entries.begin(), entries.end(), [](const BundleEntry& entry) {
    return entry.entry.at("search", "mode").has_value();
  });
  for (const BundleEntry& entry : entries) {
    if (!entry.resource) continue;
    const std::string_view mode = entry.entry.at("search", "mode").text();
    const bool outcome = entry.resource.type() == "OperationOutcome";
    if (mode == "outcome" && !outcome) {
      walk_.findings().error(entry.resource, IssueType::kInvalid,
                             {"an outcome of a search must be an OperationOutcome"});
    }
    const bool found = is_one_of(mode, {"match", "include"});
    if (entry.id.empty() && !outcome && (found || !has_modes)) {
      walk_.findings().add(entry.resource, found ? Severity::kError : Severity::kWarning, IssueType::kInvalid,
                           {"what a search finds must have an id"});
    }
    const bool asked =
        types.empty() || std::find(types.begin(), types.end(), entry.resource.type()) != types.end();
    if (mode == "match" && !asked) {
      walk_.findings().error(entry.resource, IssueType::kInvalid,
                             {"a match must be of a type that the link to the search itself asks for"});
    }
  }
}

void BundleCheck::check_document(Node bundle, const BundleIndex& index) {
  const Node composition = index.entries().front().resource;
  if (composition.type() == "Composition") {
    check_composition(index, composition);
  } else if (composition) {
    report_reference(composition, IssueType::kInvalid, "a document must start with a Composition");
  }
  check_stylesheets(bundle, index);
  check_reachable(index, Severity::kError);
}

void BundleCheck::check_composition(const BundleIndex& index, Node composition) {
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
}

/// A stylesheet of a document is an entry by its type and id, or stands on a server.
void BundleCheck::check_stylesheets(Node bundle, const BundleIndex& index) {
  for (const Node link : bundle.children("link")) {
    const Node url = link.child("url");
    if (link.child("relation").text() != "stylesheet" || !url.has_value()) continue;
    if (is_absolute_uri(url.text())) {
      walk_.findings().warning(url, IssueType::kSecurity,
                               {"stylesheets outside of the document should not be used"});
    } else if (entry_of(index, url.text()) == index.entries().size()) {
      walk_.findings().error(url, IssueType::kNotFound, {"no entry of the Bundle is the stylesheet"});
    }
  }
}

/// A narrativeLink says which part of another entry's narrative tells of this resource: there is one such
/// part.
void BundleCheck::check_narrative_link(const BundleIndex& index, Node url) {
  const std::size_t hash = url.text().find('#');
  if (hash == std::string_view::npos || hash == 0) return;
  const auto found = index.at_url(url.text().substr(0, hash));
  if (found.size() != 1) return;
  const Node resource = index.entries()[found[0]].resource;
  const std::size_t times = NarrativeCheck::count_ids(resource, url.text().substr(hash + 1));
  if (times == 1) return;
  const Node bundle = index.entries()[found[0]].entry.parent();
  walk_.findings().error(
      bundle, IssueType::kNotFound,
      {tree::expression(url), times == 0 ? ": the narrative linked to has no part with this id"
                                         : ": the narrative linked to has several parts with this id"});
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
  if (header && header.type() != "MessageHeader") {
    report_reference(header, IssueType::kInvalid, "a message must start with a MessageHeader");
    return;
  }
  for (const Node focus : header.children("focus"))
    check_required(index, focus);
  check_reachable(index, Severity::kWarning);
}

Resolution BundleCheck::find(const BundleIndex& index, const BundleEntry& from, std::string_view reference) {
  Resolution found = index.find(reference, from.full_url);
  if (from.full_url.starts_with("urn:") || read_reference(reference).shape != ReferenceShape::kRelative)
    return found;
  const std::string end = std::string(from.resource.type()) + "/" + std::string(from.id);
  if (!from.id.empty() && (from.full_url == end || from.full_url.ends_with("/" + end))) return found;
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
    report_reference(reference, IssueType::kInvalid, "several entries of the Bundle fit the reference");
  } else if (!found.target) {
    report_reference(
        reference, IssueType::kNotFound,
        found.same_id
            ? "no entry of the Bundle fits the reference by its fullUrl, though one has the type and id"
            : "the Bundle has no entry for the reference");
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
      if (is_narrative_link(at)) check_narrative_link(index, at);
      const Node target = find(index, entries[i], at.text()).target;
      if (!target) return;
      const std::size_t other = index.position(target.parent());
      if (other < entries.size()) leader[group_of(i)] = group_of(other);
    });
  }
  for (const Node link : entries[0].entry.parent().children("link")) {
    if (link.child("relation").text() != "stylesheet") continue;
    const std::size_t other = entry_of(index, link.child("url").text());
    if (other < entries.size()) leader[group_of(other)] = group_of(0);
  }
  for (std::size_t i = 1; i < entries.size(); ++i) {
    if (!entries[i].resource || group_of(i) == group_of(0)) continue;
    report(entries[i], i + 1, severity, IssueType::kInformational,
           "the entry cannot be reached from the first one by references in either direction");
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
