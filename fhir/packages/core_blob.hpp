// The form of the embedded core resources: a header, the resource types with their dictionaries, the entries
// sorted by canonical URL, their texts, and the deflated resources. Offsets count from the start of the blob.
// Byte order and padding are those of the machine that built it: the blob is never exchanged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "fhir/tree/type_table.hpp"

namespace fhir::packages {

inline constexpr std::uint64_t kCoreMagic = 0x3145'524F'434C'474Cull;
/// Raised whenever a row type changes, so that a stale file is refused.
inline constexpr std::uint32_t kCoreVersion = 1;

/// One resource type. Its resources are deflated (zlib) against one preset dictionary, which makes the small
/// ones a third of their size.
struct CoreType {
  tree::TextRange name;        ///< `StructureDefinition`
  tree::TextRange dictionary;  ///< Not compressed.
};

/// One resource, without its narrative: JSON, deflated by itself.
struct CoreEntry {
  tree::TextRange url;
  tree::TextRange version;
  tree::TextRange packed;
  std::uint32_t plain_bytes = 0;
  std::uint32_t type = 0;  ///< Index of its CoreType.
};

struct CoreHeader {
  std::uint64_t magic = kCoreMagic;
  std::uint32_t version = kCoreVersion;
  std::uint32_t type_count = 0;
  std::uint32_t entry_count = 0;
  std::uint32_t types_offset = 0;
  std::uint32_t entries_offset = 0;  ///< Sorted by url, type name, and version (later ones first).
  std::uint32_t reserved = 0;
  std::uint64_t total_bytes = 0;
};

/// The embedded blob, opened. Static storage; any thread.
struct CoreBlob {
  const char* bytes = nullptr;
  std::span<const CoreType> types;
  std::span<const CoreEntry> entries;

  [[nodiscard]] std::string_view text(tree::TextRange range) const noexcept {
    return {bytes + range.offset, range.length};
  }
  [[nodiscard]] std::string_view type_name(const CoreEntry& entry) const noexcept {
    return text(types[entry.type].name);
  }
};

/// Cost: setting three pointers.
[[nodiscard]] CoreBlob core_blob();

}  // namespace fhir::packages
