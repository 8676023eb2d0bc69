// The rules of Questionnaire and QuestionnaireResponse that no definition states (FHIR R4, questionnaire.html
// and questionnaireresponse.html).
#pragma once

#include "fhir/validate/walk.hpp"

namespace fhir::validate {

/// Each enableWhen names a question of the same Questionnaire that is neither the item itself nor within it;
/// one that comes later is a warning.
void check_questionnaire(Walk& walk, tree::Node questionnaire);

/// The response against its Questionnaire, contained or in the registry: items known, in order, where they
/// belong; enabled; required and repeating; answers of the right type, among the options and within the
/// bounds; the constraints of the form. What is missing while the status is in-progress is a warning. A
/// Questionnaire that is not here is a warning. Cost: linear in the response, and logarithmic for each
/// condition.
void check_questionnaire_response(Walk& walk, tree::Node response);

}  // namespace fhir::validate
