// The definitions of HL7 v2 as text, from which the grammar is built once.
#pragma once

#include <string_view>

namespace mappings::hl7v2 {

/// One line per data type: its name, then the types of its components. A type without components is
/// primitive.
extern const std::string_view kDataTypeText;

/// One line per segment: its name, then the type of each field, `*` after it when the field repeats. A name
/// alone is a segment whose fields are untyped.
extern const std::string_view kSegmentText;

/// One line per structure: its name, then segments and `GROUP{ ... }`, each with `?`, `*` or `+` behind its
/// name when it is not exactly one.
extern const std::string_view kStructureText;

/// One line per structure: its name, the message type, `:`, then the events; `*` stands for any event.
extern const std::string_view kEventText;

/// The data types OBX-5 may have by OBX-2, besides CE (read as CWE) and TS (read as DTM).
extern const std::string_view kObservationTypeText;

}  // namespace mappings::hl7v2
