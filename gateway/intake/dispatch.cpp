#include "gateway/intake/dispatch.hpp"

#include <utility>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/writer.hpp"
#include "fhir/xml/writer.hpp"
#include "gateway/http/media_type.hpp"

namespace gateway::intake {

namespace {

constexpr std::string_view kOperation = "/$process-message";

int outbox_priority(const Subject& subject) noexcept {
  if (subject.red_flag) return store::kEmergency;
  return subject.priority == referral::Priority::kRoutine ? store::kRoutine : store::kUrgent;
}

}  // namespace

bars::Envelope Dispatch::envelope(const config::Partner& to) {
  bars::Envelope envelope;
  envelope.bundle_id = ids_->next();
  envelope.header_id = ids_->next();
  envelope.timestamp = at_;
  envelope.source = {config_->installation.service_id.system, config_->installation.service_id.value};
  // Whoever is no service of the directory is named by where it listens (R4: the address of the destination).
  envelope.destination = to.service_id
                             ? bars::EndpointId{to.service_id->system, to.service_id->value}
                             : bars::EndpointId{{}, speaks_v2_alone(to) ? to.hl7v2->endpoint : to.endpoint};
  envelope.sender_ods = config_->installation.ods;
  envelope.sender_name = config_->installation.name;
  envelope.receiver_ods = to.ods;
  envelope.receiver_name = to.organisation;
  envelope.software_version = software_version_;
  envelope.test = is_test(*config_);
  return envelope;
}

store::NewDelivery Dispatch::delivery(const config::Partner& to, const Subject& subject,
                                      std::string_view kind, std::string bundle_id,
                                      const bars::Outgoing& message) {
  store::NewDelivery delivery;
  delivery.lane = subject.task_id + '|' + to.name;
  delivery.destination = to.name;
  delivery.kind = kind;
  delivery.media_type = media_type(to.format);
  MessageText text = message_text(to.format, message, stored_ == nullptr ? StoredNodes() : *stored_);
  delivery.body = std::move(text.text);
  delivery.inserts = std::move(text.inserts);
  delivery.request_id = ids_->next();
  delivery.correlation_id = subject.correlation_id;
  delivery.business_id = std::move(bundle_id);
  if (forms_ != nullptr && speaks_v2_alone(to)) {
    const fhir::tree::TreePtr bundle = bars::to_bundle(message);
    if (std::optional<OutwardForm> form = forms_->write(to, kind, bundle->root())) {
      delivery.media_type = std::move(form->media_type);
      delivery.body = std::move(form->body);
      delivery.inserts = {};
      delivery.business_id = std::move(form->business_id);
    }
  }
  delivery.priority = outbox_priority(subject);
  delivery.created_at = at_;
  delivery.not_before = at_;
  return delivery;
}

store::NewDelivery Dispatch::request(const config::Partner& to, const Subject& subject,
                                     const bars::BarsMessage& message, bars::RequestReason reason,
                                     std::span<const bars::Part> ours, std::string_view kind) {
  bars::Envelope envelope = this->envelope(to);
  if (!message.version.empty()) envelope.version = message.version;
  const bars::Outgoing made = bars::request_message(message, reason, ours, envelope);
  if (kind.empty()) kind = reason == bars::RequestReason::kNew ? kReferralKind : kUpdateKind;
  return delivery(to, subject, kind, std::move(envelope.bundle_id), made);
}

store::NewDelivery Dispatch::response(const config::Partner& to, const Subject& subject,
                                      const Answer& answer) {
  bars::Envelope envelope = this->envelope(to);
  if (!answer.version.empty()) envelope.version = answer.version;
  if (!answer.destination.value.empty()) envelope.destination = answer.destination;
  const bars::Outgoing made = bars::response_message(fhir::definitions::r4(), answer.parts, answer.focus,
                                                     answer.answers, answer.reason, envelope);
  return delivery(to, subject, answer.kind, std::move(envelope.bundle_id), made);
}

store::NewDelivery Dispatch::letter(const config::Partner& to, const Subject& subject,
                                    std::span<const bars::Part> parts, std::string_view focus) {
  bars::Envelope envelope = this->envelope(to);
  const bars::Outgoing made = bars::letter_message(fhir::definitions::r4(), parts, focus, envelope);
  return delivery(to, subject, kLetterKind, std::move(envelope.bundle_id), made);
}

bool is_test(const config::Config& config) noexcept {
  return config.installation.environment == config::Environment::kTest;
}

bool speaks_v2_alone(const config::Partner& partner) noexcept {
  return partner.endpoint.empty() && partner.hl7v2 && !partner.hl7v2->endpoint.empty();
}

bool can_receive(const config::Partner& partner) noexcept {
  return !partner.endpoint.empty() || speaks_v2_alone(partner);
}

std::string resource_base(const config::Config& config) {
  std::string_view url = config.installation.endpoint_url;
  if (url.ends_with(kOperation)) url.remove_suffix(kOperation.size());
  while (url.ends_with('/'))
    url.remove_suffix(1);
  return url.empty() ? std::string("https://ligament.example/fhir") : std::string(url);
}

bool takes_communications(const config::Partner* partner) noexcept {
  return partner != nullptr && partner->receives.communication && can_receive(*partner);
}

bool takes_referrals(const config::Partner* partner) noexcept {
  return partner != nullptr && partner->receives.referral && can_receive(*partner);
}

bool takes_escalations(const config::Partner* partner) noexcept {
  return partner != nullptr && partner->receives.escalation && !partner->endpoint.empty();
}

const config::Partner* gp_destination(const config::Config& config, std::string_view ods,
                                      std::string_view sender_partner) noexcept {
  const config::Partner* practice = config.partner_by_ods(ods, config::PartnerRole::kGp);
  if (takes_communications(practice)) return practice;
  const config::Partner* sender = config.partner(sender_partner);
  if (takes_communications(sender)) return sender;
  const config::Partner* usual = config.partner(config.default_practice_route);
  return takes_communications(usual) ? usual : nullptr;
}

const config::Partner* care_destination(const config::Config& config, std::string_view ods) noexcept {
  for (const config::PartnerRole role : {config::PartnerRole::kHub, config::PartnerRole::kProvider}) {
    const config::Partner* partner = config.partner_by_ods(ods, role);
    if (takes_referrals(partner)) return partner;
  }
  return nullptr;
}

std::string_view media_type(config::WireFormat format) noexcept {
  return http::content_type(format == config::WireFormat::kXml ? http::Format::kXml : http::Format::kJson);
}

std::string serialise(config::WireFormat format, fhir::tree::Node resource) {
  return format == config::WireFormat::kXml ? fhir::xml::write(resource) : fhir::json::write(resource);
}

}  // namespace gateway::intake
