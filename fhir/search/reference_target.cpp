#include "fhir/search/reference_target.hpp"

#include <algorithm>

namespace fhir::search {
namespace {

bool is_type_name(std::string_view text) {
  return !text.empty() && text.front() >= 'A' && text.front() <= 'Z' &&
         std::ranges::all_of(text, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); });
}

}  // namespace

ReferenceTarget reference_target(std::string_view reference) noexcept {
  if (reference.starts_with('#')) return {};
  std::string_view rest = reference;
  if (const auto history = rest.find("/_history/"); history != std::string_view::npos)
    rest = rest.substr(0, history);
  const auto slash = rest.rfind('/');
  if (slash == std::string_view::npos || slash == 0) return {{}, reference};
  const std::string_view id = rest.substr(slash + 1);
  const std::string_view before = rest.substr(0, slash);
  const auto start = before.rfind('/');
  const std::string_view type = start == std::string_view::npos ? before : before.substr(start + 1);
  if (id.empty() || !is_type_name(type)) return {{}, reference};
  return {type, id};
}

}  // namespace fhir::search
