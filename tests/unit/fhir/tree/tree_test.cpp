#include "fhir/tree/tree.hpp"

#include <gtest/gtest.h>
#include <stdexcept>

#include "fhir/tree/expression.hpp"
#include "fhir/tree/resource_builder.hpp"
#include "fhir/tree/tree_builder.hpp"
#include "tests/unit/fhir/tree/tiny_table.hpp"

namespace fhir::tree {
namespace {

TEST(TypeTable, FindsChildrenByNameAndRefusesOthers) {
  const TinyTable tiny;
  const TypeTable& table = tiny.table();
  const RowId thing = table.type_root("Thing");
  ASSERT_NE(thing, kUnknownRow);
  EXPECT_EQ(table.type_root("Nothing"), kUnknownRow);
  const RowId value = table.child(thing, "valueString");
  ASSERT_NE(value, kUnknownRow);
  EXPECT_EQ(table.name(table.row(value).name), "value");
  EXPECT_EQ(table.child(thing, "value"), kUnknownRow);
  EXPECT_EQ(table.child(kUnknownRow, "status"), kUnknownRow);
  EXPECT_EQ(table.children_of(thing).size(), 5u);
}

TEST(Tree, AnEmptyNodeAnswersEmptyEverywhere) {
  const Node none;
  EXPECT_FALSE(none);
  EXPECT_EQ(none.name(), "");
  EXPECT_EQ(none.type(), "");
  EXPECT_EQ(none.text(), "");
  EXPECT_FALSE(none.child("x"));
  EXPECT_FALSE(none.at("x", "y"));
  EXPECT_TRUE(none.children().empty());
  EXPECT_TRUE(none.children("x").empty());
  EXPECT_FALSE(none.parent());
  EXPECT_EQ(none.row().kind, TypeKind::kUnknown);
}

TEST(Tree, LateChildrenJoinAnEarlierElement) {
  const TinyTable tiny;
  TreeBuilder builder(tiny.table());
  const NodeIndex root = builder.add_root(builder.intern("Thing"), tiny.table().type_root("Thing"));
  const NodeIndex first = builder.add(root, builder.intern("status"), kUnknownRow);
  builder.set_value(first, ValueKind::kString, "on");
  builder.add(root, builder.intern("surprise"), kUnknownRow);
  builder.set_value(builder.add(first, builder.intern("id"), kUnknownRow), ValueKind::kString, "late");
  const TreePtr tree = builder.finish();
  EXPECT_EQ(tree->root().child("status").text(), "on");
  EXPECT_EQ(tree->root().at("status", "id").text(), "late");
  EXPECT_EQ(tree->root().child("surprise").serial_name(), "surprise");
  EXPECT_EQ(tree->root().child("surprise").type(), "");
}

TEST(ResourceBuilder, ChecksNamesAndResolvesChoices) {
  const TinyTable tiny;
  ResourceBuilder thing(tiny.table(), "Thing");
  thing.set("status", "on").set("valueString", "x").set("tag", "a").set("tag", "b");
  thing.open("part").set("code", "p1").close();
  EXPECT_THROW(thing.set("value", "x"), std::logic_error);
  EXPECT_THROW(thing.set("part", "x"), std::logic_error);
  EXPECT_THROW(thing.close(), std::logic_error);
  const TreePtr tree = thing.finish();
  const Node root = tree->root();
  EXPECT_EQ(root.type(), "Thing");
  EXPECT_EQ(root.child("value").serial_name(), "valueString");
  EXPECT_EQ(root.children("tag").size(), 2u);
  EXPECT_EQ(root.at("part", "code").text(), "p1");
  EXPECT_EQ(expression(root.at("part", "code")), "Thing.part[0].code");
  EXPECT_EQ(expression(*std::next(root.children("tag").begin())), "Thing.tag[1]");
  EXPECT_EQ(expression(root.child("value")), "Thing.value.ofType(string)");
  EXPECT_EQ(expression(root.child("status")), "Thing.status");
}

TEST(TreeBuilder, DeepCopiesKeepShapeAndValues) {
  const TinyTable tiny;
  ResourceBuilder from(tiny.table(), "Thing");
  from.open("part").set("code", "p1").open("part").set("code", "p2").close().close();
  from.open("part").set("code", "p3").close();
  from.set("tag", "t");
  const TreePtr source = from.finish();

  ResourceBuilder to(tiny.table(), "Thing");
  to.copy_children(source->root(), {"tag"});
  to.set("status", "copied");
  const TreePtr copy = to.finish();
  EXPECT_EQ(copy->root().children("part").size(), 2u);
  EXPECT_EQ(copy->root().at("part", "part", "code").text(), "p2");
  EXPECT_EQ((*std::next(copy->root().children("part").begin())).child("code").text(), "p3");
  EXPECT_FALSE(copy->root().child("tag"));
  EXPECT_EQ(copy->root().child("status").text(), "copied");
}

}  // namespace
}  // namespace fhir::tree
