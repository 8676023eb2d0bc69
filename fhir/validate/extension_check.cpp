#include "fhir/validate/extension_check.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "fhir/definitions/well_known.hpp"

namespace fhir::validate {
namespace {

using tree::Node;

constexpr std::size_t kMaxChain = 64;

Node url_of(Node extension) {
  for (Node at = extension.first_child(); at; at = at.next_sibling()) {
    if (at.name_id() == definitions::kUrl) return at;
  }
  return {};
}

bool is_absolute(std::string_view url) {
  const std::size_t colon = url.find_first_of(":/?#");
  return colon != std::string_view::npos && colon > 0 && url[colon] == ':';
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// `http://hl7.org/fhir/3.0/StructureDefinition/extension-Patient.animal`: an element of another release.
bool is_of_other_release(std::string_view url) {
  constexpr std::string_view kStart = "http://hl7.org/fhir/";
  if (!url.starts_with(kStart) || url.size() < kStart.size() + 4) return false;
  const std::string_view rest = url.substr(kStart.size());
  return rest[0] >= '1' && rest[0] <= '9' && rest[1] == '.' &&
         contains(rest, "/StructureDefinition/extension-");
}

/// Elements of earlier releases that modify, and are not in R4 under that name.
bool modifies_in_other_release(std::string_view url) {
  constexpr std::string_view kModifiers[] = {"Patient.animal",
                                             "Communication.notDone",
                                             "Immunization.notGiven",
                                             "Immunization.wasNotGiven",
                                             "Procedure.notDone",
                                             "Procedure.notPerformed",
                                             "MedicationStatement.taken",
                                             "MedicationStatement.wasNotTaken",
                                             "MedicationAdministration.notGiven",
                                             "MedicationAdministration.wasNotGiven"};
  const std::string_view element = url.substr(url.rfind('-') + 1);
  return is_of_other_release(url) &&
         std::find(std::begin(kModifiers), std::end(kModifiers), element) != std::end(kModifiers);
}

/// HL7 goes on publishing extensions for all releases in a package of its own, which is not here. These are
/// the families of names in it that grew since R4, and single ones that are much used.
bool is_of_extension_pack(std::string_view url) {
  constexpr std::string_view kBase = "http://hl7.org/fhir/StructureDefinition/";
  constexpr std::string_view kFamilies[] = {
      "artifact-",          "artifactassessment-",  "codesystem-",          "conceptmap-", "cqf-",
      "elementdefinition-", "operationdefinition-", "structuredefinition-", "individual-", "valueset-"};
  constexpr std::string_view kNames[] = {"inherit-obligations",
                                         "obligation",
                                         "obligation-profile-flag",
                                         "additional-binding",
                                         "alternate-canonical",
                                         "alternate-reference",
                                         "alternate-codes",
                                         "annotationType",
                                         "itemWeight",
                                         "language-control",
                                         "no-fixed-address",
                                         "package-source",
                                         "preferredTerminologyServer",
                                         "targetConstraint",
                                         "targetElement",
                                         "targetPath",
                                         "time-offset",
                                         "timezone",
                                         "uncertainDate",
                                         "version-specific-use",
                                         "version-specific-value",
                                         "web-source",
                                         "wg"};
  if (!url.starts_with(kBase)) return false;
  const std::string_view name = url.substr(kBase.size());
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames) ||
         std::any_of(std::begin(kFamilies), std::end(kFamilies),
                     [name](std::string_view family) { return name.starts_with(family); });
}

/// True for Questionnaire.item within Questionnaire.item, and OperationDefinition.parameter.part: defined by
/// reference to the content of the outer one.
bool repeats_its_parent(Node node) {
  const tree::TypeRow& row = node.row();
  const tree::TypeRow& parent = node.parent().row();
  return row.kind == tree::TypeKind::kBackbone && parent.kind == tree::TypeKind::kBackbone &&
         row.children_count == parent.children_count && row.children_begin == parent.children_begin;
}

/// `Patient.contact.name` of an element, read upwards to the nearest resource; `value` for choices of any
/// type.
std::vector<std::string> paths_of(Node host) {
  std::vector<std::string> paths;
  std::string below;
  Node at = host;
  for (std::size_t i = 0; at && i < kMaxChain; ++i, at = at.parent()) {
    const std::string_view type = at.type();
    if (at.is_resource() || at.row().kind == tree::TypeKind::kComplex)
      paths.push_back(std::string(type).append(below));
    if (at.is_resource()) break;
    if (!repeats_its_parent(at)) below = "." + std::string(at.name()).append(below);
  }
  return paths;
}

std::string without_choice(std::string_view path) {
  std::string out(path);
  for (std::size_t at = out.find("[x]"); at != std::string::npos; at = out.find("[x]"))
    out.erase(at, 3);
  return out;
}

}  // namespace

void ExtensionCheck::check(Node extension, Actives& actives) {
  const Node url_node = url_of(extension);
  if (!url_node.has_value()) return;  // a missing url is a matter of cardinality
  const std::string_view url = url_node.text();
  const bool nested = extension.parent().row().type == definitions::kExtensionType;
  if (!is_absolute(url)) {
    if (!walk_.checks_base()) return;
    if (nested) return check_nested(extension, url);
    return walk_.findings().error(url_node, IssueType::kExtension,
                                  {"the url of an extension must be absolute"});
  }
  std::string_view canonical = url;
  if (const std::size_t bar = url.find('|'); bar != std::string_view::npos) {
    if (walk_.checks_base()) {
      walk_.findings().error(extension, IssueType::kInvalid,
                             {"the url of an extension must not name a version"});
    }
    canonical = url.substr(0, bar);
  }
  if (!walk_.shared().options.allow_examples && walk_.checks_base() &&
      (contains(url, "example.org") || contains(url, "acme.com")))
    walk_.findings().error(url_node, IssueType::kInvalid, {"URLs of examples are not allowed here"});
  const Program* program = walk_.shared().programs.find(canonical);
  if (program == nullptr || program->type != "Extension") {
    if (walk_.checks_base()) check_unknown(extension, canonical);
    return;
  }
  if (walk_.checks_base()) {
    check_context(extension, *program);
    check_modifier(extension, *program);
  }
  const Active active{program, &program->root()};
  if (std::find(actives.begin(), actives.end(), active) == actives.end()) actives.push_back(active);
}

void ExtensionCheck::check_nested(Node extension, std::string_view url) {
  const Node outer_url = url_of(extension.parent());
  const Program* program = walk_.shared().programs.find(outer_url.text());
  if (program == nullptr) return;
  for (const RuleId id : program->root().children) {
    const ElementRule& rule = program->rule(id);
    if (rule.name != "extension" || rule.slices.empty()) continue;
    const bool known = std::any_of(rule.slices.begin(), rule.slices.end(), [&](RuleId slice) {
      const ElementRule& part = program->rule(slice);
      return part.slice_name == url ||
             std::any_of(part.children.begin(), part.children.end(), [&](RuleId child) {
               return program->rule(child).name == "url" && program->rule(child).fixed.text() == url;
             });
    });
    if (!known) {
      walk_.findings().error(extension, IssueType::kInvalid,
                             {"an extension with this url is not part of ", program->url});
    }
  }
}

void ExtensionCheck::check_unknown(Node extension, std::string_view url) {
  const ValidatorOptions& options = walk_.shared().options;
  const bool example = contains(url, "example.org") || contains(url, "acme.com");
  const bool let_pass = (options.allow_examples && example) || contains(url, "nema.org") ||
                        url.starts_with("http://hl7.org/fhir/tools/StructureDefinition/") ||
                        is_of_other_release(url) || is_of_extension_pack(url);
  if (modifies_in_other_release(url) && extension.name_id() != definitions::kModifierExtensionName) {
    return walk_.findings().error(
        extension, IssueType::kStructure,
        {"what this extension stands for modifies: it must stand in modifierExtension"});
  }
  if (let_pass) {
    return walk_.findings().note(extension, IssueType::kNotSupported,
                                 {"there is no definition of this extension here; it was not checked"});
  }
  walk_.findings().add(
      extension, options.unknown_extensions_are_errors ? Severity::kError : Severity::kWarning,
      IssueType::kExtension, {"there is no definition of this extension, so it is not allowed here"});
}

void ExtensionCheck::check_modifier(Node extension, const Program& program) {
  const bool is_modifier = program.root().definition.child("isModifier").text() == "true";
  if (is_modifier == (extension.name_id() == definitions::kModifierExtensionName)) return;
  walk_.findings().error(
      extension, IssueType::kStructure,
      {program.url, is_modifier ? " must stand in modifierExtension" : " must stand in extension"});
}

void ExtensionCheck::check_context(Node extension, const Program& program) {
  const Node host = extension.parent();
  bool any = false;
  for (const Node context : program.structure.children("context")) {
    any = true;
    if (is_in_context(host, context)) return check_context_invariants(host, program);
  }
  if (any && !(walk_.shared().options.errata && is_context_erratum(host, program))) {
    walk_.findings().error(host, IssueType::kStructure,
                           {"the extension ", program.url, " is not allowed here"});
  }
}

void ExtensionCheck::check_context_invariants(Node host, const Program& program) {
  for (const Node invariant : program.structure.children("contextInvariant")) {
    path::CompileOptions options;
    options.as_filters = true;
    const auto plan = path::Plan::compile(invariant.text(), walk_.shared().definitions.table, options);
    if (!plan.has_value()) continue;
    const path::Value focus(host);
    path::EvalContext context;
    context.root = walk_.resource();
    context.root_resource = walk_.container();
    context.focus = std::span(&focus, 1);
    context.host = &walk_.host();
    context.clock = walk_.shared().options.clock;
    const auto result = path::evaluate_boolean(**plan, context);
    if (result.has_value() && result->value_or(false)) continue;
    walk_.findings().error(host, IssueType::kStructure,
                           {"a condition for the extension ", program.url, " to stand here is not met"});
  }
}

/// Does the expression, from the resource, give the element?
bool ExtensionCheck::is_selected(Node host, std::string_view expression) {
  path::CompileOptions options;
  options.as_filters = true;
  const auto plan = path::Plan::compile(expression, walk_.shared().definitions.table, options);
  if (!plan.has_value()) return true;
  path::EvalContext context;
  context.root = walk_.resource();
  context.root_resource = walk_.container();
  context.host = &walk_.host();
  const auto found = path::evaluate(**plan, context);
  return !found.has_value() || std::any_of(found->begin(), found->end(), [host](const path::Value& value) {
    return value.is_node() && value.node() == host;
  });
}

/// Extensions that stand elsewhere in the definitions of R4 themselves than their contexts say:
/// structuredefinition-fhir-type on ElementDefinition.type, normative-version on any definition, comments on
/// the concepts of code systems.
bool ExtensionCheck::is_context_erratum(Node host, const Program& program) {
  constexpr std::string_view kMoved[] = {
      "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type",
      "http://hl7.org/fhir/StructureDefinition/regex",
      "http://hl7.org/fhir/StructureDefinition/structuredefinition-regex"};
  if (std::find(std::begin(kMoved), std::end(kMoved), program.url) != std::end(kMoved))
    return host.name() == "type";
  if (program.url == "http://hl7.org/fhir/StructureDefinition/structuredefinition-normative-version")
    return host.is_resource() || host.type() == "ElementDefinition";
  return program.url == "http://hl7.org/fhir/StructureDefinition/valueset-concept-comments" &&
         host.name() == "concept";
}

bool ExtensionCheck::is_in_context(Node host, Node context) {
  const std::string_view kind = context.child("type").text();
  std::string_view expression = context.child("expression").text();
  const definitions::Definitions& definitions = walk_.shared().definitions;
  if (kind == "fhirpath") return is_selected(host, expression);
  if (kind == "extension")
    return host.row().type == definitions::kExtensionType && url_of(host).text() == expression;
  if (const std::size_t hash = expression.find('#'); hash != std::string_view::npos)
    expression = expression.substr(hash + 1);
  if (expression == "Element" || expression == "Any" || expression == "*") return true;
  if (expression.find('.') == std::string_view::npos && definitions.is_a(host.type(), expression))
    return true;
  const std::string wanted = without_choice(expression);
  for (const std::string& path : paths_of(host)) {
    if (path == wanted) return true;
    const std::size_t dot = path.find('.');
    const std::size_t wanted_dot = wanted.find('.');
    if (dot != std::string::npos && wanted_dot != std::string::npos &&
        path.substr(dot) == wanted.substr(wanted_dot) &&
        definitions.is_a(path.substr(0, dot), wanted.substr(0, wanted_dot)))
      return true;
  }
  const std::string_view defined = definitions.text(definitions.element(host.row()).path);
  return without_choice(defined) == wanted;
}

}  // namespace fhir::validate
