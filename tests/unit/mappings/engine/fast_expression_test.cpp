// What the engine evaluates by itself gives what the FHIRPath evaluator gives.
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "fhir/path/evaluate.hpp"
#include "fhir/path/plan.hpp"
#include "mappings/hl7v2/read.hpp"
#include "mappings/hl7v2/v2_types.hpp"
#include "sample.hpp"

namespace mappings::engine {
namespace {

constexpr std::string_view kMessage =
    "MSH|^~\\&|A|B|C|D|20260101||REF^I12^REF_I12|1|P|2.4\r"
    "RF1||2ww\r"
    "PID|1||999 031 0629^^^NHS~X1^^^B^PI||Smith^Ann~Jones^Ann^^^^^PREVIOUS||1970\r"
    "OBR|1|||1^x^SCT\r"
    "OBX|1|CE|RF^Flag^99LIG||N^No^HL70136~Y^Yes^HL70136\r"
    "OBX|2|ST|RG^Other||  text  \r";

std::vector<std::string> by_fhirpath(const std::string& expression, fhir::tree::Node message) {
  std::vector<std::string> texts;
  const auto plan = fhir::path::Plan::compile(expression, hl7v2::v2_types());
  if (!plan) return {"does not compile: " + plan.error().message};
  fhir::path::EvalContext context;
  context.root = message;
  const auto found = fhir::path::evaluate(**plan, context);
  if (!found) return {"failed"};
  for (const fhir::path::Value& value : *found)
    texts.push_back(fhir::path::text_of(value).value_or("?"));
  return texts;
}

std::vector<std::string> by_map(const std::string& expression, fhir::tree::Node message) {
  const std::string map =
      "map \"http://example.org/m\" = \"m\"\n"
      "uses \"http://hl7.org/v2/StructureDefinition/REF_I12\" alias REF_I12 as source\n"
      "uses \"http://hl7.org/fhir/StructureDefinition/HumanName\" alias HumanName as target\n"
      "group main(source msg : REF_I12, target name : HumanName) {\n"
      "  msg -> name.given = (" +
      expression + ") \"e\";\n}\n";
  Models models = sample::models();
  models.tables.push_back({std::string(kV2Prefix), &hl7v2::v2_types()});
  const MapSource maps[] = {{"test.fml", map}};
  const auto plan = Plan::compile(maps, models);
  if (!plan) return {"does not compile: " + sample::to_text(plan.error())};
  const Transformed out = run(**plan, message, {});
  if (!out.tree) return {"failed"};
  std::vector<std::string> texts;
  for (const fhir::tree::Node given : out.tree->root().children("given"))
    texts.emplace_back(given.text());
  return texts;
}

TEST(FastExpression, GivesWhatTheEvaluatorGives) {
  const fhir::tree::ReadOutcome read = hl7v2::read(kMessage);
  ASSERT_NE(read.tree, nullptr);
  const fhir::tree::Node message = read.tree->root();
  for (const char* expression : {
           "PID.PID_5.c2",
           "PID.PID_3.c1.first().contains(' ')",
           "PID.PID_3.c1.first().contains('x').not()",
           "PID.PID_3.c1.where(contains(' '))",
           "PID.PID_3.c1.where($this.contains(' ').not())",
           "RF1.RF1_2.c1.upper() in ('3' | '2WW')",
           "RF1.RF1_2.c1.upper() in ('3' | 'R')",
           "RF1.RF1_3.c1.upper() in ('3' | 'R')",
           "(PID.PID_5.c2 | RF1.RF1_2.c1).first()",
           "(PID.PID_5.c2.first().toString() | PID.PID_5.c2.last().toString()).join(',')",
           "(PID.PID_5.c1.s1.first().lower() | PID.PID_5.c2.first().toString()).join(', ')",
           "(PID.PID_5.c2 | PID.PID_5.c1.s1).join('/')",
           "(PID.PID_5.c2 | PID.PID_5.c1.s1).count().toString()",
           "(PID.PID_3 | PID.PID_5).where(c4.exists()).c1.first()",
           "(PID.PID_3 | PID.PID_5).where(c5 = 'PI' or c7 = 'PREVIOUS').c1.first()",
           "OBSERVATION.RESULTS_NOTES.OBX.where(OBX_3.c1 = 'RG').OBX_5.trim()",
           "OBSERVATION.RESULTS_NOTES.OBX.where(OBX_3.c1 = 'RF').OBX_5.c2.join('; ')",
           "OBSERVATION.RESULTS_NOTES.OBX.OBX_5.c2.first().toString()",
           "PID.PID_40.c1.first().toString()",
           "iif(PID.PID_7.exists(), 'born ' & PID.PID_7, 'no')",
           "PID.PID_5.c1.s1.where(startsWith('S'))",
           "PID.PID_3.c1.where(matches('^[0-9 ]+$'))",
           "PID.PID_5.select(c2 & ' ' & c1.s1)",
       }) {
    EXPECT_EQ(by_map(expression, message), by_fhirpath(expression, message)) << expression;
  }
}

}  // namespace
}  // namespace mappings::engine
