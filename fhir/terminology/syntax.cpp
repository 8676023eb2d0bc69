#include "fhir/terminology/syntax.hpp"

#include <algorithm>

#include "fhir/terminology/check_digit.hpp"
#include "fhir/terminology/iso_codes.hpp"
#include "fhir/terminology/language_tag.hpp"
#include "fhir/terminology/membership.hpp"
#include "fhir/ucum/unit.hpp"

namespace fhir::terminology {
namespace {

struct SyntaxRow {
  std::string_view system;
  Syntax syntax;
};
constexpr SyntaxRow kRows[] = {
    {"http://unitsofmeasure.org", Syntax::kUcum},
    {"urn:ietf:bcp:47", Syntax::kLanguage},
    {"urn:ietf:bcp:13", Syntax::kMimeType},
    {"urn:ietf:rfc:3986", Syntax::kUri},
    {"urn:iso:std:iso:4217", Syntax::kCurrency},
    {"urn:iso:std:iso:3166", Syntax::kCountry},
    {"urn:iso:std:iso:3166:-2", Syntax::kSubdivision},
    {"http://unstats.un.org/unsd/methods/m49/m49.htm", Syntax::kRegion},
    {"http://snomed.info/sct", Syntax::kSnomed},
    {"http://loinc.org", Syntax::kLoinc},
};

SyntaxVerdict valid_if(bool valid) {
  return valid ? SyntaxVerdict::kValid : SyntaxVerdict::kInvalid;
}
SyntaxVerdict unknown_if(bool well_formed) {
  return well_formed ? SyntaxVerdict::kUnknown : SyntaxVerdict::kInvalid;
}

SyntaxVerdict judge_language(std::string_view code) {
  switch (check_language_tag(code)) {
    case TagVerdict::kRegistered: return SyntaxVerdict::kValid;
    case TagVerdict::kUnknown: return SyntaxVerdict::kUnknown;
    case TagVerdict::kMalformed: return SyntaxVerdict::kInvalid;
  }
  return SyntaxVerdict::kInvalid;
}

/// Two letters are looked up; three letters and three digits are codes of the standard that are not here.
SyntaxVerdict judge_country(std::string_view code) {
  if (code.size() == 2) return valid_if(is_country(code));
  const auto all = [code](char first, char last) {
    return std::all_of(code.begin(), code.end(), [=](char c) { return c >= first && c <= last; });
  };
  return unknown_if(code.size() == 3 && (all('A', 'Z') || all('0', '9')));
}

/// ISO 3166-2: a country, a hyphen, one to three letters or digits.
SyntaxVerdict judge_subdivision(std::string_view code) {
  const bool shape = code.size() >= 4 && code.size() <= 6 && code[2] == '-' && is_country(code.substr(0, 2));
  return unknown_if(shape && std::all_of(code.begin() + 3, code.end(), [](char c) {
                      return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
                    }));
}

/// UN M49: three digits.
SyntaxVerdict judge_region(std::string_view code) {
  return unknown_if(code.size() == 3 &&
                    std::all_of(code.begin(), code.end(), [](char c) { return c >= '0' && c <= '9'; }));
}

bool is_uri(std::string_view code) {
  return !code.empty() && std::all_of(code.begin(), code.end(), [](char c) {
    return static_cast<unsigned char>(c) > 0x20 && c != '"' && c != '<' && c != '>';
  });
}

}  // namespace

std::optional<Syntax> syntax_of(std::string_view system) noexcept {
  for (const SyntaxRow& row : kRows) {
    if (row.system == system) return row.syntax;
  }
  return std::nullopt;
}

SyntaxVerdict judge(Syntax syntax, std::string_view code) {
  switch (syntax) {
    case Syntax::kUcum: return valid_if(ucum::is_unit(code));
    case Syntax::kLanguage: return judge_language(code);
    case Syntax::kMimeType: return valid_if(is_mime_type(code));
    case Syntax::kUri: return valid_if(is_uri(code));
    case Syntax::kCurrency: return valid_if(is_currency(code));
    case Syntax::kCountry: return judge_country(code);
    case Syntax::kSubdivision: return judge_subdivision(code);
    case Syntax::kRegion: return judge_region(code);
    case Syntax::kSnomed: return unknown_if(is_snomed_code(code));
    case Syntax::kLoinc: return unknown_if(is_loinc_code(code));
  }
  return SyntaxVerdict::kUnknown;
}

std::string_view enumerated_codes(Syntax syntax) noexcept {
  if (syntax == Syntax::kCurrency) return currency_codes();
  return syntax == Syntax::kCountry ? country_codes() : std::string_view();
}

}  // namespace fhir::terminology
