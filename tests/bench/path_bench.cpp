// Warm FHIRPath evaluation: plans compiled once, run on one small Patient. Prints evaluations a second, best
// of five runs.
#include <chrono>
#include <cstdio>
#include <string_view>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/path/evaluate.hpp"

namespace {

constexpr std::string_view kPatient = R"({"resourceType":"Patient","id":"p1","active":true,
  "identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}],
  "name":[{"use":"official","family":"Sample","given":["Ann","Beth"]},{"use":"usual","given":["Annie"]},
          {"use":"maiden","family":"Specimen","given":["Ann"],"period":{"end":"2002"}}],
  "telecom":[{"system":"phone","value":"01632 960001","use":"home"},{"system":"email","value":"ann@example.org"}],
  "gender":"female","birthDate":"1974-12-25",
  "contact":[{"name":{"family":"Other"},"telecom":[{"system":"phone","value":"01632 960002"}]}]})";

constexpr std::string_view kExpressions[] = {
    "birthDate",
    "Patient.birthDate",
    "Patient.name.given",
    "name.where(use='official').given.first()",
    "contact.all(name.exists() or telecom.exists() or address.exists() or organization.exists())",
    "hasValue() or (children().count() > id.count())",
    "birthDate < @2000-01-01 and gender = 'female'",
    "descendants().count()",
    "name.given.join(' ').upper()",
};

using SteadyClock = std::chrono::steady_clock;

double rate(const fhir::path::Plan& plan, const fhir::path::EvalContext& context, bool boolean) {
  double best = 0;
  std::size_t sink = 0;
  for (int run = 0; run < 5; ++run) {
    const auto begin = SteadyClock::now();
    std::size_t count = 0;
    std::chrono::duration<double> spent{};
    while (spent.count() < 0.3) {
      for (int i = 0; i < 1000; ++i) {
        sink += boolean ? static_cast<std::size_t>(fhir::path::evaluate_boolean(plan, context)->has_value())
                        : fhir::path::evaluate(plan, context)->size();
      }
      count += 1000;
      spent = SteadyClock::now() - begin;
    }
    best = std::max(best, static_cast<double>(count) / spent.count());
  }
  return sink == 0 ? 0 : best;
}

}  // namespace

int main() {
  const auto& table = fhir::definitions::r4();
  const auto read = fhir::json::read(kPatient, table);
  fhir::path::EvalContext context;
  context.root = read.tree->root();
  for (const std::string_view text : kExpressions) {
    const auto plan = fhir::path::Plan::compile(text, table);
    const bool boolean =
        text.find(" or ") != std::string_view::npos || text.find(" and ") != std::string_view::npos;
    std::printf("%10.0f/s  %.*s\n", rate(**plan, context, boolean), static_cast<int>(text.size()),
                text.data());
  }
  const auto begin = SteadyClock::now();
  constexpr int kCompilations = 20'000;
  for (int i = 0; i < kCompilations; ++i) {
    if (!fhir::path::Plan::compile("name.where(use='official').given.first()", table)) return 1;
  }
  const std::chrono::duration<double> spent = SteadyClock::now() - begin;
  std::printf("%10.0f/s  compile name.where(use='official').given.first()\n", kCompilations / spent.count());
  return 0;
}
