// The table of element types a tree is read against: which names an element may hold, and what each of them
// is.
//
// One table serves one model (FHIR R4, STU3, HL7 v2, CDA). It is position-independent plain data behind
// spans, so that the R4 table can be compiled at build time and embedded; fhir/definitions owns its content.
// Immutable; any thread.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

namespace fhir::tree {

enum class Model : std::uint8_t { kR4, kStu3, kHl7v2, kCda };

/// Index of a name. Names of the table come first; names a tree had to add (unknown elements) have kLocalName
/// set.
using NameId = std::uint32_t;
inline constexpr NameId kLocalName = 0x8000'0000u;
inline constexpr NameId kNoName = 0xFFFF'FFFFu;

/// Index of a row. Row 0 is the row of everything unknown: it has no children and no type.
using RowId = std::uint32_t;
inline constexpr RowId kUnknownRow = 0;

enum class TypeKind : std::uint8_t {
  kUnknown,    ///< Not in the table.
  kPrimitive,  ///< May hold a value, and `id` and `extension`.
  kComplex,    ///< A data type.
  kBackbone,   ///< Children defined in place.
  kResource,   ///< A resource: the root of one, or a slot that holds one (flag kResourceSlot).
  kXhtml,      ///< Narrative.div: the value is the serialised XHTML.
};

/// How JSON writes the value of a primitive.
enum class JsonForm : std::uint8_t { kNone, kString, kNumber, kBoolean };

enum RowFlag : std::uint16_t {
  kRepeats = 1,       ///< max is over 1: JSON writes an array.
  kChoice = 2,        ///< One type of a choice: name is `value`, serial_name `valueQuantity`.
  kResourceSlot = 4,  ///< contained, Bundle.entry.resource: the node takes the row of the resource it holds.
  kXmlAttribute = 8,  ///< `id` of elements and `url` of extensions: an XML attribute.
  kModifier = 16,
  kSummary = 32,
};

inline constexpr std::uint32_t kUnbounded = 0xFFFF'FFFFu;

struct TypeRow {
  NameId name = kNoName;         ///< FHIRPath name: `value`.
  NameId serial_name = kNoName;  ///< Name in JSON and XML: `valueQuantity`; equal to `name` but for choices.
  NameId type = kNoName;  ///< `Quantity`, `code`, `BackboneElement`; `Patient` for the root of a resource.
  std::uint32_t children_begin = 0;  ///< Into TypeTable::children, in definition order.
  std::uint32_t children_count = 0;
  std::uint32_t slots_begin =
      0;  ///< Into TypeTable::slots: open addressing by serial name, slots_mask + 1 slots.
  std::uint32_t slots_mask = 0;
  std::uint32_t element =
      0;  ///< Row of fhir/definitions with cardinality, binding and invariants; shared by a choice.
  std::uint32_t min = 0;
  std::uint32_t max = 0;    ///< kUnbounded for `*`.
  std::uint16_t order = 0;  ///< Position among its siblings.
  std::uint16_t flags = 0;  ///< RowFlag bits.
  TypeKind kind = TypeKind::kUnknown;
  JsonForm json = JsonForm::kNone;
  std::uint16_t reserved = 0;
};
static_assert(sizeof(TypeRow) == 48);

struct ChildSlot {
  NameId serial_name = kNoName;
  RowId row = kUnknownRow;
};

/// A range of TypeTable::text.
struct TextRange {
  std::uint32_t offset = 0;
  std::uint32_t length = 0;
};

/// See the file comment. The spans outlive every tree read against the table.
struct TypeTable {
  Model model = Model::kR4;
  std::span<const TypeRow> rows;  ///< rows[0] is the unknown row.
  std::span<const RowId> children;
  std::span<const ChildSlot> slots;
  std::span<const TextRange> names;  ///< NameId to text.
  std::span<const NameId>
      name_slots;                    ///< Open addressing by hash_name; size a power of two; kNoName is empty.
  std::span<const ChildSlot> types;  ///< Root rows of resources and data types, sorted by type name text.
  const char* text = nullptr;

  [[nodiscard]] std::string_view name(NameId id) const noexcept {
    return id < names.size() ? std::string_view(text + names[id].offset, names[id].length)
                             : std::string_view();
  }
  [[nodiscard]] const TypeRow& row(RowId id) const noexcept { return rows[id]; }

  /// The id of a name of the table, or kNoName. Cost: one hash and about one compare.
  [[nodiscard]] NameId find_name(std::string_view name) const noexcept;

  /// The row of the child of `parent` that JSON and XML call `serial_name`, or kUnknownRow.
  [[nodiscard]] RowId child(RowId parent, NameId serial_name) const noexcept {
    const TypeRow& owner = rows[parent];
    if (owner.children_count == 0) return kUnknownRow;
    for (std::uint32_t at = hash_id(serial_name) & owner.slots_mask;; at = (at + 1) & owner.slots_mask) {
      const ChildSlot& slot = slots[owner.slots_begin + at];
      if (slot.serial_name == serial_name) return slot.row;
      if (slot.serial_name == kNoName) return kUnknownRow;
    }
  }
  [[nodiscard]] RowId child(RowId parent, std::string_view serial_name) const noexcept {
    const NameId id = find_name(serial_name);
    return id == kNoName ? kUnknownRow : child(parent, id);
  }

  /// The child rows of `parent` in definition order; a choice has one row for each of its types.
  [[nodiscard]] std::span<const RowId> children_of(RowId parent) const noexcept {
    return children.subspan(rows[parent].children_begin, rows[parent].children_count);
  }

  /// The root row of a resource or data type, `Patient` or `HumanName`, or kUnknownRow.
  [[nodiscard]] RowId type_root(std::string_view type) const noexcept;

  /// The hash the generator and the readers share: eight bytes at a time, of the byte order of this machine.
  [[nodiscard]] static std::uint32_t hash_name(std::string_view name) noexcept {
    constexpr std::uint64_t kOdd = 0x9E37'79B9'7F4A'7C15u;
    std::uint64_t hash = name.size() * kOdd;
    const char* at = name.data();
    std::size_t left = name.size();
    for (; left >= 8; at += 8, left -= 8) {
      hash = (hash ^ load<std::uint64_t>(at)) * kOdd;
      hash ^= hash >> 29u;
    }
    std::uint64_t tail = 0;
    if (left >= 4) {
      tail = load<std::uint32_t>(at) | std::uint64_t{load<std::uint32_t>(at + left - 4)} << 32u;
    } else if (left > 0) {
      tail = load<std::uint8_t>(at) | std::uint64_t{load<std::uint8_t>(at + left / 2)} << 8u |
             std::uint64_t{load<std::uint8_t>(at + left - 1)} << 16u;
    }
    hash = (hash ^ tail) * kOdd;
    return static_cast<std::uint32_t>(hash >> 32u);
  }
  [[nodiscard]] static std::uint32_t hash_id(NameId id) noexcept { return (id * 2654435769u) >> 16u; }

 private:
  template <class Word>
  [[nodiscard]] static Word load(const char* from) noexcept {
    Word word;
    std::memcpy(&word, from, sizeof word);
    return word;
  }
};

}  // namespace fhir::tree
