#include "gateway/gate/red_flag_set.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <utility>

#include "gateway/config/config.hpp"
#include "gateway/config/yaml.hpp"
#include "gateway/gate/minimum_flags.hpp"
#include "gateway/gate/phrase_matcher.hpp"

namespace gateway::gate {

namespace {

using config::YamlMap;
using config::YamlValue;

constexpr std::string_view kNegations[] = {
    "no",    "not",  "nil",     "denies", "denied",   "denying",  "without",   "negative", "absent",
    "never", "none", "neither", "nor",    "resolved", "excluded", "ruled out", "unlikely"};

void append_missing(std::vector<std::string>& to, std::vector<std::string> from) {
  for (std::string& text : from) {
    if (std::ranges::find(to, text) == to.end()) to.push_back(std::move(text));
  }
}

void check_phrases(const YamlValue& list, const std::vector<std::string>& phrases) {
  for (const std::string& phrase : phrases) {
    // A phrase of one or two letters would hit nearly every text, and hide what matters among it.
    if (fold_phrase(phrase).size() < 3) list.complain("a phrase must have at least three letters or digits");
  }
}

std::vector<std::string> phrases_of(YamlMap& map, std::string_view key) {
  const YamlValue value = map.find(key);
  std::vector<std::string> phrases = value ? value.texts() : std::vector<std::string>();
  check_phrases(value, phrases);
  return phrases;
}

FlagCode code_of(const YamlValue& value) {
  const std::string text = value.text();
  const auto id = config::parse_service_id(text);
  if (!id && !text.empty()) value.complain("must be 'system|code'");
  return id ? FlagCode{id->system, id->value} : FlagCode{};
}

WordGroups groups_of(const YamlValue& value) {
  YamlMap map = value.map();
  WordGroups out;
  out.window = static_cast<std::uint32_t>(map.integer_or("within", 0, 0, 1000));
  const YamlValue groups = map.require("groups");
  for (const YamlValue& group : groups.list()) {
    out.groups.push_back(group.texts());
    check_phrases(group, out.groups.back());
    if (out.groups.back().empty()) group.complain("must not be empty");
  }
  if (groups && (out.groups.size() < 2 || out.groups.size() > 4))
    groups.complain("must be two to four groups");
  return out;
}

/// Reads one entry into the flags: a new condition, or more for one already there.
void read_flag(const YamlValue& value, std::vector<RedFlag>& flags) {
  YamlMap map = value.map();
  const std::string condition = map.text("condition");
  const auto found = std::ranges::find(flags, condition, &RedFlag::condition);
  const bool known = found != flags.end();
  RedFlag fresh;
  RedFlag& flag = known ? *found : fresh;
  flag.condition = condition;
  const YamlValue name = map.find("name");
  const YamlValue requirement = map.find("requirement");
  const YamlValue route = map.find("route");
  if (known && (name || requirement))
    value.complain("a known condition keeps its name and requirement: only add to it");
  if (!known) {
    flag.name = name ? name.text() : condition;
    flag.requirement = requirement ? requirement.text() : "SX-22";
    if (!route) value.complain("'route' is missing", fhir::IssueType::kRequired);
  }
  if (route) {
    YamlMap inner = route.map();
    const YamlValue within = inner.require("within");
    const auto limit = std::chrono::duration_cast<std::chrono::minutes>(within.duration());
    if (limit <= std::chrono::minutes(0)) within.complain("must be at least a minute");
    if (known && limit > flag.route.time_limit) within.complain("must not be longer than the built-in limit");
    if (!known || limit < flag.route.time_limit) flag.route.time_limit = limit;
    if (!known) {
      flag.route.id = inner.text("id");
      flag.route.text = inner.text("text");
    }
  }
  for (const YamlValue& code : map.list_or_empty("codes")) {
    FlagCode parsed = code_of(code);
    if (std::ranges::find(flag.codes, parsed) == flag.codes.end()) flag.codes.push_back(std::move(parsed));
  }
  append_missing(flag.phrases, phrases_of(map, "phrases"));
  append_missing(flag.questions, phrases_of(map, "questions"));
  for (const YamlValue& together : map.list_or_empty("together"))
    flag.together.push_back(groups_of(together));
  if (!known) flags.push_back(std::move(fresh));
}

std::vector<RedFlag> read_flags(std::string_view yaml, std::string name, std::vector<RedFlag> flags,
                                fhir::IssueList& issues) {
  const auto file = config::parse_yaml(yaml, std::move(name), issues);
  if (!file) return flags;
  YamlMap root = config::root_map(*file, issues);
  for (const YamlValue& value : root.require("flags").list())
    read_flag(value, flags);
  return flags;
}

}  // namespace

namespace {

/// Looks a code up without making a FlagCode of it.
struct CodeOrder {
  using is_transparent = void;
  using View = std::pair<std::string_view, std::string_view>;
  static View view(const FlagCode& code) noexcept { return {code.system, code.code}; }
  static View view(const View& code) noexcept { return code; }
  bool operator()(const auto& a, const auto& b) const noexcept { return view(a) < view(b); }
};

}  // namespace

struct RedFlagSet::Content {
  std::vector<RedFlag> flags;
  PhraseMatcher matcher;
  std::map<FlagCode, std::size_t, CodeOrder> by_code;
};

RedFlagSet RedFlagSet::build(std::vector<RedFlag> flags, fhir::IssueList& issues) {
  auto content = std::make_shared<Content>();
  content->flags = std::move(flags);
  bool fits = true;
  const auto add = [&](std::string_view phrase, PhraseTarget target) {
    fits = content->matcher.add(phrase, target) && fits;
  };
  for (std::size_t f = 0; f < content->flags.size(); ++f) {
    const RedFlag& flag = content->flags[f];
    const auto at = static_cast<std::uint16_t>(f);
    for (const std::string& phrase : flag.phrases)
      add(phrase, {PhraseUse::kAlone, at, 0, 0});
    for (const std::string& phrase : flag.questions)
      add(phrase, {PhraseUse::kQuestion, at, 0, 0});
    for (const FlagCode& code : flag.codes) {
      content->by_code.emplace(code, f);
      add(code.code, {PhraseUse::kCode, at, 0, 0});
    }
    content->by_code.emplace(FlagCode{std::string(kRedFlagSystem), flag.condition}, f);
    for (std::size_t t = 0; t < flag.together.size(); ++t) {
      for (std::size_t g = 0; g < flag.together[t].groups.size(); ++g) {
        for (const std::string& phrase : flag.together[t].groups[g]) {
          add(phrase, {PhraseUse::kGroup, at, static_cast<std::uint16_t>(t), static_cast<std::uint16_t>(g)});
        }
      }
    }
  }
  for (const std::string_view word : kNegations)
    add(word, {PhraseUse::kNegation, 0, 0, 0});
  content->matcher.complete();
  if (!fits) {
    issues.add(fhir::Severity::kError, fhir::IssueType::kTooCostly, {},
               "too many red-flag phrases for one table");
  }
  return RedFlagSet(std::move(content));
}

RedFlagSet RedFlagSet::minimum() {
  fhir::IssueList issues;
  RedFlagSet built = build(read_flags(kMinimumFlags, "built-in red flags", {}, issues), issues);
  if (issues.has_error()) throw std::logic_error("built-in red flags: " + issues.items().front().text);
  return built;
}

RedFlagSet RedFlagSet::parse(std::string_view yaml, std::string name, fhir::IssueList& issues) {
  RedFlagSet least = minimum();
  fhir::IssueList found;
  RedFlagSet built = build(read_flags(yaml, std::move(name), least.flags(), found), found);
  issues.append(found);
  return found.has_error() ? least : built;
}

const std::vector<RedFlag>& RedFlagSet::flags() const noexcept {
  return content_->flags;
}
const PhraseMatcher& RedFlagSet::matcher() const noexcept {
  return content_->matcher;
}

const RedFlag* RedFlagSet::by_condition(std::string_view condition) const noexcept {
  const auto found = std::ranges::find(content_->flags, condition, &RedFlag::condition);
  return found == content_->flags.end() ? nullptr : &*found;
}

const RedFlag* RedFlagSet::by_code(std::string_view system, std::string_view code) const noexcept {
  const auto found = content_->by_code.find(CodeOrder::View(system, code));
  return found == content_->by_code.end() ? nullptr : &content_->flags[found->second];
}

}  // namespace gateway::gate
