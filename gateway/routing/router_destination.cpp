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

bool Router::is_surgical(const Contract& contract) const {
  return std::ranges::any_of(service_->specialties, [&](const services::Specialty& specialty) {
    return specialty.surgical &&
           std::ranges::find(contract.specialties, specialty.id) != contract.specialties.end();
  });
}

bool Router::is_hub(const std::string& ods) const {
  return std::ranges::find(service_->hubs, ods, &services::Hub::ods) != service_->hubs.end();
}

/// A hospital of the directory that is open today.
const services::KnownOrganisation* Router::hospital(const std::string& ods) const {
  const services::KnownOrganisation* found = input_.catalogue.directory().find(ods, today_);
  return found == nullptr || found->kind != services::OrganisationKind::kHospital ? nullptr : found;
}

/// The choice recorded, or a performer that is a surgical provider of this service or a hospital that may be
/// chosen.
std::string Router::find_chosen() const {
  for (std::string& code : message_.chosen())
    return std::move(code);
  for (const std::string& code : message_.performers()) {
    if (is_hub(code)) continue;
    const bool contracted = std::ranges::any_of(service_->contracts, [&](const Contract& contract) {
      return contract.provider_ods == code && is_surgical(contract);
    });
    if (contracted || (service_->choice.any_hospital && hospital(code) != nullptr)) return code;
  }
  return {};
}

/// Any hospital of England may be chosen where the service says so; only one that is known to be a hospital
/// is.
bool Router::choose_outside(const std::string& provider) {
  if (hospital(provider) != nullptr) {
    decision_.out_of_network = true;
    return false;
  }
  return hold({"core.choice-known", "1", "BD-06"}, "chosen-provider-unknown",
              "The provider the patient chose is in no agreement here and is no hospital of the directory on "
              "the date "
              "of receipt. The choice is kept: a person finds out who is meant.",
              message_.request());
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
  if (!services::is_ods_code(provider)) {
    return hold({"core.choice-code", "1", "BD-06"}, "chosen-provider-malformed",
                "The code of the chosen provider is no ODS code; a person asks who is meant.",
                message_.request());
  }
  bool live = false;
  for (const Contract& contract : service_->contracts) {
    if (!is_surgical(contract) || is_hub(contract.provider_ods))
      decision_.beside_choice.push_back(contract.provider_ods);
    if (is_hub(contract.provider_ods)) continue;
    if (contract.provider_ods != provider) {
      refuse(contract, "not-chosen");
    } else if (contract.live().contains(today_)) {
      live = true;
    } else {
      refuse(contract, "contract-not-live");
    }
  }
  if (live) return false;
  if (service_->choice.any_hospital) return choose_outside(provider);
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
  find_pathway();
  if (service_->kind == services::ServiceKind::kDirect) return choose_provider();
  if (!choose_direct()) choose_hub();
}

void Router::take(const Contract& contract) {
  fire(contract.id);
  decision_.outcome = Outcome::kRoute;
  decision_.reason = "accepted";
  decision_.contract = contract.id.id;
  decision_.destination = name_of(contract);
  decision_.destination_ods = contract.provider_ods;
  decision_.hub_ods = contract.provider_ods;
  decision_.text = "Sent to " + contract.name + '.';
}

/// A provider that has not joined yet is reached by the agreement it has had all along, by whoever names it.
bool Router::choose_direct() {
  if (decision_.chosen_provider_ods.empty() || specialties_.empty() ||
      decision_.purpose != Purpose::kReferral)
    return false;
  for (const Contract& contract : service_->contracts) {
    if (contract.type != services::ContractType::kDirect || !contract.live().contains(today_) ||
        contract.provider_ods != decision_.chosen_provider_ods || !covers(contract))
      continue;
    take(contract);
    decision_.text =
        "Sent straight to " + contract.name + ", which has not joined " + service_->name + " yet.";
    return true;
  }
  return false;
}

void Router::choose_hub() {
  const services::Hub* hub = service_->hub_on(today_);
  for (const Contract& contract : service_->contracts) {
    if (hub == nullptr || contract.partner != hub->partner || contract.provider_ods != hub->ods) continue;
    if (!contract.live().contains(today_)) {
      refuse(contract, "contract-not-live");
      continue;
    }
    if (!covers(contract)) {
      refuse(contract, "specialty-not-covered");
      continue;
    }
    take(contract);
    if (!service_->triage.id.id.empty()) fire(service_->triage.id);
    decision_.text = "Sent to the hub of " + service_->name + " for clinical " +
                     (service_->triage.kind.empty() ? "triage." : service_->triage.kind + " triage.");
    if (decision_.purpose != Purpose::kReferral) {
      decision_.reason = "advice-requested";
      decision_.text =
          "A question for advice, sent to the team of " + service_->name + ". It is no referral" +
          (decision_.purpose == Purpose::kAdvice ? ", and becomes none by itself."
                                                 : " until the team makes it one, which you allowed.");
    }
    if (!decision_.chosen_provider_ods.empty())
      decision_.text += " The patient's choice of provider travels with it.";
    if (decision_.out_of_network)
      decision_.text += " That provider is outside the network; the choice stands.";
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
  if (live.size() == 1) return take(*live.front());
  if (specialties_.empty()) {
    hold({"core.specialty-named", "1", "DO-01"}, "specialty-unknown",
         "The referral does not say which service is wanted, and there is no hub here to read it; a person "
         "asks.",
         message_.request());
    return;
  }
  hold({"core.live-contract", "1", "SX-24"}, live.empty() ? "no-live-contract" : "several-providers",
       live.empty()
           ? "No agreement in force on the date of receipt covers what is asked for; a person decides."
           : "More than one provider could take this referral; the patient chooses, and a person asks.",
       message_.request());
}

}  // namespace gateway::routing
