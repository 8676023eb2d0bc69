#include "gateway/hl7v2/senders.hpp"

#include <algorithm>
#include <string_view>

#include "gateway/security/digest.hpp"

namespace gateway::hl7v2 {
namespace {

using mappings::hl7v2::Header;

/// The first component: `99S20` of `99S20^Downs Trust^L`.
std::string_view first_component(std::string_view field, const Header& header) {
  return field.substr(0, field.find(header.delimiters.component));
}

bool is_sent_by(const config::Hl7v2& v2, const Header& header) {
  const auto agrees = [&](const std::string& wanted, const std::string& sent) {
    return wanted.empty() || wanted == sent || wanted == first_component(sent, header);
  };
  return agrees(v2.application, header.sending_application) && agrees(v2.facility, header.sending_facility);
}

/// `::ffff:10.0.0.7` is 10.0.0.7.
std::string_view plain(std::string_view host) {
  constexpr std::string_view kMapped = "::ffff:";
  if (host.starts_with(kMapped) && host.find('.') != std::string_view::npos)
    host.remove_prefix(kMapped.size());
  return host;
}

}  // namespace

bool Senders::may_be(const config::Partner& partner, const mllp::Peer& peer) const {
  if (!partner.hl7v2) return false;
  if (peer.certificate) {
    return !partner.certificate_sha256.empty() &&
           security::to_hex(peer.certificate->sha256) == partner.certificate_sha256;
  }
  return std::ranges::any_of(partner.hl7v2->addresses, [&](const std::string& address) {
    return plain(address) == plain(peer.remote.host);
  });
}

std::optional<std::uint64_t> Senders::largest_message(const mllp::Peer& peer) const {
  const std::uint64_t most = config_->limits.message.max_bytes;
  if (dev_) return peer.loopback ? std::optional(most) : std::nullopt;
  std::optional<std::uint64_t> largest;
  for (const config::Partner& partner : config_->partners) {
    if (!may_be(partner, peer)) continue;
    const std::uint64_t of_partner = partner.hl7v2->max_bytes == 0 ? most : partner.hl7v2->max_bytes;
    largest = std::max(largest.value_or(0), std::min(of_partner, most));
  }
  return largest;
}

/// In --dev. The configured sender first, then the name of the partner as MSH-3, then the ODS code alone.
const config::Partner* Senders::said_to_be(const Header* header) const {
  const auto& partners = config_->partners;
  const auto find = [&](auto matches) -> const config::Partner* {
    const auto found = std::ranges::find_if(partners, matches);
    return found == partners.end() ? nullptr : &*found;
  };
  if (header != nullptr) {
    const std::string_view application = first_component(header->sending_application, *header);
    const std::string_view facility = first_component(header->sending_facility, *header);
    const auto configured = [&](const config::Partner& one) {
      return one.hl7v2 && !(one.hl7v2->application.empty() && one.hl7v2->facility.empty()) &&
             is_sent_by(*one.hl7v2, *header);
    };
    const auto by_name = [&](const config::Partner& one) { return one.name == application; };
    const auto speaker = [&](const config::Partner& one) { return one.ods == facility && one.hl7v2; };
    const auto organisation = [&](const config::Partner& one) { return one.ods == facility; };
    if (const auto* one = find(configured)) return one;
    if (const auto* one = find(by_name)) return one;
    if (const auto* one = find(speaker)) return one;
    if (const auto* one = find(organisation)) return one;
  }
  return find([](const config::Partner& one) { return one.role == config::PartnerRole::kGp; });
}

fhir::Result<const config::Partner*> Senders::identify(const mllp::Peer& peer, const Header* header) const {
  if (dev_) {
    const config::Partner* partner = peer.loopback ? said_to_be(header) : nullptr;
    if (partner != nullptr) return partner;
    return fhir::fail(fhir::ErrorCode::kUnauthenticated);
  }
  const config::Partner* found = nullptr;
  for (const config::Partner& partner : config_->partners) {
    if (!may_be(partner, peer)) continue;
    if (header != nullptr && !is_sent_by(*partner.hl7v2, *header)) continue;
    if (found != nullptr) return fhir::fail(fhir::ErrorCode::kUnauthenticated);
    found = &partner;
  }
  if (found == nullptr) return fhir::fail(fhir::ErrorCode::kUnauthenticated);
  return found;
}

}  // namespace gateway::hl7v2
