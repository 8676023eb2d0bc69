// Any bytes, read as JSON and validated: no crash, no leak, and an OperationOutcome that the validator itself
// accepts.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "fhir/json/reader.hpp"
#include "fhir/validate/outcome.hpp"
#include "fhir/validate/validate.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace fhir;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const tree::ReadOutcome read = json::read(text, definitions::r4());
  if (read.tree == nullptr) return 0;
  const IssueList issues = validate::check(read.tree->root(), {.source = text, .max_issues = 20});
  const tree::TreePtr outcome = validate::to_outcome(issues);
  if (validate::check(outcome->root()).has_error()) std::abort();
  return 0;
}
