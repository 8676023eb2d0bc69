// The rules of Measure and MeasureReport that no definition states (FHIR R4, measure.html and
// measurereport.html).
#pragma once

#include "fhir/validate/walk.hpp"

namespace fhir::validate {

/// Groups, populations and stratifiers that need codes have them (warnings); criteria of stratifiers and of
/// supplemental data in CQL name an expression of a library of the Measure, and criteria in FHIRPath are
/// FHIRPath.
void check_measure(Walk& walk, tree::Node measure);

/// The report against its Measure, contained or in the registry: the groups, populations and stratifiers of
/// the Measure and no others, each once; subjects listed in subject lists only and as many as counted; a
/// score where, and within what, the scoring of the Measure has one. A Measure that is not here is a warning.
void check_measure_report(Walk& walk, tree::Node report);

}  // namespace fhir::validate
