// The one strict YAML reader: configuration, services, rules and partner scripts all come through it.
//
//   fhir::IssueList issues;
//   if (auto file = parse_yaml(text, "hub.yaml", issues)) {
//     YamlMap root = root_map(*file, issues);
//     name = root.text("name");
//   }                                           // leaving the scope reports every key nobody asked for
//
// Stricter than YAML: a duplicate key, an unknown key, an anchor, an alias, a tag or a second document is an
// issue. Every issue names file, line, column and key path. These files hold no patient data, so that an
// issue may quote a key; it never quotes a value, since a value may be a secret.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/base/issue.hpp"
#include "fhir/base/result.hpp"
#include "gateway/config/term.hpp"

namespace gateway::config {

/// A calendar date without time or zone.
using Date = std::chrono::year_month_day;

struct YamlLimits {
  std::size_t max_bytes = 1u << 20;
  std::uint32_t max_depth = 24;
  std::uint32_t max_nodes = 50'000;
};

enum class YamlKind : std::uint8_t { kNull, kScalar, kList, kMap };

/// One value of the file. A child of a mapping carries its key; a child of a list does not.
struct YamlNode {
  YamlKind kind = YamlKind::kNull;
  std::string key;
  std::string text;
  fhir::SourcePosition place;
  std::vector<YamlNode> children;
};

struct YamlFile {
  std::string name;  ///< As issues name it.
  YamlNode root;
};

/// Reads one document. Empty when the text cannot be read at all; the reason is then in `issues`. Any thread.
[[nodiscard]] std::optional<YamlFile> parse_yaml(std::string_view text, std::string name,
                                                 fhir::IssueList& issues, const YamlLimits& limits = {});

/// Reads a whole file of at most `max_bytes`. kNotFound, kTooLarge or kUnavailable. Blocks.
[[nodiscard]] fhir::Result<std::string> read_text_file(const std::string& path, std::size_t max_bytes);

/// `2026-04-01`; empty when it is not a date that exists.
[[nodiscard]] std::optional<Date> parse_date(std::string_view text);
[[nodiscard]] std::string to_text(Date date);
/// `250ms`, `30s`, `15m`, `4h`, `7d`. A number without unit is no duration. At most ten years.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
/// `900`, `64KiB`, `16MiB`, `1GiB`.
[[nodiscard]] std::optional<std::uint64_t> parse_size(std::string_view text);

class YamlMap;

/// One value with its place, or the place where a value should have been. An accessor that cannot read the
/// value reports an issue once and gives a default, so that one pass finds every mistake. Valid as long as
/// the file and the issue list.
class YamlValue {
 public:
  YamlValue(const YamlFile& file, const YamlNode* node, std::string path, fhir::IssueList& issues)
      : file_(&file), node_(node), path_(std::move(path)), issues_(&issues) {}

  explicit operator bool() const noexcept { return node_ != nullptr; }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] fhir::SourcePosition place() const noexcept;
  [[nodiscard]] YamlKind kind() const noexcept { return node_ == nullptr ? YamlKind::kNull : node_->kind; }

  [[nodiscard]] std::string text() const;  ///< A scalar that is not empty.
  [[nodiscard]] std::int64_t integer(std::int64_t min, std::int64_t max) const;
  [[nodiscard]] double number(double min, double max) const;
  [[nodiscard]] bool boolean() const;  ///< `true` or `false` only.
  [[nodiscard]] std::chrono::milliseconds duration() const;
  [[nodiscard]] Term term() const;
  [[nodiscard]] std::uint64_t size() const;
  [[nodiscard]] std::optional<Date> date() const;
  [[nodiscard]] std::vector<YamlValue> list() const;
  [[nodiscard]] std::vector<std::string> texts() const;  ///< A list of scalars.
  [[nodiscard]] YamlMap map() const;
  /// The index of the scalar in `names`; 0 and an issue that lists the names when it is none of them.
  [[nodiscard]] std::size_t one_of(std::initializer_list<std::string_view> names) const;

  /// Reports an error at this place: "hub.yaml:12:3: partners[0].ods: " and `what`.
  void complain(std::string what, fhir::IssueType type = fhir::IssueType::kValue) const;

 private:
  friend class YamlMap;
  [[nodiscard]] bool is_scalar(std::string_view wanted) const;
  const YamlFile* file_;
  const YamlNode* node_;
  std::string path_;
  fhir::IssueList* issues_;
};

/// A mapping being read. Asking for a key makes it known; the destructor reports the keys nobody asked for.
/// Move only.
class YamlMap {
 public:
  explicit YamlMap(const YamlValue& value);
  YamlMap(const YamlMap&) = delete;
  YamlMap& operator=(const YamlMap&) = delete;
  YamlMap(YamlMap&& other) noexcept;
  YamlMap& operator=(YamlMap&&) = delete;
  ~YamlMap();

  /// The value, empty (false) when the key is missing or null. No issue.
  [[nodiscard]] YamlValue find(std::string_view key);
  /// The value; an issue when it is missing.
  [[nodiscard]] YamlValue require(std::string_view key);

  [[nodiscard]] std::string text(std::string_view key) { return require(key).text(); }
  [[nodiscard]] std::string text_or(std::string_view key, std::string fallback);
  [[nodiscard]] std::int64_t integer_or(std::string_view key, std::int64_t fallback, std::int64_t min,
                                        std::int64_t max);
  [[nodiscard]] bool boolean_or(std::string_view key, bool fallback);
  [[nodiscard]] std::chrono::milliseconds duration_or(std::string_view key,
                                                      std::chrono::milliseconds fallback);
  [[nodiscard]] std::vector<std::string> texts_or_empty(std::string_view key);
  [[nodiscard]] std::vector<YamlValue> list_or_empty(std::string_view key);
  /// All keys with their values, for mappings whose keys are data. Makes them all known.
  [[nodiscard]] std::vector<std::pair<std::string, YamlValue>> entries();

  [[nodiscard]] const YamlValue& value() const noexcept { return value_; }

 private:
  [[nodiscard]] std::string path_of(std::string_view key) const;
  YamlValue value_;
  std::set<std::string, std::less<>> known_;
};

/// The root of the file as a mapping.
[[nodiscard]] YamlMap root_map(const YamlFile& file, fhir::IssueList& issues);

}  // namespace gateway::config
