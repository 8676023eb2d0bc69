#include "fhir/terminology/membership.hpp"

#include <algorithm>
#include <optional>

#include "fhir/terminology/syntax.hpp"

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

std::optional<Syntax> syntax_of(Membership membership) {
  switch (membership) {
    case Membership::kMimeType: return Syntax::kMimeType;
    case Membership::kUcum: return Syntax::kUcum;
    case Membership::kCurrency: return Syntax::kCurrency;
    case Membership::kLanguage: return Syntax::kLanguage;
    case Membership::kEnumerated:
    case Membership::kNotCompiled:
    case Membership::kUnknownSet: return std::nullopt;
  }
  return std::nullopt;
}

Verdict judged(Membership membership, std::string_view code) {
  const auto syntax = syntax_of(membership);
  if (!syntax) return Verdict::kUnchecked;
  switch (judge(*syntax, code)) {
    case SyntaxVerdict::kValid: return Verdict::kMember;
    case SyntaxVerdict::kInvalid: return Verdict::kNotMember;
    case SyntaxVerdict::kUnknown: break;
  }
  return Verdict::kUnchecked;
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
  return judged(set.membership, code);
}

}  // namespace

Verdict find_code(const Definitions& definitions, definitions::ValueSetId set, std::string_view code) {
  return find(definitions, set, nullptr, code);
}

Verdict find_coding(const Definitions& definitions, definitions::ValueSetId set, std::string_view system,
                    std::string_view code) {
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
  const bool any = subtype == "*";  // a range of types, as HL7's validator takes it
  if (!is_restricted_name(code.substr(0, slash)) || (!any && !is_restricted_name(subtype))) return false;
  return parameters == code.size() || code.find('=', parameters) != std::string_view::npos;
}

}  // namespace fhir::terminology
