// What an installation goes by at one moment: its partners, its deadlines with their calendar, its forms for
// partners that take no FHIR. Replaced as a whole when the installation is read again.
#pragma once

#include <memory>

#include "gateway/config/config.hpp"
#include "gateway/intake/outward_forms.hpp"
#include "gateway/referral/deadlines.hpp"
#include "gateway/services/calendar.hpp"

namespace gateway::intake {

/// Immutable; any thread. Whoever works by it holds it until the work is done.
struct Rules {
  std::shared_ptr<const config::Config> config;
  referral::Deadlines deadlines;
  std::shared_ptr<const OutwardForms> forms;  ///< Null: nothing can be said to partners of HL7 v2 alone.
};
using RulesPtr = std::shared_ptr<const Rules>;

/// `calendar` may be null: then working days are days of 24 hours.
[[nodiscard]] RulesPtr make_rules(std::shared_ptr<const config::Config> config,
                                  services::CalendarPtr calendar,
                                  std::shared_ptr<const OutwardForms> forms = nullptr);

/// The durations of the configuration in the form the state machine takes.
[[nodiscard]] referral::Deadlines deadlines_of(const config::Deadlines& configured,
                                               services::CalendarPtr calendar = nullptr);

}  // namespace gateway::intake
