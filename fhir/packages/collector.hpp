// Takes the files of one package and keeps the conformance resources among them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/issue.hpp"
#include "fhir/base/result.hpp"
#include "fhir/packages/package_limits.hpp"
#include "fhir/packages/shelves.hpp"

namespace fhir::packages {

/// Not thread-safe.
class Collector {
 public:
  /// `origin` names the package in issues. All outlive the collector.
  Collector(const std::string& origin, const PackageLimits& limits, IssueList& issues)
      : origin_(origin), limits_(limits), issues_(issues) {}

  /// False for what is not worth reading: other kinds of file, examples, hidden folders, and in a FHIR
  /// package (folder `package`) everything but the files directly in it.
  [[nodiscard]] static bool wants(std::string_view path);

  /// Takes one file. A malformed one, or one over a limit of a resource, becomes an issue. kTooLarge when the
  /// package is over a limit.
  [[nodiscard]] Status take(const std::string& path, std::string bytes);

  /// Notes that a file was not read.
  void pass_over(const std::string& path, std::string_view why);

  /// The resources of a tree: itself, or the entries of a Bundle.
  static void take_tree(const tree::TreePtr& tree, std::vector<Addition>& out);

  [[nodiscard]] std::vector<Addition> finish() { return std::move(additions_); }

 private:
  void check_versions(const std::string& path, const std::vector<std::string>& versions);
  void take_json(const std::string& path, std::string bytes);
  void take_xml(const std::string& path, std::string_view bytes);
  void report(const std::string& path, const IssueList& found);

  const std::string& origin_;
  const PackageLimits& limits_;
  IssueList& issues_;
  std::vector<Addition> additions_;
  std::size_t kept_bytes_ = 0;
};

}  // namespace fhir::packages
