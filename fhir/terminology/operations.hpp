// The terminology operations of FHIR R4 4.6 to 4.10 as pure functions over what is loaded: a question in, the
// resource of the answer out. What they cannot say is an error or a stated `false`, never a guess.
//
// Errors: kNotFound for a value set, system, map or code nobody told us of; kUnsupported where the content is
// not here (SNOMED CT, LOINC) or a rule cannot be run; kTooLarge for an expansion past the limit;
// kInvalidRequest for a question that is not one. Texts of errors and messages quote nothing of the question.
// Any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.hpp"
#include "fhir/terminology/terminology.hpp"
#include "fhir/tree/tree.hpp"

namespace fhir::terminology {

struct ExpandRequest {
  std::string_view url;              ///< Canonical of the value set; or
  tree::Node value_set;              ///< the value set itself, which outlives the call.
  std::string_view filter;           ///< Text that the display or the code must contain, whatever the case.
  std::size_t offset = 0;            ///< Members to pass over.
  std::optional<std::size_t> count;  ///< At most so many; 0 asks for the total alone.
  bool designations = false;         ///< With the designations of every code.
  bool active_only = false;          ///< Without inactive codes.
  std::string_view language;         ///< Displays in this language where there are some.
  std::string_view timestamp;        ///< expansion.timestamp; a dateTime.
};

/// More codes than this in one answer are refused with kTooLarge: ask with `count`.
inline constexpr std::size_t kMaxExpansion = 10'000;
/// Members that are looked through for one answer.
inline constexpr std::size_t kMaxMembers = 200'000;

/// ValueSet/$expand: the value set without compose, with its flat expansion.
[[nodiscard]] Result<tree::TreePtr> expand(const Terminology& terms, const ExpandRequest& request);

struct ValidateCodeRequest {
  std::string_view value_set;  ///< Canonical of a value set, or
  tree::Node value_set_resource;
  std::string_view system;  ///< of a code system, where no value set is asked about.
  Coded coded;              ///< The code, or
  tree::Node concept_node;  ///< a CodeableConcept.
};

/// ValueSet/$validate-code and CodeSystem/$validate-code: Parameters with result, message, code, system,
/// display.
[[nodiscard]] Result<tree::TreePtr> validate_code(const Terminology& terms,
                                                  const ValidateCodeRequest& request);

/// CodeSystem/$lookup: Parameters with name, version, display, designations and properties. `properties`
/// empty: all of them.
[[nodiscard]] Result<tree::TreePtr> lookup(const Terminology& terms, const Coded& coded,
                                           const std::vector<std::string_view>& properties = {});

/// CodeSystem/$subsumes: Parameters with outcome: equivalent, subsumes, subsumed-by or not-subsumed.
[[nodiscard]] Result<tree::TreePtr> subsumes(const Terminology& terms, const Coded& a, const Coded& b);

struct TranslateRequest {
  std::string_view url;            ///< Canonical of a ConceptMap; or
  tree::Node concept_map;          ///< the map itself; or neither: every loaded map that fits what follows.
  std::string_view source;         ///< Canonical of the value set a map translates from.
  std::string_view target;         ///< Canonical of the value set a map translates to.
  std::string_view target_system;  ///< Only translations into this system.
  std::vector<Coded> codings;      ///< Of the code, Coding or CodeableConcept.
  bool reverse = false;            ///< From the targets of the maps to their sources.
};

/// ConceptMap/$translate: Parameters with result, message and the matches of all maps: equivalence, concept,
/// product, source. Unmapped codes go by the mode of their group; other maps are followed eight deep.
[[nodiscard]] Result<tree::TreePtr> translate(const Terminology& terms, const TranslateRequest& request);

}  // namespace fhir::terminology
