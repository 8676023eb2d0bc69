#include "fhir/definitions/definitions.hpp"

#include <algorithm>

namespace fhir::definitions {
namespace {

/// The first row of `rows` whose text is not before `wanted`; `field` names the sorted TextRange.
template <class Row>
auto lower_bound_text(const Definitions& of, std::span<const Row> rows, tree::TextRange Row::*field,
                      std::string_view wanted) {
  return std::lower_bound(rows.begin(), rows.end(), wanted, [&](const Row& row, std::string_view value) {
    return of.text(row.*field) < value;
  });
}

std::string_view without_version(std::string_view canonical) {
  return canonical.substr(0, canonical.find('|'));
}

}  // namespace

std::string_view Definitions::base_of(std::string_view type) const noexcept {
  const auto before = [this](const tree::ChildSlot& slot, std::string_view wanted) {
    return table.name(slot.serial_name) < wanted;
  };
  const auto found = std::lower_bound(table.types.begin(), table.types.end(), type, before);
  if (found == table.types.end() || table.name(found->serial_name) != type) return {};
  return table.name(bases[static_cast<std::size_t>(found - table.types.begin())].serial_name);
}

bool Definitions::is_a(std::string_view type, std::string_view ancestor) const noexcept {
  for (std::string_view at = type; !at.empty(); at = base_of(at)) {
    if (at == ancestor) return true;
  }
  return false;
}

bool Definitions::is_concrete_resource(std::string_view type) const noexcept {
  const tree::RowId root = table.type_root(type);
  return table.row(root).kind == tree::TypeKind::kResource && type != "Resource" && type != "DomainResource";
}

ValueSetId Definitions::find_value_set(std::string_view url) const noexcept {
  const std::string_view wanted = without_version(url);
  const auto found = lower_bound_text(*this, value_sets, &ValueSetRow::url, wanted);
  if (found == value_sets.end() || text(found->url) != wanted) return kNoValueSet;
  return static_cast<ValueSetId>(found - value_sets.begin());
}

std::span<const SearchParameterRow> Definitions::search_parameters_of(std::string_view base) const noexcept {
  const auto first = lower_bound_text(*this, search_parameters, &SearchParameterRow::base, base);
  auto last = first;
  while (last != search_parameters.end() && text(last->base) == base)
    ++last;
  return {first, last};
}

const SearchParameterRow* Definitions::find_search_parameter(std::string_view type,
                                                             std::string_view code) const noexcept {
  for (std::string_view base = type; !base.empty(); base = base_of(base)) {
    const std::span<const SearchParameterRow> rows = search_parameters_of(base);
    const auto found = lower_bound_text(*this, rows, &SearchParameterRow::code, code);
    if (found != rows.end() && text(found->code) == code) return &*found;
  }
  return nullptr;
}

std::string_view Definitions::code_system_name(std::string_view url) const noexcept {
  const auto found = lower_bound_text(*this, code_systems, &CodeSystemRow::url, url);
  return found == code_systems.end() || text(found->url) != url ? std::string_view() : text(found->name);
}

}  // namespace fhir::definitions
