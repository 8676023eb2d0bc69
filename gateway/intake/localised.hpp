// A received message under our own ids: every resource renamed, every reference inside pointed to the new
// name, nothing else changed.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/instant.hpp"
#include "fhir/tree/tree.hpp"
#include "gateway/bars/message.hpp"
#include "gateway/intake/resource_ids.hpp"
#include "gateway/store/resource_store.hpp"

namespace gateway::intake {

struct LocalResource {
  std::string id;
  fhir::tree::Node resource;  ///< Under its new id, in the new tree.
  fhir::tree::Node received;  ///< As it came.
  bool stable = false;        ///< Named by a business identifier: may have been here before.
};

/// `message` is the received one with every node moved to the new tree, so that what goes onward is what is
/// stored. Nodes live as long as this.
struct LocalMessage {
  bars::BarsMessage message;
  fhir::tree::TreePtr received;          ///< Keeps the received nodes alive.
  std::vector<LocalResource> resources;  ///< Every entry but the MessageHeader, in order.

  /// The entry of a received resource (as a node of either tree), or null.
  [[nodiscard]] const LocalResource* find(fhir::tree::Node resource) const noexcept;
};

struct LocalNames {
  std::string_view partner;   ///< Whose business identifiers they are.
  std::string_view base_url;  ///< New fullUrls are base_url/Type/id.
  fhir::Instant at;           ///< meta.lastUpdated.
  /// Id for a resource that is known here already; empty: a new one. May be absent.
  std::function<std::string(fhir::tree::Node)> known;
};

/// References that resolve inside the message become `Type/id`; others stay as sent. meta.lastUpdated is set;
/// meta.versionId becomes 1 for a message-scoped resource and is dropped for others, whose version the store
/// knows. Cost: one pass over the nodes, one map of entries.
[[nodiscard]] LocalMessage localise(const bars::BarsMessage& message, ResourceIds& ids,
                                    const LocalNames& names);

/// SHA-256, in hexadecimal, over every resource of the message in order: what one leg carried, and another
/// must carry again.
[[nodiscard]] std::string content_digest(const LocalMessage& message);
/// The same of resources that are written already, in the order of the message.
[[nodiscard]] std::string content_digest(std::span<const store::ResourceWrite> written);

}  // namespace gateway::intake
