// Makes a resource element by element, with every name and choice checked against the type table.
//
//   ResourceBuilder task(definitions::r4(), "Task");
//   task.set("status", "requested").set("intent", "order");
//   task.open("for").set("reference", "Patient/1").close();
//   TreePtr tree = task.finish();
//
// Names are serial names (`valueString`). The order of calls is free: writers put elements in definition
// order. A name the type does not have is a programming error and throws std::logic_error.
#pragma once

#include <string_view>
#include <vector>

#include "fhir/tree/tree_builder.hpp"

namespace fhir::tree {

class ResourceBuilder {
 public:
  /// `table` outlives the tree.
  ResourceBuilder(const TypeTable& table, std::string_view resource_type);

  /// Opens a child element; until close() what follows goes into it.
  ResourceBuilder& open(std::string_view serial_name);
  /// Opens a resource in a resource slot: `open_resource("resource", "Patient")`.
  ResourceBuilder& open_resource(std::string_view serial_name, std::string_view resource_type);
  ResourceBuilder& close();
  /// Adds a primitive child. JSON form comes from the table. An empty `value` adds nothing: FHIR has no empty
  /// strings.
  ResourceBuilder& set(std::string_view serial_name, std::string_view value);
  /// Adds a deep copy of `from` as a child; a resource keeps its own type in a resource slot. An empty node
  /// adds nothing. An unknown element is copied as unknown.
  ResourceBuilder& copy(std::string_view serial_name, Node from);
  /// Adds deep copies of all children of `from` (an element of the type now open) but those named in
  /// `except`.
  ResourceBuilder& copy_children(Node from, std::initializer_list<std::string_view> except = {});

  /// The tree. Every open() must have been closed. The builder is empty afterwards.
  [[nodiscard]] TreePtr finish();

 private:
  [[nodiscard]] RowId child_row(std::string_view serial_name) const;
  TreeBuilder builder_;
  std::vector<NodeIndex> open_;
};

}  // namespace fhir::tree
