// Rules of single resource types that no definition states: one function each, called by the walk for every
// resource of its type, contained ones and entries of Bundles included.
//
// To add a type: a function `void check_x(Walk&, tree::Node)` in a file of its own, and a row in the table of
// resource_rules.cpp. It reports through walk.findings(), resolves by walk.resolver(), finds definitions in
// walk.shared().registry.
#pragma once

#include "fhir/tree/tree.hpp"

namespace fhir::validate {

class Walk;

/// Cost: one look-up for types without rules.
void check_resource_rules(Walk& walk, tree::Node resource);

}  // namespace fhir::validate
