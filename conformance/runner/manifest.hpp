// The manifest of the official validator's test cases, as data.
//
// A case is one file, with settings of the validator and one to two runs: `base` against the specification,
// and `profile` against a further profile or `matchetype` against a pattern. Each run names the outcome that
// the official Java validator recorded.
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "fhir/base/result.hpp"

namespace conformance {

/// What is graded of an outcome.
struct Verdict {
  bool has_error = false;           ///< Any issue is error or fatal.
  std::set<std::string> places;     ///< Normalised expressions of the errors and fatals.
  bool places_known = true;         ///< False: only the number of errors was recorded.
  std::vector<std::string> issues;  ///< `severity place: text` of each issue, for people.
};

/// The settings of a case that change what the validator says; names as in the manifest.
struct CaseSettings {
  bool assume_valid_rest_references = false;
  bool examples = true;  ///< May example.org be referred to.
  bool security_checks = false;
  bool for_publication = false;
  bool allow_comments = false;  ///< In JSON.
  bool ids_in_errors = false;
  bool enforce_aggregation_outside_bundles = true;
  bool standalone_fetcher = false;  ///< The validator looks references up as its command line does.
  std::string validate_reference;   ///< CHECK_EXISTS_AND_TYPE, CHECK_VALID or empty.
  std::string validate_contains;    ///< CHECK_VALID, IGNORE or empty.
  std::string language;             ///< Accept-Language.
  std::string bundle_rule;          ///< `Patient:0`
  std::string bundle_profile;
  std::string relative_reference_policy;  ///< Of Bundles: `always` for the rules of R5.
};

struct SuiteRun {
  std::string kind;                           ///< `base`, `profile` or `matchetype`.
  std::string source;                         ///< Profile or pattern: file or canonical; empty for base.
  std::vector<std::string> supporting;        ///< Files of this run alone.
  bool assume_valid_rest_references = false;  ///< For this run alone.
  std::optional<Verdict> expected;
  std::string ungraded;  ///< Why `expected` is missing.
};

struct SuiteCase {
  std::string name;
  std::string file;
  std::string module;
  std::vector<std::string> supporting;  ///< Files: `supporting` and `profiles` of the manifest.
  std::vector<std::string> packages;    ///< Package names with versions; not to be had offline.
  CaseSettings settings;
  std::vector<SuiteRun> runs;
};

/// Reads `folder`/manifest.json and the outcomes it names. Error kNotFound or kMalformed.
[[nodiscard]] fhir::Result<std::vector<SuiteCase>> read_manifest(const std::filesystem::path& folder);

/// The verdict of an OperationOutcome in JSON.
[[nodiscard]] std::optional<Verdict> read_verdict(const std::string& json);

/// The form in which places are compared: the names of resources that the Java validator writes into an
/// expression as comments, and conditions such as `[url='..']`, are taken out; the XPath it falls back to on
/// faults of syntax (`/f:Patient/f:name`) is written with points.
[[nodiscard]] std::string normalised(std::string_view expression);

}  // namespace conformance
