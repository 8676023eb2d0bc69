// The compiled search parameters and names.
#include <gtest/gtest.h>
#include <string_view>

#include "fhir/definitions/definitions.hpp"

namespace fhir::definitions {
namespace {

struct ParameterCase {
  const char* type;
  const char* code;
  SearchType expected;
  const char* base;
  const char* expression;
};

TEST(SearchParameters, AreFoundByTypeAndCode) {
  const ParameterCase cases[] = {
      {"Patient", "birthdate", SearchType::kDate, "Patient",
       "Patient.birthDate | Person.birthDate | RelatedPerson.birthDate"},
      {"Patient", "active", SearchType::kToken, "Patient", "Patient.active"},
      {"Task", "business-status", SearchType::kToken, "Task", "Task.businessStatus"},
      {"ServiceRequest", "_id", SearchType::kToken, "Resource", "Resource.id"},
      {"Bundle", "_lastUpdated", SearchType::kDate, "Resource", "Resource.meta.lastUpdated"},
      {"Patient", "_text", SearchType::kString, "DomainResource", ""},
      {"Observation", "value-quantity", SearchType::kQuantity, "Observation",
       "(Observation.value.ofType(Quantity)) | (Observation.value.ofType(SampledData))"},
  };
  const Definitions& r4 = r4_definitions();
  for (const ParameterCase& row : cases) {
    SCOPED_TRACE(row.code);
    const SearchParameterRow* found = r4.find_search_parameter(row.type, row.code);
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->type, row.expected);
    EXPECT_EQ(r4.text(found->base), row.base);
    EXPECT_EQ(r4.text(found->expression), row.expression);
  }
}

TEST(SearchParameters, AreNotFoundWhereTheyDoNotApply) {
  const Definitions& r4 = r4_definitions();
  EXPECT_EQ(r4.find_search_parameter("Patient", "business-status"), nullptr);
  EXPECT_EQ(r4.find_search_parameter("Bundle", "_text"), nullptr);  // Bundle is no DomainResource
  EXPECT_EQ(r4.find_search_parameter("Nothing", "_id"), nullptr);
  EXPECT_EQ(r4.find_search_parameter("Patient", ""), nullptr);
}

TEST(SearchParameters, CarryTargetsAndComponents) {
  const Definitions& r4 = r4_definitions();
  const SearchParameterRow* organization = r4.find_search_parameter("Patient", "organization");
  ASSERT_NE(organization, nullptr);
  ASSERT_EQ(organization->targets.count, 1u);
  EXPECT_EQ(r4.table.name(r4.targets_of(organization->targets)[0]), "Organization");

  const SearchParameterRow* composite = r4.find_search_parameter("Observation", "code-value-quantity");
  ASSERT_NE(composite, nullptr);
  EXPECT_EQ(composite->type, SearchType::kComposite);
  ASSERT_EQ(composite->components.count, 2u);
  EXPECT_EQ(r4.text(r4.components[composite->components.begin].expression), "code");
}

TEST(SearchParameters, AreSortedByBaseAndCode) {
  const Definitions& r4 = r4_definitions();
  EXPECT_EQ(r4.search_parameters.size(), 1706u);
  std::size_t of_patient = 0;
  for (const SearchParameterRow& row : r4.search_parameters_of("Patient")) {
    EXPECT_EQ(r4.find_search_parameter("Patient", r4.text(row.code)), &row);
    ++of_patient;
  }
  EXPECT_GT(of_patient, 20u);
}

TEST(CodeSystems, AreNamed) {
  EXPECT_EQ(r4_definitions().code_system_name("http://hl7.org/fhir/administrative-gender"),
            "AdministrativeGender");
  EXPECT_EQ(r4_definitions().code_system_name("http://example.org/none"), "");
}

}  // namespace
}  // namespace fhir::definitions
