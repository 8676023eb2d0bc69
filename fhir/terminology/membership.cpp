#include "fhir/terminology/membership.hpp"

#include <algorithm>

namespace fhir::terminology {
namespace {

using definitions::CodeRow;
using definitions::Definitions;
using definitions::Membership;
using definitions::ValueSetRow;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_restricted_name(std::string_view name) {
  constexpr std::string_view kAlso = "!#$&-^_.+";
  const auto allowed = [&](char c) {
    return is_letter(c) || is_digit(c) || kAlso.find(c) != std::string_view::npos;
  };
  return !name.empty() && name.size() <= 127 && (is_letter(name[0]) || is_digit(name[0])) &&
         std::all_of(name.begin(), name.end(), allowed);
}

bool has_syntax(Membership membership, std::string_view code) {
  switch (membership) {
    case Membership::kMimeType: return is_mime_type(code);
    case Membership::kUcum: return is_ucum_text(code);
    case Membership::kCurrency: return is_currency_code(code);
    case Membership::kLanguage: return is_language_tag(code);
    case Membership::kEnumerated:
    case Membership::kNotCompiled:
    case Membership::kUnknownSet: return true;
  }
  return true;
}

/// The one system a syntactic set draws on; empty for others.
std::string_view system_of(Membership membership) {
  switch (membership) {
    case Membership::kMimeType: return "urn:ietf:bcp:13";
    case Membership::kUcum: return "http://unitsofmeasure.org";
    case Membership::kCurrency: return "urn:iso:std:iso:4217";
    case Membership::kLanguage: return "urn:ietf:bcp:47";
    case Membership::kEnumerated:
    case Membership::kNotCompiled:
    case Membership::kUnknownSet: return {};
  }
  return {};
}

/// True if the set has `code`, in `system` unless that is null.
bool holds(const Definitions& definitions, const ValueSetRow& set, const std::string_view* system,
           std::string_view code) {
  const std::uint32_t mask = set.slots.count - 1;
  for (std::uint32_t at = tree::TypeTable::hash_name(code) & mask;; at = (at + 1) & mask) {
    const std::uint32_t index = definitions.code_slots[set.slots.begin + at];
    if (index == definitions::kNoValueSet) return false;
    const CodeRow& row = definitions.codes[set.codes.begin + index];
    if (definitions.text(row.code) != code) continue;
    if (system == nullptr || definitions.text(definitions.systems[row.system]) == *system) return true;
  }
}

Verdict find(const Definitions& definitions, definitions::ValueSetId id, const std::string_view* system,
             std::string_view code) {
  const ValueSetRow& set = definitions.value_sets[id];
  if (set.membership == Membership::kEnumerated) {
    return holds(definitions, set, system, code) ? Verdict::kMember : Verdict::kNotMember;
  }
  const std::string_view expected = system_of(set.membership);
  if (system != nullptr && !expected.empty() && *system != expected) return Verdict::kNotMember;
  return has_syntax(set.membership, code) ? Verdict::kUnchecked : Verdict::kNotMember;
}

}  // namespace

Verdict find_code(const Definitions& definitions, definitions::ValueSetId set,
                  std::string_view code) noexcept {
  return find(definitions, set, nullptr, code);
}

Verdict find_coding(const Definitions& definitions, definitions::ValueSetId set, std::string_view system,
                    std::string_view code) noexcept {
  return find(definitions, set, &system, code);
}

bool is_mime_type(std::string_view code) noexcept {
  if (code == "xml" || code == "json" || code == "ttl") return true;
  const std::size_t slash = code.find('/');
  if (slash == std::string_view::npos) return false;
  const std::size_t parameters = std::min(code.find(';', slash), code.size());
  std::string_view subtype = code.substr(slash + 1, parameters - slash - 1);
  while (parameters < code.size() && subtype.ends_with(' '))
    subtype.remove_suffix(1);
  if (!is_restricted_name(code.substr(0, slash)) || !is_restricted_name(subtype)) return false;
  return parameters == code.size() || code.find('=', parameters) != std::string_view::npos;
}

bool is_language_tag(std::string_view code) noexcept {
  bool first = true;
  while (true) {
    const std::size_t dash = code.find('-');
    const std::string_view subtag = code.substr(0, dash);
    if (subtag.empty() || subtag.size() > 8) return false;
    const auto allowed = [first](char c) { return is_letter(c) || (!first && is_digit(c)); };
    if (!std::all_of(subtag.begin(), subtag.end(), allowed)) return false;
    const bool special = subtag == "i" || subtag == "x" || subtag == "I" || subtag == "X";
    if (first && subtag.size() == 1 && (!special || dash == std::string_view::npos)) return false;
    if (dash == std::string_view::npos) return true;
    code.remove_prefix(dash + 1);
    first = false;
  }
}

bool is_currency_code(std::string_view code) noexcept {
  return code.size() == 3 &&
         std::all_of(code.begin(), code.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool is_ucum_text(std::string_view code) noexcept {
  char open = '\0';
  for (const char c : code) {
    if (c <= ' ' || c > '~') return false;
    if (c == '[' || c == '{') {
      if (open != '\0') return false;
      open = c;
    } else if (c == ']' || c == '}') {
      if (open != (c == ']' ? '[' : '{')) return false;
      open = '\0';
    }
  }
  return !code.empty() && open == '\0';
}

}  // namespace fhir::terminology
