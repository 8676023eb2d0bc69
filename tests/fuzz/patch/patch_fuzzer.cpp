// Any bytes: a document, a zero byte, a patch. JSON is mended once and for all; a patch gives a resource that
// can be read back, or an error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/json/repair.hpp"
#include "fhir/json/writer.hpp"
#include "fhir/patch/fhirpath_patch.hpp"
#include "fhir/patch/json_patch.hpp"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check(const fhir::patch::PatchOutcome& outcome) {
  require((outcome.tree == nullptr) == outcome.issues.has_error());
  if (outcome.tree == nullptr) return;
  const std::string written = fhir::json::write(outcome.tree->root());
  require(fhir::json::read(written, fhir::definitions::r4()).tree != nullptr);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(bytes), size);
  const std::size_t zero = input.find('\0');
  const std::string_view document = input.substr(0, zero);
  const std::string_view patch = zero == std::string_view::npos ? std::string_view() : input.substr(zero + 1);
  if (const auto repaired = fhir::json::repair(document)) {
    const auto again = fhir::json::repair(repaired->text);
    require(again.has_value() && again->issues.empty() && again->text == repaired->text);
  }
  const auto& table = fhir::definitions::r4();
  const auto resource = fhir::json::read(document, table);
  if (resource.tree == nullptr) return 0;
  fhir::patch::PatchLimits limits;
  limits.max_operations = 20;
  limits.max_nodes = 5'000;
  limits.max_steps = 20'000;
  check(fhir::patch::apply_json_patch(resource.tree->root(), patch, limits));
  const auto parameters = fhir::json::read(patch, table);
  if (parameters.tree != nullptr)
    check(fhir::patch::apply_fhirpath_patch(resource.tree->root(), parameters.tree->root(), limits));
  return 0;
}
