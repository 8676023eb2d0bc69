// FHIRPath text of any kind: compiled, strictly or not, and run on one Patient with a small budget.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "fhir/base/instant.hpp"
#include "fhir/base/utf8.hpp"
#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/path/evaluate.hpp"
#include "fhir/path/parser.hpp"
#include "fhir/path/render.hpp"
#include "fhir/path/tree_host.hpp"

namespace {

constexpr std::string_view kPatient = R"({"resourceType":"Patient","id":"p1","active":true,
  "contained":[{"resourceType":"Organization","id":"o1","name":"Hub"}],
  "identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}],
  "name":[{"use":"official","family":"Sample","given":["Ann","Beth"]},{"use":"usual","given":["Annie"]}],
  "birthDate":"1974-12-25","multipleBirthInteger":2,"managingOrganization":{"reference":"#o1"},
  "extension":[{"url":"http://example.org/weight","valueQuantity":{"value":72.50,"unit":"kg",
                "system":"http://unitsofmeasure.org","code":"kg"}}]})";

void require(bool holds) {
  if (!holds) std::abort();
}

void run(std::string_view text, const fhir::tree::Tree& tree, bool strict) {
  fhir::path::CompileOptions options;
  options.max_depth = 100;
  options.strict = strict;
  options.input_type = "Patient";
  const auto plan = fhir::path::Plan::compile(text, tree.table(), options);
  if (!plan) {
    require(plan.error().offset <= text.size() && !plan.error().message.empty());
    return;
  }
  fhir::path::TreeHost host(tree.root());
  const fhir::ManualClock clock{fhir::Instant{}};
  fhir::path::EvalContext context;
  context.root = tree.root();
  context.clock = &clock;
  context.host = &host;
  context.limits = {.max_steps = 20'000, .max_items = 2'000, .max_string_bytes = 20'000};
  const auto result = fhir::path::evaluate(**plan, context);
  if (!result) {
    require(result.error().offset <= text.size() && !result.error().message.empty());
    return;
  }
  std::string rendered;
  for (const auto& item : *result)
    fhir::path::append_result(rendered, item);
  require(fhir::find_invalid_utf8(rendered) == std::string_view::npos);
  // What has a value as a collection has one as a condition, and the same one.
  const auto truth = fhir::path::evaluate_boolean(**plan, context);
  if (result->empty()) require(truth && !truth->has_value());
  if (result->size() == 1 && (*result)[0].is(fhir::path::ValueType::kBoolean)) {
    require(truth && truth->has_value() && **truth == (*result)[0].boolean());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fhir::tree::TreePtr tree = fhir::json::read(kPatient, fhir::definitions::r4()).tree;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  run(text, *tree, false);
  run(text, *tree, true);
  return 0;
}
