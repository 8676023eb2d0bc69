// What tests of the engine share: R4 trees from JSON, maps from text, ids that can be foretold.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/json/writer.hpp"
#include "mappings/engine/run.hpp"

namespace mappings::engine::sample {

inline std::filesystem::path suites() {
  const char* given = std::getenv("LIGAMENT_SUITES");
  return given != nullptr ? std::filesystem::path(given)
                          : std::filesystem::path(LIGAMENT_SOURCE_DIR) / ".." / "shared" / "suites";
}

inline std::string text_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

inline fhir::tree::TreePtr json(std::string_view text) {
  auto read = fhir::json::read(text, fhir::definitions::r4(), {});
  for (const auto& issue : read.issues.items())
    ADD_FAILURE() << issue.expression << ": " << issue.text;
  return read.tree;
}

inline Models models() {
  return {{{std::string(kR4Prefix), &fhir::definitions::r4()}}, {}};
}

inline std::string to_text(const fhir::IssueList& issues) {
  std::string text;
  for (const auto& issue : issues.items())
    text += std::to_string(issue.position.line) + ":" + std::to_string(issue.position.column) + " " +
            issue.expression + ": " + issue.text + "\n";
  return text;
}

/// Ids that show what they are made of.
class SpeakingIds final : public IdSource {
 public:
  std::string id(std::span<const std::string_view> parts) override {
    std::string text;
    for (const std::string_view part : parts)
      text.append(text.empty() ? "" : "/").append(part);
    return text;
  }
};

/// A map of one group from Patient to Patient around `rules`.
inline std::string patient_map(std::string_view rules) {
  return std::string(
             "map \"http://example.org/m\" = \"m\"\n"
             "uses \"http://hl7.org/fhir/StructureDefinition/Patient\" as source\n"
             "uses \"http://hl7.org/fhir/StructureDefinition/Patient\" as target\n"
             "group main(source src : Patient, target tgt : Patient) {\n")
      .append(rules)
      .append("\n}\n");
}

struct Ran {
  PlanPtr plan;
  fhir::tree::TreePtr source;
  Transformed out;
  std::string json;    ///< Empty when there is no result.
  std::string issues;  ///< Of compiling or running.
};

inline Ran transform(std::string_view map, std::string_view source, const RunContext& given = {},
                     const Models& with = models()) {
  Ran ran;
  const MapSource maps[] = {{"test.fml", std::string(map)}};
  auto plan = Plan::compile(maps, with);
  if (!plan) {
    ran.issues = to_text(plan.error());
    return ran;
  }
  ran.plan = *plan;
  ran.source = json(source);
  SpeakingIds ids;
  RunContext context = given;
  if (context.ids == nullptr) context.ids = &ids;
  ran.out = run(*ran.plan, ran.source->root(), context);
  ran.issues = to_text(ran.out.issues);
  if (ran.out.tree) ran.json = fhir::json::write(ran.out.tree->root());
  return ran;
}

}  // namespace mappings::engine::sample
