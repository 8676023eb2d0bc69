// Inside of a plan: groups and rules flattened into arrays, with variables as slots, names as ids of the
// type tables and expressions compiled. Only the compiler writes it, only the executor reads it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "fhir/base/issue.hpp"
#include "fhir/path/plan.hpp"
#include "fhir/tree/type_table.hpp"
#include "mappings/engine/concept_table.hpp"
#include "mappings/engine/map_ast.hpp"
#include "mappings/engine/plan.hpp"

namespace re2 {
class RE2;
}

namespace mappings::engine {

inline constexpr std::uint32_t kNoId = 0xFFFF'FFFFu;

/// A run of entries in one of the arrays.
struct Span {
  std::uint32_t begin = 0;
  std::uint32_t count = 0;
};

/// A child by name. `id` with kLocalName set is an index into PlanBody::local_names: the table does not know
/// the name.
struct ChildName {
  fhir::tree::NameId id = fhir::tree::kNoName;
  bool value_itself = false;  ///< `value`: a primitive without such a child is meant itself.
};

enum class ExpressionOp : std::uint8_t {
  kLiteral,  ///< text
  kPath,     ///< slot (kNoId: the focus), names
  kConcat,   ///< `&` of the operands; an empty one is ''.
  kJoin,     ///< `+` of the operands; an empty one makes all empty.
  kCall,     ///< function of operands: the first is the input
  kExists,   ///< names from slot
  kMissing,  ///< The opposite.
  kEqual,    ///< path with text; general when the element holds no string
  kNotEqual,
  kOneOf,  ///< path in texts
  kAnd,
  kOr,
  kNot,
  kIif,   ///< operands: condition, then, else
  kStep,  ///< names, from operand 0
  kFirst,
  kUnion,   ///< Of the operands; without looking for duplicates, unless general is set for what is no text.
  kWhere,   ///< operand 0 filtered by operand 1
  kSelect,  ///< operand 1 for each of operand 0
  kHas,     ///< Whether operand 0 gives anything.
  kSame,    ///< operands, as strings; general when one is none
  kDiffers,
  kCount,
  kJoinAll,  ///< operand 0 joined by text
  kText,     ///< As a string.
  kTrim,
  kUpper,  ///< ASCII; general for more
  kLower,
  kListed,      ///< operand 0 in texts
  kContains,    ///< operand 0 with operand 1
  kStartsWith,  ///< operand 0 with operand 1
  kMatches,     ///< operand 0 with pattern
  kGeneral,     ///< FHIRPath
};

struct FastFunction;

struct Expression {
  ExpressionOp op = ExpressionOp::kGeneral;
  fhir::tree::ValueKind kind = fhir::tree::ValueKind::kString;  ///< Of a literal.
  std::uint32_t slot = kNoId;
  Span names;                  ///< Of PlanBody::names.
  Span operands;               ///< Of PlanBody::operands.
  std::uint32_t text = kNoId;  ///< First of PlanBody::texts.
  std::uint32_t text_count = 0;
  const FastFunction* function = nullptr;
  std::uint32_t general = kNoId;  ///< Of PlanBody::generals.
  std::uint32_t pattern = kNoId;  ///< Of PlanBody::patterns.
  /// A path that starts with a name which is also a type: it means the focus itself when that is of the type.
  fhir::tree::NameId root_type = fhir::tree::kNoName;
};

/// FHIRPath that needs the evaluator, with the variables it names.
struct General {
  fhir::path::PlanPtr plan;
  static constexpr std::uint32_t kConstant = 0x8000'0000u;  ///< The slot is an expression: a constant.
  struct Use {
    std::string name;
    std::uint32_t slot = kNoId;
  };
  std::vector<Use> uses;
};

struct SourcePlan {
  std::uint32_t slot = 0;
  Span names;
  fhir::tree::NameId type = fhir::tree::kNoName;  ///< Filter.
  std::uint32_t min = 0;
  std::uint32_t max = fhir::tree::kUnbounded;
  std::uint32_t fallback = kNoId;  ///< Expression.
  std::uint32_t where = kNoId;
  std::uint32_t check = kNoId;
  std::uint32_t log = kNoId;
  std::uint32_t variable = kNoId;  ///< Slot; always set.
  SourceList list = SourceList::kAll;
  bool bounded = false;  ///< min..max is to be checked.
  bool guarded = false;  ///< It has a where, check or log.
  bool plain = false;    ///< All elements of the path, whatever they are, however many.
  std::uint32_t at = 0;  ///< Byte in the map.
};

enum class Transform : std::uint8_t {
  kNone,   ///< The element itself, made when it is not there.
  kValue,  ///< Parameter 0.
  kCreate,
  kTruncate,
  kEscape,
  kCast,
  kAppend,
  kTranslate,
  kReference,
  kPointer,
  kUuid,
  kCodeableConcept,
  kCoding,
  kQuantity,
  kIdentifier,
  kContactPoint,
};

enum class TranslateOutput : std::uint8_t { kCode, kSystem, kDisplay, kCoding, kCodeableConcept };

/// One element below a target: what is known of it before the run.
struct TargetChild {
  fhir::tree::NameId name = fhir::tree::kNoName;    ///< FHIRPath name.
  fhir::tree::RowId row = fhir::tree::kUnknownRow;  ///< Known type of the parent; else looked up.
  bool choice = false;                              ///< Takes the type of what is put there.
  bool value_itself = false;                        ///< `.value` of a primitive.
  bool repeats = false;                             ///< Of `row`, like the rest.
  bool resource = false;
  std::uint16_t order = 0;
};

struct TargetPlan {
  std::uint32_t slot = kNoId;  ///< kNoId: a transform on its own.
  Span children;               ///< Of PlanBody::target_children.
  Transform transform = Transform::kNone;
  Span parameters;                                  ///< Of PlanBody::operands: expressions.
  fhir::tree::RowId row = fhir::tree::kUnknownRow;  ///< Of create() and cast().
  fhir::tree::NameId type = fhir::tree::kNoName;    ///< Of create() and cast().
  const ConceptTable* concepts = nullptr;
  TranslateOutput output = TranslateOutput::kCode;
  bool constant = false;     ///< Parameter 0 is a string that the last child takes as it is.
  std::uint32_t number = 0;  ///< truncate()
  std::uint32_t variable = kNoId;
  TargetList list = TargetList::kNone;
  std::uint32_t share = kNoId;  ///< Of PlanBody::texts.
};

/// How an argument of a group is passed.
struct Argument {
  std::uint32_t slot = kNoId;        ///< Of the caller.
  std::uint32_t expression = kNoId;  ///< When it is no plain variable.
};

struct CallPlan {
  std::uint32_t group = 0;
  Span arguments;
};

/// Small, because most rules are only looked at: where a rule was written is in RuleSite.
struct RulePlan {
  Span sources;
  Span targets;
  Span calls;
  Span rules;                            ///< Of PlanBody::rules, within.
  std::uint32_t default_source = kNoId;  ///< Slots of the short form `a.b -> c.d`.
  std::uint32_t default_target = kNoId;
  std::uint32_t default_group = kNoId;  ///< When both types were known.
  std::uint32_t site = 0;               ///< Of PlanBody::sites.
  /// A child that the element in `needed_of` has, or the rule does nothing but spend a step; kNoName: it may
  /// do more. As ChildName::id.
  fhir::tree::NameId needed = fhir::tree::kNoName;
  std::uint32_t needed_of = 0;  ///< Slot.
};

/// Where a rule was written.
struct RuleSite {
  std::uint32_t group = 0;
  std::uint32_t map = 0;  ///< extends brings rules of others.
  std::uint32_t line = 0;
  std::string name;
};

struct GroupPlan {
  std::string name;
  std::uint32_t map = 0;
  Span rules;
  std::uint32_t parameters = 0;  ///< Slots 0 .. parameters - 1.
  std::uint32_t slots = 0;
  std::vector<bool> is_target;
  std::vector<fhir::tree::RowId> rows;  ///< Declared types; kUnknownRow when there is none.
};

/// Names the executor uses by itself, in the target table: of elements it writes, and of types.
struct WellKnownNames {
  fhir::tree::NameId system, code, display, value, unit, coding, text, reference, type, use;
  fhir::tree::NameId date, date_time, instant, time, string, boolean, integer, decimal, quantity;
};

struct MapPlan {
  std::string url;
  std::string name;
  std::uint32_t first_group = kNoId;
  std::uint32_t pair = 0;  ///< Of PlanBody::pairs: the tables it maps between.
};

struct PlanBody {
  PlanBody();
  ~PlanBody();
  std::vector<MapPlan> maps;
  std::vector<GroupPlan> groups;
  std::vector<RulePlan> rules;
  std::vector<RuleSite> sites;
  std::vector<SourcePlan> sources;
  std::vector<TargetPlan> targets;
  std::vector<TargetChild> target_children;
  std::vector<CallPlan> calls;
  std::vector<Argument> arguments;
  std::vector<Expression> expressions;
  std::vector<std::uint32_t> operands;
  std::vector<ChildName> names;
  std::vector<std::string> local_names;
  std::vector<std::string> texts;
  std::vector<General> generals;
  std::vector<std::unique_ptr<const re2::RE2>> patterns;
  std::vector<std::unique_ptr<ConceptTable>> concepts;
  /// Default groups, for each pair of tables.
  struct Pair {
    const fhir::tree::TypeTable* source = nullptr;
    const fhir::tree::TypeTable* target = nullptr;
    WellKnownNames known{};
    /// (source type << 32 | target type) to group; types are names of their tables. Target type kNoName: the
    /// group of `<<type+>>` that decides the type.
    std::unordered_map<std::uint64_t, std::uint32_t> defaults;
  };
  std::vector<Pair> pairs;
  fhir::IssueList warnings;
};

[[nodiscard]] inline std::uint64_t default_key(fhir::tree::NameId source,
                                               fhir::tree::NameId target) noexcept {
  return (std::uint64_t{source} << 32u) | target;
}

}  // namespace mappings::engine
