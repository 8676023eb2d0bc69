#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <vector>

#include "fhir/base/decimal.hpp"
#include "fhir/packages/registry.hpp"
#include "fhir/validate/measure_rules.hpp"

namespace fhir::validate {

namespace {

using tree::Node;

/// Two CodeableConcepts with a coding in common, or without codings and with one text.
bool same_concept(Node a, Node b) {
  if (!a.child("coding") && !b.child("coding")) return a && a.child("text").text() == b.child("text").text();
  for (const Node left : a.children("coding")) {
    for (const Node right : b.children("coding")) {
      if (left.child("code").text() == right.child("code").text() &&
          left.child("system").text() == right.child("system").text())
        return true;
    }
  }
  return false;
}

bool has_code(Node concept_node, std::string_view code) {
  const auto codings = concept_node.children("coding");
  return std::any_of(codings.begin(), codings.end(),
                     [code](Node coding) { return coding.child("code").text() == code; });
}

/// What a report says of the parts of a Measure, for groups, populations and stratifiers alike.
struct PartName {
  std::string_view name;
  std::string_view needs_code;
  std::string_view unknown;
  std::string_view twice;
  std::string_view missing;
};
constexpr PartName kGroup{"group", "a group needs the code of a group of the Measure",
                          "the code is that of no group of the Measure",
                          "a group of the Measure stands twice", "a group of the Measure is missing"};
constexpr PartName kPopulation{"population", "a population needs the code of a population of the Measure",
                               "the code is that of no population of the Measure",
                               "a population of the Measure stands twice",
                               "a population of the Measure is missing"};
constexpr PartName kStratifier{"stratifier", "a stratifier needs the code of a stratifier of the Measure",
                               "the code is that of no stratifier of the Measure",
                               "a stratifier of the Measure stands twice",
                               "a stratifier of the Measure is missing"};

class ReportCheck {
 public:
  ReportCheck(Walk& walk, Node measure, Node report)
      : walk_(walk), measure_(measure), report_(report), type_(report.child("type").text()) {
    for (const std::string_view known : {"proportion", "ratio", "continuous-variable", "cohort"}) {
      if (has_code(measure.child("scoring"), known)) scoring_ = known;
    }
  }

  void run() {
    if (scoring_.empty()) {
      walk_.findings().note(report_.child("measure"), IssueType::kBusinessRule,
                            {"the scoring of the Measure is not known, so scores are not checked"});
    }
    if (!measure_.child("group")) return;
    const auto groups = report_.children("group");
    if (groups.size() == 1 && measure_.children("group").size() == 1) {
      check_only_group(measure_.child("group"), *groups.begin());
      return;
    }
    check_parts(kGroup, measure_, report_, [this](Node part, Node found) { check_group(part, found); });
  }

 private:
  /// The one group may stand without a code.
  void check_only_group(Node group, Node found) {
    if (group.child("code") && found.child("code") && !same_concept(group.child("code"), found.child("code")))
      error(found, kGroup.unknown);
    check_group(group, found);
  }

  void error(Node at, std::string_view text) { walk_.findings().error(at, IssueType::kBusinessRule, {text}); }

  /// Each part of the report is one of the Measure, and each of the Measure is there once.
  template <class Then>
  void check_parts(const PartName& names, Node measure_parent, Node report_parent, Then then) {
    std::vector<Node> seen;
    for (const Node found : report_parent.children(names.name)) {
      if (!found.child("code")) {
        error(found, names.needs_code);
        continue;
      }
      const Node part = part_of(measure_parent, names.name, found.child("code"));
      if (!part) {
        error(found, names.unknown);
      } else if (std::find(seen.begin(), seen.end(), part) != seen.end()) {
        error(found, names.twice);
      } else {
        seen.push_back(part);
        then(part, found);
      }
    }
    if (type_ == "data-collection") return;
    for (const Node part : measure_parent.children(names.name)) {
      if (std::find(seen.begin(), seen.end(), part) == seen.end() &&
          !has_code(part.child("code"), "measure-observation"))
        error(report_parent, names.missing);
    }
  }

  static Node part_of(Node parent, std::string_view name, Node code) {
    for (const Node part : parent.children(name)) {
      if (same_concept(part.child("code"), code)) return part;
    }
    return {};
  }

  void check_group(Node group, Node found) {
    check_parts(kPopulation, group, found,
                [this](Node /*part*/, Node population) { check_population(population); });
    check_score(found);
    check_parts(kStratifier, group, found, [](Node /*part*/, Node /*stratifier*/) {});
  }

  void check_population(Node population) {
    const std::size_t subjects = population.children("subjectResults").size();
    const std::string_view text = population.child("count").text();
    if (type_ == "subject-list") {
      std::size_t count = 0;
      const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), count);
      if (!text.empty() && fault == std::errc() && count != subjects)
        error(population, "the count is not the number of subjects listed");
      return;
    }
    if (subjects != 0) error(population, "only reports of the type subject-list list subjects");
    if (text.empty()) {
      walk_.findings().warning(population, IssueType::kBusinessRule,
                               {"reports of another type than subject-list should have a count"});
    }
  }

  void check_score(Node group) {
    const Node score = group.child("measureScore");
    if (type_ == "data-collection" || scoring_ == "cohort") {
      if (score) error(score, "there is no score in a report of this type or scoring");
      return;
    }
    if (scoring_.empty()) return;
    if (!score) {
      error(group, "the scoring of the Measure needs a score");
      return;
    }
    if (scoring_ != "proportion") return;
    if (score.child("unit") || score.child("system") || score.child("code"))
      error(score, "a proportion has no unit");
    const auto value = Decimal::parse(score.child("value").text(), true);
    if (!value) {
      error(score, "the score has no value");
    } else if (value->is_negative() || *value > Decimal::from_integer(1)) {
      error(score.child("value"), "a proportion is between 0 and 1");
    }
  }

  Walk& walk_;
  Node measure_;
  Node report_;
  std::string_view type_;
  std::string_view scoring_;  ///< Empty: not one of the known.
};

Node measure_of(Walk& walk, Node report) {
  const Node named = report.child("measure");
  if (!named.has_value()) return {};
  const bool contained = named.text().starts_with('#');
  const Node measure = contained ? walk.resolver().resolve(named.text(), named).target
                                 : walk.shared().registry.find("Measure", named.text());
  if (measure.type() == "Measure") return measure;
  walk.findings().warning(report, IssueType::kRequired,
                          {"the Measure is not here, so the report is not checked against it"});
  return {};
}

}  // namespace

void check_measure_report(Walk& walk, Node report) {
  if (const Node measure = measure_of(walk, report)) ReportCheck(walk, measure, report).run();
}

}  // namespace fhir::validate
