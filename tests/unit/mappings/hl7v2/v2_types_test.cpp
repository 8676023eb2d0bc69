#include "mappings/hl7v2/v2_types.hpp"

#include <gtest/gtest.h>
#include <set>
#include <string>

namespace mappings::hl7v2 {
namespace {

namespace tree = fhir::tree;

std::string type_of(std::string_view root, std::initializer_list<std::string_view> path) {
  const tree::TypeTable& table = v2_types();
  tree::RowId at = table.type_root(root);
  for (const std::string_view name : path)
    at = table.child(at, name);
  return std::string(table.name(table.row(at).type));
}

TEST(V2Types, NamesTypesOfWellKnownPlaces) {
  EXPECT_EQ(type_of("REF_I12", {}), "REF_I12");
  EXPECT_EQ(type_of("REF_I12", {"PROVIDER_CONTACT"}), "REF_I12.PROVIDER_CONTACT");
  EXPECT_EQ(type_of("REF_I12", {"PROVIDER_CONTACT", "PRD", "PRD_7"}), "PLN");
  EXPECT_EQ(type_of("ADT_A05", {"PID", "PID_3", "c4", "s2"}), "ST");
  EXPECT_EQ(type_of("MDM_T02", {"OBSERVATION", "OBX", "OBX_5_ED", "c5"}), "TX");
  EXPECT_EQ(type_of("SIU_S12", {"RESOURCES", "SERVICE", "AIS", "AIS_3", "nullFlag"}), "boolean");
  EXPECT_EQ(type_of("XPN", {"c1"}), "FN");
  EXPECT_EQ(type_of("PV1", {"PV1_9"}), "XCN");
  EXPECT_EQ(type_of("PID", {"PID_41"}), "");
}

TEST(V2Types, RepeatsAndRequiresAsTheStructureSays) {
  const tree::TypeTable& table = v2_types();
  const tree::RowId ref = table.type_root("REF_I12");
  const auto row = [&](std::string_view name) { return table.row(table.child(ref, name)); };
  EXPECT_EQ(row("PROVIDER_CONTACT").max, tree::kUnbounded);
  EXPECT_EQ(row("PROVIDER_CONTACT").min, 1u);
  EXPECT_EQ(row("RF1").min, 0u);
  EXPECT_EQ(row("RF1").max, 1u);
  EXPECT_NE(table.row(table.child(table.type_root("PID"), "PID_3")).flags & tree::kRepeats, 0);
  EXPECT_EQ(table.row(ref).kind, tree::TypeKind::kResource);
}

TEST(V2Types, EveryNameAndRowCanBeFound) {
  const tree::TypeTable& table = v2_types();
  EXPECT_EQ(table.model, tree::Model::kHl7v2);
  for (tree::NameId id = 0; id < table.names.size(); ++id)
    EXPECT_EQ(table.find_name(table.name(id)), id);
  EXPECT_EQ(table.find_name("PID_999"), tree::kNoName);
  std::set<std::string_view> types;
  for (const tree::ChildSlot& type : table.types) {
    EXPECT_TRUE(types.insert(table.name(type.serial_name)).second) << table.name(type.serial_name);
    EXPECT_EQ(table.type_root(table.name(type.serial_name)), type.row);
  }
  for (tree::RowId id = 1; id < table.rows.size(); ++id) {
    for (const tree::RowId child : table.children_of(id))
      EXPECT_EQ(table.child(id, table.row(child).serial_name), child);
  }
}

TEST(V2Types, FieldsAreNamedByTheirNumber) {
  const tree::TypeTable& table = v2_types();
  for (const tree::ChildSlot& type : table.types) {
    const std::string segment(table.name(type.serial_name));
    if (table.row(type.row).kind != tree::TypeKind::kBackbone) continue;
    for (const tree::RowId child : table.children_of(type.row)) {
      const tree::TypeRow& field = table.row(child);
      EXPECT_EQ(table.name(field.name), segment + "_" + std::to_string(field.order));
    }
  }
}

TEST(V2Types, GroupsHaveLongerNamesThanSegments) {
  const tree::TypeTable& table = v2_types();
  for (const tree::ChildSlot& type : table.types) {
    if (table.row(type.row).kind != tree::TypeKind::kResource) continue;
    for (const tree::RowId child : table.children_of(type.row)) {
      const std::string_view name = table.name(table.row(child).name);
      EXPECT_EQ(name.size() == 3, table.name(table.row(child).type) == name) << name;
    }
  }
}

}  // namespace
}  // namespace mappings::hl7v2
