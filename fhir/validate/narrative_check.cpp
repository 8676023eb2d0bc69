#include "fhir/validate/narrative_check.hpp"

#include <algorithm>
#include <string>
#include <unordered_set>

#include "fhir/definitions/well_known.hpp"
#include "fhir/validate/xhtml.hpp"

namespace fhir::validate {
namespace {

using tree::Node;

constexpr std::size_t kMaxLinks = 10'000;

/// The value of the attribute whose name ends at `at` (where `=` stands, perhaps after blanks).
std::string_view value_after(std::string_view text, std::size_t at) {
  const std::size_t equals = text.find_first_not_of(" \t\r\n", at);
  if (equals == std::string_view::npos || text[equals] != '=') return {};
  const std::size_t quote = text.find_first_not_of(" \t\r\n", equals + 1);
  if (quote == std::string_view::npos || (text[quote] != '"' && text[quote] != '\'')) return {};
  const std::size_t end = text.find(text[quote], quote + 1);
  return end == std::string_view::npos ? std::string_view() : text.substr(quote + 1, end - quote - 1);
}

/// Calls `use` with the value of every attribute of this name.
template <class Use>
void each_attribute(std::string_view text, std::string_view name, Use use) {
  for (std::size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const bool starts = at > 0 && (text[at - 1] == ' ' || text[at - 1] == '\n' || text[at - 1] == '\t' ||
                                   text[at - 1] == '\r');
    if (!starts) continue;
    const std::string_view value = value_after(text, at + name.size());
    if (!value.empty() && !use(value)) return;
  }
}

bool is_link_scheme(std::string_view scheme) {
  constexpr std::string_view kSchemes[] = {"http", "https", "mailto", "tel", "ftp", "data", "cid", "sms"};
  return std::find(std::begin(kSchemes), std::end(kSchemes), scheme) != std::end(kSchemes);
}

/// What follows a colon before any slash, question mark or fragment.
std::string_view scheme_of(std::string_view link) {
  const std::size_t end = link.find_first_of(":/?#");
  return end == std::string_view::npos || link[end] != ':' ? std::string_view() : link.substr(0, end);
}

/// Calls `use` with `from` and every element below it.
template <class Use>
void each_element(Node from, Use use) {
  Node at = from;
  while (at) {
    use(at);
    Node next = at.first_child();
    while (!next && !(at == from)) {
      next = at.next_sibling();
      if (!next) at = at.parent();
    }
    if (!next) return;
    at = next;
  }
}

/// Ids within a resource: its own, and those of its elements and contained resources.
void collect_ids(Node resource, std::unordered_set<std::string_view>& ids) {
  each_element(resource, [&ids](Node at) {
    if (at.name_id() == definitions::kId && at.has_value()) ids.insert(at.text());
    if (at.row().kind != tree::TypeKind::kXhtml) return;
    const auto keep = [&ids](std::string_view value) { return ids.insert(value), true; };
    each_attribute(at.text(), "id", keep);
    each_attribute(at.text(), "name", keep);
  });
}

/// JSON holds narrative as a string, so its entities are not seen by any XML parser: those of XML alone
/// exist.
bool has_only_xml_entities(std::string_view text) {
  for (std::size_t at = text.find('&'); at != std::string_view::npos; at = text.find('&', at + 1)) {
    const std::string_view name = text.substr(at + 1, text.find(';', at) - at - 1);
    const bool known = name.starts_with('#') || name == "amp" || name == "lt" || name == "gt" ||
                       name == "quot" || name == "apos";
    if (!known) return false;
  }
  return true;
}

}  // namespace

std::size_t NarrativeCheck::count_ids(Node resource, std::string_view id) {
  std::size_t times = 0;
  const auto visit = [&](Node at) {
    if (at.name_id() == definitions::kId && at.text() == id && !at.parent().is_resource()) ++times;
    if (at.row().kind != tree::TypeKind::kXhtml) return;
    each_attribute(at.text(), "id", [&](std::string_view value) {
      times += value == id ? 1 : 0;
      return true;
    });
  };
  each_element(resource, visit);
  return times;
}

bool NarrativeCheck::passes(Node div) {
  return div.has_value() && check_xhtml(div.text()) == XhtmlFault::kNone;
}

void NarrativeCheck::check(Node div) {
  const XhtmlFault fault = div.has_value() ? check_xhtml(div.text()) : XhtmlFault::kEmpty;
  if (fault != XhtmlFault::kNone) walk_.findings().error(div, IssueType::kInvariant, {to_text(fault)});
  if (!has_only_xml_entities(div.text()))
    walk_.findings().error(div, IssueType::kInvalid, {"the narrative names an entity that XML has not"});
  if (div.text().find("href") != std::string_view::npos || div.text().find("src") != std::string_view::npos)
    check_links(div);
}

void NarrativeCheck::check_languages(Node narrative, std::span<const std::string_view> controls) {
  std::unordered_set<std::string_view> languages;
  std::string_view text = narrative.child("div").text();
  text.remove_prefix(std::min(text.size(), text.find('>')));  // the outermost div is no section
  each_attribute(text, "lang", [&](std::string_view value) { return languages.insert(value), true; });
  each_attribute(text, "xml:lang", [&](std::string_view value) { return languages.insert(value), true; });
  for (const std::string_view control : controls) {
    const std::string_view wanted =
        control == "_resource" ? walk_.resource().child("language").text() : control;
    if (control == "_no") {
      if (!languages.empty()) {
        walk_.findings().error(narrative, IssueType::kBusinessRule,
                               {"the profile forbids sections by language"});
      }
    } else if (control == "_yes") {
      if (languages.empty()) {
        walk_.findings().error(narrative, IssueType::kBusinessRule,
                               {"the profile asks for sections by language"});
      }
    } else if (!wanted.empty() && !languages.empty() && !languages.contains(wanted)) {
      walk_.findings().error(narrative, IssueType::kBusinessRule,
                             {"the profile asks for a section in a language that has none"});
    }
  }
}

void NarrativeCheck::check_links(Node div) {
  std::unordered_set<std::string_view> ids;
  bool collected = false;
  std::size_t links = 0;
  const auto is_dead = [&](std::string_view link) {
    if (!link.starts_with('#') || link.size() == 1) return false;
    if (!collected) collect_ids(walk_.container(), ids);
    collected = true;
    return !ids.contains(link.substr(1));
  };
  each_attribute(div.text(), "href", [&](std::string_view link) {
    const std::string_view scheme = scheme_of(link);
    if (is_dead(link)) {
      walk_.findings().error(div, IssueType::kInvalid,
                             {"a link of the narrative leads to nothing in the resource"});
    } else if (!scheme.empty() && !is_link_scheme(scheme)) {
      walk_.findings().error(div, IssueType::kInvalid,
                             {"a link of the narrative has a scheme that browsers cannot follow"});
    }
    return ++links < kMaxLinks;
  });
  each_attribute(div.text(), "src", [&](std::string_view link) {
    if (is_dead(link)) {
      walk_.findings().warning(div, IssueType::kInvalid,
                               {"an image of the narrative is nowhere in the resource"});
    }
    return ++links < kMaxLinks;
  });
}

}  // namespace fhir::validate
