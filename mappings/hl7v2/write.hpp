// Writes a v2 tree as HL7 v2 in the standard encoding.
//
// A message that was read keeps the order of its segments. In one that was built (its root has no source
// span) segments and groups go out in the order of their structure, whatever order the tree has; Z and other
// segments without a place follow the one before them. Fields and components go by their numbers. Empty
// fields at the end of a segment, and empty parts at the end of a field, are left out. Segments end with CR.
//
// MSH-1 and MSH-2 are the delimiters of the options, whatever the tree says. A text is escaped; a line feed
// is `\.br\` in FT and TX, else `\X0A\`. `nullFlag` is `""`. read(write(tree)) is an equal tree for all that
// read() gives without errors, and write(read(bytes)) does not change when repeated.
#pragma once

#include <string>

#include "fhir/base/result.hpp"
#include "fhir/tree/tree.hpp"
#include "mappings/hl7v2/character_set.hpp"
#include "mappings/hl7v2/delimiters.hpp"

namespace mappings::hl7v2 {

struct WriteOptions {
  Delimiters delimiters;
};

/// The message in UTF-8; `message` is a root, as read() or a map makes it. MSH-18 is that of the tree: who
/// sends UTF-8 sets it. An empty node gives the empty string. Pure; any thread. Cost: linear.
[[nodiscard]] std::string write(fhir::tree::Node message, const WriteOptions& options = {});

/// The message in a character set that MSH-18 names. kUnprocessable when a character is not in the set.
[[nodiscard]] fhir::Result<std::string> write_in(fhir::tree::Node message, const CharacterSet& character_set,
                                                 const WriteOptions& options = {});

}  // namespace mappings::hl7v2
