// How FHIRPath itself can fail. A failure is a value of the language, not an Error of the program: an
// invariant that fails to evaluate is a finding about the data, a bad expression is a finding about the
// expression.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace fhir::path {

enum class FailureKind : std::uint8_t {
  kSyntax,     ///< The text is not FHIRPath, or is over a limit of CompileOptions.
  kSemantic,   ///< It can never work: unknown function or element, operand types that do not fit.
  kExecution,  ///< It did not work on this input: several items where one is needed, a missing host, a spent
               ///< budget.
};

/// `message` names functions, operators and types; it never quotes the data it ran on. `offset` is the byte
/// in the expression.
struct [[nodiscard]] Failure {
  FailureKind kind = FailureKind::kExecution;
  std::size_t offset = 0;
  std::string message;
};

/// `syntax`, `semantic`, `execution`.
[[nodiscard]] std::string_view to_text(FailureKind kind) noexcept;

/// "semantic error at 12: no function 'frist'".
[[nodiscard]] std::string to_text(const Failure& failure);

template <class T>
using Outcome = tl::expected<T, Failure>;

}  // namespace fhir::path
