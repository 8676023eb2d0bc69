// The parsed expression, as written. Immutable once parsed; printable for tests and explanations.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/path/value.hpp"

namespace fhir::path {

enum class AstKind : std::uint8_t {
  kEmpty,     ///< {}
  kLiteral,   ///< `literal`
  kMember,    ///< `name`; at the start of a path also a type
  kFunction,  ///< `name`(children...)
  kIndexer,   ///< [child], a step of a path
  kPath,      ///< children: the base, then member, function and indexer steps
  kThis,
  kIndex,
  kTotal,
  kExternal,  ///< %`name`
  kUnary,     ///< `op` child
  kBinary,    ///< child `op` child
  kTypeOp,    ///< child `op` (is, as) type `name`, qualified with a dot as written
};

enum class Operator : std::uint8_t {
  kNone,
  kImplies,
  kOr,
  kXor,
  kAnd,
  kIn,
  kContains,
  kEqual,
  kEquivalent,
  kNotEqual,
  kNotEquivalent,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kUnion,
  kIs,
  kAs,
  kAdd,
  kSubtract,
  kConcatenate,
  kMultiply,
  kDivide,
  kDiv,
  kMod,
};

/// `implies`, `!=`, `|`.
[[nodiscard]] std::string_view to_text(Operator op) noexcept;

struct Ast;
using AstPtr = std::unique_ptr<const Ast>;

struct Ast {
  AstKind kind = AstKind::kEmpty;
  Operator op = Operator::kNone;
  std::size_t offset = 0;
  std::size_t depth = 1;  ///< Levels from here down; bounded by CompileOptions::max_depth.
  std::string name;
  std::optional<Value> literal;
  std::vector<AstPtr> children;
};

/// `(path name (where (= use 'official')) given (first))`.
[[nodiscard]] std::string to_text(const Ast& ast);

}  // namespace fhir::path
