#include <string_view>
#include <vector>

#include "fhir/packages/registry.hpp"
#include "fhir/path/plan.hpp"
#include "fhir/validate/cql_library.hpp"
#include "fhir/validate/measure_rules.hpp"

namespace fhir::validate {

namespace {

using tree::Node;

class MeasureCheck {
 public:
  MeasureCheck(Walk& walk, Node measure) : walk_(walk), measure_(measure) {
    for (const Node library : measure.children("library")) {
      const Node known = walk.shared().registry.find("Library", library.text());
      if (known) {
        libraries_.push_back(known);
      } else {
        unknown_library_ = true;
        walk.findings().note(library, IssueType::kNotFound,
                             {"the Library is not here, so criteria are not checked"});
      }
    }
  }

  void run() {
    const std::size_t groups = measure_.children("group").size();
    if (groups == 0)
      walk_.findings().warning(measure_, IssueType::kRequired, {"a Measure should have groups"});
    for (const Node group : measure_.children("group")) {
      if (groups > 1) want_code(group);
      if (!group.child("population"))
        walk_.findings().warning(group, IssueType::kRequired, {"a group should have a population"});
      check_parts(group, "population");
      check_parts(group, "stratifier");
    }
    for (const Node data : measure_.children("supplementalData"))
      check_criteria(data.child("criteria"));
  }

 private:
  void want_code(Node node) {
    if (!node.child("code"))
      walk_.findings().warning(node, IssueType::kRequired, {"one of several should have a code"});
  }

  void check_parts(Node parent, std::string_view name) {
    const bool several = parent.children(name).size() > 1;
    for (const Node part : parent.children(name)) {
      if (several) want_code(part);
      if (name == "population") continue;
      check_criteria(part.child("criteria"));
      check_parts(part, "component");
    }
  }

  void check_criteria(Node criteria) {
    const std::string_view language = criteria.child("language").text();
    const Node expression = criteria.child("expression");
    if (expression.text().empty()) return;
    if (language == "text/cql" || language == "text/cql.identifier") check_cql(criteria, expression.text());
    if (language == "text/fhirpath" && !path::Plan::compile(expression.text(), criteria.tree()->table()))
      walk_.findings().error(criteria, IssueType::kInvalid, {"the expression is no FHIRPath"});
  }

  void check_cql(Node criteria, std::string_view name) {
    if (unknown_library_) return;
    if (libraries_.empty()) {
      walk_.findings().error(criteria, IssueType::kRequired, {"CQL needs a Library of the Measure"});
      return;
    }
    Node library = libraries_.front();
    const std::size_t point = name.find('.');
    if (point == std::string_view::npos && libraries_.size() > 1) {
      walk_.findings().error(criteria, IssueType::kInvalid,
                             {"of several Libraries the expression must name one"});
      return;
    }
    if (point != std::string_view::npos) {
      library = named_library(name.substr(0, point));
      name = name.substr(point + 1);
    }
    if (!library) {
      walk_.findings().error(criteria, IssueType::kInvalid,
                             {"the expression names a Library the Measure has not"});
    } else if (const auto defined = defines_expression(library, name); !defined) {
      walk_.findings().warning(criteria, IssueType::kInvalid, {"the Library holds neither ELM nor CQL"});
    } else if (!*defined) {
      walk_.findings().error(criteria, IssueType::kInvalid, {"the Library does not define the expression"});
    }
  }

  [[nodiscard]] Node named_library(std::string_view name) const {
    for (const Node library : libraries_) {
      if (library.child("name").text() == name) return library;
    }
    return {};
  }

  Walk& walk_;
  Node measure_;
  std::vector<Node> libraries_;
  bool unknown_library_ = false;
};

}  // namespace

void check_measure(Walk& walk, Node measure) {
  MeasureCheck(walk, measure).run();
}

}  // namespace fhir::validate
