// Makes the outbox rows: a message built by gateway/bars, in the format its partner takes, under ids that
// never change.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "fhir/base/instant.hpp"
#include "fhir/tree/tree.hpp"
#include "gateway/bars/encode.hpp"
#include "gateway/config/config.hpp"
#include "gateway/intake/message_text.hpp"
#include "gateway/intake/outward_forms.hpp"
#include "gateway/intake/resource_ids.hpp"
#include "gateway/referral/deadlines.hpp"
#include "gateway/store/outbox_store.hpp"

namespace gateway::intake {

/// Kinds of delivery, as NewDelivery::kind.
inline constexpr std::string_view kIntroductionKind = "introduction";  ///< The patient alone.
inline constexpr std::string_view kReferralKind = "referral";          ///< The request, to a hub or provider.
inline constexpr std::string_view kUpdateKind = "update";              ///< A later word about it.
inline constexpr std::string_view kReceiptKind = "receipt";        ///< To the GP: received, held, escalated.
inline constexpr std::string_view kDecisionKind = "decision";      ///< To the GP: everything after.
inline constexpr std::string_view kLetterKind = "letter";          ///< To the GP: a letter.
inline constexpr std::string_view kEscalationKind = "escalation";  ///< To the rota.

/// The referral a delivery belongs to.
struct Subject {
  std::string task_id;  ///< With the destination the lane.
  std::string correlation_id;
  referral::Priority priority = referral::Priority::kRoutine;
  bool red_flag = false;
};

/// Of one message or event. What it takes outlives it. `stored` may grow: it counts when a message is made.
/// A partner with an HL7 v2 endpoint and none for FHIR gets `forms`; what has no such form stays FHIR, which
/// it cannot be sent: a dead letter, and a person looks.
class Dispatch {
 public:
  Dispatch(const config::Config& config, std::string_view software_version, ResourceIds& ids,
           fhir::Instant at, const OutwardForms* forms, const StoredNodes* stored = nullptr)
      : config_(&config),
        software_version_(software_version),
        ids_(&ids),
        at_(at),
        forms_(forms),
        stored_(stored) {}

  /// The request itself, whole, with our Task (and ServiceRequest when it changed) among `ours`. Without a
  /// `kind` it is that of a referral or an update.
  [[nodiscard]] store::NewDelivery request(const config::Partner& to, const Subject& subject,
                                           const bars::BarsMessage& message, bars::RequestReason reason,
                                           std::span<const bars::Part> ours, std::string_view kind = {});

  /// What answers an earlier message, or tells of a referral.
  struct Answer {
    std::string_view kind;
    std::span<const bars::Part> parts;
    std::string_view focus;    ///< fullUrl of the part in focus.
    std::string_view answers;  ///< Bundle.id; may be empty.
    bars::RequestReason reason = bars::RequestReason::kNew;
    bars::EndpointId destination;  ///< Instead of the partner's service id, when not empty.
    std::string version;           ///< BaRS version; empty: ours.
  };
  [[nodiscard]] store::NewDelivery response(const config::Partner& to, const Subject& subject,
                                            const Answer& answer);

  /// A letter that belongs to no referral here. `focus` is the fullUrl of its DocumentReference.
  [[nodiscard]] store::NewDelivery letter(const config::Partner& to, const Subject& subject,
                                          std::span<const bars::Part> parts, std::string_view focus);

 private:
  [[nodiscard]] bars::Envelope envelope(const config::Partner& to);
  [[nodiscard]] store::NewDelivery delivery(const config::Partner& to, const Subject& subject,
                                            std::string_view kind, std::string bundle_id,
                                            const bars::Outgoing& message);

  const config::Config* config_;
  std::string software_version_;
  ResourceIds* ids_;
  fhir::Instant at_;
  const OutwardForms* forms_;
  const StoredNodes* stored_;
};

/// The root of our FHIR resources for fullUrls: installation.endpoint_url without `/$process-message`.
[[nodiscard]] std::string resource_base(const config::Config& config);

/// What we send is marked as test traffic.
[[nodiscard]] bool is_test(const config::Config& config) noexcept;

/// Messages for it go by MLLP.
[[nodiscard]] bool speaks_v2_alone(const config::Partner& partner) noexcept;
/// It can be sent to at all.
[[nodiscard]] bool can_receive(const config::Partner& partner) noexcept;

/// Whether a partner is pushed that kind of thing: its `receives` says so and it has an endpoint. Null: no.
[[nodiscard]] bool takes_communications(const config::Partner* partner) noexcept;
[[nodiscard]] bool takes_referrals(const config::Partner* partner) noexcept;
[[nodiscard]] bool takes_escalations(const config::Partner* partner) noexcept;

/// Who receives Communications for the practice `ods`, else for the partner that sent, else the default
/// route; null when nobody can: then a person must.
[[nodiscard]] const config::Partner* gp_destination(const config::Config& config, std::string_view ods,
                                                    std::string_view sender_partner) noexcept;
/// The hub or provider with the ODS code that takes referrals, or null.
[[nodiscard]] const config::Partner* care_destination(const config::Config& config,
                                                      std::string_view ods) noexcept;

[[nodiscard]] std::string_view media_type(config::WireFormat format) noexcept;
[[nodiscard]] std::string serialise(config::WireFormat format, fhir::tree::Node resource);

}  // namespace gateway::intake
