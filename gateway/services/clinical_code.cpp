#include "gateway/services/clinical_code.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "gateway/gate/fold.hpp"
#include "gateway/services/clinical_code_tables.hpp"

namespace gateway::services {

namespace {

// Verhoeff's scheme: multiplication in the dihedral group D5 and the powers of his permutation.
constexpr std::array<std::array<unsigned char, 10>, 10> kMultiply = {{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9},
                                                                      {1, 2, 3, 4, 0, 6, 7, 8, 9, 5},
                                                                      {2, 3, 4, 0, 1, 7, 8, 9, 5, 6},
                                                                      {3, 4, 0, 1, 2, 8, 9, 5, 6, 7},
                                                                      {4, 0, 1, 2, 3, 9, 5, 6, 7, 8},
                                                                      {5, 9, 8, 7, 6, 0, 4, 3, 2, 1},
                                                                      {6, 5, 9, 8, 7, 1, 0, 4, 3, 2},
                                                                      {7, 6, 5, 9, 8, 2, 1, 0, 4, 3},
                                                                      {8, 7, 6, 5, 9, 3, 2, 1, 0, 4},
                                                                      {9, 8, 7, 6, 5, 4, 3, 2, 1, 0}}};
constexpr std::array<std::array<unsigned char, 10>, 8> kPermute = {{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9},
                                                                    {1, 5, 7, 6, 2, 8, 3, 0, 9, 4},
                                                                    {5, 8, 0, 3, 7, 9, 6, 1, 4, 2},
                                                                    {8, 9, 1, 6, 0, 4, 3, 5, 2, 7},
                                                                    {9, 4, 5, 3, 1, 2, 6, 8, 7, 0},
                                                                    {4, 2, 8, 6, 5, 7, 3, 9, 0, 1},
                                                                    {2, 7, 9, 3, 8, 0, 6, 4, 1, 5},
                                                                    {7, 0, 4, 6, 9, 1, 3, 2, 5, 8}}};

bool verhoeff_holds(std::string_view digits) {
  unsigned check = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const auto digit = static_cast<std::size_t>(digits[digits.size() - 1 - i] - '0');
    check = kMultiply[check][kPermute[i % 8][digit]];
  }
  return check == 0;
}

/// True when `stem` starts a word of `text`, which begins with a space. A stem of up to three letters is a
/// whole word.
bool names(std::string_view text, std::string_view stem) {
  const bool whole = stem.size() <= 3;
  for (std::size_t at = text.find(stem); at != std::string_view::npos; at = text.find(stem, at + 1)) {
    const std::size_t end = at + stem.size();
    if (text[at - 1] == ' ' && (!whole || end == text.size() || text[end] == ' ')) return true;
  }
  return false;
}

struct Named {
  bool own = false;
  bool other = false;
};

/// All that is no small letter shares a bit.
std::uint32_t initial_bit(char c) {
  return 1u << (c >= 'a' && c <= 'z' ? static_cast<unsigned>(c - 'a') : 26u);
}

/// A bit for each small letter a word of `text` begins with.
std::uint32_t initials(std::string_view text) {
  std::uint32_t bits = 0;
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at - 1] == ' ') bits |= initial_bit(text[at]);
  }
  return bits;
}

Named named_in(std::string_view display, bool site, std::string_view own) {
  Named out;
  const std::uint32_t begun = initials(display);
  for (const tables::Word& word : tables::kWords) {
    if (word.site != site || (begun & initial_bit(word.stem.front())) == 0) continue;
    if (!names(display, word.stem)) continue;
    (word.value == own ? out.own : out.other) = true;
  }
  return out;
}

}  // namespace

bool is_snomed_concept_id(std::string_view text) noexcept {
  if (text.size() < 6 || text.size() > 18 || text.front() == '0') return false;
  if (!std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; })) return false;
  const std::string_view partition = text.substr(text.size() - 3, 2);
  return (partition == "00" || partition == "10") && verhoeff_holds(text);
}

bool is_treatment_function_system(std::string_view system) noexcept {
  return system.find("TreatmentFunction") != std::string_view::npos ||
         system.find("PracticeSettingCode") != std::string_view::npos ||
         system.find("treatment_function") != std::string_view::npos;
}

const KnownCode* find_code(std::string_view system, std::string_view code) noexcept {
  if (is_treatment_function_system(system)) system = kTreatmentFunction;
  const auto found = std::ranges::find_if(
      tables::kCodes, [&](const KnownCode& row) { return row.code == code && row.system == system; });
  return found == tables::kCodes.end() ? nullptr : &*found;
}

std::span<const KnownCode> known_codes() noexcept {
  return tables::kCodes;
}

CodeCheck check_coding(std::string_view system, std::string_view code, std::string_view display) {
  const KnownCode* known = find_code(system, code);
  if (system == kSnomed && !is_snomed_concept_id(code)) return CodeCheck::kImpossible;
  if (known == nullptr) return CodeCheck::kUnknown;
  if (display.empty()) return CodeCheck::kAgrees;
  const std::string folded = ' ' + gate::fold_phrase(display);
  const Named topic = named_in(folded, false, known->topic);
  const Named site = named_in(folded, true, known->site);
  if (!known->topic.empty() && topic.other && !topic.own) return CodeCheck::kMismatch;
  if (!known->site.empty() && site.other && !site.own) return CodeCheck::kMismatch;
  if (topic.own || site.own) return CodeCheck::kAgrees;
  return CodeCheck::kUnsure;
}

}  // namespace gateway::services
