// The extension functions of maps, few and documented in docs/mapping-language.md. Each takes texts and
// gives a text, so that it runs the same within FHIRPath and, without FHIRPath, on a plain path.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "fhir/path/evaluate.hpp"
#include "fhir/path/function.hpp"
#include "mappings/engine/local_time.hpp"
#include "mappings/engine/run.hpp"

namespace mappings::engine {

/// What the functions of one run share.
class FunctionSurroundings final : public fhir::path::Surroundings {
 public:
  FunctionSurroundings(IdSource* id_source, const Lookup* names, std::string_view default_zone)
      : ids(id_source), lookup(names), zone(default_zone) {}
  IdSource* ids;
  const Lookup* lookup;
  LocalTime zone;
  std::uint32_t sequence = 0;  ///< uuid() so far.
};

enum class Answer : std::uint8_t { kValue, kEmpty, kFail };

/// One function. `texts` holds the input, when it takes one, and the arguments; an empty collection ends the
/// call before it, with an empty result.
struct FastFunction {
  std::string_view name;
  std::uint8_t min_arguments = 0;
  std::uint8_t max_arguments = 0;
  bool has_input = true;
  std::string_view type;  ///< FHIR type of the result.
  Answer (*call)(std::span<const std::string_view> texts, FunctionSurroundings& around,
                 std::string& out) = nullptr;
};

[[nodiscard]] const FastFunction* find_fast_function(std::string_view name) noexcept;
/// The same functions for fhir::path::CompileOptions::functions.
[[nodiscard]] std::span<const fhir::path::FunctionRow> path_functions();

}  // namespace mappings::engine
