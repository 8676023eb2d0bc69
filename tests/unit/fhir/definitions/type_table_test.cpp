// The compiled R4 type table, held against rows of the specification.
#include <gtest/gtest.h>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/definitions/definitions.hpp"
#include "fhir/definitions/well_known.hpp"
#include "fhir/tree/expression.hpp"
#include "fhir/tree/resource_builder.hpp"

namespace fhir::definitions {
namespace {

using tree::JsonForm;
using tree::kUnknownRow;
using tree::RowId;
using tree::TypeKind;
using tree::TypeRow;

/// The row at the end of a path of serial names; a step into a resource slot names its type first:
/// `resource:Patient`.
RowId row_at(std::string_view path) {
  const tree::TypeTable& table = r4();
  std::size_t dot = path.find('.');
  RowId row = table.type_root(path.substr(0, dot));
  while (dot != std::string_view::npos && row != kUnknownRow) {
    path.remove_prefix(dot + 1);
    dot = path.find('.');
    row = table.child(row, path.substr(0, dot));
  }
  return row;
}

TEST(R4TypeTable, HoldsEveryConcreteResourceAndType) {
  const tree::TypeTable& table = r4();
  std::size_t resources = 0;
  std::size_t primitives = 0;
  std::size_t complex = 0;
  for (const tree::ChildSlot& type : table.types) {
    const std::string_view name = table.name(type.serial_name);
    EXPECT_EQ(table.type_root(name), type.row) << name;
    EXPECT_EQ(table.name(table.row(type.row).type), name);
    EXPECT_EQ(table.name(table.row(type.row).name), name);
    if (r4_definitions().is_concrete_resource(name)) ++resources;
    const TypeKind kind = table.row(type.row).kind;
    if (kind == TypeKind::kPrimitive || kind == TypeKind::kXhtml) ++primitives;
    if (kind == TypeKind::kComplex) ++complex;
  }
  EXPECT_EQ(resources, 146u);
  EXPECT_EQ(primitives, 20u);
  EXPECT_EQ(complex, 41u);  // 39, Element and BackboneElement
  EXPECT_EQ(table.types.size(), 209u);
}

TEST(R4TypeTable, GivesTheUnknownRowForWhatIsNotThere) {
  for (const char* path : {"Nothing", "Patient.nothing", "Patient.name.nothing", "Observation.value",
                           "Observation.valueMoney", "SimpleQuantity", "string.value", "MetadataResource"}) {
    EXPECT_EQ(row_at(path), kUnknownRow) << path;
  }
  EXPECT_EQ(r4().row(kUnknownRow).kind, TypeKind::kUnknown);
  EXPECT_EQ(r4().child(kUnknownRow, "id"), kUnknownRow);
}

struct ExpectedRow {
  const char* path;
  const char* name;
  const char* type;
  TypeKind kind;
  JsonForm json;
  std::uint32_t min;
  std::uint32_t max;
  unsigned flags;  // without kModifier and kSummary
};

TEST(R4TypeTable, DescribesElementsAsTheSpecificationDoes) {
  using enum TypeKind;
  constexpr auto kMany = tree::kUnbounded;
  const ExpectedRow rows[] = {
      {"Patient", "Patient", "Patient", kResource, JsonForm::kNone, 0, kMany, 0},
      {"Patient.id", "id", "id", kPrimitive, JsonForm::kString, 0, 1, 0},
      {"Patient.name", "name", "HumanName", kComplex, JsonForm::kNone, 0, kMany, tree::kRepeats},
      {"Patient.name.given", "given", "string", kPrimitive, JsonForm::kString, 0, kMany, tree::kRepeats},
      {"Patient.name.id", "id", "string", kPrimitive, JsonForm::kString, 0, 1, tree::kXmlAttribute},
      {"Patient.active", "active", "boolean", kPrimitive, JsonForm::kBoolean, 0, 1, 0},
      {"Patient.contact", "contact", "BackboneElement", kBackbone, JsonForm::kNone, 0, kMany, tree::kRepeats},
      {"Patient.contact.name", "name", "HumanName", kComplex, JsonForm::kNone, 0, 1, 0},
      {"Patient.contained", "contained", "Resource", kResource, JsonForm::kNone, 0, kMany,
       tree::kRepeats | tree::kResourceSlot},
      {"Patient.text.div", "div", "xhtml", kXhtml, JsonForm::kString, 1, 1, 0},
      {"Patient.deceasedBoolean", "deceased", "boolean", kPrimitive, JsonForm::kBoolean, 0, 1, tree::kChoice},
      {"Patient.multipleBirthInteger", "multipleBirth", "integer", kPrimitive, JsonForm::kNumber, 0, 1,
       tree::kChoice},
      {"Observation.valueQuantity", "value", "Quantity", kComplex, JsonForm::kNone, 0, 1, tree::kChoice},
      {"Observation.valueDateTime", "value", "dateTime", kPrimitive, JsonForm::kString, 0, 1, tree::kChoice},
      {"Observation.valueQuantity.value", "value", "decimal", kPrimitive, JsonForm::kNumber, 0, 1, 0},
      {"Observation.component.valueQuantity", "value", "Quantity", kComplex, JsonForm::kNone, 0, 1,
       tree::kChoice},
      {"Observation.status", "status", "code", kPrimitive, JsonForm::kString, 1, 1, 0},
      {"Bundle.entry.resource", "resource", "Resource", kResource, JsonForm::kNone, 0, 1,
       tree::kResourceSlot},
      {"Bundle.entry.link", "link", "BackboneElement", kBackbone, JsonForm::kNone, 0, kMany, tree::kRepeats},
      {"Bundle.entry.link.url", "url", "uri", kPrimitive, JsonForm::kString, 1, 1, 0},
      {"Bundle.total", "total", "unsignedInt", kPrimitive, JsonForm::kNumber, 0, 1, 0},
      {"Questionnaire.item.item.item.linkId", "linkId", "string", kPrimitive, JsonForm::kString, 1, 1, 0},
      {"Extension.url", "url", "uri", kPrimitive, JsonForm::kString, 1, 1, tree::kXmlAttribute},
      {"Extension.valueHumanName.family", "family", "string", kPrimitive, JsonForm::kString, 0, 1, 0},
      {"Patient.birthDate.extension", "extension", "Extension", kComplex, JsonForm::kNone, 0, kMany,
       tree::kRepeats},
      {"Patient.birthDate.id", "id", "string", kPrimitive, JsonForm::kString, 0, 1, tree::kXmlAttribute},
      {"Timing.repeat", "repeat", "Element", kBackbone, JsonForm::kNone, 0, 1, 0},
      {"Timing.repeat.boundsPeriod.start", "start", "dateTime", kPrimitive, JsonForm::kString, 0, 1, 0},
      {"Task.for", "for", "Reference", kComplex, JsonForm::kNone, 0, 1, 0},
      {"Parameters.parameter.part.part.resource", "resource", "Resource", kResource, JsonForm::kNone, 0, 1,
       tree::kResourceSlot},
      {"ValueSet.compose.exclude.concept.code", "code", "code", kPrimitive, JsonForm::kString, 1, 1, 0},
  };
  for (const ExpectedRow& expected : rows) {
    SCOPED_TRACE(expected.path);
    const RowId id = row_at(expected.path);
    ASSERT_NE(id, kUnknownRow);
    const TypeRow& row = r4().row(id);
    EXPECT_EQ(r4().name(row.name), expected.name);
    EXPECT_EQ(r4().name(row.type), expected.type);
    EXPECT_EQ(row.kind, expected.kind);
    EXPECT_EQ(row.json, expected.json);
    EXPECT_EQ(row.min, expected.min);
    EXPECT_EQ(row.max, expected.max);
    EXPECT_EQ(row.flags & ~unsigned{tree::kModifier | tree::kSummary}, expected.flags);
  }
}

TEST(R4TypeTable, ExpandsAChoiceIntoOneRowForEachType) {
  const tree::TypeTable& table = r4();
  std::set<std::string_view> serial_names;
  std::set<std::uint16_t> orders;
  std::set<std::uint32_t> elements;
  for (const RowId id : table.children_of(table.type_root("Observation"))) {
    const TypeRow& row = table.row(id);
    if (table.name(row.name) != "value") continue;
    serial_names.insert(table.name(row.serial_name));
    orders.insert(row.order);
    elements.insert(row.element);
  }
  const std::set<std::string_view> expected = {
      "valueQuantity", "valueCodeableConcept", "valueString", "valueBoolean",  "valueInteger", "valueRange",
      "valueRatio",    "valueSampledData",     "valueTime",   "valueDateTime", "valuePeriod"};
  EXPECT_EQ(serial_names, expected);
  EXPECT_EQ(orders.size(), 1u);
  EXPECT_EQ(elements.size(), 1u);
  EXPECT_EQ(r4_definitions().text(r4_definitions().elements[*elements.begin()].path), "Observation.value[x]");
}

TEST(R4TypeTable, KeepsTheOrderOfDefinitionAmongSiblings) {
  const tree::TypeTable& table = r4();
  for (const tree::ChildSlot& type : table.types) {
    std::uint16_t last = 0;
    for (const RowId id : table.children_of(type.row)) {
      EXPECT_GE(table.row(id).order, last) << table.name(table.row(id).serial_name);
      last = table.row(id).order;
    }
  }
  EXPECT_LT(table.row(row_at("Patient.id")).order, table.row(row_at("Patient.meta")).order);
  EXPECT_LT(table.row(row_at("Patient.name")).order, table.row(row_at("Patient.birthDate")).order);
}

TEST(R4TypeTable, FindsEveryChildByItsName) {
  const tree::TypeTable& table = r4();
  for (RowId parent = 0; parent < table.rows.size(); ++parent) {
    for (const RowId id : table.children_of(parent)) {
      ASSERT_EQ(table.child(parent, table.row(id).serial_name), id);
      ASSERT_EQ(table.child(parent, table.name(table.row(id).serial_name)), id);
    }
  }
}

TEST(R4TypeTable, BuildsAResource) {
  tree::ResourceBuilder builder(r4(), "Observation");
  builder.set("status", "final").open("valueQuantity").set("value", "72.50").set("unit", "mm").close();
  const tree::TreePtr tree = builder.finish();
  EXPECT_EQ(tree->root().at("value", "value").text(), "72.50");
  EXPECT_EQ(tree->root().child("value").type(), "Quantity");
  EXPECT_EQ(tree::expression(tree->root().at("value", "unit")), "Observation.value.ofType(Quantity).unit");
}

TEST(R4Definitions, GiveWellKnownNamesTheirFixedIds) {
  for (tree::NameId id = 0; id < kWellKnownNames.size(); ++id) {
    EXPECT_EQ(r4().name(id), kWellKnownNames[id]);
    EXPECT_EQ(r4().find_name(kWellKnownNames[id]), id);
    const TypeKind kind = r4().row(r4().type_root(kWellKnownNames[id])).kind;
    EXPECT_EQ(kind == TypeKind::kPrimitive || kind == TypeKind::kXhtml, id < kPrimitiveCount);
  }
}

TEST(R4Definitions, KnowTheHierarchyOfTypes) {
  const Definitions& r4 = r4_definitions();
  EXPECT_EQ(r4.base_of("Age"), "Quantity");
  EXPECT_EQ(r4.base_of("Patient"), "DomainResource");
  EXPECT_EQ(r4.base_of("Bundle"), "Resource");
  EXPECT_EQ(r4.base_of("Element"), "");
  EXPECT_EQ(r4.base_of("Nothing"), "");
  EXPECT_TRUE(r4.is_a("code", "string"));
  EXPECT_TRUE(r4.is_a("Patient", "Resource"));
  EXPECT_TRUE(r4.is_a("Patient", "Patient"));
  EXPECT_FALSE(r4.is_a("Bundle", "DomainResource"));
  EXPECT_FALSE(r4.is_a("string", "code"));
  EXPECT_FALSE(r4.is_concrete_resource("DomainResource"));
  EXPECT_FALSE(r4.is_concrete_resource("HumanName"));
}

TEST(R4Definitions, GiveElementsTheirBindingInvariantsAndTargets) {
  const Definitions& r4 = r4_definitions();
  const ElementRow& gender = r4.element(row_at("Patient.gender"));
  EXPECT_EQ(gender.binding, BindingStrength::kRequired);
  ASSERT_NE(gender.value_set, kNoValueSet);
  EXPECT_EQ(r4.text(r4.value_sets[gender.value_set].url),
            "http://hl7.org/fhir/ValueSet/administrative-gender");
  EXPECT_EQ(r4.find_value_set("http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1"), gender.value_set);
  EXPECT_EQ(r4.find_value_set("http://hl7.org/fhir/ValueSet/none"), kNoValueSet);

  const ElementRow& contact = r4.element(row_at("Patient.contact"));
  std::vector<std::string_view> keys;
  for (const std::uint32_t index : r4.invariants_of(contact))
    keys.push_back(r4.text(r4.invariants[index].key));
  EXPECT_EQ(keys, (std::vector<std::string_view>{"ele-1", "pat-1"}));

  std::vector<std::string_view> targets;
  const ElementRow& organization = r4.element(row_at("Patient.managingOrganization"));
  for (const tree::NameId name : r4.targets_of(organization.targets))
    targets.push_back(r4.table.name(name));
  EXPECT_EQ(targets, (std::vector<std::string_view>{"Organization"}));

  EXPECT_EQ(r4.type_of(row_at("Patient.name")), r4.table.type_root("HumanName"));
  EXPECT_EQ(r4.type_of(row_at("Patient.contact")), kUnknownRow);
}

TEST(R4Definitions, ListTheRequiredChildren) {
  const Definitions& r4 = r4_definitions();
  std::vector<std::string_view> names;
  for (const RowId id : r4.required_children(row_at("MessageHeader")))
    names.push_back(r4.table.name(r4.table.row(id).name));
  EXPECT_EQ(names, (std::vector<std::string_view>{"event", "source"}));
  EXPECT_TRUE(r4.required_children(row_at("Patient")).empty());
}

}  // namespace
}  // namespace fhir::definitions
