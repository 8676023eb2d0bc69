// Reads files named on the command line into trees.
#pragma once

#include <string>
#include <string_view>

#include "fhir/base/result.hpp"
#include "fhir/tree/read_outcome.hpp"

namespace gateway::app {

enum class Syntax { kJson, kXml };

/// The bytes of a file; `-` is standard input. kNotFound when it cannot be read, kTooLarge over the limit of
/// a message.
[[nodiscard]] fhir::Result<std::string> read_file(const std::string& path);

/// XML when the first byte that is no white space (nor a byte order mark) is `<`.
[[nodiscard]] Syntax detect_syntax(std::string_view bytes) noexcept;

/// The tree of one resource in either format.
[[nodiscard]] fhir::tree::ReadOutcome read_resource(std::string_view bytes);

}  // namespace gateway::app
