// Single JSON values as text.
#pragma once

#include <string>
#include <string_view>

#include "fhir/tree/tree.hpp"

namespace fhir::json {

/// Appends `text` in quotes. Escapes the quote, the backslash and control characters only (RFC 8259, 7).
void append_string(std::string& out, std::string_view text);

/// Appends a value in its JSON form. A number or boolean whose text is none in JSON becomes a string; no
/// value becomes null.
void append_value(std::string& out, tree::ValueKind kind, std::string_view text);

}  // namespace fhir::json
