// The type table of HL7 v2, versions 2.3 to 2.8: what every message, group, segment, field and component is.
//
//   const fhir::tree::TypeTable& table = mappings::hl7v2::v2_types();
//   table.type_root("REF_I12"), table.type_root("PID"), table.type_root("CX")
//
// One table serves all versions. A field has the data type of 2.8, or of the last version that had the field,
// with CE read as CWE and TS as DTM; so PID-8 is a CWE and its code stands in `c1`, whatever MSH-12 says.
//
// | what          | name               | type                       | TypeKind |
// |---------------|--------------------|----------------------------|-------------------------------------------|
// | message       | `REF_I12`          | `REF_I12`                  | kResource | | group         |
// `PROVIDER_CONTACT` | `REF_I12.PROVIDER_CONTACT` | kBackbone                                 | | segment |
// `PID`              | `PID`                      | kBackbone                                 | | field |
// `PID_3`            | `CX`                       | kComplex, or kPrimitive                   | | component
// | `c4`               | `HD`                       | kComplex, or kPrimitive                   | |
// subcomponent  | `s1`               | `IS`                       | kPrimitive | | explicit null | `nullFlag`
// | `boolean`                  | kPrimitive; child of any of the last three |
//
// A composite data type has its parts as `c1`... where it is a field (and as the root row of its name) and as
// `s1`... where it is a component. Subcomponents have no parts: a composite there is the text of its first.
//
// OBX-5 takes its type from OBX-2 and is a choice as in FHIR: name `OBX_5`, serial names `OBX_5_ST`,
// `OBX_5_ED`, ... When OBX-2 is empty or unknown the node is untyped.
//
// Below a message, names of three characters are segments and longer ones groups. A field is named by its
// segment, `_`, and its number in the standard.
#pragma once

#include "fhir/tree/type_table.hpp"

namespace mappings::hl7v2 {

/// The table; Model::kHl7v2. Immutable; any thread; lives as long as the program. Cost of the first call:
/// under a millisecond, to build it.
[[nodiscard]] const fhir::tree::TypeTable& v2_types();

}  // namespace mappings::hl7v2
