// What terminology answers about one code: the question and the verdict, shared by every way to ask.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "fhir/tree/tree.hpp"

namespace fhir::terminology {

/// The code asked about. A `code` element has no system; the value set implies it.
struct Coded {
  std::string_view system;
  std::string_view version;
  std::string_view code;
  std::string_view display;
};

/// The code of a code, string, uri, Coding or Quantity element; texts are those of the node's tree.
[[nodiscard]] Coded coded_of(tree::Node element);

enum class CodeVerdict : std::uint8_t {
  kMember,           ///< In the value set; in the code system, where that was asked.
  kNotMember,        ///< Known not to be in the value set.
  kUnknownCode,      ///< The code system is complete here, and has no such code. Not in the set either.
  kUnknownSystem,    ///< Nobody told us of the code system, and the value set does not list the code itself.
  kUnknownValueSet,  ///< No such value set; a version was named that is not here; or it imports such a one.
  /// The code system is known, but its content is not here (SNOMED CT, LOINC), is a fragment or an example;
  /// or the value set has a rule that cannot be run here. Never to be taken for a yes.
  kCannotCheck,
};

/// What is not here, where the verdict is kCannotCheck, kUnknownSystem or kUnknownValueSet; kNone otherwise.
enum class Missing : std::uint8_t {
  kNone,
  kValueSet,       ///< No definition of the value set or of one that it imports.
  kSystem,         ///< No definition of the code system.
  kSystemVersion,  ///< The code system is here in other versions only.
  kContent,        ///< CodeSystem.content is not-present, or the system is one of those nobody may pass on.
  kFragment,       ///< CodeSystem.content is fragment, and the code is not among what there is.
  kExample,        ///< CodeSystem.content is example.
  kFilter,         ///< A filter of the value set that is not offered, or over a system without content.
  kCycle,          ///< The value set imports itself.
};

/// The answer about one code. The texts live as long as the registry, or as the question where they repeat
/// it.
struct CodeAnswer {
  CodeVerdict verdict = CodeVerdict::kUnknownValueSet;
  Missing missing = Missing::kNone;
  bool inactive = false;       ///< Retired or inactive in its system, or so marked in the expansion.
  bool abstract = false;       ///< Not for selection (notSelectable): a heading, no value.
  bool display_wrong = false;  ///< A display was given, and is none of those of the code, in any language.
  bool case_differs = false;   ///< The code is written in other case than its definition, which ignores case.
  bool malformed = false;      ///< The code breaks the syntax of its system: check digit, UCUM grammar.
  /// A `code` without system that several systems of the set define; `system` is the first.
  bool ambiguous = false;
  std::string_view system;   ///< Of the code found; that of the question when nothing was found.
  std::string_view code;     ///< As its definition writes it.
  std::string_view display;  ///< The right display; empty when none is known.

  [[nodiscard]] bool is_member() const noexcept { return verdict == CodeVerdict::kMember; }
  /// True when it is certain that the code is wrong here.
  [[nodiscard]] bool is_wrong() const noexcept {
    return verdict == CodeVerdict::kNotMember || verdict == CodeVerdict::kUnknownCode;
  }
};

/// The answer about a CodeableConcept: that of its best coding (a member; else one that cannot be checked;
/// else the first), and those of all codings in their order. Without codings `best` is kNotMember.
struct ConceptAnswer {
  CodeAnswer best;
  std::size_t best_index = 0;
  std::vector<CodeAnswer> codings;
};

}  // namespace fhir::terminology
