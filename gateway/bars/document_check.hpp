// Whether a document that came with a message can be what it says it is. Its bytes are never changed.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "fhir/tree/tree.hpp"

namespace gateway::bars {

/// Of one attachment, after decoding: what e-RS takes.
inline constexpr std::size_t kMostDocumentBytes = 5u * 1024u * 1024u;

enum class DocumentFault : std::uint8_t {
  kTooLarge,
  kNotBase64,
  kNotWhatItSays,  ///< It does not begin as documents of its content type do.
};

struct WrongDocument {
  DocumentFault fault;
  fhir::tree::Node place;
};

/// The first wrong one among DocumentReference and Binary resources. Types without known first bytes (text,
/// XML) are taken by their word. Cost: a few bytes of each document are decoded.
[[nodiscard]] std::optional<WrongDocument> find_wrong(std::span<const fhir::tree::Node> documents);

}  // namespace gateway::bars
