#include "conformance/runner/manifest.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <utility>

#include "conformance/runner/files.hpp"
#include "fhir/definitions/definitions.hpp"

namespace conformance {

namespace {

using Json = rapidjson::Value;

const Json* member(const Json& object, const char* name) {
  if (!object.IsObject()) return nullptr;
  const auto found = object.FindMember(name);
  return found == object.MemberEnd() ? nullptr : &found->value;
}

std::string text(const Json* value) {
  return value != nullptr && value->IsString() ? std::string(value->GetString(), value->GetStringLength())
                                               : std::string();
}

std::string text(const Json& object, const char* name) {
  return text(member(object, name));
}

/// The manifest writes some of its switches as strings.
bool flag(const Json& object, const char* name, bool otherwise) {
  const Json* const value = member(object, name);
  if (value == nullptr) return otherwise;
  if (value->IsBool()) return value->GetBool();
  return text(value) == "true";
}

void append_texts(const Json& object, const char* name, std::vector<std::string>& out) {
  const Json* const value = member(object, name);
  if (value == nullptr || !value->IsArray()) return;
  for (const Json& item : value->GetArray())
    out.push_back(text(&item));
}

std::vector<std::string> places_of(const Json& issue) {
  std::vector<std::string> places;
  append_texts(issue, "expression", places);
  if (places.empty()) append_texts(issue, "location", places);
  if (places.empty()) places.emplace_back();
  return places;
}

void add_issue(const Json& issue, Verdict& verdict) {
  const std::string severity = text(issue, "severity");
  const bool error = severity == "error" || severity == "fatal";
  verdict.has_error = verdict.has_error || error;
  const Json* const details = member(issue, "details");
  const std::string said = details != nullptr ? text(*details, "text") : text(issue, "diagnostics");
  for (const std::string& place : places_of(issue)) {
    if (error) verdict.places.insert(normalised(place));
    verdict.issues.push_back(std::string(severity).append(" ").append(place).append(": ").append(said));
  }
}

std::optional<Verdict> verdict_of(const Json& outcome) {
  if (text(outcome, "resourceType") != "OperationOutcome") return std::nullopt;
  Verdict verdict;
  const Json* issues = member(outcome, "issue");
  if (issues == nullptr) return verdict;
  if (issues->IsObject()) {
    add_issue(*issues, verdict);
  } else if (issues->IsArray()) {
    for (const Json& issue : issues->GetArray())
      add_issue(issue, verdict);
  }
  return verdict;
}

/// `java` is the name of a recorded outcome, an outcome, or the number of errors.
void read_expectation(const Json* java, const std::filesystem::path& folder, SuiteRun& run) {
  if (java == nullptr) {
    run.ungraded = "no outcome of the official validator is recorded";
  } else if (java->IsString()) {
    const std::filesystem::path file = folder / "outcomes" / text(java);
    if (std::filesystem::exists(file)) run.expected = read_verdict(bytes_of(file));
    if (!run.expected) run.ungraded = "the recorded outcome is not in the suite";
  } else if (const Json* const outcome = member(*java, "outcome")) {
    run.expected = verdict_of(*outcome);
    if (!run.expected) run.ungraded = "the recorded outcome is not an OperationOutcome";
  } else if (const Json* const errors = member(*java, "errorCount")) {
    Verdict verdict;
    verdict.has_error = errors->GetInt() > 0;
    verdict.places_known = !verdict.has_error;
    run.expected = std::move(verdict);
  }
}

CaseSettings read_settings(const Json& one) {
  CaseSettings settings;
  settings.assume_valid_rest_references = flag(one, "assumeValidRestReferences", false);
  settings.examples = flag(one, "examples", false);
  settings.security_checks = flag(one, "security-checks", false);
  settings.for_publication = flag(one, "for-publication", false);
  settings.allow_comments = flag(one, "allow-comments", false);
  settings.ids_in_errors = flag(one, "ids-in-errors", false);
  settings.enforce_aggregation_outside_bundles = flag(one, "enforceAggregationOutsideBundles", true);
  settings.standalone_fetcher = text(one, "fetcher") == "standalone";
  settings.validate_reference = text(one, "validateReference");
  settings.validate_contains = text(one, "validateContains");
  settings.language = text(one, "language");
  settings.relative_reference_policy = text(one, "r5-bundle-relative-reference-policy");
  if (const Json* const bundle = member(one, "bundle-param")) {
    settings.bundle_rule = text(*bundle, "rule");
    settings.bundle_profile = text(*bundle, "profile");
  }
  return settings;
}

SuiteCase read_case(const Json& one, const std::filesystem::path& folder) {
  SuiteCase read;
  read.name = text(one, "name");
  read.file = text(one, "file");
  read.module = text(one, "module");
  if (read.module.empty()) read.module = "(none)";
  append_texts(one, "supporting", read.supporting);
  append_texts(one, "supporting5", read.supporting);
  append_texts(one, "profiles", read.supporting);
  read.settings = read_settings(one);
  SuiteRun base{.kind = "base", .source = {}, .supporting = {}, .expected = {}, .ungraded = {}};
  read_expectation(member(one, "java"), folder, base);
  read.runs.push_back(std::move(base));
  for (const char* const kind : {"profile", "matchetype"}) {
    const Json* const further = member(one, kind);
    if (further == nullptr) continue;
    SuiteRun run{
        .kind = kind, .source = text(*further, "source"), .supporting = {}, .expected = {}, .ungraded = {}};
    run.assume_valid_rest_references = flag(*further, "assumeValidRestReferences", false);
    append_texts(*further, "supporting", run.supporting);
    append_texts(*further, "packages", read.packages);
    read_expectation(member(*further, "java"), folder, run);
    read.runs.push_back(std::move(run));
  }
  if (!flag(one, "use-test", true)) {
    for (SuiteRun& run : read.runs) {
      run.expected.reset();
      run.ungraded = "the suite itself switches the case off";
    }
  }
  return read;
}

/// `/f:Observation/f:valueInteger` as `Observation.value.ofType(integer)`: a choice is known by the
/// definitions.
std::string from_xpath(std::string_view xpath) {
  const fhir::tree::TypeTable& table = fhir::definitions::r4();
  std::string out;
  fhir::tree::RowId row = fhir::tree::kUnknownRow;
  while (xpath.starts_with("/f:")) {
    xpath.remove_prefix(3);
    const std::string_view step = xpath.substr(0, xpath.find('/'));
    xpath.remove_prefix(step.size());
    row = out.empty() ? table.type_root(step) : table.child(row, step);
    const fhir::tree::TypeRow& type = table.row(row);
    if (!out.empty()) out.push_back('.');
    if ((type.flags & fhir::tree::kChoice) != 0) {
      out.append(table.name(type.name)).append(".ofType(").append(table.name(type.type)).append(")");
    } else {
      out.append(step);
    }
  }
  return out.append(xpath);
}

}  // namespace

std::string normalised(std::string_view expression) {
  if (expression.starts_with("/f:")) return from_xpath(expression);
  std::string out;
  for (std::size_t at = 0; at < expression.size(); ++at) {
    const std::string_view rest = expression.substr(at);
    if (rest.starts_with("/*")) {
      const std::size_t end = rest.find("*/");
      at = end == std::string_view::npos ? expression.size() : at + end + 1;
    } else if (rest.size() > 1 && rest[0] == '[' && (rest[1] < '0' || rest[1] > '9')) {
      const std::size_t end = rest.find(']');
      at = end == std::string_view::npos ? expression.size() : at + end;
    } else {
      out.push_back(rest[0]);
    }
  }
  return out;
}

std::optional<Verdict> read_verdict(const std::string& json) {
  rapidjson::Document document;
  document.Parse(json.data(), json.size());
  if (document.HasParseError()) return std::nullopt;
  return verdict_of(document);
}

fhir::Result<std::vector<SuiteCase>> read_manifest(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / "manifest.json";
  if (!std::filesystem::exists(file)) return fhir::fail(fhir::ErrorCode::kNotFound, file.string());
  const std::string bytes = bytes_of(file);
  rapidjson::Document document;
  document.Parse(bytes.data(), bytes.size());
  const Json* const cases = document.HasParseError() ? nullptr : member(document, "test-cases");
  if (cases == nullptr || !cases->IsArray()) return fhir::fail(fhir::ErrorCode::kMalformed, file.string());
  std::vector<SuiteCase> all;
  for (const Json& one : cases->GetArray())
    all.push_back(read_case(one, folder));
  return all;
}

}  // namespace conformance
