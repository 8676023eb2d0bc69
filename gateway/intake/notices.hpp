// Tells people about a referral: the GP by a Communication, the rota by an escalation. Builds values only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/tree/tree.hpp"
#include "gateway/config/config.hpp"
#include "gateway/intake/dispatch.hpp"
#include "gateway/intake/referral_memory.hpp"
#include "gateway/referral/communication.hpp"
#include "gateway/store/transaction.hpp"

namespace gateway::intake {

/// The referral told about, in its state after the change. Nodes live as long as their trees.
struct About {
  const ReferralMemory& memory;
  Subject subject;
  std::string_view sender_partner;
  fhir::tree::Node task;             ///< Empty for a message that became no referral: then only words go out.
  fhir::tree::Node service_request;  ///< May be empty.
  fhir::tree::Node patient;          ///< May be empty.
  std::optional<store::MessageSeq> message;
};

/// What is said, in the words of whoever decided.
struct Words {
  referral::Reason reason;
  referral::Decider decided_by;
  std::string advice;
  std::string next_step;
  std::string contact;
  std::string sender_ods;
  std::vector<referral::GpAction> actions;
  std::vector<fhir::tree::Node> documents;  ///< Sent along, under their own ids.
  std::optional<fhir::Instant> appointment_start;
  std::optional<fhir::Instant> answer_by;
};

/// What one notice writes.
struct Notice {
  fhir::tree::TreePtr communication;
  std::vector<store::NewDelivery> deliveries;
  std::vector<store::NewWork> work;  ///< When nobody can be reached by software.
};

/// Reason of a red-flag work item: it was confirmed and sent on, and whoever it was sent to did not take it.
inline constexpr std::string_view kNotTaken = "not-taken";

class Notices {
 public:
  /// All of it outlives this.
  Notices(const config::Config& config, Dispatch& dispatch, ResourceIds& ids, std::string base_url,
          fhir::Instant at)
      : config_(&config), dispatch_(&dispatch), ids_(&ids), base_url_(std::move(base_url)), at_(at) {}

  /// The Communication of `kind`, and its delivery to whoever referred, and to the patient's practice when
  /// that is another; a work item when there is no way to either.
  [[nodiscard]] Notice tell_gp(const About& about, referral::CommunicationKind kind, const Words& words);
  /// The same with a Communication that compose() gave.
  [[nodiscard]] Notice tell_gp(const About& about, referral::CommunicationKind kind, const Words& words,
                               fhir::tree::TreePtr communication);

  /// The Communication alone.
  [[nodiscard]] fhir::tree::TreePtr compose(const About& about, referral::CommunicationKind kind,
                                            const Words& words);

  /// One step of the rota: the work item (for step 0) that the deadline watch moves on, and the delivery.
  /// `communication` says what was seen.
  [[nodiscard]] Notice escalate(const About& about, std::size_t step, fhir::tree::Node communication,
                                std::string_view reason);

  /// A delivery of the escalation to somebody beside the rota.
  [[nodiscard]] store::NewDelivery escalate_to(const config::Partner& to, const About& about,
                                               fhir::tree::Node communication);

  /// Our fullUrl of a resource.
  [[nodiscard]] std::string full_url(fhir::tree::Node resource) const;

 private:
  [[nodiscard]] store::NewWork nobody_reached(std::string_view work_kind, const About& about,
                                              referral::CommunicationKind kind) const;
  [[nodiscard]] const config::Partner* own_practice(const About& about) const;
  [[nodiscard]] std::vector<bars::Part> parts_of(const About& about, fhir::tree::Node communication) const;
  const config::Config* config_;
  Dispatch* dispatch_;
  ResourceIds* ids_;
  std::string base_url_;
  fhir::Instant at_;
};

}  // namespace gateway::intake
