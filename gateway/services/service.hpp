// One musculoskeletal service as dated data: whom it takes, what it takes, where it sends, and under which
// rules.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/issue.hpp"
#include "gateway/config/config.hpp"
#include "gateway/services/calendar.hpp"
#include "gateway/services/condition.hpp"
#include "gateway/services/local_date.hpp"

namespace gateway::services {

/// What a rule or a decision comes to.
enum class Outcome : std::uint8_t {
  kRoute,     ///< To the hub or provider with a live contract.
  kUrgent,    ///< By an urgent route, now, and a person is told.
  kRedirect,  ///< Back to the referrer with reason, other route and contact.
  kRefuse,    ///< Back to the referrer: nothing here can take it.
  kHold,      ///< A person decides.
};
[[nodiscard]] std::string_view to_code(Outcome outcome) noexcept;

/// Where somebody is sent instead. Text and contact go to the GP.
struct Redirect {
  std::string reason;  ///< Code: `paediatric`, `trauma`, `diabetic-foot`, `cancer`, `out-of-area`.
  std::string text;
  std::string destination;  ///< Name of a place outside the catalogue: `paediatric-msk`.
  std::string contact;
};

struct RuleId {
  std::string id;  ///< `sussex.age`
  std::string version;
  std::string requirement;  ///< `SX-02`
  friend bool operator==(const RuleId&, const RuleId&) = default;
};

/// A FHIRPath rule, first match in file order wins.
struct Rule {
  RuleId id;
  DateRange dates;
  std::string when;  ///< The text of the condition.
  ConditionPtr condition;
  Outcome outcome = Outcome::kHold;
  std::string reason;  ///< Code.
  std::string text;    ///< For the GP; may be the redirect's.
  std::optional<Redirect> redirect;
};

struct AgeRule {
  RuleId id;
  DateRange dates;
  std::optional<int> min_years;  ///< At the local date of receipt.
  std::optional<int> max_years;  ///< Inclusive.
  Redirect younger;
  Redirect older;
};

struct Coded {
  std::string system;
  std::string code;
  friend bool operator==(const Coded&, const Coded&) = default;
};

struct Specialty {
  std::string id;  ///< `physiotherapy`
  std::string name;
  RuleId rule;
  DateRange dates;
  bool surgical = false;  ///< Patients choose their provider (SX-21).
  std::vector<std::string> treatment_functions;
  std::vector<Coded> requests;       ///< Codes of ServiceRequest.code that ask for it.
  std::vector<Coded> service_types;  ///< Codes of HealthcareService.type.
};

/// Something a specialty does not take.
struct Exclusion {
  RuleId id;
  DateRange dates;
  std::vector<std::string> specialties;  ///< Empty: all.
  std::vector<Coded> codes;              ///< Any coding of the request or its reasons.
  std::string when;                      ///< FHIRPath; empty: codes only.
  ConditionPtr condition;
  Redirect redirect;
};

struct Organisation {
  std::string ods;  ///< A final `*` takes any ending.
  DateRange dates;
};

/// Who speaks in the message, apart from the partner that carries it.
enum class ReferrerKind : std::uint8_t {
  kClinician,     ///< The ordinary case.
  kFirstContact,  ///< A first-contact practitioner: source of referral 14 or 12.
  kSelf,          ///< The patient, or a person for them: source of referral 06.
};
[[nodiscard]] std::string_view to_code(ReferrerKind kind) noexcept;

/// Who may send. The first of a role that fits its dates and kind counts. A self-referral is taken only by a
/// source that says so.
struct Source {
  RuleId id;
  DateRange dates;
  config::PartnerRole role = config::PartnerRole::kGp;
  ReferrerKind kind = ReferrerKind::kClinician;  ///< kClinician also takes first contact.
};

/// Whose patients are eligible. Both lists empty: anybody's.
struct Area {
  RuleId rule;
  std::vector<Organisation> practices;
  std::vector<Organisation> commissioners;
  Redirect outside;
};

enum class ContractType : std::uint8_t {
  kLead,
  kSubcontract,
  kSpot,
  kDirect,  ///< Older than the hub and beside it: who names this provider goes there, past the hub.
};
/// How it is paid. Nothing routes by it.
enum class Payment : std::uint8_t { kUnknown, kBlock, kCostAndVolume, kByResults };
enum class Extension : std::uint8_t { kNone, kUnknown, kNotExercised, kExercised };

/// What allows a destination to receive. Without one, live on the day, nothing is ever routed there.
struct Contract {
  RuleId id;
  std::string provider_ods;
  std::string partner;  ///< Configured partner that receives; empty: named by ODS code only.
  std::string name;
  ContractType type = ContractType::kSubcontract;
  DateRange dates;  ///< Without the extension.
  std::optional<int> extension_years;
  Extension extension = Extension::kNone;
  std::vector<std::string> specialties;
  Payment payment = Payment::kUnknown;
  std::optional<std::int64_t> value_gbp;  ///< Per year. Empty: unknown, and said so.
  fhir::SourcePosition place;
  /// The dates on which it is live: an extension counts only when exercised.
  [[nodiscard]] DateRange live() const;
};

/// Urgent route id to the service's own contact.
struct UrgentDestination {
  std::string route;
  std::string destination;
  std::string contact;
};

struct ChoiceRule {
  RuleId id;
  DateRange dates;
  int options_to_offer = 5;
  /// Any hospital of the directory may be chosen, with or without a contract here.
  bool any_hospital = false;
};

/// The organisation that triages. A service may have had several, one after the other.
struct Hub {
  std::string partner;
  std::string ods;
  DateRange dates;
};

/// A question of a GP to the team, which is no referral until its sender allows it to become one.
struct AdviceRule {
  RuleId id;
  DateRange dates;
  config::Term routine;
  config::Term urgent;
};

/// A named way through the service. It does not decide where a referral goes; it says which template it is
/// on.
struct Pathway {
  RuleId id;  ///< The version of the template is the version of the rule.
  std::string name;
  DateRange dates;
  std::string specialty;
  std::vector<Coded> codes;                   ///< Of the request, its reasons or its conditions; any.
  std::vector<std::string> steps;             ///< In order.
  std::vector<std::string> shared_decisions;  ///< Steps before which a shared decision is recorded.
};

/// One stretch of a wait with a limit of its own, so that a fast triage cannot hide a slow service.
enum class Moment : std::uint8_t { kReceived, kTriaged, kOffered, kSeen, kTreated };
struct Wait {
  RuleId id;
  Moment from = Moment::kReceived;
  Moment to = Moment::kTriaged;
  config::Term routine;
  config::Term urgent;
};

struct TriageRule {
  RuleId id;
  std::string kind;  ///< `paper`
  config::Term routine;
  config::Term urgent;
};

struct Kpi {
  RuleId id;
  std::string family;  ///< accessibility, experience, waiting, outcome
  std::string measure;
  std::optional<config::Term> limit;
};

/// A requirement of a service and what meets it; open ones say so.
struct Requirement {
  std::string id;     ///< `SX-02`
  std::string text;   ///< Our words.
  bool open = false;  ///< Not met by this release.
  std::string where;  ///< A room or data that meets it, or why it is open.
  std::string test;   ///< Suite.Test that shows it; empty when open.
};

enum class ServiceKind : std::uint8_t { kHub, kDirect };

struct Service {
  std::string id;
  std::string name;
  std::string version;
  ServiceKind kind = ServiceKind::kHub;
  std::vector<Hub> hubs;  ///< Dates do not overlap; empty when kDirect.
  DateRange dates;
  std::vector<config::ServiceId> service_ids;  ///< Destinations this service answers to.
  std::vector<std::string> use_cases;          ///< Codes of the second category coding; empty: as configured.
  bool takes_cancer = false;
  Redirect cancer;  ///< Where priority 3 goes when it does not.
  RuleId red_flag_rule;
  RuleId cancer_rule;
  Area area;
  std::vector<Source> sources;  ///< Empty: anybody.
  std::vector<AgeRule> ages;
  std::vector<Coded> general_requests;  ///< Codes that ask for the service and leave the specialty to triage.
  std::vector<Specialty> specialties;
  std::vector<Exclusion> exclusions;
  std::vector<Contract> contracts;
  std::vector<UrgentDestination> urgent;
  ChoiceRule choice;
  Week week;  ///< When it works, for terms in working days.
  TriageRule triage;
  std::vector<Wait> waits;  ///< Beside received to triaged, which `triage` has.
  std::optional<AdviceRule> advice;
  std::vector<Pathway> pathways;
  std::vector<Rule> rules;
  std::vector<Kpi> kpis;
  std::vector<Requirement> requirements;

  /// The hub on that day; null when there is none.
  [[nodiscard]] const Hub* hub_on(Date date) const noexcept;
  [[nodiscard]] const Wait* wait(Moment from, Moment to) const noexcept;
  /// Some term of it can only be reckoned with a calendar.
  [[nodiscard]] bool needs_calendar() const noexcept;
};

/// Ids of all rules of the service, in the order of its file. Parts that are not there have an empty id and
/// are left out.
[[nodiscard]] std::vector<const RuleId*> rule_ids(const Service& service);

}  // namespace gateway::services
