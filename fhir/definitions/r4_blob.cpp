#include <cstdio>
#include <cstdlib>

#include "fhir/definitions/blob.hpp"
#include "fhir/definitions/definitions.hpp"

// The build names the file. The object depends on it (OBJECT_DEPENDS), so a changed blob is embedded anew.
asm(R"(
  .section .rodata
  .balign 16
  .globl ligament_r4_blob
  .hidden ligament_r4_blob
ligament_r4_blob:
  .incbin ")" LIGAMENT_R4_BLOB R"("
  .globl ligament_r4_blob_end
  .hidden ligament_r4_blob_end
ligament_r4_blob_end:
  .byte 0
  .text
)");

extern "C" {
[[gnu::visibility("hidden")]] extern const std::byte ligament_r4_blob[];
[[gnu::visibility("hidden")]] extern const std::byte ligament_r4_blob_end[];
}

namespace fhir::definitions {
namespace {

/// A blob of another version can only come from a broken build; nothing can run on it.
[[noreturn]] void refuse_blob(const char* why) {
  std::fprintf(stderr, "the embedded FHIR definitions are unusable: %s\n", why);
  std::abort();
}

class BlobReader {
 public:
  explicit BlobReader(const std::byte* start, const std::byte* end) : start_(start) {
    if (end - start < static_cast<std::ptrdiff_t>(sizeof(BlobHeader))) refuse_blob("no header");
    if (header().magic != kBlobMagic || header().version != kBlobVersion) refuse_blob("another version");
    if (header().section_count != kSectionCount) refuse_blob("another number of sections");
    if (header().total_bytes != static_cast<std::uint64_t>(end - start)) refuse_blob("cut short");
  }

  template <class Row>
  [[nodiscard]] std::span<const Row> section(Section which) const {
    const SectionEntry& entry = header().sections[static_cast<std::size_t>(which)];
    if (entry.row_bytes != sizeof(Row)) refuse_blob("another row size");
    return {reinterpret_cast<const Row*>(start_ + entry.offset), entry.count};
  }

 private:
  [[nodiscard]] const BlobHeader& header() const { return *reinterpret_cast<const BlobHeader*>(start_); }
  const std::byte* start_;
};

Definitions open_r4() {
  const BlobReader blob(ligament_r4_blob, ligament_r4_blob_end);
  Definitions out;
  out.table.model = tree::Model::kR4;
  out.table.rows = blob.section<tree::TypeRow>(Section::kRows);
  out.table.children = blob.section<tree::RowId>(Section::kChildren);
  out.table.slots = blob.section<tree::ChildSlot>(Section::kSlots);
  out.table.names = blob.section<tree::TextRange>(Section::kNames);
  out.table.name_slots = blob.section<tree::NameId>(Section::kNameSlots);
  out.table.types = blob.section<tree::ChildSlot>(Section::kTypes);
  out.table.text = blob.section<char>(Section::kText).data();
  out.elements = blob.section<ElementRow>(Section::kElements);
  out.invariant_lists = blob.section<std::uint32_t>(Section::kInvariantLists);
  out.invariants = blob.section<InvariantRow>(Section::kInvariants);
  out.targets = blob.section<tree::NameId>(Section::kTargets);
  out.row_types = blob.section<tree::RowId>(Section::kRowTypes);
  out.row_required = blob.section<Range>(Section::kRowRequired);
  out.required = blob.section<tree::RowId>(Section::kRequired);
  out.bases = blob.section<tree::ChildSlot>(Section::kBases);
  out.value_sets = blob.section<ValueSetRow>(Section::kValueSets);
  out.codes = blob.section<CodeRow>(Section::kCodes);
  out.code_slots = blob.section<std::uint32_t>(Section::kCodeSlots);
  out.systems = blob.section<tree::TextRange>(Section::kSystems);
  out.search_parameters = blob.section<SearchParameterRow>(Section::kSearchParameters);
  out.components = blob.section<ComponentRow>(Section::kComponents);
  out.code_systems = blob.section<CodeSystemRow>(Section::kCodeSystems);
  return out;
}

}  // namespace

const Definitions& r4_definitions() {
  static const Definitions definitions = open_r4();
  return definitions;
}

const tree::TypeTable& r4() {
  return r4_definitions().table;
}

}  // namespace fhir::definitions
