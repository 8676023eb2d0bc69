// Which group a message starts at, by its type and event (MSH-9.1, MSH-9.2).
#pragma once

#include <optional>
#include <string_view>

#include "mappings/convert/manifest.hpp"

namespace mappings::convert {

enum class EntryAnswer { kFound, kUnknownType, kUnknownEvent, kNotTaken };

struct Entry {
  EntryAnswer answer = EntryAnswer::kUnknownType;
  std::string_view group;  ///< Name; as long lived as the manifest.
};

/// The manifest's entries come before the built-in ones; an empty group there means that the message is not
/// taken.
[[nodiscard]] Entry find_entry(std::string_view type, std::string_view event, const Manifest& manifest);

}  // namespace mappings::convert
