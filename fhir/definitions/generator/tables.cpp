#include "fhir/definitions/generator/tables.hpp"

#include <bit>
#include <fstream>

#include "fhir/definitions/generator/refuse.hpp"

namespace fhir::definitions::generator {
namespace {

class BlobWriter {
 public:
  BlobWriter() : bytes_(sizeof(BlobHeader), '\0') {}

  template <class Rows>
  void add(Section which, const Rows& rows) {
    bytes_.resize((bytes_.size() + kBlobAlignment - 1) / kBlobAlignment * kBlobAlignment, '\0');
    SectionEntry& entry = header_.sections[static_cast<std::size_t>(which)];
    entry.offset = count_of(bytes_);
    entry.count = count_of(rows);
    entry.row_bytes = sizeof(*rows.data());
    if (!rows.empty())
      bytes_.append(reinterpret_cast<const char*>(rows.data()), rows.size() * sizeof(*rows.data()));
  }

  [[nodiscard]] const std::string& finish() {
    header_.total_bytes = bytes_.size();
    bytes_.replace(0, sizeof header_, reinterpret_cast<const char*>(&header_), sizeof header_);
    return bytes_;
  }

 private:
  std::string bytes_;
  BlobHeader header_;
};

}  // namespace

std::uint32_t slot_count(std::size_t entries) {
  return static_cast<std::uint32_t>(std::bit_ceil(entries < 1 ? std::size_t{2} : entries * 2));
}

tree::TextRange Tables::add_text(std::string_view value) {
  const auto [found, is_new] = texts_.try_emplace(std::string(value));
  if (is_new) {
    found->second = {count_of(text), static_cast<std::uint32_t>(value.size())};
    text.append(value);
  }
  return found->second;
}

tree::NameId Tables::add_name(std::string_view value) {
  const auto [found, is_new] = name_ids_.try_emplace(std::string(value), count_of(names));
  if (is_new) names.push_back(add_text(value));
  return found->second;
}

void Tables::index_names() {
  name_slots.assign(slot_count(names.size()), tree::kNoName);
  const std::uint32_t mask = count_of(name_slots) - 1;
  for (tree::NameId id = 0; id < names.size(); ++id) {
    std::uint32_t at = tree::TypeTable::hash_name(name_at(id)) & mask;
    while (name_slots[at] != tree::kNoName)
      at = (at + 1) & mask;
    name_slots[at] = id;
  }
}

void Tables::write(const std::string& path) const {
  BlobWriter writer;
  writer.add(Section::kRows, rows);
  writer.add(Section::kChildren, children);
  writer.add(Section::kSlots, slots);
  writer.add(Section::kNames, names);
  writer.add(Section::kNameSlots, name_slots);
  writer.add(Section::kTypes, types);
  writer.add(Section::kText, text);
  writer.add(Section::kElements, elements);
  writer.add(Section::kInvariantLists, invariant_lists);
  writer.add(Section::kInvariants, invariants);
  writer.add(Section::kTargets, targets);
  writer.add(Section::kRowTypes, row_types);
  writer.add(Section::kRowRequired, row_required);
  writer.add(Section::kRequired, required);
  writer.add(Section::kBases, bases);
  writer.add(Section::kValueSets, value_sets);
  writer.add(Section::kCodes, codes);
  writer.add(Section::kCodeSlots, code_slots);
  writer.add(Section::kSystems, systems);
  writer.add(Section::kSearchParameters, search_parameters);
  writer.add(Section::kComponents, components);
  writer.add(Section::kCodeSystems, code_systems);
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  const std::string& bytes = writer.finish();
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) refuse("cannot write " + path);
}

}  // namespace fhir::definitions::generator
