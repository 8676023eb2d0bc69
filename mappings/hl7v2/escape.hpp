// Escape sequences (HL7 v2.8 2.7): resolved once per leaf, after the message is split.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mappings/hl7v2/delimiters.hpp"

namespace mappings::hl7v2 {

/// What a leaf held that a reader reports.
struct LeafFindings {
  bool control_character = false;  ///< Became a blank.
  bool line_feed = false;          ///< Kept.
};

/// Appends the bytes `raw` stands for, still in the character set of the message. See read.hpp for what
/// becomes of each sequence. Cost: linear.
LeafFindings append_unescaped(std::string& out, std::string_view raw, const Delimiters& delimiters);

/// How a line feed is written.
enum class LineFeed : std::uint8_t {
  kCommand,      ///< `\.br\`, for FT and TX.
  kHexadecimal,  ///< `\X0A\`.
};

/// Appends `text` so that append_unescaped gives it back, and so that it is neither empty nor a null. A
/// delimiter that has no escape (MSH-2 declares none) becomes a blank. Cost: linear.
void append_escaped(std::string& out, std::string_view text, const Delimiters& delimiters,
                    LineFeed line_feed);

}  // namespace mappings::hl7v2
