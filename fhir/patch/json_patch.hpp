// JSON Patch (RFC 6902) on FHIR resources and on any JSON (FHIR R4 3.1.0.8.1).
//
//   patch::PatchOutcome outcome = patch::apply_json_patch(tree->root(),
//   R"([{"op":"remove","path":"/birthDate"}])"); if (!outcome.tree) return refuse(outcome.issues);
//
// Pointers go by the JSON form of the resource as fhir::json writes it: `/name/0/given/1`, `/_birthDate`.
// Digits of decimals and the order of lists are kept. An array or object that operations empty is taken away
// at the end, since FHIR knows no empty ones.
#pragma once

#include <string_view>

#include "fhir/base/issue.hpp"
#include "fhir/patch/json_value.hpp"
#include "fhir/patch/outcome.hpp"

namespace fhir::patch {

/// Applies all operations of `patch`, a JSON Patch document, or none. Error: an issue in `issues`, and
/// `document` is in an unspecified state. Returns success. Cost: linear in the document for each operation.
[[nodiscard]] bool apply_json_patch(JsonValue& document, std::string_view patch, IssueList& issues,
                                    const PatchLimits& limits = {});

/// Applies `patch` to a resource read against a type table. The result is read back as a resource of the same
/// type: what the format of FHIR forbids is an error; whether it is valid is the validator's to say. Pure;
/// any thread.
[[nodiscard]] PatchOutcome apply_json_patch(tree::Node resource, std::string_view patch,
                                            const PatchLimits& limits = {});

}  // namespace fhir::patch
