// The form of the compiled definitions: a header, a list of sections, and the sections, each an array of one
// row type of definitions.hpp or tree/type_table.hpp. Rows refer to each other by index, so the bytes may
// stand at any address that is a multiple of kBlobAlignment. Byte order and padding are those of the machine
// that built it: the blob is never exchanged.
#pragma once

#include <cstddef>
#include <cstdint>

namespace fhir::definitions {

inline constexpr std::uint64_t kBlobMagic = 0x3146'4544'344C'474Cull;
/// Raised whenever a row type or the well-known names change, so that a stale file is refused.
inline constexpr std::uint32_t kBlobVersion = 2;
inline constexpr std::size_t kBlobAlignment = 16;

enum class Section : std::uint32_t {
  kRows,
  kChildren,
  kSlots,
  kNames,
  kNameSlots,
  kTypes,
  kText,
  kElements,
  kInvariantLists,
  kInvariants,
  kTargets,
  kRowTypes,
  kRowRequired,
  kRequired,
  kBases,
  kValueSets,
  kCodes,
  kCodeSlots,
  kSystems,
  kSearchParameters,
  kComponents,
  kCodeSystems,
};
inline constexpr std::size_t kSectionCount = 22;

struct SectionEntry {
  std::uint32_t offset = 0;  ///< From the start of the blob.
  std::uint32_t count = 0;   ///< Of rows.
  std::uint32_t row_bytes = 0;
  std::uint32_t reserved = 0;
};

struct BlobHeader {
  std::uint64_t magic = kBlobMagic;
  std::uint32_t version = kBlobVersion;
  std::uint32_t section_count = kSectionCount;
  std::uint64_t total_bytes = 0;
  std::uint64_t reserved = 0;
  SectionEntry sections[kSectionCount];
};

}  // namespace fhir::definitions
