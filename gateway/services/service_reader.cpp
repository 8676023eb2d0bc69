#include "gateway/services/service_reader.hpp"

#include <utility>

#include "gateway/services/clinical_code.hpp"

namespace gateway::services {

namespace {

using config::YamlMap;
using config::YamlValue;

DateRange dates_of(YamlMap& map, std::string_view from_key = "from", std::string_view to_key = "to") {
  DateRange range;
  if (const YamlValue from = map.find(from_key)) range.from = from.date();
  const YamlValue to = map.find(to_key);
  if (to) range.to = to.date();
  if (range.from && range.to && *range.to < *range.from) to.complain("ends before it starts");
  return range;
}

RuleId rule_of(YamlMap& map) {
  return {map.text("id"), map.text("version"), map.text("requirement")};
}

RuleId rule_at(YamlMap& map, std::string_view key) {
  YamlMap inner = map.require(key).map();
  return rule_of(inner);
}

Redirect redirect_of(const YamlValue& value) {
  YamlMap map = value.map();
  Redirect out;
  out.reason = map.text("reason");
  out.text = map.text("text");
  out.destination = map.text("destination");
  out.contact = map.text("contact");
  return out;
}

std::vector<Coded> codes_of(YamlMap& map, std::string_view key) {
  std::vector<Coded> out;
  for (const YamlValue& value : map.list_or_empty(key)) {
    const std::string text = value.text();
    const auto id = config::parse_service_id(text);
    if (!id) {
      if (!text.empty()) value.complain("must be 'system|code'");
      continue;
    }
    // A typing mistake in a code would silently never match.
    if (id->system == "http://snomed.info/sct" && !is_snomed_concept_id(id->value)) {
      value.complain("is no SNOMED CT concept identifier: wrong form or check digit");
    }
    out.push_back({id->system, id->value});
  }
  return out;
}

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
    for (const YamlValue& value : map.list_or_empty("rules"))
      read_rule(value);
    for (const YamlValue& value : map.require("contracts").list())
      read_contract(value);
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
    out_.hub = map.text("hub");
    out_.hub_ods = map.text("hub_ods");
  }

  void read_sources(YamlMap& map) {
    for (const YamlValue& value : map.list_or_empty("sources")) {
      YamlMap inner = value.map();
      Source source;
      source.id = rule_of(inner);
      source.dates = dates_of(inner);
      source.role =
          static_cast<config::PartnerRole>(inner.require("role").one_of({"gp", "hub", "provider", "rota"}));
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
    if (const YamlValue triage = map.find("triage")) {
      YamlMap inner = triage.map();
      out_.triage.id = rule_at(inner, "rule");
      out_.triage.kind = inner.text("kind");
      out_.triage.routine = inner.require("routine").duration();
      out_.triage.urgent = inner.require("urgent").duration();
    }
    if (const YamlValue choice = map.find("choice")) {
      YamlMap inner = choice.map();
      out_.choice.id = rule_at(inner, "rule");
      out_.choice.dates = dates_of(inner);
      out_.choice.options_to_offer = static_cast<int>(inner.integer_or("options_to_offer", 5, 1, 100));
    }
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

  void read_contract(const YamlValue& value) {
    YamlMap map = value.map();
    Contract contract;
    contract.id = rule_at(map, "rule");
    contract.place = value.place();
    contract.name = map.text("name");
    contract.provider_ods = map.text("provider");
    contract.partner = map.text_or("partner", "");
    static constexpr ContractType kTypes[] = {ContractType::kLead, ContractType::kSubcontract,
                                              ContractType::kSpot};
    contract.type = kTypes[map.require("type").one_of({"lead", "subcontract", "spot"})];
    read_term(map, contract);
    if (const YamlValue extension = map.find("extension")) {
      YamlMap inner = extension.map();
      contract.extension_years = static_cast<int>(inner.require("years").integer(1, 20));
      static constexpr Extension kStates[] = {Extension::kExercised, Extension::kNotExercised,
                                              Extension::kUnknown};
      contract.extension = kStates[inner.require("exercised").one_of({"yes", "no", "unknown"})];
    }
    contract.specialties = map.require("specialties").texts();
    if (const YamlValue amount = map.find("value_gbp"))
      contract.value_gbp = amount.integer(0, std::int64_t{1} << 50);
    out_.contracts.push_back(std::move(contract));
  }

  /// Start with an end, a length, or both when they agree. The last day is the one before the anniversary.
  static void read_term(YamlMap& map, Contract& contract) {
    contract.dates.from = map.require("start").date();
    const YamlValue end = map.find("end");
    const YamlValue length = map.find("length_years");
    if (end) contract.dates.to = end.date();
    if (!end && !length) map.value().complain("needs end or length_years");
    if (length && contract.dates.from) {
      const Date anniversary = add_years(*contract.dates.from, static_cast<int>(length.integer(1, 50)));
      const Date last(std::chrono::sys_days(anniversary) - std::chrono::days(1));
      if (contract.dates.to && *contract.dates.to != last) {
        length.complain("does not agree with end: by length the last day is " + config::to_text(last));
      }
      contract.dates.to = last;
    }
    if (contract.dates.from && contract.dates.to && *contract.dates.to < *contract.dates.from) {
      end.complain("ends before it starts");
    }
  }

  void read_kpi(const YamlValue& value) {
    YamlMap map = value.map();
    Kpi kpi;
    kpi.id = rule_of(map);
    static constexpr std::string_view kFamilies[] = {"accessibility", "experience", "waiting", "outcome"};
    kpi.family =
        kFamilies[map.require("family").one_of({"accessibility", "experience", "waiting", "outcome"})];
    kpi.measure = map.text("measure");
    if (const YamlValue limit = map.find("limit")) kpi.limit = limit.duration();
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
