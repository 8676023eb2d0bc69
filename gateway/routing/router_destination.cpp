// Where it goes: the patient's choice, and agreements in force on the day.
#include <algorithm>
#include <utility>

#include "gateway/routing/router.hpp"

namespace gateway::routing {

using services::Contract;

namespace {

std::string name_of(const Contract& contract) {
  return contract.partner.empty() ? contract.provider_ods : contract.partner;
}

}  // namespace

void Router::refuse(const Contract& contract, std::string reason) {
  RefusedDestination refused{name_of(contract), std::move(reason)};
  const auto same =
      std::ranges::find(decision_.refused, refused.destination, &RefusedDestination::destination);
  if (same == decision_.refused.end()) decision_.refused.push_back(std::move(refused));
}

bool Router::covers(const Contract& contract) const {
  return std::ranges::all_of(specialties_, [&](const services::Specialty* specialty) {
    return std::ranges::find(contract.specialties, specialty->id) != contract.specialties.end();
  });
}

/// The choice recorded, or a performer that is a surgical provider of this service.
std::string Router::find_chosen() const {
  for (std::string& code : message_.chosen())
    return std::move(code);
  for (const std::string& code : message_.performers()) {
    if (code == service_->hub_ods) continue;
    for (const Contract& contract : service_->contracts) {
      if (contract.provider_ods != code) continue;
      const bool surgical =
          std::ranges::any_of(service_->specialties, [&](const services::Specialty& specialty) {
            return specialty.surgical &&
                   std::ranges::find(contract.specialties, specialty.id) != contract.specialties.end();
          });
      if (surgical) return code;
    }
  }
  return {};
}

bool Router::check_choice() {
  if (service_->choice.id.id.empty() || !service_->choice.dates.contains(today_)) return false;
  const auto chosen = message_.chosen();
  const std::string provider = find_chosen();
  if (provider.empty()) return false;
  decision_.chosen_provider_ods = provider;
  fire(service_->choice.id);
  const bool two = std::ranges::any_of(chosen, [&](const std::string& code) { return code != provider; });
  if (two) {
    return hold({"core.one-choice", "1", "SX-21"}, "several-choices",
                "More than one chosen provider is recorded; a person asks which is meant.",
                message_.request());
  }
  bool live = false;
  for (const Contract& contract : service_->contracts) {
    if (contract.provider_ods == service_->hub_ods && service_->kind == services::ServiceKind::kHub) continue;
    if (contract.provider_ods != provider) {
      refuse(contract, "not-chosen");
    } else if (contract.live().contains(today_)) {
      live = true;
    } else {
      refuse(contract, "contract-not-live");
    }
  }
  if (live) return false;
  if (std::ranges::find(service_->contracts, provider, &Contract::provider_ods) ==
      service_->contracts.end()) {
    decision_.refused.push_back({provider, "no-contract"});
  }
  return hold({"core.choice-in-force", "1", "SX-21"}, "chosen-provider-not-contracted",
              "The provider the patient chose has no agreement in force here. The choice is kept and nobody "
              "else is put in its place: a person decides.",
              message_.request());
}

void Router::choose_destination() {
  if (service_->kind == services::ServiceKind::kHub) {
    choose_hub();
  } else {
    choose_provider();
  }
}

void Router::choose_hub() {
  for (const Contract& contract : service_->contracts) {
    if (contract.partner != service_->hub || contract.provider_ods != service_->hub_ods) continue;
    if (!contract.live().contains(today_)) {
      refuse(contract, "contract-not-live");
      continue;
    }
    if (!covers(contract)) {
      refuse(contract, "specialty-not-covered");
      continue;
    }
    fire(contract.id);
    if (!service_->triage.id.id.empty()) fire(service_->triage.id);
    decision_.outcome = Outcome::kRoute;
    decision_.reason = "accepted";
    decision_.destination = service_->hub;
    decision_.destination_ods = service_->hub_ods;
    decision_.text = "Sent to the hub of " + service_->name + " for clinical " +
                     (service_->triage.kind.empty() ? "triage." : service_->triage.kind + " triage.");
    if (!decision_.chosen_provider_ods.empty())
      decision_.text += " The patient's choice of provider travels with it.";
    return;
  }
  hold({"core.live-contract", "1", "SX-24"}, "no-live-contract",
       "No agreement in force on the date of receipt allows the hub to take this referral; a person decides.",
       message_.request());
}

void Router::choose_provider() {
  std::vector<const Contract*> live;
  for (const Contract& contract : service_->contracts) {
    const bool chosen =
        decision_.chosen_provider_ods.empty() || contract.provider_ods == decision_.chosen_provider_ods;
    if (!chosen) {
      refuse(contract, "not-chosen");
    } else if (!contract.live().contains(today_)) {
      refuse(contract, "contract-not-live");
    } else if (specialties_.empty() || !covers(contract)) {
      refuse(contract, "specialty-not-covered");
    } else {
      live.push_back(&contract);
    }
  }
  if (live.size() != 1) {
    hold({"core.live-contract", "1", "SX-24"}, live.empty() ? "no-live-contract" : "several-providers",
         live.empty()
             ? "No agreement in force on the date of receipt covers what is asked for; a person decides."
             : "More than one provider could take this referral; the patient chooses, and a person asks.",
         message_.request());
    return;
  }
  const Contract& contract = *live.front();
  fire(contract.id);
  decision_.outcome = Outcome::kRoute;
  decision_.reason = "accepted";
  decision_.destination = name_of(contract);
  decision_.destination_ods = contract.provider_ods;
  decision_.text = "Sent to " + contract.name + '.';
}

}  // namespace gateway::routing
