#include <algorithm>
#include <map>
#include <set>

#include "gateway/services/service_reader.hpp"

namespace gateway::services {

namespace {

class Checker {
 public:
  Checker(const Service& service, const std::string& file, fhir::IssueList& issues)
      : service_(service), file_(file), issues_(issues) {}

  void run() {
    check_rule_ids();
    check_specialties();
    check_contracts();
    check_hub();
    check_pathways();
    check_ages();
    check_urgent();
  }

 private:
  void complain(const std::string& what, fhir::SourcePosition at = {}) {
    const std::string place =
        at.line == 0 ? "" : ':' + std::to_string(at.line) + ':' + std::to_string(at.column);
    issues_.add(fhir::Severity::kError, fhir::IssueType::kConflict, "service", file_ + place + ": " + what,
                at);
  }

  void check_rule_ids() {
    std::set<std::string> seen;
    for (const RuleId* rule : rule_ids(service_)) {
      if (!seen.insert(rule->id).second) complain("rule id '" + rule->id + "' is used twice");
    }
  }

  [[nodiscard]] bool has_specialty(const std::string& id) const {
    return std::ranges::find(service_.specialties, id, &Specialty::id) != service_.specialties.end();
  }

  void check_specialties() {
    std::set<std::string> ids;
    std::map<std::string, std::string> codes;
    const auto take = [&](const std::string& code, const std::string& specialty) {
      const auto [at, fresh] = codes.emplace(code, specialty);
      if (!fresh && at->second != specialty) {
        complain("code '" + code + "' asks for both '" + at->second + "' and '" + specialty + "'");
      }
    };
    for (const Specialty& specialty : service_.specialties) {
      if (!ids.insert(specialty.id).second) complain("specialty '" + specialty.id + "' is given twice");
      for (const Coded& code : specialty.requests)
        take(code.system + '|' + code.code, specialty.id);
      for (const Coded& code : specialty.service_types)
        take(code.system + '|' + code.code, specialty.id);
      for (const std::string& code : specialty.treatment_functions)
        take("treatment function " + code, specialty.id);
    }
    if (service_.specialties.empty()) complain("has no specialty");
    for (const Exclusion& exclusion : service_.exclusions) {
      for (const std::string& id : exclusion.specialties) {
        if (!has_specialty(id))
          complain("exclusion '" + exclusion.id.id + "' names no specialty here: '" + id + "'");
      }
    }
  }

  void check_contracts() {
    const auto& contracts = service_.contracts;
    for (std::size_t i = 0; i < contracts.size(); ++i) {
      const Contract& contract = contracts[i];
      if (contract.specialties.empty())
        complain("contract '" + contract.id.id + "' covers no specialty", contract.place);
      for (const std::string& id : contract.specialties) {
        if (!has_specialty(id)) {
          complain("contract '" + contract.id.id + "' names no specialty here: '" + id + "'", contract.place);
        }
      }
      for (std::size_t j = 0; j < i; ++j)
        check_overlap(contracts[j], contract);
    }
  }

  void check_overlap(const Contract& a, const Contract& b) {
    if (a.provider_ods != b.provider_ods || !a.live().overlaps(b.live())) return;
    for (const std::string& specialty : b.specialties) {
      if (std::ranges::find(a.specialties, specialty) == a.specialties.end()) continue;
      complain("contracts '" + a.id.id + "' and '" + b.id.id + "' overlap for '" + specialty +
                   "' with one provider",
               b.place);
    }
  }

  void check_hub() {
    const auto& hubs = service_.hubs;
    for (std::size_t i = 0; i < hubs.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (hubs[i].dates.overlaps(hubs[j].dates))
          complain("hubs '" + hubs[j].partner + "' and '" + hubs[i].partner + "' overlap");
      }
      const bool contracted = std::ranges::any_of(service_.contracts, [&](const Contract& contract) {
        return contract.partner == hubs[i].partner && contract.provider_ods == hubs[i].ods;
      });
      if (!contracted) complain("the hub has no contract: nothing could ever be routed");
    }
    for (const Contract& contract : service_.contracts) {
      if (contract.type == ContractType::kDirect && service_.kind == ServiceKind::kDirect)
        complain("contract '" + contract.id.id + "' is direct, which without a hub all are", contract.place);
    }
    if (service_.advice && service_.kind == ServiceKind::kDirect)
      complain("advice needs a hub that gives it");
  }

  void check_pathways() {
    for (const Pathway& pathway : service_.pathways) {
      if (!has_specialty(pathway.specialty))
        complain("pathway '" + pathway.id.id + "' names no specialty here: '" + pathway.specialty + "'");
      for (const std::string& step : pathway.shared_decisions) {
        if (std::ranges::find(pathway.steps, step) == pathway.steps.end())
          complain("pathway '" + pathway.id.id + "' has no step '" + step + "' to decide before");
      }
    }
  }

  void check_ages() {
    for (std::size_t i = 0; i < service_.ages.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (service_.ages[i].dates.overlaps(service_.ages[j].dates)) {
          complain("age rules '" + service_.ages[j].id.id + "' and '" + service_.ages[i].id.id + "' overlap");
        }
      }
    }
  }

  void check_urgent() {
    std::set<std::string> routes;
    for (const UrgentDestination& urgent : service_.urgent) {
      if (!routes.insert(urgent.route).second) complain("urgent route '" + urgent.route + "' is given twice");
    }
  }

  const Service& service_;
  const std::string& file_;
  fhir::IssueList& issues_;
};

}  // namespace

void check_service(const Service& service, const std::string& file, fhir::IssueList& issues) {
  Checker(service, file, issues).run();
}

}  // namespace gateway::services
