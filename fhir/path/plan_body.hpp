// Inside of a plan: the expression flattened into one array, with everything looked up that can be known
// before it runs. Only the compiler writes it, only the evaluator reads it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "fhir/path/ast.hpp"
#include "fhir/path/plan.hpp"
#include "fhir/path/type_spec.hpp"
#include "fhir/path/value.hpp"
#include "fhir/tree/type_table.hpp"

namespace re2 {
class RE2;
}

namespace fhir::path {

struct FunctionRow;

using NodeId = std::uint32_t;
inline constexpr std::uint32_t kNone = 0xFFFF'FFFFu;

enum class PlanOp : std::uint8_t {
  kEmpty,
  kConstant,    ///< datum: constants
  kRootMember,  ///< datum: names; on the focus; a type name selects the focus itself
  kMember,      ///< datum: names; a step of a path
  kFunction,    ///< function; links: arguments. A step, or on the focus when it stands alone
  kIndexer,     ///< links: the index
  kPath,        ///< links: base, then steps
  kThis,
  kIndex,
  kTotal,
  kExternal,  ///< datum: names
  kPlus,      ///< links: operand
  kNegate,
  kBinary,  ///< op; links: left, right
  kIs,      ///< links: operand; type: types
  kAs,
};

struct PlanNode {
  PlanOp code = PlanOp::kEmpty;
  Operator op = Operator::kNone;
  std::uint32_t offset = 0;  ///< Into the text, for failures.
  std::uint32_t links = 0;   ///< First of `count` entries of PlanBody::links.
  std::uint32_t count = 0;
  std::uint32_t datum = kNone;
  std::uint32_t type = kNone;     ///< Of is, as, and functions that take a type.
  std::uint32_t pattern = kNone;  ///< Regular expression of a function whose pattern is constant.
  const FunctionRow* function = nullptr;
};

struct PlanName {
  std::string text;
  tree::NameId id =
      tree::kNoName;  ///< In the type table of the plan; none: only nodes with local names can match.
  TypeSpec type;      ///< If the name is a type, what `Patient` at the start of a path means.
};

struct PlanBody {
  PlanBody();
  ~PlanBody();
  std::string text;
  const tree::TypeTable* table = nullptr;
  bool as_filters = false;
  bool mapping_members = false;
  std::vector<PlanNode> nodes;
  std::vector<NodeId> links;
  std::vector<Value> constants;
  std::vector<PlanName> names;
  std::vector<TypeSpec> types;
  std::vector<std::unique_ptr<const re2::RE2>> patterns;
  NodeId root = 0;

  [[nodiscard]] std::span<const NodeId> children(const PlanNode& node) const noexcept {
    return std::span(links).subspan(node.links, node.count);
  }
};

}  // namespace fhir::path
