// Which partner a v2 message is of.
//
// | connection                       | the partner is |
// |----------------------------------|-----------------------------------------------------------------------|
// | TLS with a client certificate    | the one with its fingerprint | | any other, from a listed address |
// the one that lists the address, and whose MSH-3 and MSH-4 the message has | | --dev, loopback | the one
// MSH-3 and MSH-4 name; the first practice when they name none  |
//
// What a message says of itself is only ever held against what the connection proves: MSH-3 and MSH-4 choose
// among the partners of an address, and a partner that has them configured must send them, whatever its
// certificate. In --dev they decide alone, since only the machine itself can connect.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "fhir/base/result.hpp"
#include "gateway/config/config.hpp"
#include "gateway/mllp/receiver.hpp"
#include "mappings/hl7v2/header.hpp"

namespace gateway::hl7v2 {

/// Immutable; any thread.
class Senders {
 public:
  Senders(std::shared_ptr<const config::Config> config, bool dev) : config_(std::move(config)), dev_(dev) {}

  /// The largest message anybody may send on a connection of this peer. Empty: nobody may send any.
  [[nodiscard]] std::optional<std::uint64_t> largest_message(const mllp::Peer& peer) const;

  /// `header` is null when there is no readable MSH: then only a connection that can be of one partner alone
  /// names it. kUnauthenticated otherwise.
  [[nodiscard]] fhir::Result<const config::Partner*> identify(const mllp::Peer& peer,
                                                              const mappings::hl7v2::Header* header) const;

 private:
  [[nodiscard]] bool may_be(const config::Partner& partner, const mllp::Peer& peer) const;
  [[nodiscard]] const config::Partner* said_to_be(const mappings::hl7v2::Header* header) const;

  std::shared_ptr<const config::Config> config_;
  bool dev_;
};

}  // namespace gateway::hl7v2
