#include <charconv>
#include <cmath>
#include <utility>

#include "gateway/config/yaml.hpp"

namespace gateway::config {

using fhir::IssueType;

fhir::SourcePosition YamlValue::place() const noexcept {
  return node_ == nullptr ? file_->root.place : node_->place;
}

void YamlValue::complain(std::string what, IssueType type) const {
  const fhir::SourcePosition at = place();
  std::string text = file_->name + ':' + std::to_string(at.line) + ':' + std::to_string(at.column) + ": ";
  if (!path_.empty()) text += path_ + ": ";
  issues_->add(fhir::Severity::kError, type, path_, text + what, at);
}

bool YamlValue::is_scalar(std::string_view wanted) const {
  if (node_ == nullptr) return false;  // its absence was reported by require()
  if (node_->kind == YamlKind::kScalar) return true;
  complain("must be " + std::string(wanted));
  return false;
}

std::string YamlValue::text() const {
  if (!is_scalar("a text")) return {};
  if (node_->text.empty()) complain("must not be empty");
  return node_->text;
}

std::int64_t YamlValue::integer(std::int64_t min, std::int64_t max) const {
  if (!is_scalar("a whole number")) return min;
  const std::string& text = node_->text;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < min || value > max) {
    complain("must be a whole number from " + std::to_string(min) + " to " + std::to_string(max));
    return min;
  }
  return value;
}

double YamlValue::number(double min, double max) const {
  if (!is_scalar("a number")) return min;
  const std::string& text = node_->text;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value) || value < min ||
      value > max) {
    complain("must be a number from " + std::to_string(min) + " to " + std::to_string(max));
    return min;
  }
  return value;
}

bool YamlValue::boolean() const {
  if (!is_scalar("true or false")) return false;
  if (node_->text != "true" && node_->text != "false") complain("must be true or false");
  return node_->text == "true";
}

std::chrono::milliseconds YamlValue::duration() const {
  if (!is_scalar("a duration such as 15m")) return {};
  const auto value = parse_duration(node_->text);
  if (!value) complain("must be a whole number with a unit: ms, s, m, h or d");
  return value.value_or(std::chrono::milliseconds(0));
}

Term YamlValue::term() const {
  if (!is_scalar("a term such as 4h or 2wd")) return {};
  const auto value = parse_term(node_->text);
  if (!value) complain("must be a whole number with a unit: ms, s, m, h, d, or wd for working days");
  return value.value_or(Term());
}

std::uint64_t YamlValue::size() const {
  if (!is_scalar("a size such as 16MiB")) return 0;
  const auto value = parse_size(node_->text);
  if (!value) complain("must be a whole number of bytes, or with KiB, MiB or GiB");
  return value.value_or(0);
}

std::optional<Date> YamlValue::date() const {
  if (!is_scalar("a date such as 2026-04-01")) return std::nullopt;
  const auto value = parse_date(node_->text);
  if (!value) complain("must be a date that exists, as YYYY-MM-DD");
  return value;
}

std::vector<YamlValue> YamlValue::list() const {
  std::vector<YamlValue> values;
  if (node_ == nullptr) return values;
  if (node_->kind != YamlKind::kList) {
    complain("must be a list");
    return values;
  }
  for (const YamlNode& child : node_->children) {
    values.emplace_back(*file_, &child, path_ + '[' + std::to_string(values.size()) + ']', *issues_);
  }
  return values;
}

std::vector<std::string> YamlValue::texts() const {
  std::vector<std::string> values;
  for (const YamlValue& value : list())
    values.push_back(value.text());
  return values;
}

YamlMap YamlValue::map() const {
  return YamlMap(*this);
}

std::size_t YamlValue::one_of(std::initializer_list<std::string_view> names) const {
  if (!is_scalar("a word")) return 0;
  std::size_t index = 0;
  std::string all;
  for (const std::string_view name : names) {
    if (node_->text == name) return index;
    if (index++ != 0) all += ", ";
    all += name;
  }
  complain("must be one of: " + all);
  return 0;
}

YamlMap::YamlMap(const YamlValue& value) : value_(value) {
  if (value_.node_ != nullptr && value_.node_->kind != YamlKind::kMap) {
    value_.complain("must be a mapping");
    value_.node_ = nullptr;
  }
}

YamlMap::YamlMap(YamlMap&& other) noexcept
    : value_(std::move(other.value_)), known_(std::move(other.known_)) {
  other.value_.node_ = nullptr;
}

YamlMap::~YamlMap() {
  if (value_.node_ == nullptr) return;
  for (const YamlNode& child : value_.node_->children) {
    if (known_.contains(child.key)) continue;
    YamlValue(*value_.file_, &child, path_of(child.key), *value_.issues_)
        .complain("unknown key", IssueType::kNotSupported);
  }
}

std::string YamlMap::path_of(std::string_view key) const {
  return value_.path_.empty() ? std::string(key) : value_.path_ + '.' + std::string(key);
}

YamlValue YamlMap::find(std::string_view key) {
  known_.emplace(key);
  if (value_.node_ != nullptr) {
    for (const YamlNode& child : value_.node_->children) {
      if (child.key == key && child.kind != YamlKind::kNull) {
        return {*value_.file_, &child, path_of(key), *value_.issues_};
      }
    }
  }
  return {*value_.file_, nullptr, path_of(key), *value_.issues_};
}

YamlValue YamlMap::require(std::string_view key) {
  YamlValue found = find(key);
  if (!found && value_.node_ != nullptr) {
    value_.complain("'" + std::string(key) + "' is missing", IssueType::kRequired);
  }
  return found;
}

std::string YamlMap::text_or(std::string_view key, std::string fallback) {
  const YamlValue found = find(key);
  return found ? found.text() : std::move(fallback);
}

std::int64_t YamlMap::integer_or(std::string_view key, std::int64_t fallback, std::int64_t min,
                                 std::int64_t max) {
  const YamlValue found = find(key);
  return found ? found.integer(min, max) : fallback;
}

bool YamlMap::boolean_or(std::string_view key, bool fallback) {
  const YamlValue found = find(key);
  return found ? found.boolean() : fallback;
}

std::chrono::milliseconds YamlMap::duration_or(std::string_view key, std::chrono::milliseconds fallback) {
  const YamlValue found = find(key);
  return found ? found.duration() : fallback;
}

std::vector<std::string> YamlMap::texts_or_empty(std::string_view key) {
  const YamlValue found = find(key);
  return found ? found.texts() : std::vector<std::string>();
}

std::vector<YamlValue> YamlMap::list_or_empty(std::string_view key) {
  const YamlValue found = find(key);
  return found ? found.list() : std::vector<YamlValue>();
}

std::vector<std::pair<std::string, YamlValue>> YamlMap::entries() {
  std::vector<std::pair<std::string, YamlValue>> all;
  if (value_.node_ == nullptr) return all;
  for (const YamlNode& child : value_.node_->children) {
    known_.insert(child.key);
    all.emplace_back(child.key, YamlValue(*value_.file_, child.kind == YamlKind::kNull ? nullptr : &child,
                                          path_of(child.key), *value_.issues_));
  }
  return all;
}

YamlMap root_map(const YamlFile& file, fhir::IssueList& issues) {
  return YamlMap(YamlValue(file, &file.root, {}, issues));
}

}  // namespace gateway::config
