// Map text of any kind: parsed, compiled against R4, and run on one Patient with a small budget. Two runs of
// one map give the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "fhir/base/utf8.hpp"
#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/json/writer.hpp"
#include "mappings/engine/parser.hpp"
#include "mappings/engine/run.hpp"

namespace {

namespace engine = mappings::engine;

constexpr std::string_view kPatient = R"({"resourceType":"Patient","id":"p1","active":true,
  "identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}],
  "name":[{"use":"official","family":"Sample","given":["Ann","Beth"]},{"use":"usual","given":["Annie"]}],
  "birthDate":"1974-12-25","multipleBirthInteger":2,
  "extension":[{"url":"http://example.org/weight","valueQuantity":{"value":72.50,"unit":"kg"}}]})";

void require(bool holds) {
  if (!holds) std::abort();
}

class CountedIds final : public engine::IdSource {
 public:
  std::string id(std::span<const std::string_view> parts) override {
    return "id" + std::to_string(parts.size());
  }
};

std::string result(const engine::Plan& plan, const fhir::tree::Tree& source) {
  CountedIds ids;
  engine::RunContext context;
  context.ids = &ids;
  context.limits = {.max_steps = 20'000, .max_depth = 40, .max_elements = 2'000, .max_text_bytes = 1u << 20};
  const engine::Transformed out = engine::run(plan, source.root(), context);
  require((out.tree == nullptr) == out.issues.has_error());
  if (out.tree == nullptr) return {};
  for (const engine::ReceiptEntry& entry : out.receipt.entries) {
    require(entry.target < out.tree->node_count());
    require(entry.sources_begin + entry.sources_count <= out.receipt.sources.size());
    require(!out.receipt.rule_name(entry.rule).empty());
  }
  const std::string text = fhir::json::write(out.tree->root());
  require(fhir::find_invalid_utf8(text) == std::string_view::npos);
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fhir::tree::TreePtr source = fhir::json::read(kPatient, fhir::definitions::r4()).tree;
  const engine::MapSource maps[] = {{"m", std::string(reinterpret_cast<const char*>(data), size)}};
  const engine::Models models{{{std::string(engine::kR4Prefix), &fhir::definitions::r4()}}, {}};
  engine::CompileLimits limits;
  limits.max_rules = 2'000;
  const auto plan = engine::Plan::compile(maps, models, limits);
  if (!plan) {
    require(plan.error().has_error());
    for (const auto& issue : plan.error().items())
      require(issue.position.offset <= size && !issue.text.empty());
    return 0;
  }
  require(result(**plan, *source) == result(**plan, *source));
  return 0;
}
