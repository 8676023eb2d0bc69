#include "fhir/validate/resource_rules.hpp"

#include <string_view>

#include "fhir/validate/definition_rules.hpp"
#include "fhir/validate/measure_rules.hpp"
#include "fhir/validate/questionnaire_rules.hpp"
#include "fhir/validate/structure_rules.hpp"
#include "fhir/validate/terminology_rules.hpp"
#include "fhir/validate/walk.hpp"

namespace fhir::validate {
namespace {

using Rule = void (*)(Walk&, tree::Node);

struct Row {
  std::string_view type;
  Rule rule;
};

// By name; it is short.
constexpr Row kRows[] = {
    {"CodeSystem", check_code_system},
    {"ConceptMap", check_concept_map},
    {"Measure", check_measure},
    {"MeasureReport", check_measure_report},
    {"OperationDefinition", check_operation_definition},
    {"Questionnaire", check_questionnaire},
    {"QuestionnaireResponse", check_questionnaire_response},
    {"SearchParameter", check_search_parameter},
    {"StructureDefinition", check_structure_definition},
    {"ValueSet", check_value_set},
};

}  // namespace

void check_resource_rules(Walk& walk, tree::Node resource) {
  const std::string_view type = resource.type();
  for (const Row& row : kRows) {
    if (row.type == type && row.rule != nullptr) row.rule(walk, resource);
  }
}

}  // namespace fhir::validate
