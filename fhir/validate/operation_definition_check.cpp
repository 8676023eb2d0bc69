#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "fhir/tree/expression.hpp"
#include "fhir/validate/definition_rules.hpp"

namespace fhir::validate {

namespace {

using tree::Node;

constexpr std::string_view kAllowedType =
    "http://hl7.org/fhir/StructureDefinition/operationdefinition-allowed-type";

using Names = std::vector<std::string_view>;

bool contains(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// The types a parameter may have.
Names types_of(Node parameter) {
  Names types;
  for (const Node extension : parameter.children("extension")) {
    if (extension.child("url").text() == kAllowedType) types.push_back(extension.child("value").text());
  }
  if (types.empty() && parameter.child("type").has_value()) types.push_back(parameter.child("type").text());
  return types;
}

class ProfileComparison {
 public:
  ProfileComparison(Walk& walk, Node operation, Node canonical, std::string_view use)
      : walk_(walk), operation_(operation), canonical_(canonical), use_(use) {}

  void run() {
    const Program* const program = walk_.shared().programs.find(canonical_.text());
    if (program == nullptr) return error(canonical_, "there is no such profile here");
    if (program->type != "Parameters") return error(canonical_, "the profile is not of Parameters");
    program_ = program;
    for (const RuleId id : program->root().children) {
      const ElementRule& parameters = program->rule(id);
      if (parameters.name != "parameter") continue;
      for (const RuleId slice : parameters.slices)
        check_slice(program->rule(slice));
    }
  }

 private:
  void error(Node at, std::string_view text) { walk_.findings().error(at, IssueType::kInvalid, {text}); }

  const ElementRule* part(const ElementRule& slice, std::string_view name) const {
    for (const RuleId id : slice.children) {
      if (program_->rule(id).name == name) return &program_->rule(id);
    }
    return nullptr;
  }

  void check_slice(const ElementRule& slice) {
    const ElementRule* const name = part(slice, "name");
    if (name == nullptr) return;
    const std::string_view text = name->fixed ? name->fixed.text() : name->pattern.text();
    if (text.empty()) return;
    std::size_t position = 0;
    for (const Node parameter : operation_.children("parameter")) {
      if (parameter.child("name").text() == text && parameter.child("use").text() == use_)
        return compare(slice, parameter, position);
      ++position;
    }
    walk_.findings().warning(canonical_, IssueType::kInvalid,
                             {"the profile has a parameter that the operation has not"});
  }

  void compare(const ElementRule& slice, Node parameter, std::size_t position) {
    const auto differs = [&](std::string_view text) { report(parameter, position, text); };
    const auto number = [](Node node) {
      return node.text() == "*"
                 ? tree::kUnbounded
                 : static_cast<std::uint32_t>(std::stoul("0" + std::string(node.text().substr(0, 8))));
    };
    const Node min = parameter.child("min");
    const Node max = parameter.child("max");
    if (min.has_value() && number(min) != slice.min) differs("the profile asks for another minimum");
    if (max.has_value() && number(max) != slice.max) differs("the profile allows another maximum");
    Names types;
    Names targets;
    collect(slice, types, targets);
    const Names own_types = types_of(parameter);
    Names own_targets;
    for (const Node target : parameter.children("targetProfile"))
      own_targets.push_back(target.text());
    if (!same(types, own_types)) differs("the profile allows other types");
    if (!same(targets, own_targets)) differs("the profile allows targets with other profiles");
  }

  static bool same(const Names& one, const Names& other) {
    const auto all_in = [](const Names& from, const Names& in) {
      return std::all_of(from.begin(), from.end(), [&](std::string_view name) { return contains(in, name); });
    };
    return all_in(one, other) && all_in(other, one);
  }

  /// The types of value or resource, whichever the profile leaves.
  void collect(const ElementRule& slice, Names& types, Names& targets) const {
    for (const std::string_view name : {"value", "resource"}) {
      const ElementRule* const rule = part(slice, name);
      if (rule == nullptr || rule->max == 0 || others_required(slice, name)) continue;
      for (const TypeRule& type : rule->types) {
        types.push_back(type.code);
        targets.insert(targets.end(), type.targets.begin(), type.targets.end());
      }
    }
  }

  bool others_required(const ElementRule& slice, std::string_view name) const {
    for (const std::string_view other : {"value", "resource", "part"}) {
      const ElementRule* const rule = other == name ? nullptr : part(slice, other);
      if (rule != nullptr && rule->min > 0) return true;
    }
    return false;
  }

  /// HL7's validator counts the parameters of the operation below its profile.
  void report(Node parameter, std::size_t position, std::string_view text) {
    if (!walk_.shared().options.official_places) return error(parameter, text);
    walk_.findings().add_named(
        parameter, tree::expression(canonical_) + ".parameter[" + std::to_string(position) + "]",
        Severity::kError, IssueType::kInvalid, {tree::expression(parameter), ": ", text});
  }

  Walk& walk_;
  Node operation_;
  Node canonical_;
  std::string_view use_;
  const Program* program_ = nullptr;
};

}  // namespace

void check_operation_definition(Walk& walk, Node operation) {
  constexpr std::pair<std::string_view, std::string_view> kSides[] = {{"inputProfile", "in"},
                                                                      {"outputProfile", "out"}};
  for (const auto& [name, use] : kSides) {
    const Node canonical = operation.child(name);
    if (canonical.has_value()) ProfileComparison(walk, operation, canonical, use).run();
  }
}

}  // namespace fhir::validate
