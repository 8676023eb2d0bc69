// The bytes of a message that goes out, made without writing again what is stored as it is.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "gateway/bars/encode.hpp"
#include "gateway/config/config.hpp"
#include "gateway/store/body_insert.hpp"
#include "gateway/store/resource_store.hpp"

namespace gateway::intake {

struct MessageText {
  std::string text;
  store::BodyInserts inserts;
};

/// Resources that the transaction stores, by the nodes they are written from. What is among them goes into a
/// JSON message as an insert.
using StoredNodes = std::vector<fhir::tree::Node>;

/// XML is written whole. An insert stands for exactly what fhir::json::write gives for the node.
[[nodiscard]] MessageText message_text(config::WireFormat format, const bars::Outgoing& message,
                                       const StoredNodes& stored);

/// The text with every insert in its place. Each is among `resources`.
[[nodiscard]] std::string whole_text(const MessageText& message,
                                     std::span<const store::ResourceWrite> resources);

}  // namespace gateway::intake
