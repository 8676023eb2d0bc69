// The value of an operation, made into an element where it goes.
#pragma once

#include <string>
#include <string_view>

#include "fhir/tree/tree_builder.hpp"

namespace fhir::patch {

/// The name an element has without the `[x]` of a choice.
[[nodiscard]] std::string_view plain_name(std::string_view name);

/// The row an element called `name` takes below `parent` for `value` (a part with a value[x], a resource or
/// nested parts), or kUnknownRow when the type has no such element or it takes no such value. `name` is the
/// FHIRPath name or the serial name (`deceased`, `deceased[x]`, `deceasedBoolean`).
[[nodiscard]] tree::RowId row_for(const tree::TypeTable& table, tree::RowId parent, std::string_view name,
                                  tree::Node value);

/// Appends the element to `parent` of `builder`. `row` is what row_for gave. Returns null, or the rule that a
/// nested part breaks. The recursion is as deep as the parts are nested, which the reader has bounded.
[[nodiscard]] const char* add_material(tree::TreeBuilder& builder, tree::NodeIndex parent, tree::RowId row,
                                       tree::Node value);

}  // namespace fhir::patch
