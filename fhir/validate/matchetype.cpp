#include "fhir/validate/matchetype.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/definitions/definitions.hpp"
#include "fhir/definitions/well_known.hpp"
#include "fhir/path/evaluate.hpp"
#include "fhir/validate/primitives.hpp"

namespace fhir::validate {

namespace {

using tree::Node;

constexpr std::string_view kPrefix = "http://hl7.org/fhir/tools/StructureDefinition/matchetype";

bool is_instruction(Node extension) {
  return extension.name() == "extension" && extension.child("url").text().starts_with(kPrefix);
}

/// The instruction `name` (`-optional`) on an element; the empty name is the matchetype itself.
Node instruction(Node element, std::string_view name) {
  for (const Node extension : element.children("extension")) {
    const std::string_view url = extension.child("url").text();
    if (url.starts_with(kPrefix) && url.substr(kPrefix.size()) == name) return extension;
  }
  return {};
}

bool lists(std::string_view names, std::string_view wanted) {
  while (!names.empty()) {
    const std::size_t comma = names.find(',');
    if (names.substr(0, comma) == wanted) return true;
    names = comma == std::string_view::npos ? std::string_view() : names.substr(comma + 1);
  }
  return false;
}

/// Children of one name. Order is that of the source.
struct Member {
  std::string_view name;
  std::vector<Node> nodes;
};

std::vector<Member> members_of(Node node) {
  std::vector<Member> members;
  for (const Node child : node.children()) {
    if (is_instruction(child)) continue;
    const auto known = std::find_if(members.begin(), members.end(),
                                    [&](const Member& member) { return member.name == child.serial_name(); });
    if (known == members.end()) {
      members.push_back({child.serial_name(), {child}});
    } else {
      known->nodes.push_back(child);
    }
  }
  return members;
}

const Member* find(const std::vector<Member>& members, std::string_view name) {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [name](const Member& member) { return member.name == name; });
  return found == members.end() ? nullptr : &*found;
}

/// Does the text have the form that a placeholder names?
bool fits_placeholder(std::string_view placeholder, std::string_view text) {
  const std::string_view form = placeholder.substr(1, placeholder.size() - 2);
  if (form.starts_with("choice:")) {
    std::string_view choices = form.substr(7);
    while (!choices.empty()) {
      const std::size_t bar = choices.find('|');
      if (choices.substr(0, bar) == text) return true;
      choices = bar == std::string_view::npos ? std::string_view() : choices.substr(bar + 1);
    }
    return false;
  }
  const tree::NameId type = definitions::r4().find_name(form);
  if (type >= definitions::kPrimitiveCount) return true;
  return has_form(type, text) && (form != "date" || text.size() == 10);
}

class Comparison {
 public:
  explicit Comparison(bool complete) : complete_(complete) {}

  /// The faults, or with `issues` null only whether there are any. As deep as the resources, which their
  /// readers have bounded.
  bool same(Node actual, Node expected, const std::string& place, IssueList* issues) const {
    if (expected.has_value() || actual.has_value()) return same_value(actual, expected, place, issues);
    const std::vector<Member> there = members_of(actual);
    const std::vector<Member> wanted = members_of(expected);
    const std::string_view optional = instruction(expected, "-optional").child("value").text();
    bool equal = actual.type() == expected.type() || fault(issues, place, "the type is another");
    for (const Member& member : wanted) {
      const Member* const found = find(there, member.name);
      if (found == nullptr) {
        equal = (lists(optional, member.name) || only_optional(member) ||
                 fault(issues, place, "an element is missing")) &&
                equal;
      } else {
        equal =
            same_member(actual, expected, *found, member, place + "." + std::string(member.name), issues) &&
            equal;
      }
      if (!equal && issues == nullptr) return false;
    }
    for (const Member& member : there) {
      if (complete_ && find(wanted, member.name) == nullptr)
        equal = fault(issues, place, "an element is not expected");
    }
    return equal;
  }

 private:
  static bool fault(IssueList* issues, const std::string& place, const char* text) {
    if (issues != nullptr) issues->add(Severity::kError, IssueType::kValue, place, text);
    return false;
  }

  static bool is_optional(Node item) {
    return instruction(item, "-optional").child("value").text() == "true";
  }

  static bool only_optional(const Member& member) {
    return std::all_of(member.nodes.begin(), member.nodes.end(), is_optional);
  }

  static bool same_value(Node actual, Node expected, const std::string& place, IssueList* issues) {
    const std::string_view wanted = expected.text();
    const bool placeholder = wanted.size() > 2 && wanted.starts_with('$') && wanted.ends_with('$');
    const bool fits = placeholder ? fits_placeholder(wanted, actual.text()) : actual.text() == wanted;
    return fits || fault(issues, place, "the value is another");
  }

  bool same_member(Node actual, Node expected, const Member& found, const Member& wanted,
                   const std::string& place, IssueList* issues) const {
    const bool list = (found.nodes.front().row().flags & tree::kRepeats) != 0;
    if (!list) return same(found.nodes.front(), wanted.nodes.front(), place, issues);
    return same_list(sorted(actual, expected, found), sorted(expected, expected, wanted), place, issues);
  }

  /// The items in the order the matchetype asks for.
  static std::vector<Node> sorted(Node holder, Node expected, const Member& member) {
    std::vector<Node> items = member.nodes;
    for (const Node extension : expected.children("extension")) {
      if (extension.child("url").text() != std::string(kPrefix) + "-sort") continue;
      std::string_view element;
      std::string_view expression;
      for (const Node part : extension.children("extension")) {
        if (part.child("url").text() == "element") element = part.child("value").text();
        if (part.child("url").text() == "expression") expression = part.child("value").text();
      }
      if (element != member.name) continue;
      std::vector<std::pair<std::string, Node>> keyed;
      keyed.reserve(items.size());
      for (const Node item : items)
        keyed.emplace_back(key_of(holder, item, expression), item);
      std::stable_sort(keyed.begin(), keyed.end(),
                       [](const auto& a, const auto& b) { return a.first < b.first; });
      for (std::size_t at = 0; at < items.size(); ++at)
        items[at] = keyed[at].second;
    }
    return items;
  }

  static std::string key_of(Node holder, Node item, std::string_view expression) {
    const auto plan = path::Plan::compile(expression, item.tree()->table());
    if (!plan) return {};
    const path::Value focus(item);
    path::EvalContext context{.root = holder, .focus = std::span(&focus, 1)};
    const auto result = path::evaluate(**plan, context);
    return result && !result->empty() ? path::text_of(result->front()).value_or("") : std::string();
  }

  bool same_list(const std::vector<Node>& actual, const std::vector<Node>& expected, const std::string& place,
                 IssueList* issues) const {
    std::size_t at = 0;
    for (const Node item : expected) {
      // A partial matchetype lets other items stand between its own.
      while (!complete_ && at < actual.size() && !same(actual[at], item, place, nullptr))
        ++at;
      const bool fits = at < actual.size() && same(actual[at], item, place, nullptr);
      if (fits) {
        ++at;
      } else if (!is_optional(item)) {
        return fault(issues, place, "an item of the list is another or missing");
      }
    }
    return !complete_ || at == actual.size() ||
           fault(issues, place, "the list has an item that is not expected");
  }

  bool complete_;
};

}  // namespace

IssueList compare_with_matchetype(Node resource, Node matchetype) {
  IssueList issues;
  const bool complete = instruction(matchetype, "").child("value").text() != "partial";
  Comparison(complete).same(resource, matchetype, "$", &issues);
  return issues;
}

}  // namespace fhir::validate
