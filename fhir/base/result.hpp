// Result<T>: a value or an Error, which the compiler does not let a caller ignore.
//
//   Result<Config> load(const std::string& path) {
//     LIGAMENT_TRY(const std::string text, read_file(path));
//     if (text.empty()) return fail(ErrorCode::kMalformed, path + " is empty");
//     return parse(text);
//   }
#pragma once

#include <source_location>
#include <string>
#include <type_traits>
#include <utility>

#include <tl/expected.hpp>

#include "fhir/base/error.hpp"

namespace fhir {

/// `tl::expected<T, Error>` made nodiscard. Monadic members (`and_then`, `map`, `map_error`, `or_else`) are
/// tl's; what they return converts back implicitly.
template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
  Result(const tl::expected<T, Error>& other)
      : tl::expected<T, Error>(other) {}  // NOLINT(google-explicit-constructor)
  Result(tl::expected<T, Error>&& other)
      : tl::expected<T, Error>(std::move(other)) {}  // NOLINT(google-explicit-constructor)
};

/// Success that carries nothing.
using Status = Result<void>;

[[nodiscard]] inline tl::unexpected<Error> fail(
    ErrorCode code, std::string detail = {}, std::source_location where = std::source_location::current()) {
  return tl::unexpected<Error>(Error{code, std::move(detail), where});
}

[[nodiscard]] inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace fhir

#define LIGAMENT_CONCAT_INNER(a, b) a##b
#define LIGAMENT_CONCAT(a, b) LIGAMENT_CONCAT_INNER(a, b)

/// Declares `declaration` with the value of `expression`, or returns its error from the enclosing function.
#define LIGAMENT_TRY(declaration, expression) \
  LIGAMENT_TRY_INNER(LIGAMENT_CONCAT(ligament_try_, __LINE__), declaration, expression)
#define LIGAMENT_TRY_INNER(name, declaration, expression)              \
  auto name = (expression);                                            \
  if (!name.has_value()) return ::fhir::fail(std::move(name).error()); \
  declaration = std::move(name).value() /* NOLINT(bugprone-macro-parentheses) */

/// Returns the error of a Status expression from the enclosing function.
#define LIGAMENT_CHECK(expression)                                                             \
  do {                                                                                         \
    auto ligament_status = (expression);                                                       \
    if (!ligament_status.has_value()) return ::fhir::fail(std::move(ligament_status).error()); \
  } while (false)
