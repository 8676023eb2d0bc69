// Result items as JSON text, for `ligament fhirpath` and everything else that shows results.
#pragma once

#include <string>
#include <string_view>

#include "fhir/path/failure.hpp"
#include "fhir/path/value.hpp"

namespace fhir::path {

/// The type as results show it: the FHIR name of a node (`HumanName`, `code`), or for a System value the name
/// of the FHIR primitive that carries it (`boolean`, `integer`, `dateTime`), `Quantity`, or `TypeInfo`.
[[nodiscard]] std::string_view result_type(const Value& value);

/// Appends the FHIR JSON value: a string, boolean or number for primitives (decimals with the digits they
/// have, no `@` before dates), the object for everything else. A primitive with extensions only is `null`.
void append_json(std::string& out, const Value& value);

/// Appends `{"type":"code","value":"official"}`.
void append_result(std::string& out, const Value& value);

/// Appends `{"kind":"semantic","message":"..."}`.
void append_failure(std::string& out, const Failure& failure);

/// Appends `text` as a JSON string with its quotes.
void append_json_string(std::string& out, std::string_view text);

}  // namespace fhir::path
