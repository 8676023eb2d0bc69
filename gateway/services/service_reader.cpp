#include "gateway/services/service_reader.hpp"

#include <utility>

#include "gateway/services/yaml_parts.hpp"

namespace gateway::services {

namespace {

using config::YamlMap;
using config::YamlValue;

class ServiceReader {
 public:
  ServiceReader(Service& out, const ConditionCompiler& compiler) : out_(out), compiler_(compiler) {}

  void read(YamlMap map) {
    out_.id = map.text("id");
    out_.name = map.text("name");
    out_.version = map.text("version");
    out_.dates = dates_of(map);
    read_hub(map);
    for (const YamlValue& value : map.list_or_empty("service_ids")) {
      auto id = config::parse_service_id(value.text());
      if (!id) value.complain("must be 'system|value'");
      if (id) out_.service_ids.push_back(std::move(*id));
    }
    out_.use_cases = map.texts_or_empty("use_cases");
    read_sources(map);
    read_area(map);
    for (const YamlValue& value : map.list_or_empty("ages"))
      read_age(value);
    out_.general_requests = codes_of(map, "general_requests");
    for (const YamlValue& value : map.require("specialties").list())
      read_specialty(value);
    for (const YamlValue& value : map.list_or_empty("exclusions"))
      read_exclusion(value);
    read_urgent(map);
    read_triage_and_choice(map);
    read_waits_and_advice(map);
    for (const YamlValue& value : map.list_or_empty("pathways"))
      read_pathway(value);
    for (const YamlValue& value : map.list_or_empty("rules"))
      read_rule(value);
    for (const YamlValue& value : map.require("contracts").list())
      out_.contracts.push_back(read_contract(value));
    for (const YamlValue& value : map.list_or_empty("kpis"))
      read_kpi(value);
    for (const YamlValue& value : map.list_or_empty("requirements"))
      read_requirement(value);
  }

 private:
  void read_hub(YamlMap& map) {
    const bool hub = map.require("kind").one_of({"hub", "none"}) == 0;
    out_.kind = hub ? ServiceKind::kHub : ServiceKind::kDirect;
    if (!hub) return;
    // One hub for all time, or one after the other.
    if (const YamlValue list = map.find("hubs")) {
      for (const YamlValue& value : list.list()) {
        YamlMap inner = value.map();
        out_.hubs.push_back({inner.text("partner"), inner.text("ods"), dates_of(inner)});
      }
      return;
    }
    out_.hubs.push_back({map.text("hub"), map.text("hub_ods"), {}});
  }

  void read_sources(YamlMap& map) {
    for (const YamlValue& value : map.list_or_empty("sources")) {
      YamlMap inner = value.map();
      Source source;
      source.id = rule_of(inner);
      source.dates = dates_of(inner);
      source.role =
          static_cast<config::PartnerRole>(inner.require("role").one_of({"gp", "hub", "provider", "rota"}));
      if (const YamlValue kind = inner.find("kind"))
        source.kind = static_cast<ReferrerKind>(kind.one_of({"clinician", "first-contact", "self"}));
      out_.sources.push_back(std::move(source));
    }
  }

  static std::vector<Organisation> organisations(YamlMap& map, std::string_view key) {
    std::vector<Organisation> out;
    for (const YamlValue& value : map.list_or_empty(key)) {
      YamlMap inner = value.map();
      out.push_back({inner.text("ods"), dates_of(inner)});
    }
    return out;
  }

  void read_area(YamlMap& map) {
    const YamlValue area = map.find("area");
    if (!area) return;
    YamlMap inner = area.map();
    out_.area.rule = rule_at(inner, "rule");
    out_.area.practices = organisations(inner, "practices");
    out_.area.commissioners = organisations(inner, "commissioners");
    out_.area.outside = redirect_of(inner.require("outside"));
  }

  void read_age(const YamlValue& value) {
    YamlMap map = value.map();
    AgeRule rule;
    rule.id = rule_at(map, "rule");
    rule.dates = dates_of(map);
    if (const YamlValue min = map.find("min")) {
      rule.min_years = static_cast<int>(min.integer(0, 130));
      rule.younger = redirect_of(map.require("younger"));
    }
    if (const YamlValue max = map.find("max")) {
      rule.max_years = static_cast<int>(max.integer(0, 130));
      rule.older = redirect_of(map.require("older"));
    }
    if (!rule.min_years && !rule.max_years) value.complain("needs min or max");
    if (rule.min_years && rule.max_years && *rule.max_years < *rule.min_years)
      value.complain("max is under min");
    out_.ages.push_back(std::move(rule));
  }

  void read_specialty(const YamlValue& value) {
    YamlMap map = value.map();
    Specialty specialty;
    specialty.id = map.text("id");
    specialty.name = map.text("name");
    specialty.rule = rule_at(map, "rule");
    specialty.dates = dates_of(map);
    specialty.surgical = map.boolean_or("surgical", false);
    specialty.treatment_functions = map.texts_or_empty("treatment_functions");
    specialty.requests = codes_of(map, "requests");
    specialty.service_types = codes_of(map, "service_types");
    out_.specialties.push_back(std::move(specialty));
  }

  ConditionPtr condition(const YamlValue& value) const {
    const std::string text = value.text();
    if (text.empty()) return nullptr;
    auto compiled = compiler_.compile(text);
    if (!compiled) {
      value.complain("the condition does not compile: " + compiled.error().detail);
      return nullptr;
    }
    return std::move(compiled).value();
  }

