#include <algorithm>
#include <array>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "fhir/base/uuid.hpp"
#include "fhir/definitions/definitions.hpp"
#include "fhir/json/writer.hpp"
#include "fhir/validate/outcome.hpp"
#include "gateway/app/commands.hpp"
#include "gateway/app/input.hpp"
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

/// The resources of a folder, file by file, or of one file; Bundles give their entries. Files that are no
/// FHIR are left out in a folder: packages hold others.
fhir::Status read_package(const std::string& path, std::vector<fhir::tree::TreePtr>& out) {
  std::error_code error;
  std::vector<std::filesystem::path> files;
  const bool folder = std::filesystem::is_directory(path, error);
  if (folder) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path, error)) {
      if (entry.is_regular_file() && entry.path().extension() == ".json") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
  } else if (path.ends_with(".tgz")) {
    return fhir::fail(fhir::ErrorCode::kUnsupported,
                      path + ": a package is given as a folder here: unpack it");
  } else {
    files.emplace_back(path);
  }
  for (const auto& file : files) {
    LIGAMENT_TRY(const std::string bytes, read_file(file.string()));
    fhir::tree::ReadOutcome outcome = read_resource(bytes);
    if (outcome.tree != nullptr) {
      out.push_back(std::move(outcome.tree));
    } else if (!folder) {
      return fhir::fail(fhir::ErrorCode::kMalformed, path + " is not a FHIR resource");
    }
  }
  return {};
}

void add_concept_maps(const fhir::tree::TreePtr& tree, engine::Models& models) {
  const fhir::tree::Node root = tree->root();
  models.concept_maps.push_back(root);
  for (const fhir::tree::Node entry : root.children("entry"))
    models.concept_maps.push_back(entry.child("resource"));
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
  std::vector<fhir::tree::TreePtr> packages;
  for (const std::string& path : options.packages) {
    if (const auto read = read_package(path, packages); !read.has_value())
      return complain(read.error().detail);
  }
  for (const auto& tree : packages)
    add_concept_maps(tree, models);
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
