#include "fhir/packages/core_blob.hpp"

#include <cstdio>
#include <cstdlib>

// The build names the file. The object depends on it (OBJECT_DEPENDS), so a changed blob is embedded anew.
asm(R"(
  .section .rodata
  .balign 16
  .globl ligament_core_blob
  .hidden ligament_core_blob
ligament_core_blob:
  .incbin ")" LIGAMENT_CORE_BLOB R"("
  .globl ligament_core_blob_end
  .hidden ligament_core_blob_end
ligament_core_blob_end:
  .byte 0
  .text
)");

extern "C" {
[[gnu::visibility("hidden")]] extern const std::byte ligament_core_blob[];
[[gnu::visibility("hidden")]] extern const std::byte ligament_core_blob_end[];
}

namespace fhir::packages {

CoreBlob core_blob() {
  const auto& header = *reinterpret_cast<const CoreHeader*>(ligament_core_blob);
  const auto size = static_cast<std::size_t>(ligament_core_blob_end - ligament_core_blob);
  if (size < sizeof(CoreHeader) || header.magic != kCoreMagic || header.version != kCoreVersion ||
      header.total_bytes != size) {
    // Another version can only come from a broken build; nothing can run on it.
    std::fprintf(stderr, "the embedded core resources are unusable\n");
    std::abort();
  }
  CoreBlob out;
  out.bytes = reinterpret_cast<const char*>(ligament_core_blob);
  out.types = {reinterpret_cast<const CoreType*>(ligament_core_blob + header.types_offset),
               header.type_count};
  out.entries = {reinterpret_cast<const CoreEntry*>(ligament_core_blob + header.entries_offset),
                 header.entry_count};
  return out;
}

}  // namespace fhir::packages
