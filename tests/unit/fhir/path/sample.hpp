// One invented Patient, and a way to run an expression on it and read the result as text.
#pragma once

#include <string>
#include <string_view>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/path/evaluate.hpp"
#include "fhir/path/render.hpp"

namespace fhir::path {

inline constexpr std::string_view kSamplePatient = R"({"resourceType":"Patient","id":"p1","active":true,
  "contained":[{"resourceType":"Organization","id":"o1","name":"Hub"}],
  "extension":[{"url":"http://example.org/weight","valueQuantity":{"value":72.50,"unit":"kg",
                "system":"http://unitsofmeasure.org","code":"kg"}}],
  "identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}],
  "name":[{"use":"official","family":"Sample","given":["Ann","Beth"]},{"use":"usual","given":["Annie"]}],
  "gender":"female","birthDate":"1974-12-25","_birthDate":{"id":"b"},
  "managingOrganization":{"reference":"#o1"}})";

inline tree::TreePtr read_sample(std::string_view json = kSamplePatient) {
  return json::read(json, definitions::r4()).tree;
}

/// Items as text joined by ", "; an element without text as its type in angle brackets; a failure as "kind:
/// message".
inline std::string show(const Outcome<Collection>& result) {
  if (!result) return std::string(to_text(result.error().kind)).append(": ").append(result.error().message);
  std::string out;
  for (const Value& item : *result) {
    if (!out.empty()) out.append(", ");
    const auto text = text_of(item);
    out.append(text ? *text : "<" + std::string(result_type(item)) + ">");
  }
  return out.empty() ? "{}" : out;
}

inline std::string run(std::string_view text, const EvalContext& context,
                       const CompileOptions& options = {}) {
  const auto plan = Plan::compile(text, definitions::r4(), options);
  return plan ? show(evaluate(**plan, context)) : show(tl::unexpected<Failure>(plan.error()));
}

struct Row {
  std::string_view expression;
  std::string_view expected;
};

}  // namespace fhir::path
