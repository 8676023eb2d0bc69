// The schema of a partner script: every key is read here and nowhere else.
#include <filesystem>
#include <utility>

#include "fhir/definitions/definitions.hpp"
#include "gateway/config/config.hpp"
#include "gateway/config/yaml.hpp"
#include "gateway/http/client.hpp"
#include "gateway/partner/script.hpp"

namespace gateway::partner {
namespace {

using config::YamlMap;
using config::YamlValue;

constexpr std::string_view kGatewayVariable = "${GATEWAY}";
constexpr std::size_t kMaxTokenBytes = 4096;
constexpr std::size_t kMaxActions = 20;
constexpr std::size_t kMaxRules = 200;
constexpr std::size_t kMaxSends = 10'000;

bool needs_reason(Word word) noexcept {
  return word == Word::kReject || word == Word::kRedirect || word == Word::kFail;
}
bool needs_words(Word word) noexcept {
  return word == Word::kAdvice || word == Word::kAskInformation || word == Word::kGiveInformation;
}

class ScriptReader {
 public:
  ScriptReader(Script& script, std::string gateway_url, std::filesystem::path folder)
      : script_(script), gateway_url_(std::move(gateway_url)), folder_(std::move(folder)) {}

  void read(YamlMap root) {
    read_identity(root.find("partner"));
    read_gateway(root);
    script_.remembers = root.boolean_or("remembers", true);
    if (const YamlValue format = root.find("format")) script_.xml = format.one_of({"json", "xml"}) == 1;
    if (const YamlValue replies = root.find("replies")) {
      script_.replies.clear();
      for (const YamlValue& rule : bounded(replies, kMaxRules))
        script_.replies.push_back(read_rule(rule));
    }
    if (const YamlValue mllp = root.find("mllp")) script_.mllp = read_mllp_rules(mllp);
    if (const YamlValue sends = root.find("send")) {
      for (const YamlValue& send : bounded(sends, kMaxSends))
        script_.sends.push_back(read_send(send));
    }
  }

 private:
  static std::vector<YamlValue> bounded(const YamlValue& value, std::size_t most) {
    std::vector<YamlValue> items = value.list();
    if (items.size() > most) value.complain("has more than " + std::to_string(most) + " entries");
    return items;
  }

  [[nodiscard]] std::string file(const std::string& text) const {
    if (text.empty() || folder_.empty() || text.front() == '/') return text;
    return (folder_ / text).lexically_normal().string();
  }

  void read_identity(const YamlValue& value) {
    if (!value) return;
    YamlMap map = value.map();
    Identity& out = script_.identity;
    out.name = map.text_or("name", out.name);
    out.ods = map.text_or("ods", out.ods);
    out.service_id = service_id(map.find("service_id"), out.service_id);
    const YamlValue token = map.find("token_file");
    if (!token) return;
    auto text = config::read_text_file(file(token.text()), kMaxTokenBytes);
    if (!text.has_value()) return token.complain("cannot be read", fhir::IssueType::kNotFound);
    while (!text->empty() && (text->back() == '\n' || text->back() == '\r'))
      text->pop_back();
    out.token = std::move(*text);
  }

  static std::string service_id(const YamlValue& value, std::string fallback) {
    if (!value) return fallback;
    std::string text = value.text();
    if (!text.empty() && !config::parse_service_id(text)) value.complain("is not `system|value`");
    return text;
  }

  void read_gateway(YamlMap& root) {
    if (const YamlValue value = root.find("gateway")) {
      std::string text = value.text();
      if (text.starts_with(kGatewayVariable)) {
        if (gateway_url_.empty()) value.complain("LIGAMENT_GATEWAY is not set");
        text = gateway_url_ + text.substr(kGatewayVariable.size());
      }
      if (!text.empty() && !http::parse_endpoint(text).has_value())
        value.complain("is not http://HOST[:PORT][/path]");
      script_.gateway = std::move(text);
    }
    script_.target = service_id(root.find("target"), script_.target);
  }

  ReplyRule read_rule(const YamlValue& value) {
    YamlMap map = value.map();
    ReplyRule rule;
    rule.name = map.text_or("name", "rule " + std::to_string(script_.replies.size() + 1));
    if (const YamlValue when = map.find("when")) rule.when = compile(when);
    if (const YamlValue times = map.find("times"))
      rule.times = static_cast<std::uint32_t>(times.integer(1, 1'000'000));
    rule.delay = map.duration_or("delay", Milliseconds(0));
    rule.drop = map.boolean_or("drop", false);
    rule.mirror = map.boolean_or("mirror", true);
    rule.status = static_cast<int>(map.integer_or("status", 200, 200, 599));
    rule.body = rule.status < 300 ? Body::kOk : Body::kOutcome;
    if (const YamlValue body = map.find("body")) {
      rule.body = static_cast<Body>(
          body.one_of({"ok", "none", "wrong-identifier", "transient", "fatal", "outcome", "garbage"}));
    }
    // What was not taken, or not answered, comes again and is new then.
    const bool taken =
        rule.body == Body::kOk || rule.body == Body::kNone || rule.body == Body::kWrongIdentifier;
    rule.remember = map.boolean_or("remember", taken && rule.status < 300 && !rule.drop);
    if (const YamlValue issue = map.find("issue")) {
      rule.issue = issue.text();
      if (rule.body != Body::kOutcome) issue.complain("goes with body outcome only");
    }
    if (const YamlValue wait = map.find("retry_after"))
      rule.retry_after = std::chrono::duration_cast<std::chrono::seconds>(wait.duration());
    if (const YamlValue then = map.find("then")) {
      for (const YamlValue& action : bounded(then, kMaxActions))
        rule.then.push_back(read_action(action));
    }
    return rule;
  }

