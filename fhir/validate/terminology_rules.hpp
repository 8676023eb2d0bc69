// The rules of CodeSystem, ValueSet and ConceptMap that no definition states (FHIR R4, codesystem.html,
// valueset.html and conceptmap.html).
#pragma once

#include "fhir/validate/walk.hpp"

namespace fhir::validate {

/// A supplement is one in full and adds to codes that exist; the count is right; each code and property is
/// defined once, and what concepts say of a property is of its type; the value set of all codes is that.
/// Cost: linear in the concepts.
void check_code_system(Walk& walk, tree::Node code_system);

/// Systems are absolute, no value sets and no supplements; codes listed exist where their system is known;
/// filters have values that fit. Cost: linear in the codes listed.
void check_value_set(Walk& walk, tree::Node value_set);

/// Codes mapped exist where their system is complete here, and are of the value sets the map is between.
void check_concept_map(Walk& walk, tree::Node concept_map);

}  // namespace fhir::validate
