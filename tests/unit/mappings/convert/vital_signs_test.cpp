// An OBX that measures a vital sign becomes an Observation as the profile of that sign asks for, or says in
// words what was sent: in either case one that the whole validator lets pass.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/json/writer.hpp"
#include "fhir/packages/registry.hpp"
#include "fhir/terminology/terminology.hpp"
#include "fhir/validate/validator.hpp"
#include "tests/unit/mappings/convert/converting.hpp"

namespace mappings::convert {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Row {
  const char* obx;   ///< From OBX-2 on.
  const char* part;  ///< Of the Observation.
};

constexpr const char* kNumberInWords =
    R"("valueQuantity":{"_value":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"as-text"}]},"unit":"kg/m2")";

const Row kRows[] = {
    {"NM|60621009^Body mass index^SCT||27.4|kg/m2^kg/m2^UCUM|||||F|||20261119",
     R"({"system":"http://loinc.org","code":"39156-5"}]})"},
    {"NM|60621009^Body mass index^SCT||27.4|kg/m2|||||F|||20261119",
     R"("valueQuantity":{"value":27.4,"unit":"kg/m2","system":"http://unitsofmeasure.org","code":"kg/m2"})"},
    {"NM|39156-5^Body mass index^LN||27.4||||||F|||20261119", kNumberInWords},
    {"ST|60621009^Body mass index^SCT||high|kg/m2|||||F", R"("note":[{"text":"high kg/m2"}])"},
    {"NM|60621009^Body mass index^SCT||||||||N", R"("valueCode":"not-asked")"},
    {"SN|29463-7^Weight^LN||>^120|kg|||||F|||20261119",
     R"("valueQuantity":{"value":120,"comparator":">","unit":"kg")"},
    {"SN|29463-7^Weight^LN||110^-^120|kg|||||F|||20261119", R"("code":"as-text")"},
    {"NM|29463-7^Weight^LN||95|kg|||||F|||202611",
     R"("effectivePeriod":{"start":"2026-11","end":"2026-11"})"},
    {"NM|29463-7^Weight^LN||95|kg|||||F", R"("effectivePeriod":{"end":"2026-11-20T09:30:00+00:00"})"},
    {"NM|27113001^Weight^SCT||12|stone|||||F|||20261119", R"("note":[{"text":"12 stone"}])"},
    {"NM|50373000^Height^SCT||1.75|m^metre^UCUM|||||F|||20261119", R"("value":175.00,"unit":"cm")"},
    {"ST|75367002^Blood pressure^SCT||120/80|mmHg|||||F|||20261119",
     R"({"system":"http://loinc.org","code":"8462-4"}]},"valueQuantity":{"value":80,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"})"},
    {"SN|85354-9^Blood pressure^LN||^120^/^80|mm[Hg]|||||F|||20261119", R"("value":120,"unit":"mm[Hg]")"},
    {"ST|75367002^Blood pressure^SCT||120/80||||||F|||20261119", R"("note":[{"text":"120/80"}])"},
    {"CE|364075005^Heart rate^SCT||X^Irregular^L||||||F|||20261119", R"("note":[{"text":"Irregular"}])"},
    {"NM|364075005^Heart rate^SCT||72|bpm|||||F|||20261119", R"("unit":"bpm")"},
    {"NM|8310-5^Temperature^LN||36.9|C|||||F|||20261119", R"("code":"Cel")"},
    {"NM|2708-6^Saturation^LN||97|%|||||F|||20261119", R"("code":"%")"},
    {"NM|R1^Breathing^L^9279-1^Respiratory rate^LN||16|/min|||||F|||20261119",
     R"("display":"Respiratory rate"}]},"subject")"},
    {"DT|8867-4^Heart rate^LN||20261119|/min|||||F|||20261119", R"("code":"as-text")"},
};

class VitalSigns : public ::testing::Test {
 protected:
  std::string observation(const std::string& obx) {
    const Conversion out = converter_->convert(
        "MSH|^~\\&|EXAMPLEGP|99S01|LIGAMENT|99S10|20261120093000||REF^I12^REF_I12|C1|T|2.4\n"
        "RF1||R|||||999000000301^UBRN\nPID|1||9990000018^^^NHS||Rowe^Jan\nOBR|1\nOBX|1|" +
            obx + "\n",
        example_partner(), {.hash = trial_hash});
    EXPECT_EQ(told(out.issues), "");
    if (out.bundle == nullptr) return {};
    for (const fhir::tree::Node entry : out.bundle->root().children("entry")) {
      if (entry.child("resource").type() == "Observation") return fhir::json::write(entry.child("resource"));
    }
    return {};
  }

  std::shared_ptr<const Converter> converter_ = builtin_converter();
};

TEST_F(VitalSigns, AreAsTheirProfileAsksOrInWords) {
  const fhir::packages::Registry registry = fhir::packages::Registry::core();
  const fhir::terminology::Terminology terms(registry);
  const fhir::validate::Validator validator(registry, terms);
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.obx);
    const std::string made = observation(row.obx);
    EXPECT_THAT(made, HasSubstr(row.part));
    EXPECT_THAT(made, HasSubstr(R"("code":"vital-signs")"));
    const auto tree = fhir::json::read(made, fhir::definitions::r4()).tree;
    ASSERT_NE(tree, nullptr);
    const fhir::IssueList issues = validator.validate(tree->root(), made);
    for (const fhir::Issue& issue : issues.items())
      EXPECT_GT(issue.severity, fhir::Severity::kError) << issue.expression << ": " << issue.text;
  }
}

TEST_F(VitalSigns, AreToldByCodeAndSystem) {
  for (const char* const obx :
       {"NM|60621009^Body mass index^99X||27.4|kg/m2", "NM|718-7^Haemoglobin^LN||120|g/L", "NM|39156-5||27"})
    EXPECT_THAT(observation(obx), Not(HasSubstr("vital-signs"))) << obx;
}

}  // namespace
}  // namespace mappings::convert
