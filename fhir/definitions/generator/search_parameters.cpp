#include "fhir/definitions/generator/search_parameters.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "fhir/definitions/generator/refuse.hpp"

namespace fhir::definitions::generator {
namespace {

SearchType type_from(std::string_view code) {
  constexpr std::array<std::pair<std::string_view, SearchType>, 9> kTypes = {
      {{"number", SearchType::kNumber},
       {"date", SearchType::kDate},
       {"string", SearchType::kString},
       {"token", SearchType::kToken},
       {"reference", SearchType::kReference},
       {"composite", SearchType::kComposite},
       {"quantity", SearchType::kQuantity},
       {"uri", SearchType::kUri},
       {"special", SearchType::kSpecial}}};
  for (const auto& [name, type] : kTypes) {
    if (name == code) return type;
  }
  refuse("search parameter type " + std::string(code));
}

SearchParameterRow row_of(const Json& parameter, Tables& out) {
  SearchParameterRow row;
  row.code = out.add_text(text_of(parameter, "code"));
  row.url = out.add_text(text_of(parameter, "url"));
  row.expression = out.add_text(text_of(parameter, "expression"));
  row.type = type_from(text_of(parameter, "type"));
  row.targets.begin = count_of(out.targets);
  for (const Json& target : array_of(parameter, "target").GetArray()) {
    out.targets.push_back(out.add_name(target.GetString()));
  }
  row.targets.count = count_of(out.targets) - row.targets.begin;
  row.components.begin = count_of(out.components);
  for (const Json& component : array_of(parameter, "component").GetArray()) {
    out.components.push_back(
        {out.add_text(text_of(component, "definition")), out.add_text(text_of(component, "expression"))});
  }
  row.components.count = count_of(out.components) - row.components.begin;
  return row;
}

}  // namespace

std::size_t compile_search_parameters(const Json& bundle, Tables& out) {
  std::size_t parameters = 0;
  for (const Json& entry : array_of(bundle, "entry").GetArray()) {
    const Json& parameter = entry["resource"];
    SearchParameterRow row = row_of(parameter, out);
    ++parameters;
    for (const Json& base : array_of(parameter, "base").GetArray()) {
      row.base = out.add_text(base.GetString());
      out.search_parameters.push_back(row);
    }
  }
  const auto before = [&out](const SearchParameterRow& a, const SearchParameterRow& b) {
    return std::pair(out.text_at(a.base), out.text_at(a.code)) <
           std::pair(out.text_at(b.base), out.text_at(b.code));
  };
  std::sort(out.search_parameters.begin(), out.search_parameters.end(), before);
  return parameters;
}

}  // namespace fhir::definitions::generator
