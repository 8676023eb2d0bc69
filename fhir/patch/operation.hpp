// One operation of a FHIRPath Patch, as the Parameters give it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "fhir/tree/tree.hpp"

namespace fhir::patch {

enum class OperationKind : std::uint8_t { kAdd, kInsert, kDelete, kReplace, kMove };

struct Operation {
  OperationKind kind = OperationKind::kAdd;
  std::string_view path;
  std::string_view name;  ///< Of the element to add.
  tree::Node value;       ///< The part named `value`.
  std::size_t index = 0;  ///< Of insert; the source of move.
  std::size_t destination = 0;
};

/// What reading a parameter gives: the operation, or why it is none.
struct OperationReading {
  std::optional<Operation> operation;
  const char* fault = nullptr;
};

/// Reads one `Parameters.parameter`. Views and nodes are of its tree.
[[nodiscard]] OperationReading read_operation(tree::Node parameter);

}  // namespace fhir::patch
