// The steps of one decision. Internal to the room; routing.hpp is its front.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/routing/message_view.hpp"
#include "gateway/routing/routing.hpp"

namespace gateway::routing {

/// Lives for one decision. A step returns true when it has decided, and the steps after it do not run.
class Router {
 public:
  explicit Router(const RoutingInput& input) : input_(input), message_(input.bundle) {}
  [[nodiscard]] Decision run();

 private:
  using Date = services::Date;

  // router.cpp: which service, and what leaves at once
  bool find_date();
  void find_candidates();
  [[nodiscard]] std::vector<const services::Service*> in_area() const;
  void narrow();
  bool leave_by_urgent_route();
  bool leave_by_cancer_route();
  bool need_request();
  bool need_one_service();
  bool check_use_case();

  // router_eligibility.cpp: who
  bool check_source();
  bool check_age();
  bool check_area();

  // router_content.cpp: what
  bool check_codes();
  bool check_advice();
  bool find_specialties();
  bool check_exclusions();
  bool apply_rules();
  void find_pathway();

  // router_destination.cpp: where
  bool check_choice();
  void choose_destination();
  bool choose_direct();
  void choose_hub();
  void choose_provider();
  void take(const services::Contract& contract);
  bool choose_outside(const std::string& provider);

  [[nodiscard]] bool asks(const services::Service& service) const;
  [[nodiscard]] bool excluded_by_code(const services::Exclusion& exclusion) const;
  [[nodiscard]] bool covers(const services::Contract& contract) const;
  [[nodiscard]] services::Truth evaluate(const services::ConditionPtr& condition) const;
  [[nodiscard]] std::string find_chosen() const;
  [[nodiscard]] bool is_surgical(const services::Contract& contract) const;
  [[nodiscard]] bool is_hub(const std::string& ods) const;
  [[nodiscard]] const services::KnownOrganisation* hospital(const std::string& ods) const;
  [[nodiscard]] std::string practice() const;

  bool hold(RuleId rule, std::string reason, std::string text, fhir::tree::Node place = {});
  bool redirect(RuleId rule, const services::Redirect& to, fhir::tree::Node place = {});
  void fire(RuleId rule) { decision_.rules.push_back(std::move(rule)); }
  void refuse(const services::Contract& contract, std::string reason);

  const RoutingInput& input_;
  MessageView message_;
  Decision decision_;
  Date today_{};
  std::vector<const services::Service*> candidates_;
  bool named_but_not_in_effect_ = false;
  const services::Service* service_ = nullptr;
  std::vector<const services::Specialty*> specialties_;
};

}  // namespace gateway::routing