  void read_exclusion(const YamlValue& value) {
    YamlMap map = value.map();
    Exclusion exclusion;
    exclusion.id = rule_at(map, "rule");
    exclusion.dates = dates_of(map);
    exclusion.specialties = map.texts_or_empty("specialties");
    exclusion.codes = codes_of(map, "codes");
    if (const YamlValue when = map.find("when")) {
      exclusion.when = when.text();
      exclusion.condition = condition(when);
    }
    if (exclusion.codes.empty() && exclusion.when.empty()) value.complain("needs codes or when");
    exclusion.redirect = redirect_of(map.require("redirect"));
    out_.exclusions.push_back(std::move(exclusion));
  }

  void read_urgent(YamlMap& map) {
    out_.red_flag_rule = rule_at(map, "red_flag_rule");
    out_.cancer_rule = rule_at(map, "cancer_rule");
    out_.takes_cancer = map.boolean_or("takes_cancer", false);
    if (!out_.takes_cancer) out_.cancer = redirect_of(map.require("cancer"));
    for (const YamlValue& value : map.list_or_empty("urgent")) {
      YamlMap inner = value.map();
      out_.urgent.push_back({inner.text("route"), inner.text("destination"), inner.text("contact")});
    }
  }

  void read_triage_and_choice(YamlMap& map) {
    if (const YamlValue week = map.find("working_time")) out_.week = read_week(week);
    if (const YamlValue triage = map.find("triage")) {
      YamlMap inner = triage.map();
      out_.triage.id = rule_at(inner, "rule");
      out_.triage.kind = inner.text("kind");
      out_.triage.routine = inner.require("routine").term();
      out_.triage.urgent = inner.require("urgent").term();
    }
    if (const YamlValue choice = map.find("choice")) {
      YamlMap inner = choice.map();
      out_.choice.id = rule_at(inner, "rule");
      out_.choice.dates = dates_of(inner);
      out_.choice.options_to_offer = static_cast<int>(inner.integer_or("options_to_offer", 5, 1, 100));
      out_.choice.any_hospital = inner.boolean_or("any_hospital", false);
    }
  }

  void read_waits_and_advice(YamlMap& map) {
    for (const YamlValue& value : map.list_or_empty("waits")) {
      YamlMap inner = value.map();
      Wait wait;
      wait.id = rule_of(inner);
      wait.from = moment(inner.require("between"));
      wait.to = moment(inner.require("and"));
      wait.routine = inner.require("routine").term();
      wait.urgent = inner.require("urgent").term();
      if (wait.to <= wait.from) value.complain("ends before it starts");
      out_.waits.push_back(std::move(wait));
    }
    if (const YamlValue advice = map.find("advice")) {
      YamlMap inner = advice.map();
      out_.advice = AdviceRule{rule_at(inner, "rule"), dates_of(inner), inner.require("routine").term(),
                               inner.require("urgent").term()};
    }
  }

  static Moment moment(const YamlValue& value) {
    return static_cast<Moment>(value.one_of({"received", "triaged", "offered", "seen", "treated"}));
  }

  void read_pathway(const YamlValue& value) {
    YamlMap map = value.map();
    Pathway pathway;
    pathway.id = rule_of(map);
    pathway.name = map.text("name");
    pathway.dates = dates_of(map);
    pathway.specialty = map.text("specialty");
    pathway.codes = codes_of(map, "codes");
    pathway.steps = map.require("steps").texts();
    pathway.shared_decisions = map.texts_or_empty("shared_decisions");
    if (pathway.codes.empty()) value.complain("needs codes: nothing would ever be on it");
    out_.pathways.push_back(std::move(pathway));
  }

  void read_rule(const YamlValue& value) {
    YamlMap map = value.map();
    Rule rule;
    rule.id = rule_at(map, "rule");
    rule.dates = dates_of(map);
    const YamlValue when = map.require("when");
    rule.when = when.text();
    rule.condition = condition(when);
    static constexpr Outcome kOutcomes[] = {Outcome::kRoute, Outcome::kUrgent, Outcome::kRedirect,
                                            Outcome::kRefuse, Outcome::kHold};
    rule.outcome =
        kOutcomes[map.require("outcome").one_of({"route", "urgent", "redirect", "refuse", "hold"})];
    if (rule.outcome == Outcome::kRedirect || rule.outcome == Outcome::kUrgent) {
      rule.redirect = redirect_of(map.require("redirect"));
      rule.reason = rule.redirect->reason;
      rule.text = rule.redirect->text;
    } else {
      rule.reason = map.text("reason");
      rule.text = map.text("text");
    }
    out_.rules.push_back(std::move(rule));
  }

  void read_kpi(const YamlValue& value) {
    YamlMap map = value.map();
    Kpi kpi;
    kpi.id = rule_of(map);
    static constexpr std::string_view kFamilies[] = {"accessibility", "experience", "waiting", "outcome"};
    kpi.family =
        kFamilies[map.require("family").one_of({"accessibility", "experience", "waiting", "outcome"})];
    kpi.measure = map.text("measure");
    if (const YamlValue limit = map.find("limit")) kpi.limit = limit.term();
    out_.kpis.push_back(std::move(kpi));
  }

  void read_requirement(const YamlValue& value) {
    YamlMap map = value.map();
    Requirement requirement;
    requirement.id = map.text("id");
    requirement.text = map.text("text");
    requirement.where = map.text("where");
    requirement.open = map.boolean_or("open", false);
    requirement.test = map.text_or("test", "");
    if (requirement.open != requirement.test.empty()) value.complain("is either open or shown by a test");
    out_.requirements.push_back(std::move(requirement));
  }

  Service& out_;
  const ConditionCompiler& compiler_;
};

}  // namespace

Service read_service(const config::YamlFile& file, const ConditionCompiler& compiler,
                     fhir::IssueList& issues) {
  Service service;
  YamlMap root = config::root_map(file, issues);
  ServiceReader(service, compiler).read(root.require("service").map());
  return service;
}

}  // namespace gateway::services
