// The rules of Bundles that no cardinality states (FHIR R4 2.36).
#pragma once

#include "fhir/tree/tree.hpp"
#include "fhir/validate/reporter.hpp"

namespace fhir::validate {

/// Full URLs are absolute, and differ but for versions of one resource (bdl-7); each type of Bundle has the
/// entries it needs: a resource in a document, message, collection and search set, a request in a batch,
/// transaction and history, a response in their answers (bdl-3, bdl-4); a document starts with a Composition
/// (bdl-11), a message with a MessageHeader (bdl-12). Cost: linear.
void check_bundle(tree::Node bundle, Reporter& report);

}  // namespace fhir::validate
