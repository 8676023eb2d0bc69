// A map as written. Internal: the parser makes it, the compiler reads it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mappings::engine {

/// A word or text with its byte offset in the map.
struct Word {
  std::string text;
  std::uint32_t at = 0;
  [[nodiscard]] bool empty() const noexcept { return text.empty(); }
};

/// FHIRPath, as written but for double quotes, which older maps use for strings.
using ExpressionText = Word;

enum class ValueForm : std::uint8_t { kNone, kString, kNumber, kBoolean, kPath, kExpression };

/// A parameter, or the right side of a target: a literal, `a.b`, or FHIRPath.
struct ValueAst {
  ValueForm form = ValueForm::kNone;
  Word text;                ///< Unescaped literal, or the expression.
  std::vector<Word> names;  ///< Of a path.
};

/// FHIR R5 map-source-list-mode.
enum class SourceList : std::uint8_t { kAll, kFirst, kNotFirst, kLast, kNotLast, kOnlyOne };
/// FHIR R5 map-target-list-mode.
enum class TargetList : std::uint8_t { kNone, kFirst, kLast, kSingle, kShare };

struct SourceAst {
  std::vector<Word> path;  ///< The variable, then element names.
  Word type;
  std::optional<std::uint32_t> min;
  std::optional<std::uint32_t> max;  ///< With min; kUnbounded for `*`.
  ValueAst fallback;                 ///< default (...)
  SourceList list = SourceList::kAll;
  Word variable;
  ExpressionText where;
  ExpressionText check;
  ExpressionText log;
};

struct TransformAst {
  Word name;  ///< `create`; empty: `value` is copied, or there is none.
  ValueAst value;
  std::vector<ValueAst> parameters;
};

struct TargetAst {
  std::vector<Word> path;  ///< Empty: a transform on its own.
  std::uint32_t at = 0;
  bool assigns = false;  ///< There is a `=`, or a transform on its own.
  TransformAst transform;
  Word variable;
  TargetList list = TargetList::kNone;
  Word share;
};

struct CallAst {
  Word group;
  std::vector<ValueAst> parameters;
};

struct RuleAst {
  std::uint32_t at = 0;
  std::string name;
  std::vector<SourceAst> sources;  ///< Empty for a group call on its own.
  std::vector<TargetAst> targets;
  std::vector<CallAst> calls;
  std::vector<RuleAst> rules;
};

struct ParameterAst {
  bool is_target = false;
  Word name;
  Word type;
};

/// `<<types>>` and `<<type+>>`.
enum class Stereotype : std::uint8_t { kNone, kTypes, kTypeAndTypes };

struct GroupAst {
  Word name;
  std::vector<ParameterAst> parameters;
  Word extends;
  Stereotype stereotype = Stereotype::kNone;
  std::vector<RuleAst> rules;
};

enum class UsesMode : std::uint8_t { kSource, kQueried, kTarget, kProduced };

struct UsesAst {
  Word url;
  std::string alias;
  UsesMode mode = UsesMode::kSource;
};

struct ConceptAst {
  std::string source_prefix;
  std::string source_code;
  std::string relation;
  std::string target_prefix;
  std::string target_code;
};

struct ConceptMapAst {
  Word id;
  std::vector<std::pair<std::string, std::string>> prefixes;
  std::vector<ConceptAst> concepts;
  std::vector<std::string> passed_through;  ///< Prefixes of `unmapped for x = provided`.
};

struct ConstantAst {
  Word name;
  ExpressionText value;
};

struct MapAst {
  std::string url;
  std::string name;
  std::vector<ConceptMapAst> concept_maps;
  std::vector<UsesAst> uses;
  std::vector<Word> imports;
  std::vector<ConstantAst> constants;
  std::vector<GroupAst> groups;
};

}  // namespace mappings::engine
