#include "fhir/packages/conformance_resource.hpp"

#include "fhir/definitions/definitions.hpp"

namespace fhir::packages {

bool has_canonical_url(std::string_view resource_type) {
  const definitions::Definitions& r4 = definitions::r4_definitions();
  if (!r4.is_concrete_resource(resource_type)) return false;
  const tree::RowId url = r4.table.child(r4.table.type_root(resource_type), "url");
  return url != tree::kUnknownRow && r4.table.name(r4.table.row(url).type) == "uri";
}

}  // namespace fhir::packages
