// Reads an HL7 v2 message, 2.3 to 2.8, in the standard encoding (HL7 v2.8 chapter 2), into the element tree.
//
//   fhir::tree::ReadOutcome outcome = mappings::hl7v2::read(bytes);
//   if (outcome.issues.has_error()) return refuse(outcome.issues);
//   Node message = outcome.tree->root();
//   message.at("PID", "PID_3", "c1").text()
//
// Names and types are those of v2_types.hpp. What becomes of what was sent:
//
// | sent                                 | in the tree                                                      |
// |--------------------------------------|------------------------------------------------------------------|
// | nothing, or blanks, `^` and `&` only | no node                                                          |
// | `""`                                 | a node without value, with a child `nullFlag` that is `true`     |
// | a primitive field                    | the value on the field's node                                    |
// | the same with parts                  | the value of the first on the node, and `c1`... for all parts    |
// | FT or TX with `^` or `&` inside      | the whole as the value: the sender forgot to escape              |
// | a composite field                    | no value on the node; always children `c1`... for the parts sent |
// | a repetition                         | another node of the same name                                    |
// | a field of a Z or unknown segment, or past the definition | untyped: as a primitive one                 |
// | MSH-1, MSH-2                         | the characters themselves                                        |
//
// The same holds one level down with `s1`... There an ST keeps a `&` too, and an untyped component has the
// whole as its value beside `s1`...: half a text is worse than one too long.
//
// **Text** is UTF-8 with escapes resolved once: delimiters, \Xhh..\ (bytes of the message's character set),
// and
// the commands of formatted text: \.br\ \.ce\ give a line feed, \.spN\ N of them, \.skN\ N blanks;
// \.in\ \.ti\
// \.fi\ \.nf\ \H\ \N\ nothing. \Zxx\, \Cxxyy\, \Mxxyyzz\, a hexadecimal control character and anything
// malformed stay as sent. Control characters sent as such become blanks, with a warning.
//
// **Segments** end with CR, LF or both. A line feed after which no segment begins is text, with a warning. A
// byte order mark, blanks and framing characters before MSH and after the end are skipped.
//
// **Groups.** A segment goes to the next place its structure has for it. When there is none after the
// last segment: where an optional or required opening segment is missing, its group is opened without it;
// where the segment is late, it goes to the place it has in the nearest open group; where the structure has
// no place for it, into the group of the segment before it. These are reported as information, so that
// nothing that reads is refused. Z segments always stand in the group of the segment before them, without an
// issue. Nodes stand in the order of the bytes.
//
// **Issues** carry the v2 place as `expression` (location.hpp), the byte offset, and a code of table 0357
// (error_code.hpp).
#pragma once

#include <string>
#include <string_view>

#include "fhir/base/limits.hpp"
#include "fhir/tree/read_outcome.hpp"

namespace mappings::hl7v2 {

struct ReadOptions {
  /// Of messages whose MSH-18 is empty or says ASCII though other bytes follow. Any name of
  /// CharacterSet::find.
  std::string default_character_set = "UNICODE UTF-8";
  bool treat_latin1_as_windows1252 = true;
};

/// Reads one message. `bytes` is not kept. Pure; any thread.
///
/// Fatal (no tree): no MSH at the start, unusable delimiters, a second MSH (see batch.hpp), a limit. Error:
/// no message type in MSH-9, a line that is no segment, bytes that are no character of the message's set (the
/// value is left out), an unknown character set that is needed. Warning: a message structure that is not in
/// the table; its segments then stand flat below a root without type, named by MSH-9 (`ORL_O22`) or
/// `MESSAGE`.
///
/// Limits: max_bytes; max_nodes; max_members segments, and as many fields, repetitions and parts of each.
/// The span of a node covers its raw bytes: a segment without its end, a group from its first segment to the
/// end of its last. Cost: linear in the bytes; one copy of them, which is the text of the tree.
[[nodiscard]] fhir::tree::ReadOutcome read(std::string_view bytes, const ReadOptions& options = {},
                                           const fhir::ReadLimits& limits = {});

}  // namespace mappings::hl7v2
