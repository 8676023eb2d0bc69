#include <algorithm>
#include <string>

#include "fhir/terminology/filter.hpp"
#include "fhir/terminology/terminology.hpp"
#include "fhir/validate/terminology_rules.hpp"

namespace fhir::validate {

namespace {

using terminology::CodeVerdict;
using tree::Node;

bool is_absolute(std::string_view url) {
  const std::size_t colon = url.find_first_of(":/?#");
  return colon != std::string_view::npos && colon > 0 && url[colon] == ':';
}

bool is_boolean(std::string_view text) {
  return text == "true" || text == "false";
}

/// Filters by the hierarchy, whose value is a code of the system.
bool is_hierarchical(std::string_view op) {
  constexpr std::string_view kOps[] = {"is-a",        "is-not-a", "descendent-of",
                                       "generalizes", "child-of", "descendent-leaf"};
  return std::find(std::begin(kOps), std::end(kOps), op) != std::end(kOps);
}

class IncludeCheck {
 public:
  IncludeCheck(Walk& walk, Node include)
      : walk_(walk),
        include_(include),
        system_(include.child("system").text()),
        version_(include.child("version").text()) {}

  void run() {
    if (system_.empty()) return;
    if (const std::size_t bar = system_.find('|'); bar != std::string_view::npos) {
      error(include_, "the version of a system stands in version, not in the system");
      system_ = system_.substr(0, bar);
    }
    if (!is_absolute(system_)) return error(include_, "the system is an absolute URI");
    const Node system = walk_.shared().registry.find("CodeSystem", system_);
    if (system.child("content").text() == "supplement")
      return error(include_, "a supplement is no code system: include the one it supplements");
    if (!system && walk_.shared().registry.find("ValueSet", system_))
      return error(include_, "the system is a value set: include it by valueSet");
    for (const Node listed : include_.children("concept"))
      check_concept(listed);
    for (const Node filter : include_.children("filter"))
      check_filter(filter, system);
  }

 private:
  void error(Node at, std::string_view text) { walk_.findings().error(at, IssueType::kBusinessRule, {text}); }

  bool is_unknown(std::string_view code) const {
    const auto answer = walk_.shared().terminology.validate_in_system(
        {.system = system_, .version = version_, .code = code, .display = {}});
    return answer.verdict == CodeVerdict::kUnknownCode;
  }

  void check_concept(Node listed) {
    const Node code = listed.child("code");
    if (!code.has_value() || !is_unknown(code.text())) return;
    // By the syntax of a system alone, which grows: units, languages.
    const bool defined = static_cast<bool>(walk_.shared().registry.find("CodeSystem", system_));
    walk_.findings().add(listed, defined ? Severity::kError : Severity::kWarning, IssueType::kBusinessRule,
                         {"the code system has no such code"});
  }

  /// The type that the system gives a property; empty when it does not say.
  static std::string_view type_of(Node system, std::string_view property) {
    for (const Node defined : system.children("property")) {
      if (defined.child("code").text() == property) return defined.child("type").text();
    }
    return {};
  }

  void check_filter(Node filter, Node system) {
    const std::string_view property = filter.child("property").text();
    const std::string_view op = filter.child("op").text();
    const std::string_view value = filter.child("value").text();
    if (op == "exists") {
      if (!is_boolean(value)) error(filter, "the value of exists is true or false");
    } else if (op == "regex") {
      if (!terminology::is_regular_expression(value)) error(filter, "the value is no regular expression");
      if (property == "concept") error(filter, "concepts are not compared with regular expressions");
    } else if (property == "concept" && is_hierarchical(op)) {
      if (!value.empty() && is_unknown(value)) error(filter, "the code system has no code for the value");
    } else if (op == "=" && type_of(system, property) == "boolean" && !is_boolean(value)) {
      error(filter, "the property is true or false");
    }
  }

  Walk& walk_;
  Node include_;
  std::string_view system_;
  std::string_view version_;
};

}  // namespace

void check_value_set(Walk& walk, Node value_set) {
  const Node compose = value_set.child("compose");
  for (const std::string_view name : {"include", "exclude"}) {
    for (const Node rule : compose.children(name))
      IncludeCheck(walk, rule).run();
  }
}

}  // namespace fhir::validate
