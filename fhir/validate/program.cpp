#include "fhir/validate/program.hpp"

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "fhir/validate/invariants.hpp"

namespace fhir::validate {
namespace {

using tree::Node;

constexpr std::string_view kTypeExtension =
    "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type";
constexpr std::string_view kMaxValueSet =
    "http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet";
constexpr std::string_view kBestPractice =
    "http://hl7.org/fhir/StructureDefinition/elementdefinition-bestpractice";
constexpr std::string_view kMinLength = "http://hl7.org/fhir/StructureDefinition/minLength";
constexpr std::string_view kValueAlternatives[] = {
    "http://hl7.org/fhir/tools/StructureDefinition/value-alternatives",
    "http://hl7.org/fhir/5.0/StructureDefinition/extension-ElementDefinition.valueAlternatives"};
constexpr std::string_view kNarrativeLanguage =
    "http://hl7.org/fhir/StructureDefinition/narrative-language-control";
constexpr std::string_view kProfileElement =
    "http://hl7.org/fhir/StructureDefinition/elementdefinition-profile-element";
constexpr std::string_view kSystemTypes = "http://hl7.org/fhirpath/System.";
constexpr std::size_t kMaxSteps = 16;

Node extension_value(Node element, std::string_view url) {
  for (const Node extension : element.children("extension")) {
    if (extension.child("url").text() == url) return extension.child("value");
  }
  return {};
}

std::uint32_t number_of(std::string_view text, std::uint32_t otherwise) {
  if (text == "*") return tree::kUnbounded;
  std::uint32_t value = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

TypeRule read_type(Node type) {
  TypeRule out;
  const Node code = type.child("code");
  out.code = code.text();
  if (const Node fhir_type = extension_value(code, kTypeExtension)) out.code = fhir_type.text();
  if (const Node fhir_type = extension_value(type, kTypeExtension)) out.code = fhir_type.text();
  if (out.code.starts_with(kSystemTypes))
    out.code = out.code == "http://hl7.org/fhirpath/System.String" ? "string" : "";
  for (const Node profile : type.children("profile")) {
    out.profiles.push_back(profile.text());
    out.profile_elements.push_back(extension_value(profile, kProfileElement).text());
  }
  for (const Node target : type.children("targetProfile"))
    out.targets.push_back(target.text());
  for (const Node mode : type.children("aggregation")) {
    if (mode.text() == "contained") out.aggregation |= kContainedOnly;
    if (mode.text() == "referenced") out.aggregation |= kReferenced;
    if (mode.text() == "bundled") out.aggregation |= kBundled;
  }
  out.specific_version = type.child("versioning").text() == "specific";
  return out;
}

definitions::BindingStrength strength_of(std::string_view code) {
  if (code == "required") return definitions::BindingStrength::kRequired;
  if (code == "extensible") return definitions::BindingStrength::kExtensible;
  if (code == "preferred") return definitions::BindingStrength::kPreferred;
  return code == "example" ? definitions::BindingStrength::kExample : definitions::BindingStrength::kNone;
}

DiscriminatorKind kind_of(std::string_view code) {
  if (code == "pattern") return DiscriminatorKind::kPattern;
  if (code == "exists") return DiscriminatorKind::kExists;
  if (code == "type") return DiscriminatorKind::kType;
  return code == "profile" ? DiscriminatorKind::kProfile : DiscriminatorKind::kValue;
}

Slicing read_slicing(Node slicing) {
  Slicing out;
  const std::string_view rules = slicing.child("rules").text();
  out.rules = rules == "closed"      ? SlicingRules::kClosed
              : rules == "openAtEnd" ? SlicingRules::kOpenAtEnd
                                     : SlicingRules::kOpen;
  out.ordered = slicing.child("ordered").text() == "true";
  for (const Node discriminator : slicing.children("discriminator")) {
    out.discriminators.push_back(
        read_discriminator(kind_of(discriminator.child("type").text()), discriminator.child("path").text()));
  }
  return out;
}

class Compiler {
 public:
  Compiler(Program& program, const definitions::Definitions& definitions, bool errata)
      : program_(program), definitions_(definitions), errata_(errata) {
    for (std::uint32_t i = 0; i < definitions.invariants.size(); ++i)
      base_.emplace(definitions.text(definitions.invariants[i].expression), i);
  }

  void add(Node element) {
    const auto id = static_cast<RuleId>(program_.rules.size());
    ElementRule rule;
    rule.definition = element;
    read_names(element, rule);
    read_limits(element, rule);
    read_values(element, rule);
    for (const Node type : element.children("type"))
      rule.types.push_back(read_type(type));
    for (const Node constraint : element.children("constraint"))
      rule.constraints.push_back(read_constraint(constraint));
    if (const Node slicing = element.child("slicing")) rule.slicing = read_slicing(slicing);
    program_.rules.push_back(std::move(rule));
    place(id, element);
  }

 private:
  static void read_names(Node element, ElementRule& rule) {
    rule.path = element.child("path").text();
    rule.slice_name = element.child("sliceName").text();
    const std::size_t dot = rule.path.rfind('.');
    rule.name = dot == std::string_view::npos ? rule.path : rule.path.substr(dot + 1);
    rule.choice = rule.name.ends_with("[x]");
    if (rule.choice) rule.name.remove_suffix(3);
  }

  static void read_limits(Node element, ElementRule& rule) {
    rule.min = number_of(element.child("min").text(), 0);
    rule.max = number_of(element.child("max").text(), tree::kUnbounded);
    rule.max_length = number_of(element.child("maxLength").text(), 0);
    rule.min_length = number_of(extension_value(element, kMinLength).text(), 0);
    rule.min_value = element.child("minValue");
    rule.max_value = element.child("maxValue");
    // Durations came after R4, where they are unknown elements.
    if (!rule.min_value) rule.min_value = element.child("minValueDuration");
    if (!rule.max_value) rule.max_value = element.child("maxValueDuration");
  }

  static void read_values(Node element, ElementRule& rule) {
    rule.fixed = element.child("fixed");
    rule.pattern = element.child("pattern");
    for (const Node extension : element.children("extension")) {
      const std::string_view url = extension.child("url").text();
      const Node value = extension.child("value");
      if (url == kNarrativeLanguage) rule.narrative_languages.push_back(value.text());
      if (std::find(std::begin(kValueAlternatives), std::end(kValueAlternatives), url) !=
          std::end(kValueAlternatives))
        rule.value_alternatives.push_back(value.text());
    }
    const Node binding = element.child("binding");
    if (!binding) return;
    rule.binding = strength_of(binding.child("strength").text());
    rule.value_set = binding.child("valueSet").text();
    rule.max_value_set = extension_value(binding, kMaxValueSet).text();
  }

  ConstraintRule read_constraint(Node constraint) const {
    ConstraintRule out;
    out.key = constraint.child("key").text();
    out.human = constraint.child("human").text();
    out.is_error = constraint.child("severity").text() != "warning";
    out.best_practice = extension_value(constraint, kBestPractice).text() == "true";
    const std::string_view expression = constraint.child("expression").text();
    if (const auto found = base_.find(expression); found != base_.end()) out.base = found->second;
    if (expression.empty() || out.base != kNoRule) return out;
    path::CompileOptions options;
    options.as_filters = true;
    if (auto plan = path::Plan::compile(errata_ ? corrected_profile_expression(expression) : expression,
                                        definitions_.table, options))
      out.plan = *plan;
    return out;
  }

  /// Hangs the rule below its parent: the last rule with the path above it; or, for a slice, among the slices
  /// of the last rule with the same path.
  void place(RuleId id, Node element) {
    ElementRule& rule = program_.rules[id];
    const std::string_view path = rule.path;
    if (id == 0) {
      last_[path] = id;
      return;
    }
    const std::size_t dot = path.rfind('.');
    const auto parent = dot == std::string_view::npos ? last_.end() : last_.find(path.substr(0, dot));
    if (parent == last_.end()) return;
    ElementRule& owner = program_.rules[parent->second];
    const RuleId element_id = rule.slice_name.empty() ? kNoRule : sliced_in(owner, path);
    if (element_id == kNoRule) {
      owner.children.push_back(id);
    } else {
      slice_owner(element_id, rule.slice_name).slices.push_back(id);
    }
    last_[path] = id;
    const std::string_view reference = element.child("contentReference").text();
    if (!reference.empty()) link_content(id, reference.substr(reference.find('#') + 1));
  }

  RuleId sliced_in(const ElementRule& owner, std::string_view path) const {
    for (auto at = owner.children.rbegin(); at != owner.children.rend(); ++at) {
      if (program_.rules[*at].path == path) return *at;
    }
    return kNoRule;
  }

  /// `a/b` reslices the slice `a`.
  ElementRule& slice_owner(RuleId element, std::string_view slice_name) {
    ElementRule& entry = program_.rules[element];
    const std::size_t slash = slice_name.rfind('/');
    if (slash == std::string_view::npos) return entry;
    const std::string_view owner = slice_name.substr(0, slash);
    ElementRule* found = &entry;
    for (const RuleId id : entry.slices) {
      ElementRule& slice = program_.rules[id];
      if (slice.slice_name == owner) return slice;
      if (owner.starts_with(slice.slice_name) && owner.substr(slice.slice_name.size()).starts_with('/'))
        found = &slice;
    }
    for (std::size_t at = 0; found != &entry && at < found->slices.size(); ++at) {
      ElementRule& slice = program_.rules[found->slices[at]];
      if (slice.slice_name == owner) return slice;
    }
    return *found;
  }

  void link_content(RuleId id, std::string_view element_id) {
    for (RuleId at = 0; at < program_.rules.size(); ++at) {
      const ElementRule& rule = program_.rules[at];
      if (rule.definition.child("id").text() == element_id || rule.path == element_id) {
        program_.rules[id].content_of = at;
        return;
      }
    }
  }

  Program& program_;
  const definitions::Definitions& definitions_;
  const bool errata_;
  std::unordered_map<std::string_view, std::uint32_t> base_;
  std::unordered_map<std::string_view, RuleId> last_;
};

/// What stands in the brackets of `name(...)` at the start of `rest`, quotes removed.
std::string_view argument_of(std::string_view rest) {
  const std::size_t open = rest.find('(');
  const std::size_t close = rest.find(')', open);
  std::string_view inside = rest.substr(open + 1, close - open - 1);
  if (inside.size() >= 2 && (inside.front() == '\'' || inside.front() == '"'))
    inside = inside.substr(1, inside.size() - 2);
  return inside;
}

/// R4 binds the values of the components of all vital signs to units as required, though most are no
/// quantities of such a unit; HL7 made it extensible afterwards.
void correct(Program& program) {
  constexpr std::string_view kUnits = "http://hl7.org/fhir/ValueSet/ucum-vitals-common";
  for (ElementRule& rule : program.rules) {
    if (rule.path == "Observation.component.value[x]" && rule.value_set.starts_with(kUnits))
      rule.binding = std::min(rule.binding, definitions::BindingStrength::kExtensible);
  }
}

}  // namespace

const ElementRule* Program::element(std::string_view id) const {
  if (id.empty()) return &rules.front();
  const auto found = std::find_if(rules.begin(), rules.end(), [id](const ElementRule& rule) {
    return rule.definition.child("id").text() == id;
  });
  return found == rules.end() ? nullptr : &*found;
}

Discriminator read_discriminator(DiscriminatorKind kind, std::string_view path) {
  Discriminator out;
  out.kind = kind;
  while (!path.empty()) {
    std::size_t end = path.find_first_of(".(");
    DiscriminatorStep step;
    if (end != std::string_view::npos && path[end] == '(') {
      const std::size_t close = path.find(')', end);
      const std::string_view name = path.substr(0, end);
      if (close == std::string_view::npos || out.steps.size() >= kMaxSteps) {
        out.readable = false;
        return out;
      }
      step.text = argument_of(path);
      step.kind = name == "resolve"     ? StepKind::kResolve
                  : name == "extension" ? StepKind::kExtension
                                        : StepKind::kOfType;
      if (name != "resolve" && name != "extension" && name != "ofType" && name != "as") out.readable = false;
      end = close + 1 < path.size() ? close + 1 : std::string_view::npos;
    } else {
      step.text = path.substr(0, end);
    }
    if (step.kind != StepKind::kMember || step.text != "$this") out.steps.push_back(std::move(step));
    path = end == std::string_view::npos ? std::string_view() : path.substr(end + 1);
  }
  return out;
}

std::optional<Program> compile_program(Node structure, const definitions::Definitions& definitions,
                                       bool errata) {
  const Node snapshot = structure.child("snapshot");
  if (!snapshot.child("element")) return std::nullopt;
  Program program;
  program.structure = structure;
  program.url = structure.child("url").text();
  program.version = structure.child("version").text();
  program.type = structure.child("type").text();
  program.base = structure.child("baseDefinition").text();
  program.constrains = structure.child("derivation").text() == "constraint";
  Compiler compiler(program, definitions, errata);
  for (const Node element : snapshot.children("element"))
    compiler.add(element);
  if (errata) correct(program);
  return program;
}

}  // namespace fhir::validate
