#include <algorithm>
#include <array>
#include <iostream>
#include <set>
#include <string>
#include <vector>

#include "fhir/base/uuid.hpp"
#include "fhir/definitions/definitions.hpp"
#include "fhir/json/writer.hpp"
#include "fhir/validate/outcome.hpp"
#include "gateway/app/commands.hpp"
#include "gateway/app/input.hpp"
#include "gateway/app/packages.hpp"
#include "gateway/security/id_key.hpp"
#include "mappings/engine/run.hpp"
#include "mappings/hl7v2/location.hpp"
#include "mappings/hl7v2/read.hpp"
#include "mappings/hl7v2/v2_types.hpp"
#include "mappings/hl7v2/write.hpp"

namespace gateway::app {
namespace {

namespace engine = mappings::engine;

/// Ids of a trial run: the same everywhere, over what the map names.
class TrialIds final : public engine::IdSource {
 public:
  std::string id(std::span<const std::string_view> parts) override {
    const security::Digest digest = key_.digest("transform", parts);
    std::array<std::uint8_t, 16> bytes{};
    std::copy_n(digest.begin(), bytes.size(), bytes.begin());
    return fhir::uuid_from_digest(bytes);
  }

 private:
  security::IdKey key_ = security::IdKey::trial();
};

class V2Names final : public engine::SourceNames {
 public:
  std::string place(fhir::tree::Node source) const override {
    return mappings::hl7v2::to_text(mappings::hl7v2::location(source));
  }
};

int complain(const std::string& what) {
  std::cerr << "ligament transform: " << what << '\n';
  return kUsage;
}

int refuse(const fhir::IssueList& issues) {
  std::cout << fhir::json::write(fhir::validate::to_outcome(issues)->root()) << '\n';
  return kNegative;
}

/// Issues of maps name a file, which is no element: it goes in front of their text.
fhir::IssueList with_files(const fhir::IssueList& issues) {
  fhir::IssueList out;
  for (fhir::Issue issue : issues.items()) {
    issue.text = issue.expression + ": " + issue.text;
    issue.expression.clear();
    out.add(std::move(issue));
  }
  return out;
}

/// The ConceptMaps that the maps name, and those these fall back to: packages hold many others.
void add_concept_maps(const fhir::packages::Registry& registry, const std::vector<engine::MapSource>& maps,
                      engine::Models& models) {
  constexpr std::string_view kType = "ConceptMap";
  std::set<std::string_view> taken;
  const auto take = [&](std::string_view url) {
    const fhir::tree::Node found = registry.find(kType, url);
    if (found && taken.insert(found.child("url").text()).second) models.concept_maps.push_back(found);
  };
  for (const std::string_view url : registry.canonicals(kType)) {
    const auto names_it = [url](const engine::MapSource& map) {
      return map.text.find(url) != std::string::npos;
    };
    if (std::ranges::any_of(maps, names_it)) take(url);
  }
  for (std::size_t at = 0; at < models.concept_maps.size(); ++at) {
    const fhir::tree::Node map = models.concept_maps[at];
    for (const fhir::tree::Node group : map.children("group")) {
      if (const fhir::tree::Node next = group.at("unmapped", "url")) take(next.text());
    }
  }
}

bool is_hl7v2(std::string_view bytes) {
  const std::size_t begin = bytes.find_first_not_of("\x0b \t\r\n");
  return begin != std::string_view::npos && bytes.substr(begin).starts_with("MSH");
}

int print(const engine::Transformed& out) {
  for (const fhir::Issue& issue : out.issues.items())
    std::cerr << to_code(issue.severity) << ": " << issue.expression << ": " << issue.text << '\n';
  const fhir::tree::Node root = out.tree->root();
  const bool v2 = out.tree->table().model == fhir::tree::Model::kHl7v2;
  std::cout << (v2 ? mappings::hl7v2::write(root) : fhir::json::write(root)) << '\n';
  return kSuccess;
}

}  // namespace

int run_transform(const TransformOptions& options) {
  std::vector<engine::MapSource> maps;
  for (const std::string& file : options.maps) {
    auto text = read_file(file);
    if (!text.has_value()) return complain(text.error().detail);
    maps.push_back({file, std::move(*text)});
  }
  engine::Models models;
  models.tables = {{std::string(engine::kR4Prefix), &fhir::definitions::r4()},
                   {std::string(engine::kV2Prefix), &mappings::hl7v2::v2_types()}};
  const auto registry = open_packages(options.packages);
  if (!registry.has_value()) return complain(registry.error().detail);
  add_concept_maps(*registry, maps, models);
  const auto bytes = read_file(options.file);
  if (!bytes.has_value()) return complain(bytes.error().detail);
  const auto plan = engine::Plan::compile(maps, models);
  if (!plan) return refuse(with_files(plan.error()));
  const bool v2 = is_hl7v2(*bytes);
  const fhir::tree::ReadOutcome input = v2 ? mappings::hl7v2::read(*bytes) : read_resource(*bytes);
  if (input.tree == nullptr || input.issues.has_error()) return refuse(input.issues);
  TrialIds ids;
  const V2Names names;
  const fhir::SystemClock clock;
  engine::RunContext context;
  context.ids = &ids;
  context.clock = &clock;
  if (v2) context.names = &names;
  const engine::Transformed out = engine::run(**plan, input.tree->root(), context);
  return out.tree == nullptr ? refuse(out.issues) : print(out);
}

}  // namespace gateway::app
