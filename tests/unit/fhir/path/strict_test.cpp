#include <gtest/gtest.h>

#include "tests/unit/fhir/path/sample.hpp"

namespace fhir::path {
namespace {

std::string check(std::string_view text, std::string_view input_type) {
  CompileOptions options;
  options.strict = true;
  options.input_type = input_type;
  const auto plan = Plan::compile(text, definitions::r4(), options);
  return plan ? "ok" : to_text(plan.error().kind).data() + (": " + plan.error().message);
}

TEST(StrictMode, AcceptsWhatTheTypesAllow) {
  for (const std::string_view text :
       {"name.given", "Patient.name.where(use = 'official').given.first()", "Resource.id",
        "contact.name.family", "contained.anything", "birthDate.extension.value",
        "extension('x').value.ofType(Quantity).unit", "(deceased as boolean).not()", "deceased.exists()",
        "(name | contact.name).family", "name.select(given | family)", "name.all($this.given.exists())",
        "iif(active, 1, 2)", "managingOrganization.resolve().whatever", "repeat(contact).name",
        "name.combine(contact.name).given", "descendants().where(name = 'x')", "%resource.anything",
        "generalPractitioner.first().reference"}) {
    EXPECT_EQ(check(text, "Patient"), "ok") << text;
  }
  EXPECT_EQ(check("anything.goes[0]", ""), "ok");
  EXPECT_EQ(check("entry.resource.name.given", "Bundle"), "ok");
}

TEST(StrictMode, NamesWhatCanNeverBe) {
  static constexpr Row kRows[] = {
      {"name.given1", "semantic: no element 'given1' can be there"},
      {"Encounter.status", "semantic: no element 'Encounter' can be there"},
      {"deceasedBoolean", "semantic: no element 'deceasedBoolean' can be there"},
      {"contact.where(nam.exists())", "semantic: no element 'nam' can be there"},
      {"(deceased as Period).begin", "semantic: no element 'begin' can be there"},
      {"children().skip(1)", "semantic: 'skip' on items without an order"},
      {"descendants()[0]", "semantic: an index on items without an order"},
      {"iif('x', 1, 2)", "semantic: a criterion is a boolean"},
      {"name.where('official')", "semantic: a criterion is a boolean"},
      {"(name | contact.name).prefixx", "semantic: no element 'prefixx' can be there"},
  };
  for (const Row& row : kRows)
    EXPECT_EQ(check(row.expression, "Patient"), row.expected) << row.expression;
}

}  // namespace
}  // namespace fhir::path
