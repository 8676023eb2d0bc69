// Every option of the configuration file in one table, from which the reference page is printed.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace gateway::config {

struct Option {
  std::string_view path;      ///< `partners[].ods`
  std::string_view type;      ///< text, integer, boolean, duration, size, file, list, one of ...
  std::string_view fallback;  ///< The value when absent; empty: required.
  std::string_view meaning;   ///< One sentence with its unit.
  std::string_view example;
};

/// In the order of the file. Static storage.
[[nodiscard]] std::span<const Option> options() noexcept;
/// The table as Markdown.
[[nodiscard]] std::string options_markdown();

}  // namespace gateway::config
