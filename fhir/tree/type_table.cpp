#include "fhir/tree/type_table.hpp"

#include <algorithm>

namespace fhir::tree {

NameId TypeTable::find_name(std::string_view wanted) const noexcept {
  if (name_slots.empty()) return kNoName;
  const auto mask = static_cast<std::uint32_t>(name_slots.size() - 1);
  for (std::uint32_t at = hash_name(wanted) & mask;; at = (at + 1) & mask) {
    const NameId id = name_slots[at];
    if (id == kNoName || name(id) == wanted) return id;
  }
}

RowId TypeTable::type_root(std::string_view type) const noexcept {
  const auto before = [this](const ChildSlot& slot, std::string_view text_of) {
    return name(slot.serial_name) < text_of;
  };
  const auto found = std::lower_bound(types.begin(), types.end(), type, before);
  return found != types.end() && name(found->serial_name) == type ? found->row : kUnknownRow;
}

}  // namespace fhir::tree