  static fhir::path::PlanPtr compile(const YamlValue& when) {
    const std::string text = when.text();
    if (text.empty()) return nullptr;
    fhir::path::CompileOptions options;
    options.max_bytes = 4096;
    options.max_depth = 60;
    auto plan = fhir::path::Plan::compile(text, fhir::definitions::r4(), options);
    if (plan.has_value()) return std::move(*plan);
    when.complain("is no FHIRPath: " + fhir::path::to_text(plan.error()));
    return nullptr;
  }

  Action read_action(const YamlValue& value) {
    YamlMap map = value.map();
    Action action;
    action.after = map.duration_or("after", Milliseconds(0));
    const YamlValue word = map.find("task");
    const YamlValue answer = map.find("answer");
    if (static_cast<bool>(word) == static_cast<bool>(answer)) {
      value.complain("says either `task` or `answer`");
    } else if (answer) {
      static constexpr Body kAnswers[] = {Body::kOk, Body::kTransient, Body::kFatal, Body::kWrongIdentifier};
      action.answer = kAnswers[answer.one_of({"ok", "transient", "fatal", "wrong-identifier"})];
    } else {
      action.word = static_cast<Word>(word.one_of(
          {"received", "accept", "reject", "redirect", "advice", "ask-information", "give-information",
           "offer", "book", "attended", "not-attended", "discharge", "fail", "priority", "confirm"}));
    }
    if (const YamlValue via = map.find("via")) action.via = static_cast<Via>(via.one_of({"task", "message"}));
    action.twice = map.boolean_or("twice", false);
    read_words(map, action);
    read_times(map, action);
    if (action.word) check(value, action);
    if (script_.gateway.empty()) value.complain("needs `gateway`, or LIGAMENT_GATEWAY");
    return action;
  }

  static void read_words(YamlMap& map, Action& action) {
    if (const YamlValue reason = map.find("reason")) {
      YamlMap inner = reason.map();
      action.reason = {inner.text("code"), inner.text_or("display", ""), inner.text_or("text", "")};
    }
    if (const YamlValue person = map.find("decided_by")) {
      YamlMap inner = person.map();
      action.decided_by = {inner.text("name"), inner.text_or("role", "")};
    }
    if (const YamlValue destination = map.find("destination")) {
      YamlMap inner = destination.map();
      action.destination = Organisation{inner.text("ods"), inner.text_or("name", "")};
    }
    action.say = map.text_or("say", "");
  }

  static void read_times(YamlMap& map, Action& action) {
    if (const YamlValue by = map.find("by")) action.by = by.duration();
    if (const YamlValue starts = map.find("starts")) action.starts = starts.duration();
    action.lasts = map.duration_or("lasts", action.lasts);
    static constexpr std::string_view kPriorities[] = {"routine", "urgent", "asap", "stat"};
    if (const YamlValue priority = map.find("priority"))
      action.priority = kPriorities[priority.one_of({"routine", "urgent", "asap", "stat"})];
  }

  static void check(const YamlValue& value, const Action& action) {
    const std::string word = "`" + std::string(to_text(*action.word)) + "` ";
    if (needs_reason(*action.word) && action.reason.code.empty()) value.complain(word + "needs `reason`");
    if (needs_words(*action.word) && action.say.empty()) value.complain(word + "needs `say`");
    if (action.word == Word::kOffer && !action.destination) value.complain(word + "needs `destination`");
    if (action.word == Word::kBook && !action.starts) value.complain(word + "needs `starts`");
    if (action.word == Word::kPriority && action.priority.empty()) value.complain(word + "needs `priority`");
  }

  Send read_send(const YamlValue& value) {
    YamlMap map = value.map();
    Send send;
    const std::string written = map.text("file");
    send.file = file(written);
    send.name = map.text_or("name", std::filesystem::path(written).stem().string());
    send.at = map.duration_or("at", Milliseconds(0));
    send.as_is = map.boolean_or("as_is", false);
    send.twice = map.boolean_or("twice", false);
    if (script_.gateway.empty()) value.complain("needs `gateway`, or LIGAMENT_GATEWAY");
    return send;
  }

  Script& script_;
  std::string gateway_url_;
  std::filesystem::path folder_;
};

}  // namespace

ScriptOutcome parse_script(std::string_view text, std::string name, Role role, const std::string& gateway_url,
                           const std::string& folder) {
  ScriptOutcome outcome;
  const auto file = config::parse_yaml(text, std::move(name), outcome.issues);
  if (!file) return outcome;
  auto script = std::make_shared<Script>(default_script(role, gateway_url));
  ScriptReader(*script, gateway_url, folder).read(config::root_map(*file, outcome.issues));
  if (!outcome.issues.has_error()) outcome.script = std::move(script);
  return outcome;
}

fhir::Result<ScriptOutcome> load_script_file(const std::string& path, Role role,
                                             const std::string& gateway_url) {
  LIGAMENT_TRY(const std::string text, config::read_text_file(path, config::YamlLimits{}.max_bytes));
  return parse_script(text, path, role, gateway_url, std::filesystem::path(path).parent_path().string());
}

}  // namespace gateway::partner
