#include "conformance/runner/report.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>
#include <set>

namespace conformance {

namespace {

using Writer = rapidjson::PrettyWriter<rapidjson::StringBuffer>;

std::string line_of(const std::string& module, const Agreement& agreement) {
  std::array<char, 160> out{};
  const double runs = std::max<double>(1, static_cast<double>(agreement.runs));
  std::snprintf(out.data(), out.size(), "| %-14s | %5zu | %5zu %5.1f %% | %5zu %5.1f %% | %3zu\n",
                module.c_str(), agreement.runs, agreement.errors,
                100 * static_cast<double>(agreement.errors) / runs, agreement.places,
                100 * static_cast<double>(agreement.places) / runs, agreement.marked);
  return out.data();
}

void append_only_in(std::string& out, const char* heading, const std::set<std::string>& in,
                    const std::set<std::string>& other) {
  for (const std::string& place : in) {
    if (!other.contains(place))
      out.append("    ").append(heading).append(place.empty() ? "(none)" : place) += '\n';
  }
}

void append_run(std::string& out, const RunResult& result, bool verbose) {
  out += result.module + "/" + result.name + " [" + result.kind + "]" +
         (result.errors_agree()       ? ""
          : result.expected.has_error ? "  MISSED"
                                      : "  FALSE ALARM");
  if (!result.marked.empty()) out += "  (" + result.marked + ")";
  out += '\n';
  append_only_in(out, "expected  ", result.expected.places, result.actual.places);
  append_only_in(out, "not so    ", result.actual.places, result.expected.places);
  if (!verbose) return;
  for (const std::string& issue : result.expected.issues)
    out.append("      java  ").append(issue) += '\n';
  for (const std::string& issue : result.actual.issues)
    out.append("      ours  ").append(issue) += '\n';
}

void write(Writer& out, const char* key, const std::string& value) {
  out.Key(key);
  out.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}

void write(Writer& out, const char* key, const std::set<std::string>& values) {
  out.Key(key);
  out.StartArray();
  for (const std::string& value : values)
    out.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  out.EndArray();
}

void write_score(Writer& out, const Score& score) {
  out.StartObject();
  write(out, "suite", score.suite);
  write(out, "what", score.what);
  out.Key("reached");
  out.Uint64(score.reached);
  out.Key("total");
  out.Uint64(score.total);
  out.Key("askedPerMille");
  out.Uint(score.asked_per_mille);
  if (!score.note.empty()) write(out, "note", score.note);
  out.EndObject();
}

void write_run(Writer& out, const RunResult& result) {
  out.StartObject();
  write(out, "name", result.name);
  write(out, "module", result.module);
  write(out, "run", result.kind);
  if (!result.graded()) {
    write(out, "notGraded", result.ungraded);
  } else {
    if (!result.marked.empty()) write(out, "marked", result.marked);
    out.Key("errorsAgree");
    out.Bool(result.errors_agree());
    out.Key("placesAgree");
    out.Bool(result.places_agree());
    if (!result.places_agree()) {
      write(out, "expected", result.expected.places);
      write(out, "actual", result.actual.places);
    }
  }
  out.EndObject();
}

void write_runs(Writer& out, const char* key, const std::vector<RunResult>& results) {
  out.Key(key);
  out.StartArray();
  for (const RunResult& result : results) {
    if (!result.graded() || !result.places_agree()) write_run(out, result);
  }
  out.EndArray();
}

}  // namespace

std::string modules_table(const std::vector<RunResult>& results) {
  std::string out = "| module         |  runs | has-error     | error places  | marked\n";
  const std::map<std::string, Agreement> by_module = agreement_of(results);
  for (const auto& [module, agreement] : by_module) {
    if (!module.empty()) out += line_of(module, agreement);
  }
  if (const auto all = by_module.find(""); all != by_module.end()) out += line_of("all", all->second);
  return out;
}

std::string disagreements(const std::vector<RunResult>& results, bool verbose) {
  std::string out;
  for (const RunResult& result : results) {
    if (result.graded() && !result.places_agree()) append_run(out, result, verbose);
  }
  return out;
}

std::vector<Score> scores_of(const std::string& suite, const std::vector<RunResult>& results) {
  const std::map<std::string, Agreement> by_module = agreement_of(results);
  const auto all = by_module.find("");
  const Agreement sum = all == by_module.end() ? Agreement{} : all->second;
  const auto ungraded =
      std::count_if(results.begin(), results.end(), [](const RunResult& r) { return !r.graded(); });
  const std::string note = std::to_string(ungraded) + " runs have no outcome to grade by";
  return {{suite, "has-error agreement", sum.errors, sum.runs, 950, note},
          {suite, "exact set of error places", sum.places, sum.runs, 850,
           std::to_string(sum.marked) + " of the others are marked with a reason"}};
}

std::string as_json(const std::vector<Score>& scores, const std::vector<RunResult>& results,
                    const std::vector<RunResult>& by_command) {
  rapidjson::StringBuffer buffer;
  Writer out(buffer);
  out.SetIndent(' ', 1);
  out.StartObject();
  out.Key("scores");
  out.StartArray();
  for (const Score& score : scores)
    write_score(out, score);
  out.EndArray();
  write_runs(out, "runs", results);
  write_runs(out, "commandRuns", by_command);
  out.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace conformance
