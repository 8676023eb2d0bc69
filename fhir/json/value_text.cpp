#include "fhir/json/value_text.hpp"

#include "fhir/json/output.hpp"

namespace fhir::json {

void append_string(std::string& out, std::string_view text) {
  Output output;
  output.put_string(text);
  output.append_to(out);
}

void append_value(std::string& out, tree::ValueKind kind, std::string_view text) {
  Output output;
  output.put_value(kind, text);
  output.append_to(out);
}

}  // namespace fhir::json
