// Text as XML 1.0 writes it.
#pragma once

#include <string>
#include <string_view>

namespace fhir::xml {

/// Appends `text` so that it may stand in element content or between double quotes: `& < > "`, tab, LF and CR
/// become references, characters XML cannot hold become U+FFFD. `text` is UTF-8.
void append_escaped(std::string& out, std::string_view text);

/// Appends `name` as an element name: what such a name cannot hold becomes `_`.
void append_name(std::string& out, std::string_view name);

}  // namespace fhir::xml
